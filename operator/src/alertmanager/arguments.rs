//! The command line of Alertmanager. Pure.
//!
//! Which version knows which flag is documented by its change log:
//! <https://github.com/prometheus/alertmanager/blob/main/CHANGELOG.md>.

use crds::{Alertmanager, AlertmanagerSpec, LogFormat, LogLevel};
use formats::duration::GoDuration;
use formats::version::{Dropped, Version};
use kube::ResourceExt;

use super::cluster_tls;
use super::names::{self, CLUSTER_PORT, GOVERNING_SERVICE, PORT, replicas, route_prefix};
use crate::pod::argument::{Argument, CommandLine, Conflict, Value};
use crate::pod::web;
use crate::reconcile::Notice;

/// What the command line is made from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The custom resource.
    pub alertmanager: &'a Alertmanager,
    /// Suffix of the cluster's names; empty: names stay relative.
    pub cluster_domain: &'a str,
}

type Row<'a> = Argument<Facts<'a>>;

/// The arguments of Alertmanager, the user's own after the operator's.
pub fn alertmanager(facts: &Facts<'_>, version: Version, dropped: &mut Vec<Dropped>) -> Result<Vec<String>, Conflict> {
    let mut line = CommandLine::of(&serving(), facts, version, dropped);
    line.append(CommandLine::of(&clustering(), facts, version, dropped));
    line.with(&facts.spec().additional_args)
}

/// What one Alertmanager does: the first arguments, in output order.
pub fn serving<'a>() -> [Row<'a>; 17] {
    [
        Row::new("config.file", |_| text(names::CONFIG_OUT_FILE)),
        Row::new("storage.path", |_| text(names::STORAGE_DIRECTORY)),
        Row::new("data.retention", |facts| match facts.spec().retention.as_deref() {
            None => text("120h"),
            Some(retention) => positive(Some(retention)),
        }),
        Row::new("cluster.listen-address", |facts| {
            if facts.clustered() {
                Value::Text(format!("[$(POD_IP)]:{CLUSTER_PORT}"))
            } else {
                text("")
            }
        }),
        Row::new("web.listen-address", |facts| {
            let host = if facts.spec().listen_local == Some(true) {
                "127.0.0.1"
            } else {
                ""
            };
            Value::Text(format!("{host}:{PORT}"))
        }),
        Row::new("web.external-url", |facts| {
            Value::text(facts.spec().external_url.as_deref())
        }),
        Row::new("enable-feature", |facts| Value::list(&facts.spec().enable_features))
            .since(0, 27)
            .until(0, 35)
            .of("enableFeatures"),
        Row::new("enable-feature", |facts| {
            Value::list(&facts.features_but_memory_limit())
        })
        .since(0, 35)
        .of("enableFeatures"),
        Row::new(MEMORY_LIMIT, Facts::memory_limit).since(0, 35),
        Row::new("web.route-prefix", |facts| text(route_prefix(facts.spec()))),
        Row::new("web.get-concurrency", |facts| {
            Value::text(facts.spec().web.as_ref().and_then(|web| web.get_concurrency))
        })
        .since(0, 17)
        .of("web.getConcurrency"),
        Row::new("web.timeout", |facts| {
            Value::text(facts.spec().web.as_ref().and_then(|web| web.timeout))
        })
        .since(0, 17)
        .of("web.timeout"),
        Row::new("silences.max-silences", |facts| {
            Value::text(facts.spec().limits.as_ref().and_then(|limits| limits.max_silences))
        })
        .since(0, 28)
        .of("limits.maxSilences"),
        Row::new("silences.max-per-silence-bytes", |facts| {
            let limits = facts.spec().limits.as_ref();
            Value::text(limits.and_then(|limits| bytes(limits.max_per_silence_bytes.as_deref()?)))
        })
        .since(0, 28)
        .of("limits.maxPerSilenceBytes"),
        Row::new(START_DELAY, Facts::start_delay).since(0, 30),
        Row::new("log.level", |facts| {
            Value::text(facts.spec().log_level.filter(|level| *level != LogLevel::Info))
        }),
        Row::new("log.format", |facts| {
            Value::text(facts.spec().log_format.filter(|format| *format != LogFormat::Logfmt))
        })
        .since(0, 16)
        .of("logFormat"),
    ]
}

