//! Headers that a client sends with each request. Types only.

use crate::{JsonSchema, absent::is_empty};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Headers by their names.
pub type HttpHeaders = BTreeMap<Box<str>, HttpHeader>;

/// The values of a header, each of which is sent.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpHeader {
    /// Values that anyone may read.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub values: Box<[Box<str>]>,
    /// Keys of Secrets that hold values.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub secrets: Box<[SecretKeySelector]>,
}
