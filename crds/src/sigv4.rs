//! AWS signature version 4, for remote write and for alerts. Types only.

use crate::{JsonSchema, absent::empty_is_none};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

/// AWS credentials with which requests are signed.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [{
    "rule": "!has(self.externalId) || has(self.roleArn)",
    "message": "externalId can only be used when roleArn is specified",
}]))]
pub struct Sigv4 {
    /// Secret with the access key. Default: the environment variable `AWS_ACCESS_KEY_ID`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key: Option<Box<SecretKeySelector>>,
    /// External id for assuming the role of `roleArn`. Needs Prometheus v3.11.0 or Alertmanager v0.33.0; Thanos does
    /// not know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub external_id: Option<Box<str>>,
    /// Name of the AWS profile to authenticate with.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub profile: Option<Box<str>>,
    /// AWS region. Default: that of the default credential chain.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub region: Option<Box<str>>,
    /// ARN of the role to assume.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub role_arn: Option<Box<str>>,
    /// Secret with the secret key. Default: the environment variable `AWS_SECRET_ACCESS_KEY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<Box<SecretKeySelector>>,
    /// Whether the FIPS endpoint of AWS STS is used. Needs Prometheus v2.54.0.
    #[serde(rename = "useFIPSSTSEndpoint", skip_serializing_if = "Option::is_none")]
    pub use_fips_sts_endpoint: Option<bool>,
}
