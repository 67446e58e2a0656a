//! Settings of the OTLP receiver. Types only; which of them a version of Prometheus knows is checked where the
//! configuration is made.

use crate::{JsonSchema, absent::is_empty};
use serde::{Deserialize, Serialize};

words! {
    /// How names of OTLP metrics and labels become names of Prometheus.
    pub enum TranslationStrategy {
        /// Names stay as they are, with unit and type as suffixes.
        NoUtf8EscapingWithSuffixes = "NoUTF8EscapingWithSuffixes",
        /// Other characters become underscores, with unit and type as suffixes.
        UnderscoreEscapingWithSuffixes = "UnderscoreEscapingWithSuffixes",
        /// Names stay as they are, without suffixes.
        NoTranslation = "NoTranslation",
        /// Other characters become underscores, without suffixes.
        UnderscoreEscapingWithoutSuffixes = "UnderscoreEscapingWithoutSuffixes",
    }
}

/// Settings of the OTLP receiver.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OtlpConfig {
    /// Whether histograms with explicit buckets become native histograms with custom buckets. Needs Prometheus v3.4.0.
    #[serde(rename = "convertHistogramsToNHCB", skip_serializing_if = "Option::is_none")]
    pub convert_histograms_to_nhcb: Option<bool>,
    /// Resource attributes that `promoteAllResourceAttributes`, which must be true, leaves out. Needs Prometheus
    /// v3.5.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(length(min = 1), inner(length(min = 1)), extend("x-kubernetes-list-type" = "set"))]
    pub ignore_resource_attributes: Box<[Box<str>]>,
    /// Whether `target_info` keeps `service.name`, `service.namespace` and `service.instance.id`, which also become
    /// `job` and `instance`. Needs Prometheus v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_identifying_resource_attributes: Option<bool>,
    /// Whether several underscores in a row stay in label names that are escaped with underscores. Default: true. Needs
    /// Prometheus v3.8.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_name_preserve_multiple_underscores: Option<bool>,
    /// Whether label names that begin with one underscore get the prefix `key_` when names are escaped with
    /// underscores. Default: true. Needs Prometheus v3.8.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_name_underscore_sanitization: Option<bool>,
    /// Whether all resource attributes become labels, those of `ignoreResourceAttributes` excepted. Excludes
    /// `promoteResourceAttributes`. Needs Prometheus v3.5.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promote_all_resource_attributes: Option<bool>,
    /// Resource attributes that become labels. Default: none. Excludes `promoteAllResourceAttributes`.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(length(min = 1), inner(length(min = 1)), extend("x-kubernetes-list-type" = "set"))]
    pub promote_resource_attributes: Box<[Box<str>]>,
    /// Whether name, version, schema URL and attributes of the instrumentation scope become labels. Needs Prometheus
    /// v3.6.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promote_scope_metadata: Option<bool>,
    /// How names are translated. Needs Prometheus v3.0.0; NoTranslation needs 3.4, UnderscoreEscapingWithoutSuffixes
    /// 3.6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation_strategy: Option<TranslationStrategy>,
}
