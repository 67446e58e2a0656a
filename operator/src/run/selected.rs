//! The configuration objects that workloads select: one watch per kind, for all controllers that select objects of it.

use std::sync::Arc;

use crds::v1alpha1::{AlertmanagerConfig, ScrapeConfig};
use crds::{PodMonitor, Probe, PrometheusRule, ServiceMonitor};
use k8s_openapi::NamespaceResourceScope;
use kube::{Client, Resource};
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::prerequisites::Availability;
use super::triggers::{Route, follow_selected, report_malformed};
use super::watches::{Scopes, strip_annotations};
use crate::alertmanager::config::fragments::KIND;
use crate::object::ControllerLabel;
use crate::reconcile::Events;
use crate::reconcile::bindings::Kinds;
use crate::watch::{Listed, Namespaces, Scope, Source, Watch, WatchMetrics};

/// The watches.
pub(super) struct Selected {
    pub(super) service_monitors: Watch<ServiceMonitor>,
    pub(super) pod_monitors: Watch<PodMonitor>,
    pub(super) probes: Watch<Probe>,
    pub(super) scrape_configs: Watch<ScrapeConfig>,
    pub(super) rules: Watch<PrometheusRule>,
    pub(super) alertmanager_configs: Watch<AlertmanagerConfig>,
}

impl Selected {
    /// Watches of the kinds that a controller which runs selects; none of the others.
    pub(super) fn new(client: &Client, scopes: &Scopes, available: &Availability, elected: &CancellationToken) -> Self {
        let scope = &scopes.configuration;
        let scraped = available.prometheus || available.agents;
        let evaluated = available.prometheus || available.thanos_ruler;
        let mut selected = Self {
            service_monitors: watch(client, scope, available, scraped, "servicemonitors"),
            pod_monitors: watch(client, scope, available, scraped, "podmonitors"),
            probes: watch(client, scope, available, scraped, "probes"),
            scrape_configs: watch(client, scope, available, scraped, "scrapeconfigs"),
            rules: watch(client, scope, available, evaluated, "prometheusrules"),
            alertmanager_configs: watch(
                client,
                &scopes.alertmanager_configs,
                available,
                available.alertmanager,
                "alertmanagerconfigs",
            ),
        };
        let events = Events::new(client, "prometheus-controller", available.events, elected);
        report_malformed(&mut selected.service_monitors, "ServiceMonitor", &events);
        report_malformed(&mut selected.pod_monitors, "PodMonitor", &events);
        report_malformed(&mut selected.probes, "Probe", &events);
        report_malformed(&mut selected.scrape_configs, "ScrapeConfig", &events);
        report_malformed(&mut selected.rules, "PrometheusRule", &events);
        selected
    }

    /// Changes reach the controller at the end of `route`, as far as its workloads select the objects.
    pub(super) fn follow(&mut self, route: &Route, namespaces: &Arc<Namespaces>) {
        follow_selected(&mut self.service_monitors, "ServiceMonitor", route, namespaces);
        follow_selected(&mut self.pod_monitors, "PodMonitor", route, namespaces);
        follow_selected(&mut self.probes, "Probe", route, namespaces);
        follow_selected(&mut self.scrape_configs, "ScrapeConfig", route, namespaces);
        follow_selected(&mut self.rules, "PrometheusRule", route, namespaces);
    }

    /// The kinds whose objects are told who selects them.
    pub(super) fn kinds(&self) -> Kinds {
        Kinds::default()
            .with("ServiceMonitor", self.service_monitors.store())
            .with("PodMonitor", self.pod_monitors.store())
            .with("Probe", self.probes.store())
            .with("ScrapeConfig", self.scrape_configs.store())
            .with("PrometheusRule", self.rules.store())
            .with(KIND, self.alertmanager_configs.store())
    }

    /// Waits for the first lists.
    pub(super) fn listed(&self) -> Vec<Listed> {
        vec![
            self.service_monitors.listed(),
            self.pod_monitors.listed(),
            self.probes.listed(),
            self.scrape_configs.listed(),
            self.rules.listed(),
        ]
    }

    /// Starts to follow the API server.
    pub(super) fn start(
        self,
        tasks: &mut JoinSet<()>,
        stop: &CancellationToken,
        label: ControllerLabel,
        metrics: &WatchMetrics,
    ) {
        self.service_monitors.start(tasks, stop, label, metrics);
        self.pod_monitors.start(tasks, stop, label, metrics);
        self.probes.start(tasks, stop, label, metrics);
        self.scrape_configs.start(tasks, stop, label, metrics);
        self.rules.start(tasks, stop, label, metrics);
        self.alertmanager_configs.start(tasks, stop, label, metrics);
    }
}

/// The objects of a kind, where they are needed and the cluster knows the kind.
fn watch<K>(client: &Client, scope: &Scope, available: &Availability, needed: bool, plural: &str) -> Watch<K>
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
        + Clone
        + DeserializeOwned
        + std::fmt::Debug
        + Send
        + Sync
        + 'static,
{
    let source = if needed && available.kinds.contains(plural) {
        Source::objects(client, scope, "", "")
    } else {
        Source::none()
    };
    Watch::new(source, strip_annotations)
}
