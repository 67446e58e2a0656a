//! Mutual TLS of the gossip between Alertmanagers. Types only.

use crate::{JsonSchema, SafeTlsConfig, WebTlsConfig};
use serde::{Deserialize, Serialize};

/// Mutual TLS of the gossip between the members of a cluster.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct ClusterTlsConfig {
    /// How a member connects to others.
    pub client: SafeTlsConfig,
    /// How a member is connected to.
    pub server: WebTlsConfig,
}
