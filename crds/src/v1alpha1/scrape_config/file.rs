//! Targets that are read from files of the container.

use crate::{Duration, JsonSchema, absent::empty_is_none};
use serde::{Deserialize, Serialize};

/// Targets from files, which Prometheus reads again when they change.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileSdConfig {
    /// Paths of JSON or YAML files in the Prometheus container, best absolute. The last part may have one `*`. Mount
    /// the files with `configMaps`, `secrets` or `volumes` of the Prometheus object.
    #[schemars(
        length(min = 1),
        inner(regex(pattern = r"^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$")),
        extend("x-kubernetes-list-type" = "set")
    )]
    pub files: Box<[Box<str>]>,
    /// Time after which the files are read again in any case. Default: Prometheus' own.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub refresh_interval: Option<Duration>,
}
