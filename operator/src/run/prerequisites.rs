//! What the cluster and our permissions allow to run.

use std::collections::{BTreeMap, BTreeSet};

use crds::WorkloadResource;
use kube::Client;

use super::workloads::{WORKLOADS, WorkloadKind};
use crate::object::ConfigKind;
use crate::permissions::review::{missing_permissions, served};
use crate::permissions::{self, Part, Permission};
use crate::reconcile::Access;
use crate::settings::Gates;
use crate::watch::{Scope, Scopes};

/// API group and versions of the custom resources that are read.
const GROUP_VERSIONS: [&str; 2] = ["monitoring.coreos.com/v1", "monitoring.coreos.com/v1alpha1"];

/// What can run, and what cannot and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Availability {
    /// The kinds of workloads whose controllers can run.
    workloads: BTreeSet<WorkloadResource>,
    /// The kinds of configuration objects that the cluster knows.
    pub(super) kinds: BTreeSet<ConfigKind>,
    /// The parts that can be done without, and are permitted.
    permitted: BTreeSet<Part>,
    problems: Vec<(String, String)>,
    /// What is missing of what the original has no use for.
    remarks: Vec<(String, String)>,
}

impl Availability {
    /// Whether nothing is missing.
    pub(super) fn is_complete(&self) -> bool {
        self.problems.is_empty()
    }

    /// Whether the controller of a kind can run.
    pub(super) fn runs(&self, workload: WorkloadResource) -> bool {
        self.workloads.contains(&workload)
    }

    /// Whether any controller can run.
    pub(super) fn runs_any(&self) -> bool {
        !self.workloads.is_empty()
    }

    /// Whether a part that can be done without is permitted.
    pub(super) fn may(&self, part: Part) -> bool {
        self.permitted.contains(&part)
    }

    /// Whether a part that can be done without is permitted, for who must know.
    pub(super) fn access(&self, part: Part) -> Access {
        if self.may(part) {
            Access::Permitted
        } else {
            Access::Forbidden
        }
    }

    /// Whether the status of objects shows which workloads of a kind select them.
    pub(super) fn tells_objects(&self, workload: WorkloadResource, gates: Gates) -> bool {
        let kind = WORKLOADS.iter().find(|kind| kind.resource == workload);
        let optional = kind.and_then(|kind| kind.optional_bindings);
        gates.bindings && optional.is_none_or(|part| self.may(part))
    }

    /// Names what is missing.
    pub(super) fn log(&self) {
        for (consequence, problem) in &self.problems {
            tracing::warn!(consequence, problem, "a prerequisite is missing");
        }
        for (consequence, problem) in &self.remarks {
            tracing::info!(consequence, problem, "something could be permitted besides");
        }
        if !self.runs_any() {
            tracing::error!("cannot start any controller: check the CRDs and the permissions of the service account");
        }
    }
}

/// Asks the API server what can run.
///
/// # Errors
/// When it does not answer.
pub(super) async fn available(client: &Client, scopes: &Scopes, gates: Gates) -> Result<Availability, kube::Error> {
    let mut plurals = BTreeSet::new();
    for group_version in GROUP_VERSIONS {
        plurals.append(&mut served(client, group_version).await?);
    }
    let mut survey = Survey {
        client,
        plurals,
        problems: Vec::new(),
    };
    // Once for all kinds of workloads, so that what is missing is named once.
    let parts = ConfigKind::ALL
        .map(Part::of_objects)
        .into_iter()
        .collect::<BTreeSet<_>>();
    let installed = parts
        .into_iter()
        .map(|part| (part, survey.installed(permissions::of(part))));
    let installed: BTreeMap<Part, Vec<Permission>> = installed.collect();
    let mut workloads = BTreeSet::new();
    for kind in WORKLOADS {
        if survey.controller(&kind, scopes, &installed).await? {
            workloads.insert(kind.resource);
        }
    }
    let mut permitted = BTreeSet::new();
    let mut remarks = Vec::new();
    for (part, consequence, scope) in optional_parts(&workloads, scopes, gates) {
        let known = survey.problems.len();
        if survey.granted(consequence, &permissions::of(part), &scope).await? {
            permitted.insert(part);
        } else if part.is_ours_alone() {
            remarks.extend(survey.problems.split_off(known));
        }
    }
    let is_known = |kind: &ConfigKind| survey.plurals.contains(kind.plural());
    Ok(Availability {
        workloads,
        kinds: ConfigKind::ALL.into_iter().filter(is_known).collect(),
        permitted,
        problems: survey.problems,
        remarks,
    })
}

