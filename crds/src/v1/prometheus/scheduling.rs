//! Topology spread constraints of Prometheus and PrometheusAgent: the core type and one field more, written out because
//! a schema of a core type cannot be extended. The conversion to the core type belongs to the renderer, which adds the
//! labels.

use crate::JsonSchema;
use crate::absent::{empty_is_none, is_empty};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde::{Deserialize, Serialize};

words! {
    /// Labels of the operator that the selector of a constraint is completed with.
    pub enum AdditionalLabelSelectors {
        /// Those which all pods of the object have.
        OnResource = "OnResource",
        /// Those which all pods of a shard have.
        OnShard = "OnShard",
    }
}

/// A rule that spreads the pods over nodes, zones and the like.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TopologySpreadConstraint {
    /// Labels of the operator added to `labelSelector`: those of the object (OnResource) or of each shard (OnShard).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_label_selectors: Option<AdditionalLabelSelectors>,
    /// Pods that are counted in each domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_selector: Option<Box<LabelSelector>>,
    /// Keys of labels whose values of the incoming pod are added to the selector. Cannot be combined with a key that
    /// `labelSelector` has.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub match_label_keys: Box<[Box<str>]>,
    /// Maximum difference between the numbers of pods of two domains; above 0.
    pub max_skew: i32,
    /// Minimum number of domains to spread over; above 0, and only with DoNotSchedule. Default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_domains: Option<i32>,
    /// Whether nodes that node affinity or node selector exclude count: Honor (the default), they do not; Ignore, they
    /// do.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub node_affinity_policy: Option<Box<str>>,
    /// Whether nodes with taints that the pod does not tolerate count: Honor, they do not; Ignore (the default), they
    /// do.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub node_taints_policy: Option<Box<str>>,
    /// Label of nodes whose values are the domains.
    pub topology_key: Box<str>,
    /// What happens to a pod that breaks the rule: DoNotSchedule or ScheduleAnyway.
    pub when_unsatisfiable: Box<str>,
}
