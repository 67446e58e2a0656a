//! The kinds that scrape jobs are made from, and what each of them can do: be checked, and become jobs. Pure.

use std::iter;

use crds::{PodMonitor, Probe, ServiceMonitor, v1alpha1::ScrapeConfig};
use formats::yaml::Yaml;
use kube::core::object::HasSpec;

use super::config::{Context, DroppedField, pod_monitor_jobs, probe_job, scrape_config_job, service_monitor_jobs};
use super::instance::Mode;
use super::select::{Checks, rejection};
use crate::assets::{HasReferences, References, TlsFiles};
use crate::cache::ReferenceCache;
use crate::cache::shares::Share;
use crate::check::invalid::{Field, Invalid, SPEC, Within};
use crate::object::{ByKey, ConfigKind, ConfigObject, LeftOut, ObjectKey, Rejection};

/// An object that scrape jobs are made from. Both functions depend on nothing but the object, their arguments, and what
/// the object refers to.
pub trait ScrapeObject: ConfigObject + HasSpec<Spec: PartialEq> + HasReferences {
    /// Whether the instance can serve it; gives the TLS files that it needs.
    fn check(&self, key: &ObjectKey, checks: &Checks<'_>) -> Result<TlsFiles, Invalid>;

    /// The scrape class that it names.
    fn scrape_class(&self) -> Option<&str>;

    /// How many scrape jobs it has.
    fn job_count(&self) -> usize;

    /// Its scrape jobs, in their order. What the version does not know is added to `dropped`.
    fn jobs(&self, context: &Context<'_>, dropped: &mut Vec<DroppedField>) -> impl Iterator<Item = Yaml>;
}

impl ScrapeObject for ServiceMonitor {
    fn check(&self, key: &ObjectKey, checks: &Checks<'_>) -> Result<TlsFiles, Invalid> {
        checks.service_monitor(key, self).within(SPEC)
    }

    fn scrape_class(&self) -> Option<&str> {
        self.spec.scrape_class.as_deref()
    }

    fn job_count(&self) -> usize {
        self.spec.endpoints.len()
    }

    fn jobs(&self, context: &Context<'_>, dropped: &mut Vec<DroppedField>) -> impl Iterator<Item = Yaml> {
        service_monitor_jobs(self, context, dropped)
    }
}

impl ScrapeObject for PodMonitor {
    fn check(&self, key: &ObjectKey, checks: &Checks<'_>) -> Result<TlsFiles, Invalid> {
        checks.pod_monitor(key, self).within(SPEC)
    }

    fn scrape_class(&self) -> Option<&str> {
        self.spec.scrape_class.as_deref()
    }

    fn job_count(&self) -> usize {
        self.spec.pod_metrics_endpoints.len()
    }

    fn jobs(&self, context: &Context<'_>, dropped: &mut Vec<DroppedField>) -> impl Iterator<Item = Yaml> {
        pod_monitor_jobs(self, context, dropped)
    }
}

impl ScrapeObject for Probe {
    fn check(&self, key: &ObjectKey, checks: &Checks<'_>) -> Result<TlsFiles, Invalid> {
        checks.probe(key, self).within(SPEC)
    }

    fn scrape_class(&self) -> Option<&str> {
        self.spec.scrape_class.as_deref()
    }

    fn job_count(&self) -> usize {
        1
    }

    fn jobs(&self, context: &Context<'_>, dropped: &mut Vec<DroppedField>) -> impl Iterator<Item = Yaml> {
        iter::once(probe_job(self, context, dropped))
    }
}

impl ScrapeObject for ScrapeConfig {
    fn check(&self, key: &ObjectKey, checks: &Checks<'_>) -> Result<TlsFiles, Invalid> {
        checks.scrape_config(key, self).within(SPEC)
    }

    fn scrape_class(&self) -> Option<&str> {
        self.spec.scrape_class.as_deref()
    }

    fn job_count(&self) -> usize {
        1
    }

    fn jobs(&self, context: &Context<'_>, dropped: &mut Vec<DroppedField>) -> impl Iterator<Item = Yaml> {
        iter::once(scrape_config_job(self, context, dropped))
    }
}

impl Checks<'_> {
    /// Checks an object of any kind, and gives the TLS files that it needs.
    pub(in crate::prometheus) fn object<K: ScrapeObject>(
        &self,
        key: &ObjectKey,
        object: &K,
    ) -> Result<TlsFiles, Invalid> {
        self.assets.admit(&key.namespace, object).field(SPEC)?;
        object.check(key, self)
    }
}

/// Objects of every kind that scrape jobs are made from.
#[derive(Debug, Clone, Default)]
pub struct ScrapeObjects {
    /// `ServiceMonitor`s.
    pub service_monitors: ByKey<ServiceMonitor>,
    /// `PodMonitor`s.
    pub pod_monitors: ByKey<PodMonitor>,
    /// `Probe`s.
    pub probes: ByKey<Probe>,
    /// `ScrapeConfig`s.
    pub scrape_configs: ByKey<ScrapeConfig>,
}

impl ScrapeObjects {
    /// All but those that are left out, and the rejections of these.
    pub fn without(&self, left_out: &LeftOut) -> (Self, Vec<Rejection>) {
        let (mut rest, mut rejections) = (self.clone(), Vec::new());
        let Self {
            service_monitors,
            pod_monitors,
            probes,
            scrape_configs,
        } = &mut rest;
        for ((kind, key), message) in left_out {
            let gone = match kind {
                ConfigKind::ServiceMonitor => rejected(service_monitors, key, message),
                ConfigKind::PodMonitor => rejected(pod_monitors, key, message),
                ConfigKind::Probe => rejected(probes, key, message),
                ConfigKind::ScrapeConfig => rejected(scrape_configs, key, message),
                ConfigKind::AlertmanagerConfig | ConfigKind::PrometheusRule => None,
            };
            rejections.extend(gone);
        }
        (rest, rejections)
    }

