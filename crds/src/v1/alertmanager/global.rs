//! Global settings of an Alertmanager's configuration: HTTP, SMTP, and where receivers reach their services. Types
//! only.

use super::receivers::{
    GlobalJiraConfig, GlobalMattermostConfig, GlobalRocketChatConfig, GlobalTelegramConfig, GlobalVictorOpsConfig,
    GlobalWeChatConfig, GlobalWebexConfig,
};
use crate::{
    BasicAuth, Duration, HttpUrl, JsonSchema, OAuth2, ProxyConnectHeader, ProxyUrl, SafeAuthorization, SafeTlsConfig,
    absent::empty_is_none,
};
use k8s_openapi::api::core::v1::SecretKeySelector;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Global settings, which receivers inherit.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertmanagerGlobalConfig {
    /// Settings of HTTP requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_config: Option<Box<GlobalHttpConfig>>,
    /// Jira.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jira: Option<Box<GlobalJiraConfig>>,
    /// Mattermost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mattermost: Option<Box<GlobalMattermostConfig>>,
    /// Secret with the API key of OpsGenie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ops_genie_api_key: Option<Box<SecretKeySelector>>,
    /// Secret with the URL of OpsGenie's API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ops_genie_api_url: Option<Box<SecretKeySelector>>,
    /// URL of PagerDuty.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub pagerduty_url: Option<HttpUrl>,
    /// Time after which an alert without an end counts as resolved if it was not sent again. Prometheus always sends an
    /// end.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub resolve_timeout: Option<Duration>,
    /// Rocket.Chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rocket_chat: Option<Box<GlobalRocketChatConfig>>,
    /// Secret with the URL of Slack's API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slack_api_url: Option<Box<SecretKeySelector>>,
    /// Mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp: Option<Box<GlobalSmtpConfig>>,
    /// Telegram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telegram: Option<Box<GlobalTelegramConfig>>,
    /// VictorOps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub victorops: Option<Box<GlobalVictorOpsConfig>>,
    /// Webex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webex: Option<Box<GlobalWebexConfig>>,
    /// WeChat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wechat: Option<Box<GlobalWeChatConfig>>,
}

/// Settings of HTTP requests that receivers inherit.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GlobalHttpConfig {
    /// The Authorization header of requests. Excludes `basicAuth`, `bearerTokenSecret` and `oauth2`. Needs Alertmanager
    /// v0.22.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Box<SafeAuthorization>>,
    /// User name and password. Excludes `authorization`, `bearerTokenSecret` and `oauth2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_auth: Option<Box<BasicAuth>>,
    /// Deprecated, use `authorization`: Secret with a bearer token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bearer_token_secret: Option<Box<SecretKeySelector>>,
    /// Whether HTTP/2 is used. Needs Alertmanager v0.25.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_http2: Option<bool>,
    /// Whether redirects are followed. Needs Alertmanager v0.22.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_redirects: Option<bool>,
    /// OAuth 2.0 client credentials. Excludes `authorization`, `basicAuth` and `bearerTokenSecret`. Needs Alertmanager
    /// v0.22.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth2: Option<Box<OAuth2>>,
    /// URL of a proxy for requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_url: Option<ProxyUrl>,
    /// Hosts, domains and networks, separated by commas, that are reached without the proxy. Needs Alertmanager
    /// v0.25.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_proxy: Option<Box<str>>,
    /// Take the proxy from the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`). Needs Alertmanager v0.25.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_from_environment: Option<bool>,
    /// Headers to send to the proxy with CONNECT. Needs Alertmanager v0.25.0.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub proxy_connect_header: ProxyConnectHeader,
    /// TLS settings of requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<SafeTlsConfig>>,
}

proxy_config_of!(GlobalHttpConfig);
http_client_of!(GlobalHttpConfig: basic_auth, authorization, oauth2, bearer_token_secret);

/// Mail settings that receivers inherit.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GlobalSmtpConfig {
    /// Identity for PLAIN authentication.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub auth_identity: Option<Box<str>>,
    /// Secret with the password for LOGIN and PLAIN authentication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_password: Option<Box<SecretKeySelector>>,
    /// Secret with the secret for CRAM-MD5 authentication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_secret: Option<Box<SecretKeySelector>>,
    /// User name for CRAM-MD5, LOGIN and PLAIN authentication. Absent or empty, there is no authentication.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub auth_username: Option<Box<str>>,
    /// Whether the connection begins with TLS: true, always; false, never (STARTTLS instead); absent, on port 465 only.
    /// Needs Alertmanager v0.31.0.
    #[serde(rename = "forceImplicitTLS", skip_serializing_if = "Option::is_none")]
    pub force_implicit_tls: Option<bool>,
    /// Sender of mails.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub from: Option<Box<str>>,
    /// Host name by which Alertmanager identifies itself to the mail server.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub hello: Option<Box<str>>,
    /// Whether TLS is required. Mail servers on other hosts need it in any case.
    #[serde(rename = "requireTLS", skip_serializing_if = "Option::is_none")]
    pub require_tls: Option<bool>,
    /// Mail server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smart_host: Option<Box<HostPort>>,
    /// TLS settings of the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<SafeTlsConfig>>,
}

/// A host and its port.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct HostPort {
    /// DNS name or IP address.
    #[schemars(length(min = 1))]
    pub host: Box<str>,
    /// Port, by number or name.
    #[schemars(length(min = 1))]
    pub port: Box<str>,
}