/// What makes several Alertmanagers a cluster, and TLS: the arguments after those, in output order.
pub fn clustering<'a>() -> [Row<'a>; 11] {
    [
        Row::new("cluster.advertise-address", |facts| {
            Value::text(facts.spec().cluster_advertise_address.as_deref())
        }),
        Row::new("cluster.gossip-interval", |facts| {
            positive(facts.spec().cluster_gossip_interval.as_deref())
        }),
        Row::new("cluster.pushpull-interval", |facts| {
            positive(facts.spec().cluster_pushpull_interval.as_deref())
        }),
        Row::new("cluster.peer-timeout", |facts| {
            positive(facts.spec().cluster_peer_timeout.as_deref())
        }),
        Row::new("cluster.peer-name", |facts| {
            Value::text(facts.spec().cluster_peer_name.as_deref())
        })
        .since(0, 30)
        .of("clusterPeerName"),
        Row::new("cluster.peer-name", |facts| match &facts.spec().cluster_peer_name {
            Some(_) => Value::Absent,
            None => text("$(POD_NAME)"),
        })
        .since(0, 30),
        // Addresses of pods are used again: without a label, Alertmanagers would join the clusters of others.
        Row::new("cluster.label", |facts| {
            let (namespace, name) = (facts.alertmanager.namespace(), facts.alertmanager.name_any());
            let default = || format!("{}/{name}", namespace.unwrap_or_default());
            Value::Text(
                facts
                    .spec()
                    .cluster_label
                    .as_deref()
                    .map_or_else(default, str::to_owned),
            )
        })
        .since(0, 26),
        Row::new("cluster.peer", |facts| Value::Each(facts.peers())),
        Row::new("cluster.reconnect-timeout", |_| text("5m")),
        Row::new("web.config.file", |facts| {
            let web = facts.spec().web.as_ref().map(|web| &web.config_file);
            Value::Text(web::path(web, names::WEB_CONFIG_DIRECTORY))
        })
        .since(web::ALERTMANAGER_SINCE.major, web::ALERTMANAGER_SINCE.minor),
        Row::new("cluster.tls-config", |facts| {
            let path = || cluster_tls::path(names::CLUSTER_TLS_DIRECTORY);
            Value::text(facts.spec().cluster_tls.as_ref().map(|_| path()))
        })
        .since(cluster_tls::SINCE.major, cluster_tls::SINCE.minor)
        .of("clusterTLS"),
    ]
}

/// The argument that users may set themselves, as the operator's value is a guess.
const START_DELAY: &str = "dispatch.start-delay";

/// The feature that is an argument of its own from Alertmanager 0.35 on, which does not start with the feature.
const MEMORY_LIMIT: &str = "auto-gomemlimit";

/// A duration that the user may have given.
type GivenDuration = fn(&AlertmanagerSpec) -> Option<&str>;

/// Durations of the user that Alertmanager takes only if they are more than 0, by field.
const POSITIVE: [(&str, GivenDuration); 4] = [
    ("retention", |spec| spec.retention.as_deref()),
    ("clusterGossipInterval", |spec| spec.cluster_gossip_interval.as_deref()),
    ("clusterPushpullInterval", |spec| {
        spec.cluster_pushpull_interval.as_deref()
    }),
    ("clusterPeerTimeout", |spec| spec.cluster_peer_timeout.as_deref()),
];

