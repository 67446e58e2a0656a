//! Notifications by mail. Types only.

use super::KeyValue;
use crate::{JsonSchema, SafeTlsConfig, absent::is_empty};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};

words! {
    /// By which date mails of one alert group are put into threads.
    pub enum ThreadByDate {
        /// A new thread each day.
        Daily = "Daily",
        /// A single thread.
        None = "None",
    }
}

/// Addresses to mail to, and the server that takes the mail.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailConfig {
    /// Whether to send notifications about resolved alerts, too. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_resolved: Option<bool>,
    /// Addresses of the recipients, separated by commas; a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub to: Option<Box<str>>,
    /// Address of the sender. Default: the global one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub from: Option<Box<str>>,
    /// Host name by which Alertmanager identifies itself to the mail server. Default: the global one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub hello: Option<Box<str>>,
    /// Mail server as `host:port`. Default: the global one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub smarthost: Option<Box<str>>,
    /// User name to authenticate with. Default: the global one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub auth_username: Option<Box<str>>,
    /// Secret with the password for LOGIN and PLAIN authentication. Default: the global one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_password: Option<Box<SecretKeySelector>>,
    /// Secret with the secret for CRAM-MD5 authentication. Default: the global one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_secret: Option<Box<SecretKeySelector>>,
    /// Identity for PLAIN authentication. Default: the global one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub auth_identity: Option<Box<str>>,
    /// Headers of the mail, which replace those of the same name. The values are templates.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub headers: Box<[KeyValue]>,
    /// Body as HTML, a template. Empty, there is none; absent, it is Alertmanager's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<Box<str>>,
    /// Body as plain text, a template. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub text: Option<Box<str>>,
    /// Whether TLS is required. Mail servers on other hosts need it in any case. Default: the global setting.
    #[serde(rename = "requireTLS", skip_serializing_if = "Option::is_none")]
    pub require_tls: Option<bool>,
    /// TLS settings of the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<SafeTlsConfig>>,
    /// Whether the connection begins with TLS: true, always; false, never (STARTTLS instead); absent, on port 465 only.
    /// Needs Alertmanager v0.31.0.
    #[serde(rename = "forceImplicitTLS", skip_serializing_if = "Option::is_none")]
    pub force_implicit_tls: Option<bool>,
    /// Put the mails of one alert group into a thread. Needs Alertmanager v0.30.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threading: Option<EmailThreadingConfig>,
}

/// How mails are put into threads.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailThreadingConfig {
    /// `Daily`: a new thread each day. `None`: a single thread.
    pub thread_by_date: ThreadByDate,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn an_empty_body_is_not_the_default_one() {
        let body = |config| from_value::<EmailConfig>(config).unwrap().html;
        assert_eq!(body(json!({ "html": "" })).as_deref(), Some(""));
        assert_eq!(body(json!({})), None);
    }
}
