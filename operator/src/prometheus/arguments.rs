//! The command line of Prometheus. Pure.
//!
//! [`COMMON`] is what server and agent share, [`SERVER`] and [`AGENT`] what each of them has besides. Which version knows which flag is
//! documented by <https://prometheus.io/docs/prometheus/latest/command-line/prometheus/> and its older versions.

use crds::{
    CommonPrometheusFields, FloatChunkEncoding, LogFormat, LogLevel, PrometheusSpec, ReloadStrategy,
    RemoteWriteMessageVersion, RulesAlert,
};
use formats::version::{Dropped, Version};

use super::compaction::{self, Compaction};
use super::names::{self, route_prefix};
use crate::check::feature;
use crate::pod::argument::{Argument, CommandLine, Conflict, Value};
use crate::pod::web;

type Common = Argument<CommonPrometheusFields>;
type Server = Argument<PrometheusSpec>;

/// Feature that the operator enables by itself for the chunk encoding of the same name.
const XOR2: &str = "xor2-encoding";

/// Feature that stores further series about each scrape.
const EXTRA_METRICS: &str = "extra-scrape-metrics";

/// The arguments that every Prometheus gets, in output order.
pub const COMMON: &[Common] = &[
    Common::new("config.file", |_| text(names::CONFIG_OUT_FILE)),
    Common::new("web.console.templates", |_| text("/etc/prometheus/consoles")).until_major(3),
    Common::new("web.console.libraries", |_| text("/etc/prometheus/console_libraries")).until_major(3),
    Common::new("web.enable-lifecycle", |fields| {
        Value::bare(fields.reload_strategy != Some(ReloadStrategy::ProcessSignal))
    }),
    Common::new("web.page-title", |fields| {
        Value::text(fields.web.as_ref().and_then(|web| web.page_title.as_deref()))
    })
    .since(2, 6)
    .of("web.pageTitle"),
    Common::new("web.max-connections", |fields| {
        Value::text(fields.web.as_ref().and_then(|web| web.max_connections))
    }),
    Common::new("web.enable-remote-write-receiver", |fields| {
        Value::bare(receives(fields))
    })
    .since(2, 33)
    .of("enableRemoteWriteReceiver"),
    Common::new("web.remote-write-receiver.accepted-protobuf-messages", |fields| {
        let messages = fields
            .remote_write_receiver_message_versions
            .iter()
            .copied()
            .map(protobuf_message);
        Value::list(&messages.filter(|_| receives(fields)).collect::<Vec<&str>>())
    })
    .since(2, 54)
    .of("remoteWriteReceiverMessageVersions"),
    Common::new("enable-feature", |fields| {
        let sends_v2 = |version| version == Some(RemoteWriteMessageVersion::V2_0);
        let needed = fields.remote_write.iter().any(|write| sends_v2(write.message_version));
        if needed {
            text("metadata-wal-records")
        } else {
            Value::Absent
        }
    })
    .since(2, 54)
    .until(3, 4),
    Common::new("web.enable-otlp-receiver", |fields| Value::bare(receives_otlp(fields)))
        .since(3, 0)
        .of("enableOTLPReceiver"),
    Common::new("enable-feature", |fields| {
        if receives_otlp(fields) {
            text("otlp-write-receiver")
        } else {
            Value::Absent
        }
    })
    .since(2, 47)
    .until(3, 0)
    .of("enableOTLPReceiver"),
    Common::new("enable-feature", |fields| Value::list(&fields.enable_features))
        .since(2, 25)
        .of("enableFeatures"),
    Common::new("enable-feature", |fields| {
        let encoding = fields
            .tsdb
            .as_ref()
            .and_then(|tsdb| tsdb.chunk_encoding.as_ref()?.floats);
        let enabled = feature::is_enabled(&fields.enable_features, XOR2);
        if encoding == Some(FloatChunkEncoding::Xor2) && !enabled {
            text(XOR2)
        } else {
            Value::Absent
        }
    })
    .since(3, 13)
    .obsolete(3, 15)
    .of("tsdb.chunkEncoding.floats"),
    Common::new("enable-feature", |fields| {
        let enabled = feature::is_enabled(&fields.enable_features, EXTRA_METRICS);
        if fields.extra_scrape_metrics == Some(true) && !enabled {
            text(EXTRA_METRICS)
        } else {
            Value::Absent
        }
    })
    .since(2, 32)
    .obsolete(3, 10)
    .of("extraScrapeMetrics"),
    Common::new("web.external-url", |fields| Value::text(fields.external_url.as_deref())),
    Common::new("web.route-prefix", |fields| text(route_prefix(fields))),
    Common::new("log.level", |fields| {
        Value::text(fields.log_level.filter(|level| *level != LogLevel::Info))
    })
    .obsolete(3, 15)
    .of("logLevel"),
    Common::new("log.format", |fields| {
        Value::text(fields.log_format.filter(|format| *format != LogFormat::Logfmt))
    })
    .since(2, 6)
    .of("logFormat"),
    Common::new("web.listen-address", |fields| {
        if fields.listen_local == Some(true) {
            text("127.0.0.1:9090")
        } else {
            Value::Absent
        }
    }),
];

