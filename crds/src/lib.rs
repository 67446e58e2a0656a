//! The `monitoring.coreos.com` API as Rust types, and the manifests generated from them. The types are slim on purpose:
//! boxed text and lists, rare options boxed, nothing flattened but the field groups that workloads share, of which there
//! are few objects. Absent text, lists and maps read the same as empty ones unless a field's documentation says
//! otherwise.
//!
//! With the feature `schema` the crate also derives the CustomResourceDefinitions from the types.

#![allow(clippy::duplicated_attributes, reason = "each printer column has a type of its own")]
#![expect(
    clippy::doc_markdown,
    reason = "doc comments are what kubectl explain shows; kinds are plain words there"
)]

#[macro_use]
mod words;
mod absent;
#[macro_use]
pub mod proxy;
#[macro_use]
pub mod http_client;
#[macro_use]
pub mod scrape;

pub mod argument;
pub mod auth;
pub mod duration;
pub mod enforcement;
pub mod http_header;
pub mod log;
pub mod pod;
pub mod reading;
pub mod receiver;
pub mod relabel;
pub mod remote_write;
pub mod routing;
#[cfg(feature = "schema")]
pub mod schema;
pub mod selector;
pub mod sigv4;
pub mod status;
pub mod storage;
pub mod tls;
pub mod url;
pub mod v1;
pub mod v1alpha1;
pub mod v1beta1;
pub mod web;

pub use argument::Argument;
pub use auth::{Authorization, AuthorizationOptions, BasicAuth, OAuth2, SafeAuthorization};
pub use duration::{ByteSize, Duration, GoDuration, NonEmptyDuration};
pub use enforcement::{MonitoringResource, ObjectReference, PrometheusRuleExcludeConfig};
pub use http_client::{HttpAuth, HttpClient};
pub use http_header::{HttpHeader, HttpHeaders};
pub use log::{LogFormat, LogLevel};
pub use pod::{
    DnsPolicy, EmbeddedObjectMetadata, HostAlias, ImagePullPolicy, PersistentVolumeClaimRetentionPolicy, PodDnsConfig,
    PodDnsConfigOption, PodFields, PodManagementPolicy, RollingUpdateStatefulSetStrategy, StatefulSetUpdateStrategy,
    StatefulSetUpdateStrategyType,
};
pub use proxy::{ProxyConfig, ProxyConnectHeader};
pub use reading::{Unreadable, from_value, read, to_value};
pub use receiver::{
    DiscordConfig, EmailConfig, EmailThreadingConfig, HttpConfig, KeyValue, MsTeamsConfig, MsTeamsV2Config,
    OpsGenieConfig, OpsGenieResponder, OpsGenieResponderType, PagerDutyConfig, PagerDutyImageConfig,
    PagerDutyLinkConfig, PushoverConfig, PushoverDuration, Receiver, ReceiverUrl, RocketChatAction, RocketChatConfig,
    RocketChatField, SlackAction, SlackConfig, SlackConfirmation, SlackField, SnsConfig, TelegramConfig,
    TelegramParseMode, ThreadByDate, VictorOpsConfig, WeChatConfig, WebexConfig, WebhookConfig,
};
pub use relabel::{RelabelAction, RelabelConfig};
pub use remote_write::{
    AzureAd, AzureCloud, AzureOAuth, AzureSdk, AzureWorkloadIdentity, ManagedIdentity, MetadataConfig, QueueConfig,
    RemoteWriteMessageVersion, RemoteWriteSpec,
};
pub use routing::{
    DayOfMonthRange, InhibitRule, InvalidChildRoute, MatchType, MonthRange, NamedTimeIntervals, Route, TimeInterval,
    TimeOfDay, TimeRange, WeekdayRange, YearRange,
};
#[cfg(feature = "schema")]
pub use schema::{
    COMPATIBLE_VERSION, custom_resource_definitions, full_custom_resource_definitions, full_manifests, manifest,
    manifests,
};
pub use scrape::{NameEscapingScheme, NameValidationScheme, NativeHistograms, ScrapeLimits, ScrapeProtocol};
pub use selector::{AttachMetadata, NamespaceSelector, SelectorMechanism, ServiceDiscoveryRole};
pub use sigv4::Sigv4;
pub use status::{
    Condition, ConditionStatus, ConditionType, ConfigResourceCondition, ConfigResourceConditionType,
    ConfigResourceStatus, MonitoringGroup, WorkloadBinding, WorkloadResource, WorkloadStatus,
};
pub use storage::{EmbeddedPersistentVolumeClaim, StorageSpec};
pub use tls::{SafeTlsConfig, SecretOrConfigMap, TlsConfig, TlsOptions, TlsVersion};
pub use url::{HttpUrl, ProxyUrl, Scheme};
pub use v1::*;
pub use web::{
    WebConfigFileFields, WebHttpConfig, WebHttpHeaders, WebTlsConfig, WebUser, XContentTypeOptions, XFrameOptions,
};
pub use words::Word;

#[cfg(not(feature = "schema"))]
use inert_schema::JsonSchema;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
