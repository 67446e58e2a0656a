//! What an instance selects, and what of it is rejected and why, in two steps with the reading of Secrets between them:
//! [`candidates`] by selectors, [`validated`] by content. Pure; both decide as the original does.

mod checks;
mod class_namespaces;
mod interval;
mod pod_monitor;
mod probe;
mod scrape_config;
mod service_monitor;

#[cfg(test)]
mod tests;

use crds::{PodMonitor, Probe, PrometheusRule, ServiceMonitor, v1alpha1::ScrapeConfig};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::config::Facts;
use super::instance::{Instance, Mode};
use super::scrape_object::{ReferenceCaches, ScrapeObject, ScrapeObjects, Source, sources};
use crate::assets::{Assets, References, TlsFiles};
use crate::check::invalid::{Field, Invalid, SPEC, Within};
use crate::object::{ByKey, LeftOut, ObjectKey, Rejection};
use crate::reconcile::bindings::SelectedObject;
use crate::rules;
use crate::selector::{NamespaceLabels, ObjectSelector};

pub use checks::{Checks, MonitorError};
pub use class_namespaces::{ClassNamespaces, ForeignClass};
pub use interval::{IntervalError, check_timeout};

/// Every object of the kinds that an instance may select.
#[derive(Debug, Clone, Default)]
pub struct Objects {
    /// All `ServiceMonitor`s.
    pub service_monitors: ByKey<ServiceMonitor>,
    /// All `PodMonitor`s.
    pub pod_monitors: ByKey<PodMonitor>,
    /// All `Probe`s.
    pub probes: ByKey<Probe>,
    /// All `ScrapeConfig`s.
    pub scrape_configs: ByKey<ScrapeConfig>,
    /// All `PrometheusRule`s.
    pub rules: ByKey<PrometheusRule>,
}

/// What the selectors select.
#[derive(Debug, Clone, Default)]
pub struct Candidates {
    /// What scrape jobs are made from.
    pub scrape: ScrapeObjects,
    /// `PrometheusRule`s.
    pub rules: ByKey<PrometheusRule>,
    /// Those among them that are left out before their content is looked at, and why.
    pub left_out: LeftOut,
}

impl Candidates {
    /// Adds the Secrets and `ConfigMap`s that [`validated`] and the configuration need, those of `instance` included.
    pub fn refer(&self, instance: &Instance<'_>, cache: &mut ReferenceCaches, references: &mut References) {
        references.add(instance.namespace(), instance);
        cache.add_to(references, &self.scrape);
    }

    /// Takes objects from the candidates, and gives their rejections.
    pub fn leave_out(&mut self, left_out: &LeftOut) -> Vec<Rejection> {
        let (scrape, mut rejections) = self.scrape.without(left_out);
        self.scrape = scrape;
        rejections.extend(rules::leave_out(&mut self.rules, left_out));
        rejections
    }

    /// Those that an instance of that mode makes something of.
    pub fn selected(&self, mode: Mode<'_>) -> Vec<SelectedObject> {
        let ScrapeObjects {
            service_monitors,
            pod_monitors,
            probes,
            scrape_configs,
        } = &self.scrape;
        let mut selected = Vec::new();
        for source in sources(mode) {
            match source {
                Source::ServiceMonitors => selected.extend(SelectedObject::each(service_monitors)),
                Source::PodMonitors => selected.extend(SelectedObject::each(pod_monitors)),
                Source::Probes => selected.extend(SelectedObject::each(probes)),
                Source::ScrapeConfigs => selected.extend(SelectedObject::each(scrape_configs)),
                Source::Additional => {}
            }
        }
        selected.extend(SelectedObject::each(&self.rules));
        selected
    }
}

/// What goes into the configuration.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// What scrape jobs are made from, as far as it is fine.
    pub scrape: ScrapeObjects,
    /// Certificates and keys that the selected objects need as files of the pod.
    pub tls_files: TlsFiles,
    /// What is left out, sorted.
    pub rejections: Vec<Rejection>,
}

