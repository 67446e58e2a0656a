//! Every version gate of every section: that it is the one of the documentation of Alertmanager, and that a configuration
//! has the key on one side of it and not on the other.

use formats::version::Version;
use formats::yaml::{Yaml, map};

use super::{all_sections, gates};
use crate::alertmanager::config::context::{Context, Words};
use crate::alertmanager::config::fit::{Fitting, Reason};
use crate::alertmanager::config::schema::{Key, Kind, Table, Unknown};

/// What the tables must say: `part: key since …`.
const EXPECTED: &str = "\
file: mute_time_intervals 0.22.0 time_intervals 0.24.0 tracing 0.30.0 event_recorder 0.33.0
global: smtp_auth_password_file 0.25.0 smtp_auth_secret_file 0.31.0 smtp_tls_config 0.28.0 smtp_force_implicit_tls 0.31.0 slack_api_url_file 0.22.0 opsgenie_api_key_file 0.24.0 victorops_api_key_file 0.25.0 telegram_api_url 0.24.0 telegram_bot_token 0.31.0 telegram_bot_token_file 0.31.0 webex_api_url 0.25.0 jira_api_url 0.28.0 rocketchat_api_url 0.28.0 rocketchat_token 0.28.0 rocketchat_token_file 0.28.0 rocketchat_token_id 0.28.0 rocketchat_token_id_file 0.28.0 slack_app_token 0.30.0 slack_app_token_file 0.30.0 slack_app_url 0.30.0 wechat_api_secret_file 0.31.0 mattermost_webhook_url 0.32.0 mattermost_webhook_url_file 0.32.0
route: matchers 0.22.0 mute_time_intervals 0.22.0 active_time_intervals 0.24.0 labels 0.34.0
inhibit_rules: target_matchers 0.22.0 source_matchers 0.22.0 name 0.30.0
receivers: sns_configs 0.23.0 telegram_configs 0.24.0 discord_configs 0.25.0 webex_configs 0.25.0 msteams_configs 0.26.0 msteamsv2_configs 0.28.0 jira_configs 0.28.0 rocketchat_configs 0.28.0 mattermost_configs 0.30.0 incidentio_configs 0.29.0 labels 0.33.0
event_recorder: stdout_outputs 0.34.0
http_config: authorization 0.22.0 oauth2 0.22.0 follow_redirects 0.22.0 enable_http2 0.25.0 http_headers 0.28.0 no_proxy 0.26.0 proxy_from_environment 0.26.0 proxy_connect_header 0.26.0
smtp_tls_config: min_version 0.25.0 max_version 0.25.0 ca 0.26.0 cert 0.26.0 key 0.26.0
opsgenie_configs: api_key_file 0.24.0 update_alerts 0.24.0 entity 0.24.0 actions 0.24.0
pagerduty_configs: service_key_file 0.25.0 routing_key_file 0.25.0 source 0.25.0 timeout 0.30.0
slack_configs: api_url_file 0.22.0 app_token 0.30.0 app_token_file 0.30.0 app_url 0.30.0 timeout 0.30.0 message_text 0.31.0 update_message 0.32.0 post_updates_to_thread 0.35.0
webhook_configs: url_file 0.26.0 timeout 0.28.0 payload 0.32.0
wechat_configs: api_secret_file 0.31.0
email_configs: auth_password_file 0.25.0 auth_secret_file 0.31.0 force_implicit_tls 0.31.0 threading 0.30.0
pushover_configs: user_key_file 0.26.0 token_file 0.26.0 ttl 0.27.0 device 0.26.0 monospace 0.29.0
victorops_configs: api_key_file 0.25.0
sns_configs: use_aws_http_client 0.33.0
telegram_configs: bot_token_file 0.26.0 chat_id_file 0.31.0 message_thread_id 0.28.0 timeout 0.35.0
discord_configs: content 0.28.0 username 0.28.0 avatar_url 0.28.0 webhook_url_file 0.27.0
msteams_configs: summary 0.27.0 webhook_url_file 0.27.0
jira_configs: api_type 0.29.0
rocketchat_configs: message_text 0.35.0
mattermost_configs: fallback 0.32.0 color 0.32.0 pretext 0.32.0 author_name 0.32.0 author_link 0.32.0 author_icon 0.32.0 title 0.32.0 title_link 0.32.0 fields 0.32.0 thumb_url 0.32.0 footer 0.32.0 footer_icon 0.32.0 image_url 0.32.0
incidentio_configs: metadata 0.35.0
time_intervals: location 0.25.0
file_outputs: name 0.35.0
webhook_outputs: name 0.35.0 batch 0.34.0 batch_max_events 0.34.0 batch_max_bytes 0.34.0 batch_flush_interval 0.34.0
kafka_outputs: name 0.35.0
stdout_outputs: name 0.35.0
oauth2: proxy_url 0.25.0 no_proxy 0.25.0 proxy_from_environment 0.25.0 proxy_connect_header 0.25.0 tls_config 0.25.0 grant_type 0.30.0 client_certificate_key_id 0.30.0 client_certificate_key 0.30.0 client_certificate_key_file 0.30.0 signature_algorithm 0.30.0 iss 0.30.0 audience 0.30.0 claims 0.30.0
sigv4: external_id 0.33.0 use_fips_sts_endpoint 0.29.0 service_name 0.29.0 session_name 0.35.0 tags 0.35.0
";