/// What the user should know about the command line.
pub fn notices(spec: &AlertmanagerSpec, version: Version) -> Vec<Notice> {
    let zero = POSITIVE
        .into_iter()
        .filter(|(_, value)| value(spec).is_some_and(|text| !is_positive(text)));
    let zero: Vec<&str> = zero.map(|(field, _)| field).collect();
    let mut notices = Vec::new();
    if !zero.is_empty() {
        notices.push(Notice::new(
            "IgnoredFields",
            format!(
                "spec.{} is ignored, because it is not greater than 0",
                zero.join(", spec.")
            ),
        ));
    }
    if let Some(size) = spec
        .limits
        .as_ref()
        .and_then(|limits| limits.max_per_silence_bytes.as_deref())
        && bytes(size).is_none()
    {
        let message = format!("spec.limits.maxPerSilenceBytes is ignored, because {size:?} is not a size below 16 EiB");
        notices.push(Notice::new("IgnoredFields", message));
    }
    if version >= Version::new(0, 35, 0) && features(spec).any(|feature| feature == MEMORY_LIMIT) {
        let message = format!(
            "spec.enableFeatures: {MEMORY_LIMIT} became an argument in Alertmanager 0.35.0, which has been set; set it in \
             spec.additionalArgs instead"
        );
        notices.push(Notice::new("FeatureReplaced", message));
    }
    notices
}

/// The features of the user; several may be one item.
fn features(spec: &AlertmanagerSpec) -> impl Iterator<Item = &str> {
    let items = spec.enable_features.iter().flat_map(|item| item.split(','));
    items.map(str::trim).filter(|feature| !feature.is_empty())
}

