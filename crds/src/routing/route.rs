//! Routes, which form a tree. A structural schema cannot be recursive, so child routes are free-form there, and are read
//! here.

use crate::{
    JsonSchema, NonEmptyDuration,
    absent::{empty_is_none, is_empty, null_is_default},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A child route that is no route.
#[derive(Debug, thiserror::Error)]
#[error("{path} is not a route")]
pub struct InvalidChildRoute {
    /// Its path, such as `spec.route.routes[0].routes[2]`.
    pub path: String,
    /// What is wrong with it.
    pub source: serde_json::Error,
}

/// A node of the routing tree: the alerts that it matches and what happens to them. Unknown fields are refused,
/// because alerts would be misrouted if a condition were ignored; the schema checks this for the first route only.
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
    /// Whether an alert that this route matches is also offered to the routes after it. Always true for the first
    /// route. Default: false.
    #[serde(rename = "continue", skip_serializing_if = "Option::is_none")]
    pub continue_: Option<bool>,
    /// Child routes, of the same form. An alert goes to the first one whose conditions it meets.
    #[serde(default, skip_serializing_if = "is_empty", deserialize_with = "null_is_default")]
    #[schemars(with = "Box<[crate::schema::Unknown]>", extend("x-kubernetes-list-type" = "atomic"))]
    pub routes: Box<[Value]>,
    /// Names of the time intervals during which the route is muted.
    #[serde(default, skip_serializing_if = "is_empty", deserialize_with = "null_is_default")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub mute_time_intervals: Box<[Box<str>]>,
    /// Names of the time intervals outside which the route is muted. Needs Alertmanager v0.24.0.
    #[serde(default, skip_serializing_if = "is_empty", deserialize_with = "null_is_default")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub active_time_intervals: Box<[Box<str>]>,
}

impl<M: DeserializeOwned> Route<M> {
    /// The child routes, but not those below them. `path` is the path of this route, for errors: `spec.route`.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MatchType, v1alpha1, v1beta1};
    use serde_json::{from_value, json};
    use std::error::Error;

    fn with_child<M: DeserializeOwned>(child: &Value) -> Route<M> {
        from_value(json!({ "receiver": "duty", "routes": [{ "receiver": "night" }, child] })).unwrap()
    }

    #[test]
    fn children_are_read_level_by_level() {
        let grandchild =
            json!({ "matchers": [{ "name": "team", "value": "db", "matchType": "!=" }], "continue": true });
        let route: Route<v1alpha1::Matcher> =
            with_child(&json!({ "groupBy": ["cluster"], "groupWait": "5s", "routes": [grandchild] }));
        let children = route.child_routes("spec.route").unwrap();
        assert_eq!(children[0].receiver.as_deref(), Some("night"));
        assert_eq!(*children[1].group_by, ["cluster".into()]);
        assert_eq!(children[1].group_wait.as_deref(), Some("5s"));
        let grandchildren = children[1].child_routes("spec.route.routes[1]").unwrap();
        assert_eq!(grandchildren[0].continue_, Some(true));
        assert_eq!(grandchildren[0].matchers[0].match_type, Some(MatchType::NotEqual));
    }

    /// The API server prunes nulls, but not in free-form fields.
    #[test]
    fn what_is_null_or_empty_in_a_child_is_absent() {
        let child = json!({
            "receiver": "",
            "groupBy": null,
            "groupInterval": "",
            "matchers": [{ "name": "team", "value": "", "matchType": "" }],
            "routes": null,
            "muteTimeIntervals": null,
        });
        let route: Route<v1beta1::Matcher> = with_child(&child);
        let matchers = [v1beta1::Matcher {
            name: "team".into(),
            ..v1beta1::Matcher::default()
        }]
        .into();
        assert_eq!(
            route.child_routes("spec.route").unwrap()[1],
            Route {
                matchers,
                ..Route::default()
            }
        );
    }

    #[test]
    fn an_unknown_field_of_a_child_is_an_error_that_says_where() {
        let error = with_child::<v1alpha1::Matcher>(&json!({ "matchers": [{ "team": "db" }] }))
            .child_routes("spec.route.routes[4]")
            .unwrap_err();
        assert_eq!(error.to_string(), "spec.route.routes[4].routes[1] is not a route");
        let cause = error.source().unwrap().to_string();
        assert!(cause.starts_with("unknown field `team`"), "{cause}");
    }

    #[test]
    fn only_the_older_version_knows_the_older_way_to_match() {
        let child = json!({ "matchers": [{ "name": "team", "value": "d.*", "regex": true }] });
        let older = with_child::<v1alpha1::Matcher>(&child)
            .child_routes("spec.route")
            .unwrap();
        assert_eq!(older[1].matchers[0].regex, Some(true));
        assert!(
            with_child::<v1beta1::Matcher>(&child)
                .child_routes("spec.route")
                .is_err()
        );
    }
}
