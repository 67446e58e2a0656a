//! The Thanos sidecar of Prometheus. Types only.

use crate::{
    Argument, Duration, JsonSchema, LogFormat, LogLevel, TlsConfig,
    absent::{empty_is_none, empty_word_is_none, is_empty},
};
use k8s_openapi::api::core::v1::{ResourceRequirements, SecretKeySelector, VolumeMount};
use serde::{Deserialize, Serialize};

/// A Thanos sidecar.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ThanosSpec {
    /// Arguments added to the command line, for flags that have no field of their own. They are passed as they are; one
    /// that the operator sets already fails the object.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub additional_args: Box<[Argument]>,
    /// Deprecated, use `image`: the image without its tag.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub base_image: Option<Box<str>>,
    /// Time that a block of Prometheus covers, if compaction is off. Default: 2h. Other values can hurt Prometheus,
    /// Thanos and its compactor.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    #[schemars(extend("default" = "2h"))]
    pub block_size: Option<Duration>,
    /// Time between two readings of Prometheus' configuration.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub get_config_interval: Option<Duration>,
    /// Time limit of reading Prometheus' configuration.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub get_config_timeout: Option<Duration>,
    /// Whether gRPC listens on the loopback address only. Without effect if `listenLocal` is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grpc_listen_local: Option<bool>,
    /// TLS settings of the gRPC server, i.e. of the Store API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grpc_server_tls_config: Option<Box<GrpcServerTlsConfig>>,
    /// Whether HTTP listens on the loopback address only. Without effect if `listenLocal` is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_listen_local: Option<bool>,
    /// Container image of Thanos. `version` must still say which version it is. Default: made of the version and the
    /// operator's base image.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub image: Option<Box<str>>,
    /// Deprecated, use `grpcListenLocal` and `httpListenLocal`: both at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen_local: Option<bool>,
    /// Format of the log: logfmt (the default) or json.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_word_is_none"
    )]
    pub log_format: Option<LogFormat>,
    /// Level of the log: debug, info (the default), warn or error.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "empty_word_is_none"
    )]
    pub log_level: Option<LogLevel>,
    /// Start of the time range that the Store API serves: a time in RFC 3339, or a duration relative to now such as
    /// `-1d`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub min_time: Option<Box<str>>,
    /// Secret with the configuration of the object storage to which blocks are uploaded. `objectStorageConfigFile`
    /// takes precedence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_storage_config: Option<Box<SecretKeySelector>>,
    /// Path in the container of the configuration of the object storage. Takes precedence over `objectStorageConfig`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub object_storage_config_file: Option<Box<str>>,
    /// How long the sidecar waits for Prometheus to start.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub ready_timeout: Option<Duration>,
    /// CPU, memory and other resources that the sidecar requests and may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Box<ResourceRequirements>>,
    /// Port of the operator's own governing Service that leads to the sidecar's HTTP port, for its metrics. Absent: the
    /// Service has none. Without effect where the sidecar's HTTP listens on the loopback address only. An addition of this
    /// operator.
    #[serde(rename = "serviceHTTPPort", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535))]
    pub service_http_port: Option<i32>,
    /// Deprecated, use `image`: digest of the image.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub sha: Option<Box<str>>,
    /// Deprecated, use `image`: tag of the image.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub tag: Option<Box<str>>,
    /// Secret with the tracing configuration. `tracingConfigFile` takes precedence. Experimental.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracing_config: Option<Box<SecretKeySelector>>,
    /// Path in the container of the tracing configuration. Takes precedence over `tracingConfig`. Experimental.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub tracing_config_file: Option<Box<str>>,
    /// Version of Thanos, which decides what flags it gets. Default: the newest one known to the operator.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub version: Option<Box<str>>,
    /// Mounts added to the sidecar, after those of the operator.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub volume_mounts: Box<[VolumeMount]>,
}

/// TLS settings of a gRPC server. Only `minVersion`, `caFile`, `certFile`, `keyFile`, `cipherSuites` and `curves` are
/// used.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GrpcServerTlsConfig {
    #[serde(flatten, deserialize_with = "crate::reading::flattened")]
    #[expect(missing_docs, reason = "flattened: the fields of the group carry the documentation")]
    pub tls: TlsConfig,
    /// Cipher suites up to TLS 1.2, by their Go names. Default: Go's choice. Needs Thanos v0.42.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(length(min = 1), extend("x-kubernetes-list-type" = "set"))]
    pub cipher_suites: Box<[Box<str>]>,
    /// Elliptic curves for the handshake, preferred first, by their Go names. Default: Go's choice. Needs Thanos
    /// v0.42.0.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(length(min = 1), extend("x-kubernetes-list-type" = "set"))]
    pub curves: Box<[Box<str>]>,
}
