//! Notifications by AWS SNS. Types only.

use super::HttpConfig;
use crate::{JsonSchema, Sigv4, absent::empty_is_none};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A topic, phone number or mobile endpoint of AWS SNS to notify. Needs Alertmanager v0.23.0.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SnsConfig {
    /// Whether to send notifications about resolved alerts, too. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_resolved: Option<bool>,
    /// URL of the API, a template. Default: the one of the region.
    #[serde(
        rename = "apiURL",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_is_none"
    )]
    pub api_url: Option<Box<str>>,
    /// AWS credentials with which requests are signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sigv4: Option<Box<Sigv4>>,
    /// ARN of the topic, a template. Excludes phoneNumber and targetARN.
    #[serde(rename = "topicARN", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub topic_arn: Option<Box<str>>,
    /// Subject, for subscribers by mail; a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub subject: Option<Box<str>>,
    /// Phone number in E.164 form, for messages by SMS; a template. Excludes topicARN and targetARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub phone_number: Option<Box<str>>,
    /// ARN of the mobile endpoint, a template. Excludes topicARN and phoneNumber.
    #[serde(rename = "targetARN", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub target_arn: Option<Box<str>>,
    /// Text of the message, a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub message: Option<Box<str>>,
    /// Attributes of the message. The values are templates.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<Box<str>, Box<str>>,
    /// Settings of the HTTP requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_config: Option<Box<HttpConfig>>,
    /// Whether requests go through the HTTP client of the AWS SDK, which reads its settings from the AWS configuration.
    /// Default: false, but true with `AWS_CA_BUNDLE`. Needs Alertmanager v0.33.0.
    #[serde(rename = "useAWSHTTPClient", skip_serializing_if = "Option::is_none")]
    pub use_aws_http_client: Option<bool>,
}
