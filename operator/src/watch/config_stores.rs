//! The configuration objects in the cluster, one store per kind. Plain data.

use std::sync::Arc;

use crds::v1alpha1::{AlertmanagerConfig, ScrapeConfig};
use crds::{PodMonitor, Probe, PrometheusRule, ServiceMonitor};

use super::Store;

/// A store for each kind of configuration object.
#[derive(Debug, Clone)]
pub struct ConfigStores {
    /// `AlertmanagerConfig`s.
    pub alertmanager_configs: Arc<Store<AlertmanagerConfig>>,
    /// `PodMonitor`s.
    pub pod_monitors: Arc<Store<PodMonitor>>,
    /// `Probe`s.
    pub probes: Arc<Store<Probe>>,
    /// `PrometheusRule`s.
    pub rules: Arc<Store<PrometheusRule>>,
    /// `ScrapeConfig`s.
    pub scrape_configs: Arc<Store<ScrapeConfig>>,
    /// `ServiceMonitor`s.
    pub service_monitors: Arc<Store<ServiceMonitor>>,
}
