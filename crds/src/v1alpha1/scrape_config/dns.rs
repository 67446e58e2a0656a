//! Targets from DNS.

use crate::{Duration, JsonSchema, absent::empty_is_none};
use serde::{Deserialize, Serialize};

words! {
    /// A type of DNS records.
    pub enum DnsRecordType {
        /// IPv4 addresses.
        A = "A",
        /// IPv6 addresses.
        Aaaa = "AAAA",
        /// Mail servers.
        Mx = "MX",
        /// Name servers.
        Ns = "NS",
        /// Servers with their ports.
        Srv = "SRV",
    }
}

/// Targets from DNS names. The servers to ask are those of `/etc/resolv.conf`.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DnsSdConfig {
    /// Names to look up.
    #[schemars(length(min = 1), inner(length(min = 1)))]
    pub names: Box<[Box<str>]>,
    /// Type of the records, `SRV` by default. `MX` needs Prometheus v2.38.0, `NS` v2.49.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub type_: Option<DnsRecordType>,
    /// Port to scrape. Required unless the records are of type `SRV`, which have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 65535))]
    pub port: Option<i32>,
    /// Time between two refreshes. Default: Prometheus' own.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub refresh_interval: Option<Duration>,
}
