//! Where targets are looked for: namespaces, roles of the service discovery, and what is attached to a target.

use crate::{JsonSchema, absent::is_empty};
use serde::{Deserialize, Serialize};

/// The namespaces in which targets are discovered; by default the one of the object itself.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NamespaceSelector {
    /// Select every namespace. matchNames has no effect then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any: Option<bool>,
    /// Names of the namespaces to select.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub match_names: Box<[Box<str>]>,
}

words! {
    /// How a monitor's targets are selected within their namespace.
    #[derive(Default)]
    pub enum SelectorMechanism {
        /// Prometheus discovers everything and drops by relabeling.
        #[default]
        RelabelConfig = "RelabelConfig",
        /// The API server filters by label selector.
        RoleSelector = "RoleSelector",
    }
}

words! {
    /// The API that lists the addresses behind a Service.
    #[derive(Default)]
    pub enum ServiceDiscoveryRole {
        /// One Endpoints object per Service.
        #[default]
        Endpoints = "Endpoints",
        /// Any number of EndpointSlice objects per Service.
        EndpointSlice = "EndpointSlice",
    }
}

/// Metadata of other objects to attach to discovered targets.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttachMetadata {
    /// Attach the labels and annotations of the target's node, as `__meta_kubernetes_node_*`. Prometheus must be
    /// allowed to list and watch nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<bool>,
    /// Attach the labels and annotations of the target's namespace, as `__meta_kubernetes_namespace_*`. Prometheus must
    /// be allowed to list and watch namespaces. Needs Prometheus v3.6.0. An addition of this operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<bool>,
}
