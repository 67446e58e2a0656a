//! The queues of one controller: the reconciliations, and what goes on beside them. Only wiring.

use std::sync::Arc;
use std::time::Duration;

use process::pace::Pace;
use tokio_util::sync::CancellationToken;

use crate::reconcile::{Controller, Queue, QueueFamilies, Trigger, Workload, queue};

/// Workloads whose bindings are written at the same time, per controller.
const BINDINGS_CONCURRENCY: usize = 2;
/// Workloads whose pods are refreshed at the same time, per controller.
const REFRESH_CONCURRENCY: usize = 2;
/// Refreshes of one workload that follow each other at once: what a person edits in a row.
const REFRESH_BURST: u32 = 10;

/// The receiving halves.
pub(super) struct Queues {
    reconciliations: Queue,
    bindings: Queue,
    refreshes: Queue,
}

/// The sending halves of those that reconciliations feed.
pub(super) struct Triggers {
    pub(super) bindings: Trigger,
    pub(super) refreshes: Trigger,
}

impl Queues {
    /// The queues of the controller called `name`. Of one workload a burst of pods' refreshes goes
    /// ahead at once, and then one in each `refresh_interval`.
    pub(super) fn new(
        name: &str,
        reconciliations: Queue,
        refresh_interval: Duration,
        metrics: &QueueFamilies,
    ) -> (Self, Triggers) {
        let (to_bindings, bindings) = queue(BINDINGS_CONCURRENCY, metrics.queue(format!("{name}_bindings")));
        let (to_refreshes, refreshes) = queue(REFRESH_CONCURRENCY, metrics.queue(format!("{name}_refresh")));
        let queues = Self {
            reconciliations,
            bindings,
            refreshes: refreshes.paced(Pace::bursts(REFRESH_BURST, refresh_interval)),
        };
        let triggers = Triggers {
            bindings: to_bindings,
            refreshes: to_refreshes,
        };
        (queues, triggers)
    }

    /// Works as soon as this process is `elected`, until `stop`.
    pub(super) async fn run<W: Workload>(
        self,
        controller: Arc<Controller<W>>,
        elected: CancellationToken,
        stop: CancellationToken,
    ) {
        let (reconciler, binder) = (Arc::clone(&controller), Arc::clone(&controller));
        let reconcile = move |key, extent, since| {
            let controller = Arc::clone(&reconciler);
            async move { controller.reconcile(key, extent, since).await }
        };
        let bind = move |key, _, _| {
            let controller = Arc::clone(&binder);
            async move { controller.bind(key).await }
        };
        let refresh = move |key, _, _| {
            let controller = Arc::clone(&controller);
            async move { controller.refresh(key).await }
        };
        tokio::join!(
            self.reconciliations.run(elected.clone(), stop.clone(), reconcile),
            self.bindings.run(elected.clone(), stop.clone(), bind),
            self.refreshes.run(elected, stop, refresh),
        );
    }
}