/// Optional permissions, with the consequence of lacking each.
fn optional_parts(
    workloads: &BTreeSet<WorkloadResource>,
    scopes: &Scopes,
    gates: Gates,
) -> Vec<(Part, &'static str, Scope)> {
    let mut parts = Vec::new();
    if gates.agent_daemon_sets && workloads.contains(&WorkloadResource::PrometheusAgents) {
        let scope = scopes.prometheus.clone();
        parts.push((Part::DaemonSets, "agents do not run as DaemonSets", scope));
    }
    if gates.bindings && workloads.contains(&WorkloadResource::Alertmanagers) {
        let untold = "the status of AlertmanagerConfig objects does not show which workloads select them";
        let scope = scopes.alertmanager.union(&scopes.alertmanager_configs);
        parts.push((Part::AlertmanagerBindings, untold, scope));
    }
    let blind = "namespace selectors see only the names in --namespaces, and no labels";
    parts.push((Part::Namespaces, blind, Scope::All));
    parts.push((Part::Events, "no events are sent", scopes.configuration.clone()));
    let untold = "the status does not say why no pods can be created";
    parts.push((Part::Obstacles, untold, scopes.workloads()));
    parts.push((
        Part::StorageClasses,
        "the existence of storage classes is not checked",
        Scope::All,
    ));
    parts
}

/// What was found so far.
struct Survey<'a> {
    client: &'a Client,
    plurals: BTreeSet<String>,
    problems: Vec<(String, String)>,
}

impl Survey<'_> {
    /// Permissions on kinds that the cluster knows; the others are problems, but nothing that is needed.
    fn installed(&mut self, permissions: Vec<Permission>) -> Vec<Permission> {
        let (installed, absent): (Vec<_>, Vec<_>) =
            (permissions.into_iter()).partition(|permission| self.plurals.contains(permission.resource));
        for permission in absent {
            self.not_installed("objects of this kind are ignored", permission.resource);
        }
        installed
    }

    /// Whether a controller can run: its kind is installed and nothing that it needs is refused. `installed` are the
    /// permissions on the kinds that the cluster knows, by part.
    async fn controller(
        &mut self,
        kind: &WorkloadKind,
        scopes: &Scopes,
        installed: &BTreeMap<Part, Vec<Permission>>,
    ) -> Result<bool, kube::Error> {
        let consequence = format!("the {} controller does not run", (kind.kind)());
        if !self.plurals.contains(kind.resource.as_str()) {
            self.not_installed(&consequence, kind.resource.as_str());
            return Ok(false);
        }
        let own = (kind.scope)(scopes);
        let mut needed = vec![
            (permissions::of(kind.part), own),
            (permissions::of(Part::Workloads), own),
        ];
        let parts: BTreeMap<Part, &Scope> = kind
            .selects
            .iter()
            .map(|&kind| (Part::of_objects(kind), scopes.of_objects(kind)))
            .collect();
        for (part, scope) in parts {
            needed.extend(installed.get(&part).map(|permissions| (permissions.clone(), scope)));
        }
        let mut all = true;
        for (permissions, scope) in needed {
            all &= self.granted(&consequence, &permissions, scope).await?;
        }
        Ok(all)
    }

    async fn granted(
        &mut self,
        consequence: &str,
        permissions: &[Permission],
        scope: &Scope,
    ) -> Result<bool, kube::Error> {
        let missing = missing_permissions(self.client, permissions, scope).await?;
        let described = missing
            .iter()
            .map(|missing| (consequence.to_owned(), missing.to_string()));
        self.problems.extend(described);
        Ok(missing.is_empty())
    }

    fn not_installed(&mut self, consequence: &str, plural: &str) {
        let problem = format!("custom resource {plural:?} is not installed");
        self.problems.push((consequence.to_owned(), problem));
    }
}
