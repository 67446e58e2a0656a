//! The Service, Endpoints and `EndpointSlice`s of the kubelets, so that monitors can select them (`--kubelet-service`
//! and the flags around it). A loop of its own beside the pipeline: nodes change all the time, so they are looked at by
//! the clock. [`addresses`], [`endpoints`] and [`slices`] are pure; `sync` reads and writes.

pub mod addresses;
pub mod endpoints;
mod metrics;
pub mod slices;
mod sync;

#[cfg(test)]
mod tests;

use std::time::Duration;

use kube::Client;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::args;
use crate::object::ObjectKey;
use crate::settings::Settings;
use endpoints::Template;

pub use metrics::Metrics;
use metrics::Resource;

/// Why the flags of the kubelet controller make no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The Service has no namespace or no name, or too many.
    #[error("--kubelet-service: {0:?} must have the form namespace/name")]
    ServiceName(String),
    /// There is nothing to do.
    #[error("--kubelet-service: at least one of --kubelet-endpoints and --kubelet-endpointslice must be true")]
    NothingManaged,
    /// The loop would never rest.
    #[error("--kubelet-sync-period must be greater than 0")]
    SyncPeriod,
}

/// The controller.
pub struct Kubelet {
    template: Template,
    node_selector: String,
    priority: args::NodeAddress,
    endpoints: bool,
    period: Duration,
    client: Client,
    metrics: Metrics,
}

impl Kubelet {
    /// The controller that `flags` ask for; `None` where they name no Service.
    ///
    /// Whoever finds out that the permissions for `EndpointSlice`s are missing turns `flags.kubelet_endpointslice` off.
    ///
    /// # Errors
    /// When the flags make no sense, which should end the process.
    pub fn new(
        flags: &args::Kubelet,
        settings: &Settings,
        client: Client,
        metrics: Metrics,
    ) -> Result<Option<Self>, ConfigError> {
        if flags.kubelet_service.is_empty() {
            return Ok(None);
        }
        let key = service_key(&flags.kubelet_service)?;
        if !flags.kubelet_endpoints && !flags.kubelet_endpointslice {
            return Err(ConfigError::NothingManaged);
        }
        if flags.kubelet_sync_period.is_zero() {
            return Err(ConfigError::SyncPeriod);
        }
        metrics.manages(Resource::Endpoints, flags.kubelet_endpoints);
        metrics.manages(Resource::EndpointSlices, flags.kubelet_endpointslice);
        Ok(Some(Self {
            template: Template {
                key,
                labels: settings.labels.clone(),
                annotations: settings.annotations.clone(),
                http_metrics: flags.kubelet_http_metrics,
                slices: flags.kubelet_endpointslice,
            },
            node_selector: flags.kubelet_selector.clone(),
            priority: flags.kubelet_node_address_priority,
            endpoints: flags.kubelet_endpoints,
            period: flags.kubelet_sync_period,
            client,
            metrics,
        }))
    }

    /// Looks at the nodes at once and then once a period, until `stop`. A failure is logged and counted; the next look
    /// starts from what is there.
    pub async fn run(self, stop: CancellationToken) {
        let mut ticks = interval(self.period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if stop.run_until_cancelled(self.sync()).await.is_none() {
                break;
            }
        }
    }
}

fn service_key(text: &str) -> Result<ObjectKey, ConfigError> {
    match text.split_once('/') {
        Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() && !name.contains('/') => {
            Ok(ObjectKey::new(namespace, name))
        }
        _ => Err(ConfigError::ServiceName(text.to_owned())),
    }
}
