//! What the objects that an instance scrapes refer to, by kind. Pure.

use crds::{PodMonitor, Probe, ServiceMonitor, v1alpha1::ScrapeConfig};

use super::scrape_object::ScrapeObjects;
use crate::assets::{self, References};

/// What is known of the objects of the last reconciliation.
#[derive(Debug, Default)]
pub struct Referred {
    service_monitors: assets::Referred<ServiceMonitor>,
    pod_monitors: assets::Referred<PodMonitor>,
    probes: assets::Referred<Probe>,
    scrape_configs: assets::Referred<ScrapeConfig>,
}

impl Referred {
    /// Adds what `objects` refer to.
    pub fn add_to(&mut self, references: &mut References, objects: &ScrapeObjects) {
        self.service_monitors.add_to(references, &objects.service_monitors);
        self.pod_monitors.add_to(references, &objects.pod_monitors);
        self.probes.add_to(references, &objects.probes);
        self.scrape_configs.add_to(references, &objects.scrape_configs);
    }
}
