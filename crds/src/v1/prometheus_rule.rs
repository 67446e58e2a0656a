//! The PrometheusRule kind: groups of recording and alerting rules. Its JSON names are those of the Prometheus rule file,
//! so some are in snake case.

use crate::{
    ConfigResourceStatus, Duration, JsonSchema, NonEmptyDuration,
    absent::{empty_is_none, is_empty},
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube_derive::CustomResource;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Recording and alerting rules for the Prometheus servers and Thanos Rulers that select it.
#[derive(Clone, CustomResource, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[kube(
    group = "monitoring.coreos.com",
    version = "v1",
    kind = "PrometheusRule",
    plural = "prometheusrules",
    shortname = "promrule",
    category = "prometheus-operator",
    status = "ConfigResourceStatus",
    derive = "Default",
    derive = "PartialEq",
    namespaced,
    schema = "disabled"
)]
pub struct PrometheusRuleSpec {
    /// The groups, each with a name of its own.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub groups: Box<[RuleGroup]>,
}

/// Rules that are evaluated one after the other, at the same interval.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct RuleGroup {
    /// Name of the group.
    #[schemars(length(min = 1))]
    pub name: Box<str>,
    /// Labels to add to the results of all rules; a rule's own labels have precedence.
    /// Needs Prometheus v3.0.0; Thanos Ruler ignores it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Box<str>, Box<str>>,
    /// Time between evaluations. Default: the evaluation interval of the Prometheus object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Duration>,
    /// Offset into the past at which the rules are evaluated. Needs Prometheus v2.53.0; Thanos Ruler does not support
    /// it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_offset: Option<Duration>,
    /// The rules, in order.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub rules: Box<[Rule]>,
    /// What a query does when some of its stores fail: `abort` or `warn`. For Thanos Ruler only.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    #[schemars(regex(pattern = "^(?i)(abort|warn)?$"))]
    pub partial_response_strategy: Option<Box<str>>,
    /// Maximum number of alerts or series that a rule may produce. Needs Prometheus v2.31.0 or Thanos v0.24.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<crate::schema::Integer>")]
    pub limit: Option<i64>,
}

/// A recording rule or an alerting rule: exactly one of record and alert is set.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Rule {
    /// Name of the series to write.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub record: Option<Box<str>>,
    /// Name of the alert.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub alert: Option<Box<str>>,
    /// PromQL expression to evaluate.
    pub expr: IntOrString,
    /// How long the expression must hold before the alert fires.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub for_: Option<Duration>,
    /// How long the alert goes on firing after the expression has ceased to hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_firing_for: Option<NonEmptyDuration>,
    /// Labels to add to the result.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Box<str>, Box<str>>,
    /// Annotations to add to the alert.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<Box<str>, Box<str>>,
}
