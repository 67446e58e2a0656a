//! The web server of Prometheus. Types only.

use crate::{JsonSchema, WebConfigFileFields};
use serde::{Deserialize, Serialize};

/// Settings of the web server of Prometheus.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrometheusWebSpec {
    #[serde(flatten, deserialize_with = "crate::reading::flattened")]
    #[expect(missing_docs, reason = "flattened: the fields of the group carry the documentation")]
    pub config_file: WebConfigFileFields,
    /// Maximum number of simultaneous connections; 0 accepts none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub max_connections: Option<i32>,
    /// Title of the web page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_title: Option<Box<str>>,
}
