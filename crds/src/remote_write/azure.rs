//! Azure AD authentication of remote write. Exactly one of the four ways to authenticate must be given; that is checked
//! where the configuration is made. Types only.

use crate::{JsonSchema, absent::empty_is_none};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

words! {
    /// The clouds of Azure.
    pub enum AzureCloud {
        /// China.
        AzureChina = "AzureChina",
        /// The government of the United States.
        AzureGovernment = "AzureGovernment",
        /// The public cloud.
        AzurePublic = "AzurePublic",
    }
}

/// Azure AD credentials.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AzureAd {
    /// The cloud. Default: AzurePublic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud: Option<AzureCloud>,
    /// A managed identity. Excludes `oauth`, `sdk` and `workloadIdentity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_identity: Option<Box<ManagedIdentity>>,
    /// Client credentials of an application. Excludes `managedIdentity`, `sdk` and `workloadIdentity`. Needs Prometheus
    /// v2.48.0 or Thanos v0.31.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth: Option<Box<AzureOAuth>>,
    /// Scope to request when a token is acquired. Needs Prometheus v3.9.0; Thanos does not know it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    #[schemars(regex(pattern = r"^[\w\s:/.\\-]+$"))]
    pub scope: Option<Box<str>>,
    /// The default credential chain of the Azure SDK. Excludes `oauth`, `managedIdentity` and `workloadIdentity`. Needs
    /// Prometheus v2.52.0 or Thanos v0.36.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sdk: Option<Box<AzureSdk>>,
    /// A workload identity. Excludes `oauth`, `managedIdentity` and `sdk`. Needs Prometheus v3.7.0; Thanos does not
    /// know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workload_identity: Option<Box<AzureWorkloadIdentity>>,
}

/// A managed identity of Azure.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagedIdentity {
    /// Client id of a user-assigned identity. Absent means the system-assigned one, which needs Prometheus v3.5.0 or
    /// Thanos v0.40.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub client_id: Option<Box<str>>,
}

/// Client credentials of an Azure AD application.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AzureOAuth {
    /// Client id of the application.
    #[schemars(length(min = 1))]
    pub client_id: Box<str>,
    /// Secret with the client secret of the application.
    pub client_secret: SecretKeySelector,
    /// Tenant id of the application.
    #[schemars(length(min = 1), regex(pattern = r"^[0-9a-zA-Z-.]+$"))]
    pub tenant_id: Box<str>,
}

/// The Azure SDK as the source of credentials.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AzureSdk {
    /// Tenant id of the application.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    #[schemars(regex(pattern = r"^[0-9a-zA-Z-.]+$"))]
    pub tenant_id: Option<Box<str>>,
}

/// A workload identity of Azure.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AzureWorkloadIdentity {
    /// Client id of the application.
    #[schemars(length(min = 1))]
    pub client_id: Box<str>,
    /// Tenant id of the application.
    #[schemars(length(min = 1))]
    pub tenant_id: Box<str>,
}
