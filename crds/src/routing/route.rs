//! Routes, which form a tree. A structural schema cannot be recursive, so child routes are free-form there, and are read
//! here.

use crate::{
    NonEmptyDuration,
    absent::{empty_is_none, is_empty, null_is_default},
    schema::Unknown,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A child route that is no route.
#[derive(Debug, thiserror::Error)]
#[error("{path} is not a route")]
pub struct InvalidChildRoute {
    /// Where it stands, such as `spec.route.routes[0].routes[2]`.
    pub path: String,
    /// What is wrong with it.
    pub source: serde_json::Error,
}

/// A node of the routing tree: the alerts that it takes and what happens to them. Fields that it does not know are
/// refused, since a condition that is not obeyed would lead alerts astray; the schema checks that for the first route
/// only.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    bound(deserialize = "M: DeserializeOwned")
)]
pub struct Route<M> {
    /// Name of the receiver. Child routes inherit it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub receiver: Option<Box<str>>,
    /// Labels by which alerts are grouped into one notification. `...` alone means all.
    #[serde(default, skip_serializing_if = "is_empty", deserialize_with = "null_is_default")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub group_by: Box<[Box<str>]>,
    /// Time to wait before the first notification of a group, for more of its alerts. Default: that of the parent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub group_wait: Option<NonEmptyDuration>,
    /// Time to wait before a group that has changed is notified again; more than 0. Default: that of the parent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub group_interval: Option<NonEmptyDuration>,
    /// Time to wait before a group that has not changed is notified again; more than 0. Default: that of the parent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub repeat_interval: Option<NonEmptyDuration>,
    /// Conditions that an alert must meet. The operator adds one for the namespace to the first route.
    #[serde(default, skip_serializing_if = "is_empty", deserialize_with = "null_is_default")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub matchers: Box<[M]>,
    /// Whether the routes that follow see an alert that this one has taken. Always true for the first route. Default:
    /// false.
    #[serde(rename = "continue", skip_serializing_if = "Option::is_none")]
    pub continue_: Option<bool>,
    /// Child routes, of the same form. An alert goes to the first one whose conditions it meets.
    #[serde(default, skip_serializing_if = "is_empty", deserialize_with = "null_is_default")]
    #[schemars(with = "Box<[Unknown]>", extend("x-kubernetes-list-type" = "atomic"))]
    pub routes: Box<[Value]>,
    /// Names of time intervals at which the route is muted.
    #[serde(default, skip_serializing_if = "is_empty", deserialize_with = "null_is_default")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub mute_time_intervals: Box<[Box<str>]>,
    /// Names of time intervals outside of which the route is muted. Needs Alertmanager v0.24.0.
    #[serde(default, skip_serializing_if = "is_empty", deserialize_with = "null_is_default")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub active_time_intervals: Box<[Box<str>]>,
}

impl<M: DeserializeOwned> Route<M> {
    /// The child routes, but not those below them. `path` is where this route stands, for errors: `spec.route`.
    pub fn child_routes(&self, path: &str) -> Result<Box<[Self]>, InvalidChildRoute> {
        let child = |(i, child): (usize, &Value)| {
            Self::deserialize(child).map_err(|source| InvalidChildRoute {
                path: format!("{path}.routes[{i}]"),
                source,
            })
        };
        self.routes.iter().enumerate().map(child).collect()
    }
}
