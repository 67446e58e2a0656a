//! Scrape classes: named sets of settings to which scrape objects refer. Types only; how they are merged into a scrape
//! configuration is the renderer's.

use crate::{AttachMetadata, Authorization, JsonSchema, RelabelConfig, ScrapeProtocol, TlsConfig, absent::is_empty};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde::{Deserialize, Serialize};

/// A named set of scrape settings.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScrapeClass {
    /// Metadata to attach to discovered targets, unless the scrape object says so itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach_metadata: Option<AttachMetadata>,
    /// The Authorization header of scrapes, unless the scrape object has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Box<Authorization>>,
    /// Whether scrape objects that name no class use this one. At most one class may be the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<bool>,
    /// Format that is assumed if a target answers without a usable content type, unless the scrape object says so
    /// itself. Needs Prometheus v3.0.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_scrape_protocol: Option<ScrapeProtocol>,
    /// Relabeling of samples before they are stored. It comes before that of the scrape object.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub metric_relabelings: Box<[RelabelConfig]>,
    /// Name of the class, unique in the list.
    #[schemars(length(min = 1))]
    pub name: Box<str>,
    /// Namespaces whose scrape objects may use the class, by their labels. Empty or absent: all. An object of another
    /// namespace that would use it, by its name or because it is the default one, is left out. An addition of this operator,
    /// which the original does not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_selector: Option<Box<LabelSelector>>,
    /// Relabeling of targets. It comes after that of the operator and before that of the scrape object.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub relabelings: Box<[RelabelConfig]>,
    /// TLS settings, for what the scrape object does not set. Only `caFile`, `certFile` and `keyFile` are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<Box<TlsConfig>>,
}
