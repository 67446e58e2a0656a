//! The AlertmanagerConfig kind in the version in which it is stored: what a namespace adds to the configuration of
//! Alertmanagers.

use crate::{
    ConfigResourceStatus, InhibitRule, JsonSchema, MatchType, NamedTimeIntervals, Receiver, Route,
    absent::{empty_is_none, empty_word_is_none, is_empty, null_is_default},
};
use kube_derive::CustomResource;
use serde::{Deserialize, Serialize};

/// Routes, receivers and inhibition rules for the Alertmanagers that select it. They see the alerts of its namespace
/// alone, unless the Alertmanager says otherwise.
#[derive(Clone, CustomResource, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[kube(
    group = "monitoring.coreos.com",
    version = "v1alpha1",
    kind = "AlertmanagerConfig",
    plural = "alertmanagerconfigs",
    shortname = "amcfg",
    category = "prometheus-operator",
    status = "ConfigResourceStatus",
    derive = "Default",
    derive = "PartialEq",
    namespaced,
    schema = "disabled"
)]
#[serde(rename_all = "camelCase")]
pub struct AlertmanagerConfigSpec {
    /// The route of this object, which becomes a child of the Alertmanager's first route.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<Box<Route<Matcher>>>,
    /// The receivers that the routes notify.
    #[serde(default, skip_serializing_if = "is_empty", deserialize_with = "null_is_default")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub receivers: Box<[Receiver]>,
    /// Rules that mute alerts as long as others fire.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub inhibit_rules: Box<[InhibitRule<Matcher>]>,
    /// Time intervals that routes refer to.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub mute_time_intervals: Box<[NamedTimeIntervals]>,
}

/// A condition on a label of an alert.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Matcher {
    /// Name of the label.
    #[schemars(length(min = 1))]
    pub name: Box<str>,
    /// Value or regular expression to compare with. Empty by default, which an absent label equals.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub value: Option<Box<str>>,
    /// How to compare: `=`, `!=`, `=~` (regular expression) or `!~`. Default: regex decides. Needs Alertmanager v0.22.0.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_word_is_none"
    )]
    pub match_type: Option<MatchType>,
    /// Deprecated, use matchType, which takes precedence: whether the value is a regular expression. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<bool>,
}
