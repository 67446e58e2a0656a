//! What the kubelet controller counts. Names and labels are the original's (`prometheus_operator_…`, the prefix comes from
//! the registry).

use process::register::Register;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;

/// What is kept up to date for the kubelets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
    Endpoints,
    EndpointSlices,
}

impl Resource {
    /// Value of the label.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Endpoints => "endpoints",
            Self::EndpointSlices => "endpointslice",
        }
    }

    fn label(self) -> ResourceLabel {
        ResourceLabel {
            resource: self.as_str(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResourceLabel {
    resource: &'static str,
}

/// The metrics of the kubelet controller.
#[derive(Debug, Clone)]
pub struct Metrics {
    lookup_errors: Counter,
    syncs: Family<ResourceLabel, Counter>,
    failures: Family<ResourceLabel, Counter>,
    managed: Family<ResourceLabel, Gauge>,
}

impl Metrics {
    /// Registers all families below the registry's prefix, each with both resources at zero.
    pub fn register(registry: &mut impl Register) -> Self {
        let metrics = Self {
            lookup_errors: Counter::default(),
            syncs: Family::default(),
            failures: Family::default(),
            managed: Family::default(),
        };
        registry.register(
            "node_address_lookup_errors",
            "Node addresses that could not be determined",
            metrics.lookup_errors.clone(),
        );
        registry.register(
            "node_syncs",
            "Attempts to synchronize the resource with the nodes",
            metrics.syncs.clone(),
        );
        registry.register("node_syncs_failed", "Those that failed", metrics.failures.clone());
        registry.register(
            "kubelet_managed_resource",
            "1 if the resource is maintained for the kubelets",
            metrics.managed.clone(),
        );
        for resource in [Resource::Endpoints, Resource::EndpointSlices] {
            metrics.manages(resource, false);
            for counters in [&metrics.syncs, &metrics.failures] {
                counters.get_or_create(&resource.label()).inc_by(0);
            }
        }
        metrics
    }

    pub(super) fn manages(&self, resource: Resource, managed: bool) {
        self.managed.get_or_create(&resource.label()).set(i64::from(managed));
    }

    pub(super) fn lookups_failed(&self, count: usize) {
        self.lookup_errors.inc_by(count as u64);
    }

    pub(super) fn synced(&self, resource: Resource, ok: bool) {
        self.syncs.get_or_create(&resource.label()).inc();
        if !ok {
            self.failures.get_or_create(&resource.label()).inc();
        }
    }
}
