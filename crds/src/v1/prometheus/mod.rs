//! The Prometheus kind, and the groups of fields that PrometheusAgent shares with it.

mod alerting;
mod api_server;
mod otlp;
mod query;
mod remote_read;
mod rules;
mod scheduling;
mod scrape_class;
mod sharding;
mod shared_fields;
mod spec;
mod status;
mod thanos;
mod tracing;
mod tsdb;
mod web;

pub use self::alerting::{AlertingSpec, AlertmanagerApiVersion, AlertmanagerEndpoints};
pub use self::api_server::{ApiServerConfig, ArbitraryFsAccessThroughSms, ReloadStrategy, RuntimeConfig};
pub use self::otlp::{OtlpConfig, TranslationStrategy};
pub use self::query::{Exemplars, QuerySpec};
pub use self::remote_read::RemoteReadSpec;
pub use self::rules::{Rules, RulesAlert};
pub use self::scheduling::{AdditionalLabelSelectors, TopologySpreadConstraint};
pub use self::scrape_class::ScrapeClass;
pub use self::sharding::{
    RetainConfig, ShardRetentionPolicy, ShardingStrategy, ShardingStrategyMode, TopologySharding,
    WhenScaledRetentionType,
};
pub use self::shared_fields::CommonPrometheusFields;
pub use self::spec::{Prometheus, PrometheusSpec};
pub use self::status::{PrometheusStatus, ShardStatus};
pub use self::thanos::{GrpcServerTlsConfig, ThanosSpec};
pub use self::tracing::{TracingClientType, TracingCompression, TracingConfig};
pub use self::tsdb::{ChunkEncoding, FloatChunkEncoding, TsdbSpec};
pub use self::web::PrometheusWebSpec;
