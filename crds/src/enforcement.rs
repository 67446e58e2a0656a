//! Which objects the enforcement of a namespace label spares. Shared by Prometheus, PrometheusAgent and ThanosRuler.
//! Types only.

use crate::{JsonSchema, MonitoringGroup, absent::empty_is_none};
use serde::{Deserialize, Serialize};

words! {
    /// Plural names of the kinds that the enforcement may spare.
    pub enum MonitoringResource {
        /// `PrometheusRule` objects.
        PrometheusRules = "prometheusrules",
        /// `ServiceMonitor` objects.
        ServiceMonitors = "servicemonitors",
        /// `PodMonitor` objects.
        PodMonitors = "podmonitors",
        /// `Probe` objects.
        Probes = "probes",
        /// `ScrapeConfig` objects.
        ScrapeConfigs = "scrapeconfigs",
    }
}

/// One object, or all objects of a kind in a namespace.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct ObjectReference {
    /// API group of the object. Default: monitoring.coreos.com, the only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "monitoring.coreos.com"))]
    pub group: Option<MonitoringGroup>,
    /// Name of the object. Absent, all objects of the kind in the namespace are meant.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub name: Option<Box<str>>,
    /// Namespace of the object.
    #[schemars(length(min = 1))]
    pub namespace: Box<str>,
    /// Kind of the object, as its plural name in lower case.
    pub resource: MonitoringResource,
}

/// One `PrometheusRule` object.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrometheusRuleExcludeConfig {
    /// Name of the `PrometheusRule`.
    pub rule_name: Box<str>,
    /// Namespace of the `PrometheusRule`.
    pub rule_namespace: Box<str>,
}
