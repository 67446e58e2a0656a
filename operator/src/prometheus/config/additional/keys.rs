//! The keys that Prometheus knows in what users write by hand: scrape jobs, Alertmanagers and relabeling rules (the types of
//! `config`, `relabel` and prometheus/common). A key of any version is known; which version came first is not asked. Pure
//! data.

use super::client::CLIENT;
use super::discoveries::DISCOVERIES;
use super::section::Kind::{
    Boolean, Count, Duration, Expression, Mapping, Mappings, Number, Size, Text, TextMap, Texts, TextsMap,
};
use super::section::Section;

/// A scrape job.
pub(super) static SCRAPE_CONFIG: Section = Section {
    keys: &[
        (
            Text,
            &[
                "job_name",
                "fallback_scrape_protocol",
                "scrape_failure_log_file",
                "metrics_path",
                "scheme",
                "metric_name_validation_scheme",
                "metric_name_escaping_scheme",
            ],
        ),
        (
            Boolean,
            &[
                "honor_labels",
                "honor_timestamps",
                "track_timestamps_staleness",
                "scrape_native_histograms",
                "always_scrape_classic_histograms",
                "convert_classic_histograms_to_nhcb",
                "enable_compression",
                "extra_scrape_metrics",
                "scrape_classic_histograms",
            ],
        ),
        (TextsMap, &["params"]),
        (Duration, &["scrape_interval", "scrape_timeout"]),
        (Texts, &["scrape_protocols"]),
        (Size, &["body_size_limit"]),
        (
            Count,
            &[
                "sample_limit",
                "target_limit",
                "label_limit",
                "label_name_length_limit",
                "label_value_length_limit",
                "native_histogram_bucket_limit",
                "keep_dropped_targets",
            ],
        ),
        (Number, &["native_histogram_min_bucket_factor"]),
        (Mappings(&RULE), &["relabel_configs", "metric_relabel_configs"]),
    ],
    includes: &[&CLIENT, &DISCOVERIES],
};

/// Alertmanagers.
pub(super) static ALERTMANAGER: Section = Section {
    keys: &[
        (Mapping(&SIGV4), &["sigv4"]),
        (Text, &["scheme", "path_prefix", "api_version"]),
        (Duration, &["timeout"]),
        (Mappings(&RULE), &["relabel_configs", "alert_relabel_configs"]),
    ],
    includes: &[&CLIENT, &DISCOVERIES],
};

/// A relabeling rule.
pub(super) static RULE: Section = Section {
    keys: &[
        (Texts, &["source_labels"]),
        (Text, &["separator", "target_label", "replacement", "action"]),
        (Expression, &["regex"]),
        (Count, &["modulus"]),
    ],
    includes: &[],
};

/// AWS Signature Version 4.
static SIGV4: Section = Section {
    keys: &[
        (
            Text,
            &[
                "region",
                "access_key",
                "secret_key",
                "profile",
                "role_arn",
                "external_id",
                "session_name",
                "service_name",
            ],
        ),
        (TextMap, &["tags"]),
        (Boolean, &["use_fips_sts_endpoint"]),
    ],
    includes: &[],
};
