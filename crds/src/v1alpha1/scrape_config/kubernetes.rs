//! Targets from the API of a Kubernetes cluster.

use crate::{
    AttachMetadata, BasicAuth, JsonSchema, OAuth2, ProxyConnectHeader, ProxyUrl, SafeAuthorization, SafeTlsConfig,
    absent::is_empty,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// What is discovered as a target.
    pub enum KubernetesRole {
        /// Each port of a pod's containers.
        Pod = "Pod",
        /// Each address of an Endpoints object.
        Endpoints = "Endpoints",
        /// Each path of an Ingress.
        Ingress = "Ingress",
        /// Each port of a Service.
        Service = "Service",
        /// Each node's kubelet.
        Node = "Node",
        /// Each address of an EndpointSlice.
        EndpointSlice = "EndpointSlice",
    }
}

/// Targets from the API of a Kubernetes cluster.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KubernetesSdConfig {
    /// Host of the API server, with an optional port. Default: that of Prometheus' own cluster, with the credentials of
    /// its pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub api_server: Option<Box<str>>,
    /// What to find. `EndpointSlice` needs Prometheus v2.21.0.
    pub role: KubernetesRole,
    /// In which namespaces. Default: in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespaces: Option<Box<NamespaceDiscovery>>,
    /// Metadata to attach to targets. Needs Prometheus v2.35.0 for `Pod` and v2.37.0 for `Endpoints` and
    /// `EndpointSlice`; other roles have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach_metadata: Option<AttachMetadata>,
    /// Selectors of the objects to find. Needs Prometheus v2.17.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["role"]))]
    pub selectors: Box<[KubernetesSelector]>,
    /// Authorization header. Cannot be combined with basicAuth or oauth2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Box<SafeAuthorization>>,
    /// Basic authentication. Cannot be combined with authorization or oauth2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_auth: Option<Box<BasicAuth>>,
    /// OAuth 2.0 client credentials. Cannot be combined with authorization or basicAuth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth2: Option<Box<OAuth2>>,
    /// TLS settings of requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<SafeTlsConfig>>,
    /// URL of a proxy for requests.
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
    /// Follow redirects. On by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_redirects: Option<bool>,
    /// Use HTTP/2 where the server offers it. On by default.
    #[serde(rename = "enableHTTP2", skip_serializing_if = "Option::is_none")]
    pub enable_http2: Option<bool>,
}

proxy_config_of!(KubernetesSdConfig);
http_client_of!(KubernetesSdConfig: basic_auth, authorization, oauth2);

/// The namespaces to look into.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NamespaceDiscovery {
    /// Also look into the namespace of the Prometheus pod. Cannot be combined with apiServer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_namespace: Option<bool>,
    /// Names of the namespaces. None means all, unless ownNamespace is set.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(inner(length(min = 1)), extend("x-kubernetes-list-type" = "set"))]
    pub names: Box<[Box<str>]>,
}

/// A selector of one kind of objects.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KubernetesSelector {
    /// The kind of objects that is selected. It must be one that the role of the discovery reads.
    pub role: KubernetesRole,
    /// Selector of labels, such as `app=web,tier!=test`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub label: Option<Box<str>>,
    /// Selector of fields, such as `spec.nodeName=node-1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub field: Option<Box<str>>,
}
