//! Where Prometheus sends traces of its own work. Types only.

use crate::{
    Duration, JsonSchema, TlsConfig,
    absent::{empty_is_none, null_is_default},
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// Protocol by which traces are sent.
    pub enum TracingClientType {
        /// OTLP over HTTP.
        Http = "http" | "HTTP",
        /// OTLP over gRPC.
        Grpc = "grpc" | "GRPC",
    }
}

words! {
    /// Compression of traces.
    pub enum TracingCompression {
        /// Gzip.
        Gzip = "gzip" | "Gzip",
    }
}

/// Where and how traces are sent.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TracingConfig {
    /// Protocol: http or grpc. Default: Prometheus' own, grpc.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_type: Option<TracingClientType>,
    /// Compression: gzip, or none if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compression: Option<TracingCompression>,
    /// Endpoint, as `<host>:<port>`.
    #[schemars(length(min = 1))]
    pub endpoint: Box<str>,
    /// Headers added to requests.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "null_is_default"
    )]
    pub headers: BTreeMap<Box<str>, Box<str>>,
    /// Whether the connection is made without TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insecure: Option<bool>,
    /// Share of traces that are sent, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampling_fraction: Option<Quantity>,
    /// Time limit of sending a batch.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub timeout: Option<Duration>,
    /// TLS settings of the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<TlsConfig>>,
}
