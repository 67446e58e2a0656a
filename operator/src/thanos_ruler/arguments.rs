//! The command line of Thanos Ruler. Pure.
//!
//! The flags: <https://thanos.io/tip/components/rule.md/>. Which version knows which one is documented by the change log:
//! <https://github.com/thanos-io/thanos/blob/main/CHANGELOG.md>.

use crds::{LogFormat, LogLevel, ThanosRulerSpec};
use formats::version::{Dropped, Version};

use super::config_file::{ALERT_RELABELING, ALERTMANAGERS, ConfigFile, OBJECT_STORAGE, QUERY, TRACING};
use super::{config_file, names};
use crate::pod::argument::{Argument, CommandLine, Conflict, Value};
use crate::pod::thanos::{HTTP_PORT, grpc_server};
use crate::pod::web;

/// Label with the name of the pod. It tells the results of the replicas apart, and alerts must not have it: it would make
/// those of all replicas different.
const REPLICA_LABEL: &str = "thanos_ruler_replica";

/// What the command line is made from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The specification.
    pub spec: &'a ThanosRulerSpec,
    /// Whether there are rules, and a web configuration with them.
    pub has_rules: bool,
}

type Row<'a> = Argument<Facts<'a>>;

/// The arguments of Thanos Ruler: the operator's, those of the user, and the web configuration.
pub fn thanos_ruler(facts: &Facts<'_>, version: Version, dropped: &mut Vec<Dropped>) -> Result<Vec<String>, Conflict> {
    let tls = facts.spec.grpc_server_tls_config.as_deref();
    let mut line = CommandLine::of(&evaluation(), facts, version, dropped);
    for part in [
        CommandLine::of(&identity(), facts, version, dropped),
        CommandLine::of(&files(), facts, version, dropped),
        CommandLine::of(&grpc_server(), &tls, version, dropped),
        CommandLine::of(&addresses(), facts, version, dropped),
    ] {
        line.append(part);
    }
    let behind = CommandLine::of(&web_server(), facts, version, dropped);
    let arguments = line.around(&facts.spec.additional_args, behind)?;
    Ok(std::iter::once("rule".to_owned()).chain(arguments).collect())
}

/// How rules are evaluated: the first arguments, in output order.
pub fn evaluation<'a>() -> [Row<'a>; 9] {
    [
        Row::new("data-dir", |_| text(names::STORAGE_DIRECTORY)),
        Row::new("eval-interval", |facts| {
            text(facts.spec.evaluation_interval.as_deref().unwrap_or("15s"))
        }),
        Row::new("tsdb.retention", |facts| {
            text(facts.spec.retention.as_deref().unwrap_or("24h"))
        }),
        Row::new("rule-query-offset", |facts| {
            Value::text(facts.spec.rule_query_offset.as_deref())
        })
        .since(0, 38)
        .of("ruleQueryOffset"),
        Row::new("rule-concurrent-evaluation", |facts| {
            Value::text(facts.spec.rule_concurrent_eval.filter(|count| *count > 0))
        })
        .since(0, 37)
        .of("ruleConcurrentEval"),
        Row::new("for-outage-tolerance", |facts| {
            Value::text(facts.spec.rule_outage_tolerance.as_deref())
        })
        .since(0, 30)
        .of("ruleOutageTolerance"),
        Row::new("for-grace-period", |facts| {
            Value::text(facts.spec.rule_grace_period.as_deref())
        })
        .since(0, 30)
        .of("ruleGracePeriod"),
        Row::new("resend-delay", |facts| Value::text(facts.spec.resend_delay.as_deref())),
        Row::new("enable-feature", |facts| Value::list(&facts.spec.enable_features))
            .since(0, 39)
            .of("enableFeatures"),
    ]
}

/// Labels, logs, and where it listens: the arguments after those, in output order.
pub fn identity<'a>() -> [Row<'a>; 5] {
    [
        Row::new("label", |facts| {
            let own = format!("{REPLICA_LABEL}=\"$(POD_NAME)\"");
            let users = facts.spec.labels.iter();
            let users = users.map(|(name, value)| format!("{name}={}", quoted(value)));
            Value::Each(std::iter::once(own).chain(users).collect())
        }),
        Row::new("alert.label-drop", |facts| {
            let users = facts.spec.alert_drop_labels.iter().map(ToString::to_string);
            Value::Each(std::iter::once(REPLICA_LABEL.to_owned()).chain(users).collect())
        }),
        Row::new("http-address", |facts| {
            let is_local = facts.spec.listen_local == Some(true);
            Value::text(is_local.then(|| format!("localhost:{HTTP_PORT}")))
        }),
        Row::new("log.level", |facts| {
            Value::text(facts.spec.log_level.filter(|level| *level != LogLevel::Info))
        }),
        Row::new("log.format", |facts| {
            Value::text(facts.spec.log_format.filter(|format| *format != LogFormat::Logfmt))
        }),
    ]
}