    /// Kind and key of the object that has a job of this name.
    pub fn object_of_job(&self, name: &str) -> Option<(ConfigKind, ObjectKey)> {
        let mut parts = name.split('/');
        let prefix = parts.next()?;
        let key = ObjectKey::new(parts.next()?, parts.next()?);
        let number = match (parts.next(), parts.next()) {
            (None, _) => None,
            // A job has a number as we write it: neither `01` nor `+1`.
            (Some(text), None) => Some(text.parse::<usize>().ok().filter(|number| number.to_string() == text)?),
            _ => return None,
        };
        let (kind, jobs) = match (prefix, number) {
            ("serviceMonitor", Some(_)) => (
                ServiceMonitor::KIND,
                self.service_monitors.get(&key)?.spec.endpoints.len(),
            ),
            ("podMonitor", Some(_)) => (
                PodMonitor::KIND,
                self.pod_monitors.get(&key)?.spec.pod_metrics_endpoints.len(),
            ),
            ("probe", None) => (Probe::KIND, self.probes.get(&key).map(|_| 1)?),
            ("scrapeConfig", None) => (ScrapeConfig::KIND, self.scrape_configs.get(&key).map(|_| 1)?),
            _ => return None,
        };
        (number.unwrap_or(0) < jobs).then_some((kind, key))
    }
}

/// Takes an object from the others.
fn rejected<K: ScrapeObject>(objects: &mut ByKey<K>, key: &ObjectKey, message: &str) -> Option<Rejection> {
    let object = objects.remove(key)?;
    Some(rejection(&*object, key.clone(), message.to_owned()))
}

/// How many jobs each object has that an instance of that mode scrapes.
pub(super) fn job_counts<'a>(objects: &'a ScrapeObjects, mode: Mode<'_>) -> Vec<Share<'a>> {
    let mut shares = Vec::new();
    for source in sources(mode) {
        match source {
            Source::ServiceMonitors => shares.extend(counts(&objects.service_monitors)),
            Source::PodMonitors => shares.extend(counts(&objects.pod_monitors)),
            Source::Probes => shares.extend(counts(&objects.probes)),
            Source::ScrapeConfigs => shares.extend(counts(&objects.scrape_configs)),
            Source::Additional => {}
        }
    }
    shares
}

fn counts<K: ScrapeObject>(objects: &ByKey<K>) -> impl Iterator<Item = Share<'_>> {
    objects.iter().map(|(key, object)| Share {
        amount: object.job_count(),
        kind: K::KIND,
        object: key,
    })
}

/// Where jobs come from.
#[derive(Clone, Copy)]
pub enum Source {
    /// `ServiceMonitor`s.
    ServiceMonitors,
    /// `PodMonitor`s.
    PodMonitors,
    /// `Probe`s.
    Probes,
    /// `ScrapeConfig`s.
    ScrapeConfigs,
    /// The user's own text.
    Additional,
}

/// Where jobs come from, in the order of the file. Objects of a kind are sorted by name.
pub const fn sources(mode: Mode<'_>) -> &'static [Source] {
    match mode {
        Mode::Server(_) => &[
            Source::ServiceMonitors,
            Source::PodMonitors,
            Source::Probes,
            Source::ScrapeConfigs,
            Source::Additional,
        ],
        Mode::Agent => &[
            Source::PodMonitors,
            Source::Additional,
            Source::ServiceMonitors,
            Source::Probes,
            Source::ScrapeConfigs,
        ],
        // What is not on a node cannot be shared out among the agents on the nodes.
        Mode::DaemonSetAgent => &[Source::PodMonitors, Source::Additional],
    }
}

/// What the objects that an instance scrapes refer to, by kind.
#[derive(Debug, Default)]
pub struct ReferenceCaches {
    service_monitors: ReferenceCache<ServiceMonitor>,
    pod_monitors: ReferenceCache<PodMonitor>,
    probes: ReferenceCache<Probe>,
    scrape_configs: ReferenceCache<ScrapeConfig>,
}

impl ReferenceCaches {
    /// Adds what `objects` refer to.
    pub fn add_to(&mut self, references: &mut References, objects: &ScrapeObjects) {
        self.service_monitors.add_to(references, &objects.service_monitors);
        self.pod_monitors.add_to(references, &objects.pod_monitors);
        self.probes.add_to(references, &objects.probes);
        self.scrape_configs.add_to(references, &objects.scrape_configs);
    }
}
