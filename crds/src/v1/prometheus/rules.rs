//! Settings of Prometheus' rule engine. Types only; a change restarts the pods, since Prometheus takes them as flags.

use crate::{JsonSchema, absent::empty_is_none};
use serde::{Deserialize, Serialize};

/// Settings of the rule engine.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Rules {
    /// Settings of alerting rules. A change restarts the pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert: Option<RulesAlert>,
}

/// Settings of alerting rules.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RulesAlert {
    /// Minimum time between the restoration of an alert and its firing. Only alerts with a longer `for` are restored.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub for_grace_period: Option<Box<str>>,
    /// Maximum outage of Prometheus after which the state of alerts is still restored.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub for_outage_tolerance: Option<Box<str>>,
    /// Minimum time before the same alert is sent again.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub resend_delay: Option<Box<str>>,
}