/// The selectors of an instance, compiled. Also answers whether a change of an object concerns it.
#[derive(Debug, Clone, PartialEq)]
pub struct Selectors {
    /// For `ServiceMonitor`s.
    pub service_monitors: ObjectSelector,
    /// For `PodMonitor`s.
    pub pod_monitors: ObjectSelector,
    /// For `Probe`s.
    pub probes: ObjectSelector,
    /// For `ScrapeConfig`s.
    pub scrape_configs: ObjectSelector,
    /// For `PrometheusRule`s.
    pub rules: ObjectSelector,
}

impl Selectors {
    /// The selectors of `instance`. Fails on one that Kubernetes would refuse.
    pub fn of(instance: &Instance<'_>) -> Result<Self, Invalid> {
        let (common, server) = (instance.common, instance.server());
        let parse = |objects: Option<&LabelSelector>, namespaces: Option<&LabelSelector>, field: &str| {
            ObjectSelector::parse(objects, namespaces, instance.namespace())
                .field(field)
                .within(SPEC)
        };
        Ok(Self {
            service_monitors: parse(
                common.service_monitor_selector.as_deref(),
                common.service_monitor_namespace_selector.as_deref(),
                "serviceMonitorSelector",
            )?,
            pod_monitors: parse(
                common.pod_monitor_selector.as_deref(),
                common.pod_monitor_namespace_selector.as_deref(),
                "podMonitorSelector",
            )?,
            probes: parse(
                common.probe_selector.as_deref(),
                common.probe_namespace_selector.as_deref(),
                "probeSelector",
            )?,
            scrape_configs: parse(
                common.scrape_config_selector.as_deref(),
                common.scrape_config_namespace_selector.as_deref(),
                "scrapeConfigSelector",
            )?,
            rules: parse(
                server.and_then(|server| server.rule_selector.as_deref()),
                server.and_then(|server| server.rule_namespace_selector.as_deref()),
                "ruleSelector",
            )?,
        })
    }
}

/// The objects that `instance` selects by labels. Those that are being deleted still count.
pub fn candidates(instance: &Instance<'_>, objects: Objects, known: &NamespaceLabels) -> Result<Candidates, Invalid> {
    let selectors = Selectors::of(instance)?;
    let scrape = ScrapeObjects {
        service_monitors: selectors.service_monitors.among(objects.service_monitors, known),
        pod_monitors: selectors.pod_monitors.among(objects.pod_monitors, known),
        probes: selectors.probes.among(objects.probes, known),
        scrape_configs: selectors.scrape_configs.among(objects.scrape_configs, known),
    };
    Ok(Candidates {
        left_out: ClassNamespaces::of(instance.common)?.left_out(&scrape, known),
        rules: selectors.rules.among(objects.rules, known),
        scrape,
    })
}

/// Sorts `candidates` into what goes into the configuration and what is rejected. Never fails: a bad object
/// concerns nobody else.
pub fn validated(facts: Facts<'_>, candidates: ScrapeObjects, assets: &Assets) -> Selection {
    let checks = Checks::new(facts, assets);
    let mut selection = Selection::default();
    let ScrapeObjects {
        service_monitors,
        pod_monitors,
        probes,
        scrape_configs,
    } = candidates;
    selection.scrape = ScrapeObjects {
        service_monitors: selection.accept(service_monitors, &checks),
        pod_monitors: selection.accept(pod_monitors, &checks),
        probes: selection.accept(probes, &checks),
        scrape_configs: selection.accept(scrape_configs, &checks),
    };
    selection.rejections.sort();
    selection
}

impl Selection {
    fn accept<K: ScrapeObject>(&mut self, candidates: ByKey<K>, checks: &Checks<'_>) -> ByKey<K> {
        let mut accepted = ByKey::new();
        for (key, object) in candidates {
            match checks.object(&key, &*object) {
                Ok(files) => {
                    self.tls_files.extend(files);
                    accepted.insert(key, object);
                }
                Err(invalid) => self.rejections.push(rejection(&*object, key, invalid.to_string())),
            }
        }
        accepted
    }
}

/// The rejection of an object.
pub(super) fn rejection<K: ScrapeObject>(object: &K, key: ObjectKey, message: String) -> Rejection {
    Rejection {
        kind: K::KIND,
        uid: object.meta().uid.clone(),
        object: key,
        message,
    }
}
