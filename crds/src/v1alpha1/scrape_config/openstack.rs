//! Targets from OpenStack.

use super::server::DiscoveryUrl;
use crate::{Duration, JsonSchema, SafeTlsConfig, absent::empty_is_none};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

words! {
    /// What is discovered as a target.
    pub enum OpenStackRole {
        /// Each address of a virtual machine.
        Instance = "Instance",
        /// Each hypervisor.
        Hypervisor = "Hypervisor",
        /// Each load balancer.
        LoadBalancer = "LoadBalancer",
    }
}

words! {
    /// Which endpoint of a service is taken. The canonical words are the ones of the Prometheus configuration.
    pub enum OpenStackAvailability {
        /// The public one.
        Public = "Public" | "public",
        /// The one for administrators.
        Admin = "Admin" | "admin",
        /// The one of the internal network.
        Internal = "Internal" | "internal",
    }
}

/// Machines, hypervisors or load balancers of OpenStack.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenStackSdConfig {
    /// What to find. `LoadBalancer` needs Prometheus v3.2.0.
    pub role: OpenStackRole,
    /// The region.
    #[schemars(length(min = 1))]
    pub region: Box<str>,
    /// URL of the identity service. Default: taken from the environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_endpoint: Option<DiscoveryUrl>,
    /// Name of the user. Version 3 of the identity service requires the domain with it, or userid instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub username: Option<Box<str>>,
    /// Identifier of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub userid: Option<Box<str>>,
    /// Key of a Secret that holds the user's password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Box<SecretKeySelector>>,
    /// Name of the domain. Cannot be combined with domainID.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub domain_name: Option<Box<str>>,
    /// Identifier of the domain. Cannot be combined with domainName.
    #[serde(rename = "domainID", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub domain_id: Option<Box<str>>,
    /// Name of the project. Some providers require it instead of projectID, some require both.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub project_name: Option<Box<str>>,
    /// Identifier of the project.
    #[serde(rename = "projectID", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub project_id: Option<Box<str>>,
    /// Name of an application credential, in place of a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub application_credential_name: Option<Box<str>>,
    /// Identifier of an application credential, in place of a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub application_credential_id: Option<Box<str>>,
    /// Key of a Secret that holds the application credential's secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_credential_secret: Option<Box<SecretKeySelector>>,
    /// Find the machines of all projects, which usually requires an administrator. For the role `Instance` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all_tenants: Option<bool>,
    /// Which endpoint of the services to take, `public` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability: Option<OpenStackAvailability>,
    /// Port to scrape, 80 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 65535))]
    pub port: Option<i32>,
    /// Time between two refreshes. Default: Prometheus' own.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub refresh_interval: Option<Duration>,
    /// TLS settings of requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<SafeTlsConfig>>,
}
