//! What a Prometheus selects, and what of it is rejected and why, in two steps with the reading of Secrets between them:
//! [`candidates`] by selectors, [`validated`] by content. Pure; both decide as the original does.

mod interval;
mod pod_monitor;
mod service_monitor;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::{PodMonitor, Prometheus, PrometheusRule, RelabelConfig, ServiceMonitor};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::Resource;
use shared::version::Version;

use crate::assets::{Assets, References, TlsFiles};
use crate::invalid::{Field, Invalid};
use crate::object::{ObjectKey, Rejection};
use crate::relabel;
use crate::rules::{self, RuleFiles};
use crate::selector::{NamespaceLabels, ObjectSelector};

pub use interval::{IntervalError, check_timeout};

/// Every object of the kinds that a Prometheus may select.
#[derive(Debug, Clone, Default)]
pub struct Objects {
    /// All `ServiceMonitor`s.
    pub service_monitors: Vec<Arc<ServiceMonitor>>,
    /// All `PodMonitor`s.
    pub pod_monitors: Vec<Arc<PodMonitor>>,
    /// All `PrometheusRule`s.
    pub rules: Vec<Arc<PrometheusRule>>,
}

/// What the selectors select.
#[derive(Debug, Clone, Default)]
pub struct Candidates {
    /// `ServiceMonitor`s.
    pub service_monitors: BTreeMap<ObjectKey, Arc<ServiceMonitor>>,
    /// `PodMonitor`s.
    pub pod_monitors: BTreeMap<ObjectKey, Arc<PodMonitor>>,
    /// `PrometheusRule`s.
    pub rules: BTreeMap<ObjectKey, Arc<PrometheusRule>>,
}

impl Candidates {
    /// The Secrets and `ConfigMap`s that [`validated`] and the configuration need, those of `prometheus` included.
    pub fn references(&self, prometheus: &Prometheus) -> References {
        let mut references = References::default();
        references.add(prometheus.metadata.namespace.as_deref().unwrap_or_default(), prometheus);
        for (key, monitor) in &self.service_monitors {
            references.add(&key.namespace, &**monitor);
        }
        for (key, monitor) in &self.pod_monitors {
            references.add(&key.namespace, &**monitor);
        }
        references
    }
}

/// What goes into the configuration.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// `ServiceMonitor`s that are fine.
    pub service_monitors: BTreeMap<ObjectKey, Arc<ServiceMonitor>>,
    /// `PodMonitor`s that are fine.
    pub pod_monitors: BTreeMap<ObjectKey, Arc<PodMonitor>>,
    /// Rule files of the `PrometheusRule`s that are fine.
    pub rules: RuleFiles,
    /// Certificates and keys that the selected monitors need as files of the pod.
    pub tls_files: TlsFiles,
    /// What is left out, sorted.
    pub rejections: Vec<Rejection>,
}

/// The selectors of a Prometheus, compiled. Also answers whether a change of an object concerns it.
#[derive(Debug, Clone, PartialEq)]
pub struct Selectors {
    /// For `ServiceMonitor`s.
    pub service_monitors: ObjectSelector,
    /// For `PodMonitor`s.
    pub pod_monitors: ObjectSelector,
    /// For `PrometheusRule`s.
    pub rules: ObjectSelector,
}

impl Selectors {
    /// The selectors of `prometheus`. Fails on one that Kubernetes would refuse.
    pub fn of(prometheus: &Prometheus) -> Result<Self, Invalid> {
        let (spec, common) = (&prometheus.spec, &prometheus.spec.common);
        let namespace = prometheus.metadata.namespace.as_deref().unwrap_or_default();
        let parse = |objects: Option<&LabelSelector>, namespaces: Option<&LabelSelector>, field: &str| {
            ObjectSelector::parse(objects, namespaces, namespace).field(field)
        };
        Ok(Self {
            service_monitors: parse(
                common.service_monitor_selector.as_deref(),
                common.service_monitor_namespace_selector.as_deref(),
                "serviceMonitorSelector",
            )?,
            pod_monitors: parse(
                common.pod_monitor_selector.as_deref(),
                common.pod_monitor_namespace_selector.as_deref(),
                "podMonitorSelector",
            )?,
            rules: parse(
                spec.rule_selector.as_deref(),
                spec.rule_namespace_selector.as_deref(),
                "ruleSelector",
            )?,
        })
    }
}

/// The objects that `prometheus` selects by labels. Those that are being deleted still count.
pub fn candidates(prometheus: &Prometheus, objects: Objects, known: &NamespaceLabels) -> Result<Candidates, Invalid> {
    let selectors = Selectors::of(prometheus)?;
    Ok(Candidates {
        service_monitors: selected(objects.service_monitors, &selectors.service_monitors, known),
        pod_monitors: selected(objects.pod_monitors, &selectors.pod_monitors, known),
        rules: selected(objects.rules, &selectors.rules, known),
    })
}

