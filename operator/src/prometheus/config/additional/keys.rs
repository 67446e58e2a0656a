//! The keys that Prometheus knows in what users write by hand: scrape jobs, Alertmanagers and relabeling rules (the types of
//! `config`, `relabel` and prometheus/common). A key of any version is known; which version came first is not asked. Pure
//! data.

use super::discoveries::DISCOVERIES;

use Kind::{
    Any, Boolean, Count, Duration, Expression, Mapping, Mappings, MappingsByName, Number, Size, Text, TextMap, Texts,
    TextsMap, Url,
};

/// The keys of a mapping.
pub(super) struct Section {
    /// What values are, and the keys that have such ones.
    pub(super) keys: &'static [(Kind, &'static [&'static str])],
    /// Mappings whose keys are in this one, too.
    pub(super) includes: &'static [&'static Section],
}

/// What the value of a key is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Any scalar.
    Text,
    /// A whole number.
    Integer,
    /// A whole number that is not negative.
    Count,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A duration.
    Duration,
    /// A duration that is longer than nothing: Prometheus ends where it is zero.
    Pause,
    /// A number of bytes.
    Size,
    /// An address.
    Url,
    /// A regular expression.
    Expression,
    /// A list of scalars.
    Texts,
    /// Scalars by name.
    TextMap,
    /// Lists of scalars by name.
    TextsMap,
    /// Anything.
    Any,
    /// A mapping.
    Mapping(&'static Section),
    /// A list of mappings.
    Mappings(&'static Section),
    /// Mappings by name.
    MappingsByName(&'static Section),
}

impl Section {
    /// What the value of `key` is.
    pub(super) fn kind(&self, key: &str) -> Option<Kind> {
        let own = self.keys.iter().find(|(_, keys)| keys.contains(&key));
        own.map(|(kind, _)| *kind)
            .or_else(|| self.includes.iter().find_map(|section| section.kind(key)))
    }
}

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

/// How a server is asked.
pub(super) static CLIENT: Section = Section {
    keys: &[
        (Mapping(&BASIC_AUTH), &["basic_auth"]),
        (Mapping(&AUTHORIZATION), &["authorization"]),
        (Mapping(&OAUTH2), &["oauth2"]),
        (Text, &["bearer_token", "bearer_token_file"]),
        (Mapping(&TLS), &["tls_config"]),
        (Boolean, &["follow_redirects", "enable_http2"]),
        (MappingsByName(&HEADER), &["http_headers"]),
    ],
    includes: &[&PROXY],
};

/// Through which proxy.
static PROXY: Section = Section {
    keys: &[
        (Url, &["proxy_url"]),
        (Text, &["no_proxy"]),
        (Boolean, &["proxy_from_environment"]),
        (TextsMap, &["proxy_connect_header"]),
    ],
    includes: &[],
};

/// User and password.
static BASIC_AUTH: Section = Section {
    keys: &[(
        Text,
        &[
            "username",
            "username_file",
            "username_ref",
            "password",
            "password_file",
            "password_ref",
        ],
    )],
    includes: &[],
};

/// The Authorization header.
static AUTHORIZATION: Section = Section {
    keys: &[(Text, &["type", "credentials", "credentials_file", "credentials_ref"])],
    includes: &[],
};

/// An OAuth 2.0 client.
static OAUTH2: Section = Section {
    keys: &[
        (
            Text,
            &[
                "client_id",
                "client_secret",
                "client_secret_file",
                "client_secret_ref",
                "client_certificate_key_id",
                "client_certificate_key",
                "client_certificate_key_file",
                "client_certificate_key_ref",
                "grant_type",
                "signature_algorithm",
                "iss",
                "audience",
                "token_url",
            ],
        ),
        (Any, &["claims"]),
        (Texts, &["scopes"]),
        (TextMap, &["endpoint_params"]),
        (Mapping(&TLS), &["tls_config"]),
    ],
    includes: &[&PROXY],
};

/// TLS.
pub(super) static TLS: Section = Section {
    keys: &[
        (
            Text,
            &[
                "ca",
                "cert",
                "key",
                "ca_file",
                "cert_file",
                "key_file",
                "ca_ref",
                "cert_ref",
                "key_ref",
                "server_name",
                "min_version",
                "max_version",
            ],
        ),
        (Boolean, &["insecure_skip_verify"]),
    ],
    includes: &[],
};

/// Values of a header.
static HEADER: Section = Section {
    keys: &[(Texts, &["values", "secrets", "files"])],
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
