//! What the pipeline counts and times. Names and labels are the original's (`prometheus_operator_…`, the prefix comes
//! from the registry).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use process::register::Register;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

use super::Desired;
use super::conditions::Conditions;
use crate::object::{ConfigKind, ControllerLabel, ObjectKey};

/// Why an object was queued.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct TriggerLabel {
    /// Which controller.
    pub controller: &'static str,
    /// Kind of the object that changed.
    pub triggered_by: Cow<'static, str>,
    /// `add`, `update` or `delete`.
    pub action: &'static str,
}

/// Configuration objects of a kind, in or out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ResourceLabel {
    /// Which controller.
    pub controller: &'static str,
    /// Kind of the object.
    pub resource: &'static str,
    /// `selected` or `rejected`.
    pub state: &'static str,
}

/// Objects by the result of their last reconciliation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct SyncLabel {
    /// Which controller.
    pub controller: &'static str,
    /// `ok` or `failed`.
    pub status: &'static str,
}

/// One workload object.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct ObjectLabel {
    /// Which controller.
    pub controller: &'static str,
    /// Namespace of the object.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

type ByController = Family<ControllerLabel, Counter>;

/// The metrics of all controllers.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    /// Runs of the pipeline.
    pub reconciled: ByController,
    /// Runs that failed.
    pub failed: ByController,
    /// Seconds that a run takes.
    pub duration: Family<ControllerLabel, Histogram, fn() -> Histogram>,
    /// StatefulSets that were deleted because an immutable field changed.
    pub recreated: ByController,
    /// Status updates.
    pub status_updates: ByController,
    /// Status updates that failed.
    pub status_failures: ByController,
    /// Changes that queued an object.
    pub triggered: Family<TriggerLabel, Counter>,
    /// 1 when the controller has seen all objects and works.
    pub ready: Family<ControllerLabel, Gauge>,
    /// Pods that an object asks for.
    pub replicas: Family<ObjectLabel, Gauge>,
    /// Shards that an object asks for.
    pub shards: Family<ObjectLabel, Gauge>,
    /// Enforced sample limit of a Prometheus.
    pub sample_limit: Family<ObjectLabel, Gauge>,
    /// Conditions of all workloads.
    pub conditions: Conditions,
    /// Size of the compressed configuration.
    configuration: Family<ObjectLabel, Gauge>,
    objects: Objects,
}

impl Metrics {
    /// Registers all families below the registry's prefix.
    pub(crate) fn register(registry: &mut impl Register) -> Self {
        let metrics = Self {
            reconciled: Family::default(),
            failed: Family::default(),
            duration: Family::new_with_constructor(|| Histogram::new([0.1, 0.5, 1.0, 5.0, 10.0])),
            recreated: Family::default(),
            status_updates: Family::default(),
            status_failures: Family::default(),
            triggered: Family::default(),
            ready: Family::default(),
            replicas: Family::default(),
            shards: Family::default(),
            sample_limit: Family::default(),
            conditions: Conditions::default(),
            configuration: Family::default(),
            objects: Objects::default(),
        };
        let counters = [
            ("reconcile_operations", "Reconciliations", &metrics.reconciled),
            ("reconcile_errors", "Reconciliations that failed", &metrics.failed),
            (
                "reconcile_sts_delete_create",
                "StatefulSets recreated for an immutable field",
                &metrics.recreated,
            ),
            ("status_update_operations", "Status updates", &metrics.status_updates),
            (
                "status_update_errors",
                "Status updates that failed",
                &metrics.status_failures,
            ),
        ];
        for (name, help, family) in counters {
            registry.register(name, help, family.clone());
        }
        registry.register(
            "reconcile_duration_seconds",
            "Duration of reconciliations",
            metrics.duration.clone(),
        );
        registry.register("triggered", "Changes that queued an object", metrics.triggered.clone());
        registry.register(
            "ready",
            "1 when the controller is ready, 0 while it waits for its watches",
            metrics.ready.clone(),
        );
        registry.register(
            "spec_replicas",
            "Replicas that the object asks for",
            metrics.replicas.clone(),
        );
        registry.register("spec_shards", "Shards that the object asks for", metrics.shards.clone());
        registry.register(
            "prometheus_enforced_sample_limit",
            "Enforced sample limit",
            metrics.sample_limit.clone(),
        );
        registry.register(
            "configuration_bytes",
            "Size of the compressed configuration of the object; the API server takes no Secret of more than 1 MiB",
            metrics.configuration.clone(),
        );
        registry.register_collector(Box::new(metrics.objects.clone()));
        registry.register_collector(Box::new(metrics.conditions.clone()));
        metrics
    }

