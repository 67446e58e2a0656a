//! The prober, and what it is asked besides the target. Types only.

use crate::{
    JsonSchema, ProxyConnectHeader, ProxyUrl, Scheme,
    absent::{empty_is_none, is_empty},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The exporter that probes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProberSpec {
    /// Host of the prober, with an optional port: `prober.example.org:9115`. Without a scheme.
    #[schemars(length(min = 1))]
    pub url: Box<str>,
    /// `http`, the default, or `https`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scheme>,
    /// Path of the prober.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    #[schemars(extend("default" = "/probe"))]
    pub path: Option<Box<str>>,
    /// URL of a proxy for requests to the prober.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_url: Option<ProxyUrl>,
    /// Hosts, domains and networks, separated by commas, that are reached without the proxy. Needs Prometheus v2.43.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_proxy: Option<Box<str>>,
    /// Take the proxy from the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`). Needs Prometheus v2.43.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_from_environment: Option<bool>,
    /// Headers to send to the proxy with CONNECT. Needs Prometheus v2.43.0.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub proxy_connect_header: ProxyConnectHeader,
}

proxy_config_of!(ProberSpec);

/// A parameter of the query.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProbeParam {
    /// Name of the parameter.
    #[schemars(length(min = 1))]
    pub name: Box<str>,
    /// Its values.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(length(min = 1), inner(length(min = 1)))]
    pub values: Box<[Box<str>]>,
}