fn selected<K: Resource>(
    objects: Vec<Arc<K>>,
    selector: &ObjectSelector,
    known: &NamespaceLabels,
) -> BTreeMap<ObjectKey, Arc<K>> {
    let is_selected = |object: &Arc<K>| {
        let namespace = object.meta().namespace.as_deref().unwrap_or_default();
        selector.selects(namespace, object.meta().labels.as_ref(), known)
    };
    (objects.into_iter().filter(is_selected))
        .map(|object| (ObjectKey::of(&*object), object))
        .collect()
}

/// Sorts `candidates` into what goes into the configuration of `prometheus` and what is rejected. Never fails: a bad
/// object concerns nobody else.
pub fn validated(prometheus: &Prometheus, version: Version, candidates: Candidates, assets: &Assets) -> Selection {
    let checks = MonitorChecks::new(prometheus, version, assets);
    let mut selection = Selection::default();
    selection.service_monitors = selection.accept("ServiceMonitor", candidates.service_monitors, |key, monitor| {
        checks.service_monitor(key, monitor)
    });
    selection.pod_monitors = selection.accept("PodMonitor", candidates.pod_monitors, |key, monitor| {
        checks.pod_monitor(key, monitor)
    });
    let (files, rejections) = rules::rule_files(
        &rules::Target::prometheus(&prometheus.spec, version),
        candidates.rules.values().map(|rule| &**rule),
    );
    selection.rules = files;
    selection.rejections.extend(rejections);
    selection.rejections.sort();
    selection
}

impl Selection {
    fn accept<K: Resource>(
        &mut self,
        kind: &'static str,
        candidates: BTreeMap<ObjectKey, Arc<K>>,
        check: impl Fn(&ObjectKey, &K) -> Result<TlsFiles, Invalid>,
    ) -> BTreeMap<ObjectKey, Arc<K>> {
        let mut accepted = BTreeMap::new();
        for (key, object) in candidates {
            match check(&key, &object) {
                Ok(files) => {
                    self.tls_files.extend(files);
                    accepted.insert(key, object);
                }
                Err(invalid) => self.rejections.push(Rejection {
                    kind,
                    uid: object.meta().uid.clone(),
                    object: key,
                    message: invalid.to_string(),
                }),
            }
        }
        accepted
    }
}

/// A monitor that the Prometheus cannot serve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MonitorError {
    /// Filtering by the API server came with this version.
    #[error("RoleSelector selectorMechanism is only supported in Prometheus 2.17.0 and newer")]
    SelectorMechanism,
    /// The specification forbids files.
    #[error("it accesses file system via {via} which Prometheus specification prohibits")]
    FileSystemAccess {
        /// What names the file.
        via: &'static str,
    },
    /// No such class.
    #[error("scrapeClass {name:?} not found in Prometheus scrapeClasses")]
    ScrapeClass {
        /// The name.
        name: Box<str>,
    },
}

/// What the checks of one monitor depend on.
#[derive(Clone, Copy)]
struct MonitorChecks<'a> {
    prometheus: &'a Prometheus,
    version: Version,
    relabeling: relabel::Rules,
    assets: &'a Assets,
}

impl<'a> MonitorChecks<'a> {
    fn new(prometheus: &'a Prometheus, version: Version, assets: &'a Assets) -> Self {
        Self {
            prometheus,
            version,
            relabeling: relabel::Rules::of(version),
            assets,
        }
    }

    fn selector_mechanism(&self, mechanism: Option<crds::SelectorMechanism>) -> Result<(), MonitorError> {
        if mechanism == Some(crds::SelectorMechanism::RoleSelector) && self.version < Version::new(2, 17, 0) {
            return Err(MonitorError::SelectorMechanism);
        }
        Ok(())
    }

    fn timeout(&self, timeout: Option<&str>, interval: Option<&str>) -> Result<(), IntervalError> {
        let default = self.prometheus.spec.common.scrape_interval.as_deref();
        check_timeout(timeout, interval.or(default))
    }

    fn relabelings(&self, targets: &[RelabelConfig], metrics: &[RelabelConfig]) -> Result<(), Invalid> {
        self.relabeling.check_all(targets, "relabelings")?;
        self.relabeling.check_all(metrics, "metricRelabelings")
    }

    fn scrape_class(&self, name: Option<&str>) -> Result<(), MonitorError> {
        let classes = &self.prometheus.spec.common.scrape_classes;
        match name {
            Some(name) if !name.is_empty() && classes.iter().all(|class| *class.name != *name) => {
                Err(MonitorError::ScrapeClass { name: name.into() })
            }
            _ => Ok(()),
        }
    }
}