#[test]
fn gates_are_the_documented_ones() {
    let text = |gate: &formats::version::Gate| {
        let since = gate.versions.since.map_or(String::new(), |since| since.to_string());
        format!(" {} {since}", gate.key)
    };
    let lines: Vec<_> = gates()
        .into_iter()
        .map(|(name, gates)| format!("{name}:{}", gates.iter().map(text).collect::<String>()))
        .collect();
    for (ours, documented) in lines.iter().zip(EXPECTED.lines()) {
        assert_eq!(ours, documented);
    }
    assert_eq!(lines.len(), EXPECTED.lines().count());
}

/// What a part must have, so that it is complete without its gated keys.
fn needed(part: &str) -> &'static [(&'static str, &'static str)] {
    match part {
        "pushover_configs" => &[("user_key", "x"), ("token", "x")],
        "telegram_configs" => &[("bot_token", "x"), ("chat_id", "1")],
        "webex_configs" => &[("room_id", "x")],
        "msteams_configs" | "msteamsv2_configs" | "mattermost_configs" => &[("webhook_url", "http://x")],
        "jira_configs" => &[("project", "x"), ("issue_type", "x")],
        "incidentio_configs" => &[("url", "http://x"), ("alert_source_token", "x")],
        _ => &[],
    }
}

/// What a key must have beside it.
fn companion(key: &str) -> Option<(&'static str, &'static str)> {
    match key {
        "no_proxy" | "proxy_connect_header" => Some(("proxy_url", "http://x")),
        "external_id" | "session_name" | "tags" => Some(("role_arn", "x")),
        _ => None,
    }
}

/// A value that `part` may have at `key`.
fn sample(key: &'static Key) -> Yaml {
    let inner = || map(needed(key.name).iter().map(|(name, value)| (*name, (*value).into())));
    match key.kind {
        Kind::Text if key.name.ends_with("_version") => "TLS12".into(),
        Kind::Text if key.name == "api_type" => "cloud".into(),
        Kind::Text if key.name == "session_name" => "xy".into(),
        Kind::Text | Kind::TextOr(_) | Kind::Any => "x".into(),
        Kind::Boolean => true.into(),
        Kind::Integer | Kind::Number => 1.into(),
        Kind::Duration | Kind::GoDuration => "1m".into(),
        Kind::Url | Kind::Address | Kind::TemplateAddress => "http://x".into(),
        Kind::HostPort => "x:1".into(),
        Kind::Texts | Kind::Ranges(_) => Yaml::Seq(vec!["x".into()]),
        Kind::TextMap | Kind::ExpressionMap | Kind::AnyMap => map([("x", "y".into())]),
        Kind::TextsMap => map([("x", Yaml::Seq(vec!["y".into()]))]),
        Kind::Section(_) => inner(),
        Kind::Sections(_) => Yaml::Seq(vec![inner()]),
        Kind::SectionMap(_) => map([("x", inner())]),
    }
}

/// A part that is complete, with `key`.
fn with(part: &str, key: &'static Key) -> Yaml {
    let beside = needed(part).iter().copied().chain(companion(key.name));
    let beside = beside.filter(|(name, _)| *name != key.name && key.yields_to != Some(*name));
    let beside = beside.map(|(name, value)| (name, value.into()));
    map(beside.chain([(key.name, sample(key))]))
}

/// A file of nothing, loaded by `version`.
fn context(version: Version) -> Context<'static> {
    let words = Words::File;
    Context {
        words,
        ..Context::unknown().for_version(version)
    }
}

#[test]
fn every_gate_holds_on_both_sides() {
    let mut gates = 0;
    for (part, section) in all_sections() {
        for key in section.keys() {
            let Some(since) = key.versions.since else { continue };
            gates += 1;
            let name = format!("{part}.{}", key.name);
            check_below(section, with(part, key), key, &name);
            let context = context(since);
            let mut fitting = Fitting::new(&context);
            let fitted = fitting
                .fitted(section, with(part, key), "")
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(fitted.value_of(key.name), Some(&sample(key)), "{name} from {since}");
            let dropped = fitting.into_dropped();
            assert!(dropped.is_empty(), "{name} from {since}: {dropped:?}");
        }
    }
    assert!(gates > 100, "only {gates} gates were found");
}

/// Below its version, a key is told to be left out; or the part is refused, for the sake of the key or of what it lacks
/// then.
fn check_below(section: &'static dyn Table, value: Yaml, key: &'static Key, name: &str) {
    let Some(since) = key.versions.since else { return };
    let below = Version::new(since.major, since.minor - 1, 999);
    let context = context(below);
    let mut fitting = Fitting::new(&context);
    let fitted = fitting.fitted(section, value, "");
    let reason = Reason::Version(since);
    if key.unknown == Unknown::Refused {
        let error = fitted.expect_err(name).to_string();
        assert_eq!(error, format!("{}: {reason}", key.name));
        return;
    }
    let dropped = fitting.into_dropped();
    assert!(
        dropped
            .iter()
            .any(|dropped| dropped.path == key.name && dropped.reason == reason),
        "{name} is left out before {since}, and nobody is told: {dropped:?}"
    );
    if let Ok(fitted) = fitted {
        assert_eq!(fitted.value_of(key.name), None, "{name} before {since}");
    }
}
