//! Targets from OVHcloud.

use crate::{Duration, JsonSchema, absent::empty_is_none};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

words! {
    /// A product of OVHcloud.
    pub enum OvhService {
        /// Virtual private servers.
        Vps = "VPS",
        /// Dedicated servers.
        DedicatedServer = "DedicatedServer",
    }
}

/// Servers of OVHcloud. Needs Prometheus v2.40.0.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OvhCloudSdConfig {
    /// Key of the application in OVHcloud's API.
    #[schemars(length(min = 1))]
    pub application_key: Box<str>,
    /// Key of a Secret that holds the application's secret.
    pub application_secret: SecretKeySelector,
    /// Key of a Secret that holds the consumer key.
    pub consumer_key: SecretKeySelector,
    /// Which servers: `VPS` or `DedicatedServer`.
    pub service: OvhService,
    /// The API to ask, by name or address. Default: `ovh-eu`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub endpoint: Option<Box<str>>,
    /// Time between two refreshes. Default: Prometheus' own.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub refresh_interval: Option<Duration>,
}