    /// Shows the counters of a controller from zero on: a rate is right from the first event only where the zero was seen.
    pub(crate) fn begin(&self, controller: ControllerLabel) {
        let counters = [
            &self.reconciled,
            &self.failed,
            &self.recreated,
            &self.status_updates,
            &self.status_failures,
        ];
        for counter in counters {
            drop(counter.get_or_create(&controller));
        }
        drop(self.duration.get_or_create(&controller));
    }

    /// Notes how the last run of an object went and what it selected (`selected`, `rejected` by kind).
    pub(crate) fn synced(&self, controller: ControllerLabel, key: &ObjectKey, ok: bool, counts: Option<Counts>) {
        let mut objects = self.objects.lock();
        let entry = objects.entry((controller, key.clone())).or_default();
        entry.ok = ok;
        if let Some(counts) = counts {
            entry.counts = counts;
        }
    }

    /// Notes how large the compressed configuration of an object is.
    pub(crate) fn rendered(&self, controller: ControllerLabel, key: &ObjectKey, desired: &Desired) {
        if let Some(bytes) = desired.configuration_bytes() {
            let gauge = self.configuration.get_or_create(&object_label(controller, key)).clone();
            gauge.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        }
    }

    /// Forgets an object that is gone.
    pub(crate) fn forget(&self, controller: ControllerLabel, key: &ObjectKey) {
        self.objects.lock().remove(&(controller, key.clone()));
        self.conditions.forget(controller, key);
        let label = object_label(controller, key);
        self.replicas.remove(&label);
        self.shards.remove(&label);
        self.sample_limit.remove(&label);
        self.configuration.remove(&label);
    }
}

/// The label set of one object.
pub(crate) fn object_label(controller: ControllerLabel, key: &ObjectKey) -> ObjectLabel {
    ObjectLabel {
        controller: controller.controller,
        namespace: key.namespace.to_string(),
        name: key.name.to_string(),
    }
}

/// Configuration objects per kind: how many were selected and how many rejected.
pub(crate) type Counts = BTreeMap<ConfigKind, (usize, usize)>;

#[derive(Debug, Clone, Default)]
struct Synced {
    ok: bool,
    counts: Counts,
}

type SyncedObjects = BTreeMap<(ControllerLabel, ObjectKey), Synced>;

/// Sums up, when asked, what the last runs of all objects gave.
#[derive(Debug, Clone, Default)]
struct Objects(Arc<Mutex<SyncedObjects>>);

impl Objects {
    fn lock(&self) -> std::sync::MutexGuard<'_, SyncedObjects> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Collector for Objects {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let syncs: Family<SyncLabel, Gauge> = Family::default();
        let resources: Family<ResourceLabel, Gauge> = Family::default();
        for ((controller, _), synced) in self.lock().iter() {
            for (status, counts) in [("ok", synced.ok), ("failed", !synced.ok)] {
                syncs
                    .get_or_create(&SyncLabel {
                        controller: controller.controller,
                        status,
                    })
                    .inc_by(i64::from(counts));
            }
            for (&resource, &(selected, rejected)) in &synced.counts {
                for (state, count) in [("selected", selected), ("rejected", rejected)] {
                    let label = ResourceLabel {
                        controller: controller.controller,
                        resource: resource.as_str(),
                        state,
                    };
                    resources
                        .get_or_create(&label)
                        .inc_by(i64::try_from(count).unwrap_or(i64::MAX));
                }
            }
        }
        let help = "Objects by the result of their last reconciliation";
        syncs.encode(encoder.encode_descriptor("syncs", help, None, syncs.metric_type())?)?;
        let help = "Configuration objects that were selected or rejected";
        resources.encode(encoder.encode_descriptor("managed_resources", help, None, resources.metric_type())?)
    }
}
