//! The kinds of workloads that the operator runs: a new one is one line here.
//!
//! `prerequisites`, `selected` and `session` walk this list, and a line of it starts a kind in a session. So these four
//! files import each other in a circle; to open it, the list would have to be written twice.

use std::borrow::Cow;

use crds::WorkloadResource;
use kube::Resource;

use super::session::Session;
use crate::alertmanager::workload::AlertmanagerCluster;
use crate::object::ConfigKind;
use crate::permissions::Part;
use crate::prometheus::workload::{PrometheusAgents, PrometheusServer};
use crate::reconcile::Workload;
use crate::thanos_ruler::workload::ThanosRulerSet;
use crate::watch::{Scope, Scopes};

/// All of them, in the order in which they are looked at.
pub(super) const WORKLOADS: [WorkloadKind; 4] = [
    WorkloadKind::of::<PrometheusServer>(),
    WorkloadKind::of::<PrometheusAgents>(),
    WorkloadKind::of::<AlertmanagerCluster>(),
    WorkloadKind::of::<ThanosRulerSet>(),
];

/// What the wiring must know of a [`Workload`], as a value.
#[derive(Clone, Copy)]
pub(super) struct WorkloadKind {
    /// The kind, by the name of its resource.
    pub(super) resource: WorkloadResource,
    /// The kind of its custom resources.
    pub(super) kind: fn() -> Cow<'static, str>,
    /// Who sends its events.
    pub(super) reporter: &'static str,
    /// The configuration objects that it can select.
    pub(super) selects: &'static [ConfigKind],
    /// The permissions on its own kind.
    pub(super) part: Part,
    /// The permissions without which the status of selected objects does not name the workload.
    pub(super) optional_bindings: Option<Part>,
    /// Its namespaces.
    pub(super) scope: fn(&Scopes) -> &Scope,
    /// Starts its controller in a session.
    pub(super) begin: fn(&mut Session<'_>),
}

impl WorkloadKind {
    const fn of<W: Workload>() -> Self {
        Self {
            resource: W::RESOURCE,
            kind: || W::Resource::kind(&()),
            reporter: W::REPORTER,
            selects: W::SELECTS,
            part: W::PART,
            optional_bindings: W::OPTIONAL_BINDINGS,
            scope: W::scope,
            begin: |session| session.begin_controller::<W>(),
        }
    }
}