/// Rules, and with whom it works together: the arguments after those, in output order. What a file says goes before what
/// the command line could say.
pub fn files<'a>() -> [Row<'a>; 9] {
    [
        Row::new("rule-file", |_| text(names::RULE_FILES_PATTERN)),
        Row::new("remote-write.config-file", |facts| {
            let writes = !facts.spec.remote_write.is_empty();
            Value::text(writes.then(config_file::remote_write_path))
        }),
        Row::new("query.config-file", |facts| facts.path(&QUERY)),
        Row::new("query", |facts| facts.unless_in(&QUERY, &facts.spec.query_endpoints)),
        Row::new("alertmanagers.config-file", |facts| facts.path(&ALERTMANAGERS)),
        Row::new("alertmanagers.url", |facts| {
            facts.unless_in(&ALERTMANAGERS, &facts.spec.alertmanagers_url)
        }),
        Row::new("objstore.config-file", |facts| facts.path(&OBJECT_STORAGE)),
        Row::new("tracing.config-file", |facts| facts.path(&TRACING)),
        Row::new("alert.relabel-config-file", |facts| facts.path(&ALERT_RELABELING)),
    ]
}

/// Where it and its Querier are reached: the last arguments before those of the user, in output order.
pub fn addresses<'a>() -> [Row<'a>; 3] {
    [
        Row::new("web.external-prefix", |facts| {
            Value::text(facts.spec.external_prefix.as_deref())
        }),
        Row::new("web.route-prefix", |facts| {
            Value::text(facts.spec.route_prefix.as_deref())
        }),
        Row::new("alert.query-url", |facts| {
            Value::text(facts.spec.alert_query_url.as_deref())
        }),
    ]
}

/// The argument after those of the user.
pub fn web_server<'a>() -> [Row<'a>; 1] {
    let since = web::THANOS_SINCE;
    [Row::new("http.config", |facts| {
        let web = facts.spec.web.as_deref();
        let is_mounted = facts.has_rules || web::users::are_given(web);
        Value::text(is_mounted.then(|| web::path(web, names::WEB_CONFIG_DIRECTORY)))
    })
    .since(since.major, since.minor)]
}

impl Facts<'_> {
    fn path(&self, file: &ConfigFile) -> Value {
        Value::text(file.path(self.spec))
    }

    fn unless_in(&self, file: &ConfigFile, texts: &[Box<str>]) -> Value {
        match file.path(self.spec) {
            Some(_) => Value::Absent,
            None => Value::Each(texts.iter().map(ToString::to_string).collect()),
        }
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// The value of a label as Thanos reads it: a string of Go.
fn quoted(value: &str) -> String {
    let escaped = value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    fn arguments(spec: Json, version: Version) -> (Vec<String>, Vec<&'static str>) {
        let spec: ThanosRulerSpec = serde_json::from_value(spec).unwrap();
        let mut dropped = Vec::new();
        let facts = Facts {
            spec: &spec,
            has_rules: true,
        };
        let line = thanos_ruler(&facts, version, &mut dropped).unwrap();
        (line, dropped.into_iter().map(|dropped| dropped.key).collect())
    }

    const NEW: Version = Version::new(0, 42, 0);

    #[test]
    fn a_file_goes_before_the_same_on_the_command_line() {
        let both = json!({
            "queryConfig": {"name": "query", "key": "query.yaml"},
            "queryEndpoints": ["querier:9090"],
            "alertmanagersUrl": ["http://one:9093", "http://two:9093"],
        });
        let (line, _) = arguments(both, NEW);
        let about = |word: &str| -> Vec<&str> {
            let with_word = line.iter().filter(|argument| argument.contains(word));
            with_word.map(String::as_str).collect()
        };
        assert_eq!(
            about("query"),
            ["--query.config-file=/etc/thanos/config/query-config/query.yaml"]
        );
        assert_eq!(
            about("alertmanagers"),
            [
                "--alertmanagers.url=http://one:9093",
                "--alertmanagers.url=http://two:9093"
            ]
        );
    }

    #[test]
    fn labels_are_strings_of_go() {
        let (line, _) = arguments(json!({"labels": {"a": "x\"\\y\n"}}), NEW);
        assert!(line.contains(&r#"--label=a="x\"\\y\n""#.to_owned()), "{line:?}");
    }

    #[test]
    fn what_a_version_does_not_know_is_told() {
        let spec = json!({"ruleQueryOffset": "1m", "enableFeatures": ["a", "b"]});
        let (line, dropped) = arguments(spec.clone(), Version::new(0, 20, 0));
        assert_eq!(dropped, ["ruleQueryOffset", "enableFeatures"]);
        assert!(
            !line.iter().any(|argument| argument.contains("http.config")),
            "{line:?}"
        );
        let (line, dropped) = arguments(spec, NEW);
        assert_eq!(dropped, [""; 0]);
        assert_eq!(
            line.last().map(String::as_str),
            Some("--http.config=/etc/thanos/web_config/web-config.yaml")
        );
    }

    #[test]
    fn the_web_configuration_is_not_for_the_user_to_name() {
        let spec = json!({"additionalArgs": [{"name": "http.config", "value": "own.yaml"}]});
        let spec: ThanosRulerSpec = serde_json::from_value(spec).unwrap();
        let facts = Facts {
            spec: &spec,
            has_rules: true,
        };
        assert_eq!(
            thanos_ruler(&facts, NEW, &mut Vec::new()),
            Err(Conflict(vec!["http.config".to_owned()]))
        );
    }
}
