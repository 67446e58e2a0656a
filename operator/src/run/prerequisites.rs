//! What the cluster and our permissions allow to run.

use std::collections::BTreeSet;

use kube::Client;

use super::watches::Scopes;
use crate::permissions::review::{missing_permissions, served};
use crate::permissions::{self, Part, Permission};
use crate::settings::Gates;
use crate::watch::Scope;

/// API group and versions of the custom resources that are read.
const GROUP_VERSIONS: [&str; 2] = ["monitoring.coreos.com/v1", "monitoring.coreos.com/v1alpha1"];

/// What can run, and what cannot and why.
#[expect(clippy::struct_excessive_bools, reason = "independent answers of the API server")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Availability {
    /// The controller of Prometheuses.
    pub(super) prometheus: bool,
    /// The controller of agents.
    pub(super) agents: bool,
    /// Whether agents may run on each node.
    pub(super) daemon_sets: bool,
    /// The controller of Alertmanagers.
    pub(super) alertmanager: bool,
    /// Whether `AlertmanagerConfig`s are told who selects them.
    pub(super) alertmanager_bindings: bool,
    /// The controller of Thanos Rulers.
    pub(super) thanos_ruler: bool,
    /// Whether namespaces may be watched.
    pub(super) namespaces: bool,
    /// Whether events may be sent.
    pub(super) events: bool,
    /// Whether storage classes may be read.
    pub(super) storage_classes: bool,
    /// The custom resources that the cluster knows, by plural name.
    pub(super) kinds: BTreeSet<String>,
    problems: Vec<(&'static str, String)>,
}

impl Availability {
    /// Whether nothing is missing.
    pub(super) fn is_complete(&self) -> bool {
        self.problems.is_empty()
    }

    /// Whether any controller can run.
    pub(super) fn runs_any(&self) -> bool {
        self.prometheus || self.agents || self.alertmanager || self.thanos_ruler
    }

    /// Names what is missing.
    pub(super) fn log(&self) {
        for (consequence, problem) in &self.problems {
            tracing::warn!(consequence, problem, "something is missing");
        }
        if !self.runs_any() {
            tracing::error!("no controller can be started, check the CRDs and the permissions of the service account");
        }
    }
}

/// Asks the API server what can run.
///
/// # Errors
/// When it does not answer.
pub(super) async fn available(client: &Client, scopes: &Scopes, gates: Gates) -> Result<Availability, kube::Error> {
    let mut kinds = BTreeSet::new();
    for group_version in GROUP_VERSIONS {
        kinds.append(&mut served(client, group_version).await?);
    }
    let mut survey = Survey {
        client,
        kinds,
        problems: Vec::new(),
    };
    let workloads = permissions::of(Part::Workloads);
    let selected = survey.installed(permissions::of(Part::Selected));
    let rules = survey.installed(permissions::of(Part::Rules));
    let prometheus = [
        (&*permissions::of(Part::Prometheus), &scopes.prometheus),
        (&*workloads, &scopes.prometheus),
        (&*selected, &scopes.configuration),
        (&*rules, &scopes.configuration),
    ];
    let prometheus = survey.controller("the Prometheus controller does not run", "prometheuses", &prometheus);
    let prometheus = prometheus.await?;
    let agents = [
        (&*permissions::of(Part::PrometheusAgent), &scopes.prometheus),
        (&*workloads, &scopes.prometheus),
        (&*selected, &scopes.configuration),
    ];
    let agents = survey.controller(
        "the PrometheusAgent controller does not run",
        "prometheusagents",
        &agents,
    );
    let agents = agents.await?;
    let daemon_sets = agents
        && gates.agent_daemon_sets
        && survey
            .optional("agents do not run on each node", Part::DaemonSets, &scopes.prometheus)
            .await?;
    let alertmanager = survey.alertmanager(scopes, &workloads).await?;
    let untold = "AlertmanagerConfigs are not told who selects them";
    let told = scopes.alertmanager.union(&scopes.alertmanager_configs);
    let alertmanager_bindings =
        alertmanager && gates.bindings && survey.optional(untold, Part::AlertmanagerBindings, &told).await?;
    let thanos_ruler = [
        (&*permissions::of(Part::ThanosRuler), &scopes.thanos_ruler),
        (&*workloads, &scopes.thanos_ruler),
        (&*rules, &scopes.configuration),
    ];
    let thanos_ruler = survey.controller("the ThanosRuler controller does not run", "thanosrulers", &thanos_ruler);
    let thanos_ruler = thanos_ruler.await?;
    let blind = "selectors of namespaces see the names in --namespaces alone, and no labels";
    Ok(Availability {
        prometheus,
        agents,
        daemon_sets,
        alertmanager,
        alertmanager_bindings,
        thanos_ruler,
        namespaces: survey.optional(blind, Part::Namespaces, &Scope::All).await?,
        events: (survey.optional("no events are sent", Part::Events, &scopes.configuration)).await?,
        storage_classes: (survey.optional("storage classes are not checked", Part::StorageClasses, &Scope::All))
            .await?,
        kinds: survey.kinds,
        problems: survey.problems,
    })
}

