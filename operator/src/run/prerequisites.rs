//! What the cluster and our permissions allow to run.

use std::collections::BTreeSet;

use kube::Client;

use super::watches::Scopes;
use crate::permissions::{self, Part};
use crate::prerequisites::{MissingPermission, Permission, missing_permissions, served};
use crate::watch::Scope;

/// API group and version of the custom resources.
const GROUP_VERSION: &str = "monitoring.coreos.com/v1";

/// What can run, and what cannot and why.
#[expect(clippy::struct_excessive_bools, reason = "independent answers of the API server")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Availability {
    /// The controller of Prometheuses.
    pub(super) prometheus: bool,
    /// The controller of Alertmanagers.
    pub(super) alertmanager: bool,
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

    /// Names what is missing.
    pub(super) fn log(&self) {
        for (consequence, problem) in &self.problems {
            tracing::warn!(consequence, problem, "something is missing");
        }
        if !self.prometheus && !self.alertmanager {
            tracing::error!("no controller can be started, check the CRDs and the permissions of the service account");
        }
    }
}

/// Asks the API server what can run.
///
/// # Errors
/// When it does not answer.
pub(super) async fn available(client: &Client, scopes: &Scopes) -> Result<Availability, kube::Error> {
    let kinds = served(client, GROUP_VERSION).await?;
    let mut problems = Vec::new();
    let workloads = permissions::of(Part::Workloads);
    let (selected, absent): (Vec<_>, Vec<_>) =
        (permissions::of(Part::Selected).into_iter()).partition(|permission| kinds.contains(permission.resource));
    for Permission { resource, .. } in absent {
        problems.push((
            "objects of this kind are not looked for",
            format!("custom resource {resource:?} is not installed"),
        ));
    }
    let mut controller = async |name: &'static str, plural: &'static str, needed: &[(&[Permission], &Scope)]| {
        if !kinds.contains(plural) {
            problems.push((name, format!("custom resource {plural:?} is not installed")));
            return Ok(false);
        }
        let mut all = true;
        for (permissions, scope) in needed {
            for missing in missing_permissions(client, permissions, scope).await? {
                all = false;
                problems.push((name, missing.to_string()));
            }
        }
        Ok::<bool, kube::Error>(all)
    };
    let prometheus = controller(
        "the Prometheus controller does not run",
        "prometheuses",
        &[
            (&permissions::of(Part::Prometheus), &scopes.prometheus),
            (&workloads, &scopes.prometheus),
            (&selected, &scopes.configuration),
        ],
    )
    .await?;
    let alertmanager = controller(
        "the Alertmanager controller does not run",
        "alertmanagers",
        &[
            (&permissions::of(Part::Alertmanager), &scopes.alertmanager),
            (&workloads, &scopes.alertmanager),
        ],
    )
    .await?;
    let mut optional = async |consequence: &'static str, part, scope: &Scope| {
        let missing = missing_permissions(client, &permissions::of(part), scope).await?;
        problems.extend(
            missing
                .iter()
                .map(|missing: &MissingPermission| (consequence, missing.to_string())),
        );
        Ok::<bool, kube::Error>(missing.is_empty())
    };
    let all = Scope::All;
    let namespaces = optional(
        "selectors of namespaces see the names in --namespaces alone, and no labels",
        Part::Namespaces,
        &all,
    )
    .await?;
    let events = optional("no events are sent", Part::Events, &scopes.configuration).await?;
    let storage_classes = optional("storage classes are not checked", Part::StorageClasses, &all).await?;
    Ok(Availability {
        prometheus,
        alertmanager,
        namespaces,
        events,
        storage_classes,
        kinds,
        problems,
    })
}
