//! The `monitoring.coreos.com` API as Rust types, and the manifests generated from them. The types are slim on purpose:
//! boxed text and lists, rare options boxed, nothing flattened. Absent text, lists and maps read the same as empty ones
//! unless a field's documentation says otherwise.

mod absent;
pub mod proxy;
pub mod scrape;
mod words;

pub mod auth;
pub mod duration;
pub mod relabel;
pub mod schema;
pub mod selector;
pub mod status;
pub mod tls;
pub mod url;
pub mod v1;

pub use auth::{Authorization, AuthorizationOptions, BasicAuth, OAuth2, SafeAuthorization};
pub use duration::{ByteSize, Duration, NonEmptyDuration};
pub use proxy::{ProxyConfig, ProxyConnectHeader};
pub use relabel::{RelabelAction, RelabelConfig};
pub use schema::{COMPATIBLE_VERSION, custom_resource_definitions, manifests};
pub use scrape::{NameEscapingScheme, NameValidationScheme, NativeHistograms, ScrapeLimits, ScrapeProtocol};
pub use selector::{AttachMetadata, NamespaceSelector, SelectorMechanism, ServiceDiscoveryRole};
pub use status::{
    Condition, ConditionStatus, ConditionType, ConfigResourceCondition, ConfigResourceConditionType,
    ConfigResourceStatus, MonitoringGroup, WorkloadBinding, WorkloadResource,
};
pub use tls::{SafeTlsConfig, SecretOrConfigMap, TlsConfig, TlsOptions, TlsVersion};
pub use url::{HttpUrl, ProxyUrl, Scheme};
pub use v1::*;
pub use words::Word;