/// The arguments that the server gets after the common ones, in output order. Those about compaction follow.
pub const SERVER: &[Server] = &[
    Server::new("storage.tsdb.retention", |spec| {
        text(spec.retention.as_deref().unwrap_or(DEFAULT_RETENTION))
    })
    .until(2, 7),
    Server::new("storage.tsdb.retention.time", |spec| {
        let default = spec.retention_size.is_none().then_some(DEFAULT_RETENTION);
        Value::text(spec.retention.as_deref().or(default))
    })
    .since(2, 7)
    .until(3, 11),
    Server::new("storage.tsdb.retention.size", |spec| {
        Value::text(spec.retention_size.as_ref())
    })
    .since(2, 7)
    .obsolete(3, 11)
    .of("retentionSize"),
    Server::new("storage.tsdb.path", |_| text(names::STORAGE_DIRECTORY)),
    Server::new("web.enable-admin-api", |spec| {
        Value::bare(spec.enable_admin_api == Some(true))
    }),
    Server::new("rules.alert.for-outage-tolerance", |spec| {
        Value::text(alert(spec).and_then(|alert| alert.for_outage_tolerance.as_deref()))
    })
    .since(2, 4)
    .of("rules.alert.forOutageTolerance"),
    Server::new("rules.alert.for-grace-period", |spec| {
        Value::text(alert(spec).and_then(|alert| alert.for_grace_period.as_deref()))
    })
    .since(2, 4)
    .of("rules.alert.forGracePeriod"),
    Server::new("rules.alert.resend-delay", |spec| {
        Value::text(alert(spec).and_then(|alert| alert.resend_delay.as_deref()))
    })
    .since(2, 4)
    .of("rules.alert.resendDelay"),
    Server::new("query.lookback-delta", |spec| {
        Value::text(spec.query.as_ref().and_then(|query| query.lookback_delta.as_deref()))
    }),
    Server::new("query.max-samples", |spec| {
        positive(spec.query.as_ref().and_then(|query| query.max_samples))
    })
    .since(2, 5)
    .of("query.maxSamples"),
    Server::new("query.max-concurrency", |spec| {
        positive(spec.query.as_ref().and_then(|query| query.max_concurrency))
    }),
    Server::new("query.timeout", |spec| {
        Value::text(spec.query.as_ref().and_then(|query| query.timeout.as_deref()))
    }),
    Server::new("storage.tsdb.allow-overlapping-blocks", |spec| {
        Value::bare(spec.allow_overlapping_blocks == Some(true))
    })
    .since(2, 11)
    .obsolete(2, 39)
    .of("allowOverlappingBlocks"),
    Server::new("storage.tsdb.wal-compression", |spec| {
        Value::bare(spec.common.wal_compression == Some(true))
    })
    .since(2, 11)
    .of("walCompression"),
    Server::new("no-storage.tsdb.wal-compression", |spec| {
        Value::bare(spec.common.wal_compression == Some(false))
    })
    .since(2, 11)
    .of("walCompression"),
    Server::new("web.config.file", |spec| web_config_file(&spec.common))
        .since(web::PROMETHEUS_SINCE.major, web::PROMETHEUS_SINCE.minor),
];

/// The arguments that the agent gets after the common ones, in output order.
pub const AGENT: &[Common] = &[
    Common::new("enable-feature", |_| text("agent")).until_major(3),
    Common::new("agent", |_| Value::Bare).since_major(3),
    Common::new("storage.agent.path", |_| text(names::STORAGE_DIRECTORY)),
    Common::new("storage.agent.wal-compression", |fields| {
        Value::bare(fields.wal_compression == Some(true))
    }),
    Common::new("no-storage.agent.wal-compression", |fields| {
        Value::bare(fields.wal_compression == Some(false))
    }),
    Common::new("web.config.file", web_config_file).since(web::PROMETHEUS_SINCE.major, web::PROMETHEUS_SINCE.minor),
];

fn web_config_file(fields: &CommonPrometheusFields) -> Value {
    let web = fields.web.as_ref().map(|web| &web.config_file);
    Value::Text(web::path(web, names::WEB_CONFIG_DIRECTORY))
}

/// How long a server keeps samples where the user says nothing.
const DEFAULT_RETENTION: &str = "24h";