impl<'a> Facts<'a> {
    fn spec(&self) -> &'a AlertmanagerSpec {
        &self.alertmanager.spec
    }

    /// A lone Alertmanager needs no cluster, unless it shall join one.
    fn clustered(&self) -> bool {
        replicas(self.spec()) != 1 || self.spec().force_enable_cluster_mode == Some(true)
    }

    /// A pod that is not yet counted as available shall not notify: another one still does.
    fn start_delay(&self) -> Value {
        let mut additional = self.spec().additional_args.iter();
        if additional.any(|argument| &*argument.name == START_DELAY) {
            return Value::Absent;
        }
        Value::text(self.spec().pod.min_ready_seconds.map(|seconds| format!("{seconds}s")))
    }

    fn features_but_memory_limit(&self) -> Vec<&'a str> {
        features(self.spec())
            .filter(|feature| *feature != MEMORY_LIMIT)
            .collect()
    }

    fn memory_limit(&self) -> Value {
        let mut additional = self.spec().additional_args.iter();
        let is_own = additional.any(|argument| &*argument.name == MEMORY_LIMIT);
        Value::bare(!is_own && features(self.spec()).any(|feature| feature == MEMORY_LIMIT))
    }

    fn peers(&self) -> Vec<String> {
        let name = names::prefixed(&self.alertmanager.name_any());
        let service = self.spec().service_name.as_deref().unwrap_or(GOVERNING_SERVICE);
        let namespace = self.alertmanager.namespace().unwrap_or_default();
        let domain = match self.cluster_domain {
            "" => String::new(),
            domain => format!(".{namespace}.svc.{domain}."),
        };
        let pods = (0..replicas(self.spec())).map(|pod| format!("{name}-{pod}.{service}{domain}:{CLUSTER_PORT}"));
        pods.chain(self.spec().additional_peers.iter().map(ToString::to_string))
            .collect()
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A duration that Alertmanager takes only if it is more than 0: from 0.34 on it would not start.
fn positive(duration: Option<&str>) -> Value {
    Value::text(duration.filter(|duration| is_positive(duration)))
}

/// What is no duration at all is for Alertmanager to refuse.
fn is_positive(duration: &str) -> bool {
    GoDuration::parse(duration).map_or(true, |duration| duration.nanoseconds() > 0)
}

/// The bytes of a size such as `1.5MB`. All prefixes are powers of 1024, with or without an `i`.
fn bytes(size: &str) -> Option<u64> {
    const PREFIXES: &str = "KMGTPE";
    let number = size.strip_suffix('B').unwrap_or(size);
    let number = number.strip_suffix('i').unwrap_or(number);
    let prefix = number.chars().last().and_then(|prefix| PREFIXES.find(prefix));
    let (number, power) = match prefix {
        Some(position) => (&number[..number.len() - 1], position + 1),
        None => (number, 0),
    };
    let factor = 1024_u64.checked_pow(u32::try_from(power).ok()?)?;
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(factor);
    }
    let (whole, fraction) = number.split_once('.')?;
    let whole = if whole.is_empty() {
        0
    } else {
        whole.parse::<u64>().ok()?
    };
    let digits = fraction.parse::<u128>().ok()?;
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let fraction = u64::try_from(digits.checked_mul(u128::from(factor))? / scale).ok()?;
    whole.checked_mul(factor)?.checked_add(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "literals of JSON are made for the call")]
    fn line(spec: serde_json::Value, minor: u64) -> (Vec<String>, Vec<String>) {
        let alertmanager: Alertmanager = serde_json::from_value(serde_json::json!({
            "metadata": { "name": "main", "namespace": "monitoring" }, "spec": spec,
        }))
        .expect("an Alertmanager");
        let facts = Facts {
            alertmanager: &alertmanager,
            cluster_domain: "",
        };
        let version = Version::new(0, minor, 0);
        let mut dropped = Vec::new();
        let line = super::alertmanager(&facts, version, &mut dropped).expect("a command line");
        let notices = notices(&alertmanager.spec, version)
            .into_iter()
            .map(|notice| notice.message);
        (line, notices.collect())
    }

    #[test]
    fn durations_of_zero_are_left_out_and_reported() {
        let spec = serde_json::json!({ "retention": "0s", "clusterPeerTimeout": "0", "clusterGossipInterval": "1s" });
        let (line, notices) = line(spec, 33);
        assert!(
            !line.iter().any(|argument| argument.starts_with("--data.retention")),
            "{line:?}"
        );
        assert!(
            !line
                .iter()
                .any(|argument| argument.starts_with("--cluster.peer-timeout")),
            "{line:?}"
        );
        assert!(line.contains(&"--cluster.gossip-interval=1s".to_owned()), "{line:?}");
        assert_eq!(
            notices,
            ["spec.retention, spec.clusterPeerTimeout is ignored, because it is not greater than 0"]
        );
    }

    #[test]
    fn the_feature_that_became_an_argument_is_given_as_such() {
        let spec = serde_json::json!({ "enableFeatures": ["auto-gomemlimit, utf8-strict-mode"] });
        let (line, notices) = line(spec.clone(), 34);
        assert!(
            line.contains(&"--enable-feature=auto-gomemlimit, utf8-strict-mode".to_owned()),
            "{line:?}"
        );
        assert!(notices.is_empty(), "{notices:?}");
        let (line, notices) = self::line(spec, 35);
        assert!(
            line.contains(&"--enable-feature=utf8-strict-mode".to_owned()),
            "{line:?}"
        );
        assert!(line.contains(&"--auto-gomemlimit".to_owned()), "{line:?}");
        assert_eq!(notices.len(), 1, "{notices:?}");
    }

    #[test]
    fn a_peer_has_the_name_of_its_pod_unless_the_user_gives_one() {
        let peer_name = |spec, minor| {
            let (line, _) = line(spec, minor);
            line.into_iter()
                .find(|argument| argument.starts_with("--cluster.peer-name"))
        };
        let named = serde_json::json!({ "clusterPeerName": "$(POD_NAME).east" });
        assert_eq!(
            peer_name(named.clone(), 30).as_deref(),
            Some("--cluster.peer-name=$(POD_NAME).east")
        );
        assert_eq!(peer_name(named, 29), None);
        assert_eq!(
            peer_name(serde_json::json!({}), 30).as_deref(),
            Some("--cluster.peer-name=$(POD_NAME)")
        );
    }

    #[test]
    fn sizes_are_powers_of_1024() {
        for (size, expected) in [
            ("0", Some(0)),
            ("17B", Some(17)),
            ("1KB", Some(1024)),
            ("2MiB", Some(2 * 1024 * 1024)),
            ("1.5GB", Some(1_610_612_736)),
            (".5KB", Some(512)),
            ("100EB", None),
            ("B", None),
        ] {
            assert_eq!(bytes(size), expected, "{size}");
        }
    }
}
