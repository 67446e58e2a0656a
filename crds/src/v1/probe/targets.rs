//! What is probed: targets that are written down, or Ingress objects. Types only.

use crate::{JsonSchema, NamespaceSelector, RelabelConfig, absent::is_empty};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The targets: listed, or found by Ingress objects. Listed ones take precedence.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProbeTargets {
    /// Targets listed here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub static_config: Option<Box<ProbeTargetStaticConfig>>,
    /// Targets from Ingress objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress: Option<Box<ProbeTargetIngress>>,
}

impl ProbeTargets {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.static_config.is_none() && self.ingress.is_none()
    }
}

/// Targets with the labels that they share.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProbeTargetStaticConfig {
    /// Targets, as the prober's module expects them: `https://example.org`, `example.org:22`.
    #[serde(rename = "static", default, skip_serializing_if = "is_empty")]
    pub targets: Box<[Box<str>]>,
    /// Labels that all samples of the targets get.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Box<str>, Box<str>>,
    /// Relabeling of targets before the scrape. The job's original name is in `__tmp_prometheus_job_name`.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub relabeling_configs: Box<[RelabelConfig]>,
}

/// Ingress objects, each host and path of which is a target.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProbeTargetIngress {
    /// Which Ingress objects, by their labels. Default: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<LabelSelector>,
    /// Namespaces in which they are selected. Default: that of this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_selector: Option<Box<NamespaceSelector>>,
    /// Relabeling of targets before the scrape. The address of the Ingress is in `__tmp_ingress_address`, the job's
    /// original name in `__tmp_prometheus_job_name`.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub relabeling_configs: Box<[RelabelConfig]>,
}
