//! The DNS settings of a pod, as the API of the operator has them: the core type with stricter list markers and
//! lengths. Types only.

use crate::JsonSchema;
use crate::absent::{empty_is_none, is_empty};
use k8s_openapi::api::core::v1 as core;
use serde::{Deserialize, Serialize};

words! {
    /// Where a pod takes its DNS settings from.
    pub enum DnsPolicy {
        /// Cluster DNS first, also for pods in the network of the host.
        ClusterFirstWithHostNet = "ClusterFirstWithHostNet",
        /// Cluster DNS first, unless the pod is in the network of the host.
        ClusterFirst = "ClusterFirst",
        /// The settings of the node.
        Default = "Default",
        /// Nothing but what `dnsConfig` says.
        None = "None",
    }
}

/// DNS settings of a pod.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct PodDnsConfig {
    /// IP addresses of name servers, added after those of the DNS policy.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(inner(length(min = 1)), extend("x-kubernetes-list-type" = "set"))]
    pub nameservers: Box<[Box<str>]>,
    /// Options of the resolver. They override those of the DNS policy that have the same name.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub options: Box<[PodDnsConfigOption]>,
    /// Search domains, added after those of the DNS policy.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(inner(length(min = 1)), extend("x-kubernetes-list-type" = "set"))]
    pub searches: Box<[Box<str>]>,
}

/// One option of the resolver.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct PodDnsConfigOption {
    /// Name of the option, unique in the list.
    #[schemars(length(min = 1))]
    pub name: Box<str>,
    /// Value of the option, for those that have one.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub value: Option<Box<str>>,
}

impl From<&PodDnsConfig> for core::PodDNSConfig {
    /// The same settings as the pod template wants them; an empty list becomes an absent one.
    fn from(config: &PodDnsConfig) -> Self {
        let texts = |list: &[Box<str>]| (!list.is_empty()).then(|| list.iter().map(ToString::to_string).collect());
        let option = |option: &PodDnsConfigOption| core::PodDNSConfigOption {
            name: Some(option.name.to_string()),
            value: option.value.as_deref().map(str::to_owned),
        };
        Self {
            nameservers: texts(&config.nameservers),
            options: (!config.options.is_empty()).then(|| config.options.iter().map(option).collect()),
            searches: texts(&config.searches),
        }
    }
}
