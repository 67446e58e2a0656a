//! Settings that every kind of scrape job has: protocols, limits, native histograms. The fields are written out in each
//! kind; `ScrapeLimits` and `NativeHistograms` are the common views.

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

words! {
    /// A format in which a target may answer.
    pub enum ScrapeProtocol {
        /// Protobuf.
        PrometheusProto = "PrometheusProto",
        /// OpenMetrics text, version 0.0.1.
        OpenMetricsText0_0_1 = "OpenMetricsText0.0.1",
        /// OpenMetrics text, version 1.0.0.
        OpenMetricsText1_0_0 = "OpenMetricsText1.0.0",
        /// OpenMetrics text, version 2.0.0, which is under trial in Prometheus and needs v3.15.0.
        OpenMetricsText2_0_0 = "OpenMetricsText2.0.0",
        /// Prometheus text, version 0.0.4.
        PrometheusText0_0_4 = "PrometheusText0.0.4",
        /// Prometheus text, version 1.0.0.
        PrometheusText1_0_0 = "PrometheusText1.0.0",
    }
}

words! {
    /// Which metric and label names are valid.
    pub enum NameValidationScheme {
        /// Any UTF-8 text.
        Utf8 = "UTF8",
        /// Letters, digits and underscores, as before Prometheus 3.
        Legacy = "Legacy",
    }
}

words! {
    /// How names that a target or a query cannot take as UTF-8 are rewritten.
    pub enum NameEscapingScheme {
        /// Leave the names as they are.
        AllowUtf8 = "AllowUTF8",
        /// Write an underscore for each other character.
        Underscores = "Underscores",
        /// Write dots as `_dot_` and other characters as underscores.
        Dots = "Dots",
        /// Write the code point of each other character, marked by `U__`.
        Values = "Values",
    }
}

/// Limits of one scrape; more fails it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ScrapeLimits {
    /// Samples per scrape.
    pub sample_limit: Option<u64>,
    /// Targets per job.
    pub target_limit: Option<u64>,
    /// Labels per sample.
    pub label_limit: Option<u64>,
    /// Length of a label's name.
    pub label_name_length_limit: Option<u64>,
    /// Length of a label's value.
    pub label_value_length_limit: Option<u64>,
    /// Dropped targets that are remembered.
    pub keep_dropped_targets: Option<u64>,
}

/// How histograms are scraped and stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NativeHistograms<'a> {
    /// Scrape native histograms at all.
    pub scrape_native_histograms: Option<bool>,
    /// Also scrape the classic form of a native histogram.
    pub scrape_classic_histograms: Option<bool>,
    /// Merge buckets of a histogram with more than this many.
    pub native_histogram_bucket_limit: Option<u64>,
    /// Merge buckets that grow by less than this factor.
    pub native_histogram_min_bucket_factor: Option<&'a Quantity>,
    /// Store classic histograms as native ones with custom buckets.
    pub convert_classic_histograms_to_nhcb: Option<bool>,
}

/// Gives types that have the fields their `ScrapeLimits`.
macro_rules! scrape_limits_of {
    ($($type:ty),+ $(,)?) => {$(
        impl From<&$type> for $crate::ScrapeLimits {
            fn from(from: &$type) -> Self {
                Self {
                    sample_limit: from.sample_limit,
                    target_limit: from.target_limit,
                    label_limit: from.label_limit,
                    label_name_length_limit: from.label_name_length_limit,
                    label_value_length_limit: from.label_value_length_limit,
                    keep_dropped_targets: from.keep_dropped_targets,
                }
            }
        }
    )+};
}

/// Gives types that have the fields their `NativeHistograms`.
macro_rules! native_histograms_of {
    ($($type:ty),+ $(,)?) => {$(
        impl<'a> From<&'a $type> for $crate::NativeHistograms<'a> {
            fn from(from: &'a $type) -> Self {
                Self {
                    scrape_native_histograms: from.scrape_native_histograms,
                    scrape_classic_histograms: from.scrape_classic_histograms,
                    native_histogram_bucket_limit: from.native_histogram_bucket_limit,
                    native_histogram_min_bucket_factor: from.native_histogram_min_bucket_factor.as_deref(),
                    convert_classic_histograms_to_nhcb: from.convert_classic_histograms_to_nhcb,
                }
            }
        }
    )+};
}