/// The arguments of a server, the user's own after the operator's.
pub fn server(
    spec: &PrometheusSpec,
    compaction: &Compaction,
    version: Version,
    dropped: &mut Vec<Dropped>,
) -> Result<Vec<String>, Conflict> {
    let mut line = CommandLine::of(COMMON, &spec.common, version, dropped);
    line.append(CommandLine::of(SERVER, spec, version, dropped));
    line.append(CommandLine::of(compaction::ARGUMENTS, compaction, version, dropped));
    line.with(&spec.common.additional_args)
}

/// The arguments of an agent, the user's own after the operator's.
pub fn agent(
    fields: &CommonPrometheusFields,
    version: Version,
    dropped: &mut Vec<Dropped>,
) -> Result<Vec<String>, Conflict> {
    let mut line = CommandLine::of(COMMON, fields, version, dropped);
    line.append(CommandLine::of(AGENT, fields, version, dropped));
    line.with(&fields.additional_args)
}

fn receives(fields: &CommonPrometheusFields) -> bool {
    fields.enable_remote_write_receiver == Some(true)
}

fn receives_otlp(fields: &CommonPrometheusFields) -> bool {
    fields.enable_otlp_receiver.unwrap_or(fields.otlp.is_some())
}

/// The name of the protocol buffers message, as in <https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/>.
fn protobuf_message(version: RemoteWriteMessageVersion) -> &'static str {
    match version {
        RemoteWriteMessageVersion::V1_0 => "prometheus.WriteRequest",
        RemoteWriteMessageVersion::V2_0 => "io.prometheus.write.v2.Request",
    }
}

fn alert(spec: &PrometheusSpec) -> Option<&RulesAlert> {
    spec.rules.as_ref()?.alert.as_ref()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn positive(number: Option<i32>) -> Value {
    Value::text(number.filter(|number| *number > 0))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn agent_of(version: Version, fields: Value) -> Result<Vec<String>, Conflict> {
        let fields: CommonPrometheusFields = serde_json::from_value(fields).expect("the fields of an agent");
        agent(&fields, version, &mut Vec::new())
    }

    #[test]
    fn an_agent_is_told_that_it_is_one_in_the_words_of_its_version() {
        let fields = json!({ "walCompression": false, "additionalArgs": [{ "name": "storage.agent.retention.max-time", "value": "2h" }] });
        assert_eq!(
            agent_of(Version::new(3, 5, 0), fields.clone()).unwrap(),
            [
                "--config.file=/etc/prometheus/config_out/prometheus.env.yaml",
                "--web.enable-lifecycle",
                "--web.route-prefix=/",
                "--agent",
                "--storage.agent.path=/prometheus",
                "--no-storage.agent.wal-compression",
                "--web.config.file=/etc/prometheus/web_config/web-config.yaml",
                "--storage.agent.retention.max-time=2h",
            ]
        );
        let old = agent_of(Version::new(2, 55, 1), fields).unwrap();
        assert!(old.contains(&"--enable-feature=agent".to_owned()) && !old.contains(&"--agent".to_owned()));
    }

    #[test]
    fn a_flag_is_given_to_the_versions_that_have_nothing_better() {
        let fields = json!({
            "extraScrapeMetrics": true,
            "logLevel": "debug",
            "tsdb": { "chunkEncoding": { "floats": "Xor2" } },
        });
        for (version, extra, xor2, level) in [
            ((2, 31), false, false, true),
            ((2, 32), true, false, true),
            ((3, 9), true, false, true),
            ((3, 10), false, false, true),
            ((3, 13), false, true, true),
            ((3, 14), false, true, true),
            ((3, 15), false, false, false),
            ((3, 16), false, false, false),
        ] {
            let arguments = agent_of(Version::new(version.0, version.1, 0), fields.clone()).unwrap();
            let has = |argument: &str| arguments.iter().any(|given| given == argument);
            let given = (
                has("--enable-feature=extra-scrape-metrics"),
                has("--enable-feature=xor2-encoding"),
                has("--log.level=debug"),
            );
            assert_eq!(given, (extra, xor2, level), "{version:?}");
        }
        let twice = json!({ "extraScrapeMetrics": true, "enableFeatures": ["extra-scrape-metrics"] });
        let arguments = agent_of(Version::new(3, 9, 0), twice).unwrap();
        let named = arguments
            .iter()
            .filter(|argument| argument.contains("extra-scrape-metrics"));
        assert_eq!(named.count(), 1);
        let off = agent_of(Version::new(3, 9, 0), json!({ "extraScrapeMetrics": false })).unwrap();
        assert!(!off.iter().any(|argument| argument.contains("extra-scrape-metrics")));
    }

    #[test]
    fn an_argument_of_the_operator_cannot_be_given_again() {
        let fields = json!({ "additionalArgs": [{ "name": "storage.agent.path", "value": "/elsewhere" }] });
        assert!(agent_of(Version::new(3, 5, 0), fields).is_err());
    }
}
