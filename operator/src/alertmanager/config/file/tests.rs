//! Files that some versions of Alertmanager load and others do not, and why; what may be a secret is never shown.

use std::error::Error;

use formats::matcher::Mode;
use formats::version::Version;
use process::causes::Causes;

use crate::alertmanager::config::base;
use crate::alertmanager::config::context::Words;
use crate::check::invalid::Invalid;

/// Why a version refuses a file, with all causes.
fn refusal(text: &str, minor: u64) -> Option<String> {
    let version = Version::new(0, minor, 0);
    let base = base::from_text(text.as_bytes(), version, Mode::Fallback).and_then(|base| {
        let loaded: Result<_, Invalid> = base.loaded(version, Mode::Fallback, Words::File);
        Ok(loaded?)
    });
    base.err()
        .map(|error| Causes(&error as &(dyn Error + 'static)).to_string())
}

const BASE: &str = "route: {receiver: a}\nreceivers: [{name: a}]\n";

/// What follows the base, and for 0.33, 0.34 and 0.35 what is said of it; empty: it is loaded.
const FILES: [(&str, [&str; 3]); 14] = [
    ("tracing: {endpoint: h, sampling_fraction: 0.5}", ["", "", ""]),
    ("tracing: {client_type: grpc}", ["tracing.endpoint"; 3]),
    ("tracing: {endpoint: h, compression: zstd}", ["tracing.compression"; 3]),
    (
        "tracing: {endpoint: h, sampling_fraction: x}",
        ["tracing.sampling_fraction"; 3],
    ),
    ("event_recorder: {}", ["", "", ""]),
    (
        "event_recorder: {file_outputs: [{path: /e}]}",
        ["", "", "event_recorder.file_outputs[0].name"],
    ),
    (
        "event_recorder: {file_outputs: [{name: a, path: /e}, {name: a, path: /f}]}",
        ["", "", "event_recorder.file_outputs[1].name"],
    ),
    (
        "event_recorder: {file_outputs: [{name: a}]}",
        ["event_recorder.file_outputs[0].path"; 3],
    ),
    (
        "event_recorder: {webhook_outputs: [{name: a, url: 'http://h', batch_max_events: 1}]}",
        ["event_recorder.webhook_outputs[0].batch_max_events"; 3],
    ),
    (
        "event_recorder: {kafka_outputs: [{name: a, brokers: ['k:1'], topic: t, acks: some}]}",
        ["event_recorder.kafka_outputs[0].acks"; 3],
    ),
    (
        "event_recorder: {kafka_outputs: [{name: a, brokers: ['k:1'], topic: t, format: protobuf}]}",
        ["", "", ""],
    ),
    (
        "time_intervals: [{name: n, time_intervals: [{weekdays: ['friday:monday']}]}]",
        [
            "time_intervals[0].time_intervals[0].weekdays[0]",
            "time_intervals[0].time_intervals[0].weekdays[0]",
            "",
        ],
    ),
    (
        "inhibit_rules: [{source_match_re: {a: }}]",
        ["inhibit_rules[0].source_match_re"; 3],
    ),
    ("inhibit_rules: [{source_match: {a: }}]", ["", "", ""]),
];

#[test]
fn each_version_loads_what_it_knows() {
    for (text, expected) in FILES {
        for (minor, expected) in [33, 34, 35].into_iter().zip(expected) {
            check(&format!("{BASE}{text}"), minor, expected);
        }
    }
}

/// Routes and receivers.
const WHOLE: [(&str, [&str; 3]); 8] = [
    (
        "route: {receiver: a, labels: {team: '{{ .x }}'}}\nreceivers: [{name: a}]",
        ["", "", ""],
    ),
    (
        "route: {receiver: a, labels: {'': x}}\nreceivers: [{name: a}]",
        ["route.labels"; 3],
    ),
    (
        "route: {receiver: a, routes: [{match_re: {a: null}}]}\nreceivers: [{name: a}]",
        ["route.routes[0].match_re"; 3],
    ),
    (
        "route: {receiver: a, routes: [{match_re: {a: ''}}]}\nreceivers: [{name: a}]",
        ["", "", ""],
    ),
    (
        "route: {receiver: a}\nreceivers: [{name: a, slack_configs: [{app_token: t, update_message: true}]}]",
        [
            "receivers[0].slack_configs[0].update_message",
            "receivers[0].slack_configs[0].update_message",
            "",
        ],
    ),
    (
        "route: {receiver: a}\nreceivers: [{name: a, slack_configs: [{app_token: t, app_url: 'http://h', update_message: true}]}]",
        ["receivers[0].slack_configs[0].update_message"; 3],
    ),
    (
        "global: {slack_api_url: 'http://h'}\nroute: {receiver: a}\nreceivers: [{name: a, slack_configs: [{update_message: true}]}]",
        ["receivers[0].slack_configs[0].update_message"; 3],
    ),
    (
        "route: {receiver: a}\nreceivers: [{name: a, telegram_configs: [{bot_token: t, chat_id: 1, timeout: 5s}]}]",
        ["", "", ""],
    ),
];

#[test]
fn each_version_loads_the_routes_and_receivers_that_it_knows() {
    for (text, expected) in WHOLE {
        for (minor, expected) in [33, 34, 35].into_iter().zip(expected) {
            check(text, minor, expected);
        }
    }
}

fn check(text: &str, minor: u64, expected: &str) {
    let refusal = refusal(text, minor);
    match refusal {
        None => assert_eq!(expected, "", "0.{minor} loads {text}"),
        Some(refusal) => assert!(
            !expected.is_empty() && refusal.starts_with(&format!("{expected}: ")),
            "0.{minor}: {text}: {refusal}"
        ),
    }
}

/// Values that are secrets in a user's file, each wrong in a way of its own. The marker stands for the secret.
const SECRETS: [&str; 12] = [
    "global: {slack_api_url: 'MARKER://h'}",
    "global: {slack_api_url: 'http://h:MARKER'}",
    "global: {slack_api_url: 'http://[MARKER'}",
    "global: {slack_api_url: 'http://h/%MARKER'}",
    "global: {opsgenie_api_url: 'MARKER'}",
    "global: {http_config: {proxy_url: 'http://MARKER:MARKER@h:MARKER'}}",
    "receivers: [{name: a, webhook_configs: [{url: 'http://h:MARKER'}]}]",
    "receivers: [{name: a, webhook_configs: [{url: '{{ MARKER'}]}]",
    "receivers: [{name: a, discord_configs: [{webhook_url: 'MARKER://h'}]}]",
    "receivers: [{name: a, slack_configs: [{api_url: 'http://h:MARKER'}]}]",
    "receivers: [{name: a, email_configs: [{to: t, smarthost: 'MARKER'}]}]",
    "receivers: [{name: a, mattermost_configs: [{webhook_url: 'http://h', icon_url: '{{ MARKER'}]}]",
];

#[test]
fn what_may_be_a_secret_is_never_shown() {
    for text in SECRETS {
        let rest = if text.starts_with("global") {
            "receivers: [{name: a}]\n"
        } else {
            ""
        };
        let refusal = refusal(&format!("route: {{receiver: a}}\n{rest}{text}"), 35).expect(text);
        assert!(!refusal.contains("MARKER"), "{text}: {refusal}");
    }
}