/// What was found so far.
struct Survey<'a> {
    client: &'a Client,
    kinds: BTreeSet<String>,
    problems: Vec<(&'static str, String)>,
}

impl Survey<'_> {
    /// Whether the controller of Alertmanagers can run, with these permissions on what runs pods.
    async fn alertmanager(&mut self, scopes: &Scopes, workloads: &[Permission]) -> Result<bool, kube::Error> {
        let configs = self.installed(permissions::of(Part::AlertmanagerConfigs));
        let needed = [
            (&*permissions::of(Part::Alertmanager), &scopes.alertmanager),
            (workloads, &scopes.alertmanager),
            (&*configs, &scopes.alertmanager_configs),
        ];
        let consequence = "the Alertmanager controller does not run";
        self.controller(consequence, "alertmanagers", &needed).await
    }

    /// Permissions on kinds that the cluster knows; the others are problems, but nothing that is needed.
    fn installed(&mut self, permissions: Vec<Permission>) -> Vec<Permission> {
        let (installed, absent): (Vec<_>, Vec<_>) =
            (permissions.into_iter()).partition(|permission| self.kinds.contains(permission.resource));
        for permission in absent {
            self.not_installed("objects of this kind are not looked for", permission.resource);
        }
        installed
    }

    /// Whether a controller can run: its kind is installed and nothing that it needs is refused.
    async fn controller(
        &mut self,
        consequence: &'static str,
        plural: &str,
        needed: &[(&[Permission], &Scope)],
    ) -> Result<bool, kube::Error> {
        if !self.kinds.contains(plural) {
            self.not_installed(consequence, plural);
            return Ok(false);
        }
        let mut all = true;
        for (permissions, scope) in needed {
            all &= self.granted(consequence, permissions, scope).await?;
        }
        Ok(all)
    }

    /// Whether a part that can be done without is permitted.
    async fn optional(&mut self, consequence: &'static str, part: Part, scope: &Scope) -> Result<bool, kube::Error> {
        self.granted(consequence, &permissions::of(part), scope).await
    }

    async fn granted(
        &mut self,
        consequence: &'static str,
        permissions: &[Permission],
        scope: &Scope,
    ) -> Result<bool, kube::Error> {
        let missing = missing_permissions(self.client, permissions, scope).await?;
        let described = missing.iter().map(|missing| (consequence, missing.to_string()));
        self.problems.extend(described);
        Ok(missing.is_empty())
    }

    fn not_installed(&mut self, consequence: &'static str, plural: &str) {
        let problem = format!("custom resource {plural:?} is not installed");
        self.problems.push((consequence, problem));
    }
}
