use formats::matcher::Mode;

use crate::alertmanager::config::file::FILE;
use crate::alertmanager::config::{load, read};

/// Whether Alertmanager would load a file with this `global` section and a receiver with this service.
fn loaded(global: &str, service: &str) -> Result<(), String> {
    let text = format!("global: {{{global}}}\nroute: {{receiver: a}}\nreceivers:\n- name: a\n  {service}");
    let file = read::read(&FILE, text.as_bytes()).map_err(|error| error.to_string())?;
    load::check_file(&file, None, Mode::Fallback).map_err(|error| error.to_string())
}

/// A service, a `global` section that makes it complete, and a part of what is said without that.
const NEEDS_GLOBAL: [(&str, &str, &str); 11] = [
    (
        "opsgenie_configs: [{}]",
        "opsgenie_api_key_file: /k",
        "opsgenie_configs[0]: api_key or api_key_file is required, here or in the global section (opsgenie_api_key or ",
    ),
    (
        "slack_configs: [{channel: c}]",
        "slack_api_url: http://h",
        "slack_configs[0]: api_url or api_url_file or app_token or app_token_file is required",
    ),
    (
        "slack_configs: [{channel: c}]",
        "slack_app_token: t",
        "slack_configs[0]: api_url or api_url_file or app_token or app_token_file is required",
    ),
    (
        "wechat_configs: [{corp_id: c}]",
        "wechat_api_secret: s",
        "wechat_configs[0]: api_secret or",
    ),
    (
        "wechat_configs: [{api_secret: s}]",
        "wechat_api_corp_id: c",
        "wechat_configs[0]: corp_id is",
    ),
    (
        "email_configs: [{to: t, from: f}]",
        "smtp_smarthost: 'h:25'",
        "email_configs[0]: smarthost is",
    ),
    (
        "email_configs: [{to: t, smarthost: 'h:25'}]",
        "smtp_from: f",
        "email_configs[0]: from is",
    ),
    (
        "victorops_configs: [{routing_key: r}]",
        "victorops_api_key: k",
        "victorops_configs[0]: api_key or",
    ),
    (
        "telegram_configs: [{chat_id: 1}]",
        "telegram_bot_token: t",
        "telegram_configs[0]: bot_token or",
    ),
    (
        "jira_configs: [{project: p, issue_type: t}]",
        "jira_api_url: http://h",
        "jira_configs[0]: api_url is",
    ),
    (
        "mattermost_configs: [{text: t}]",
        "mattermost_webhook_url_file: /u",
        "mattermost_configs[0]: webhook_url or",
    ),
];

#[test]
fn the_global_section_completes_a_service() {
    for (service, global, lacking) in NEEDS_GLOBAL {
        assert_eq!(loaded(global, service), Ok(()), "{service}");
        let error = loaded("", service).expect_err(service);
        assert!(error.contains(lacking), "{service}: {error}");
    }
}

/// Services that Alertmanager loads.
const LOADED: &[&str] = &[
    "opsgenie_configs: [{api_key: k, responders: [{name: n, type: Team}, {id: i, type: '{{ .x }}'}]}]",
    "pagerduty_configs: [{routing_key_file: /k, details: {a: {b: c}}}]",
    "slack_configs: [{api_url: http://h, actions: [{type: t, text: x, name: n, confirm: {text: x}}]}]",
    "slack_configs: [{app_token_file: /t, fields: [{title: t, value: v, short: false}]}]",
    "webhook_configs: [{url: 'http://{{ .x }}', max_alerts: 3, timeout: 1m}]",
    "wechat_configs: [{api_secret: s, corp_id: c, message_type: markdown}]",
    "email_configs: [{to: t, from: f, smarthost: 'h:25', headers: {Subject: s}, threading: {enabled: true, thread_by_date: none}}]",
    "email_configs: [{to: t, from: f, smarthost: 'h:25', auth_password: p, auth_password_file: /p}]",
    "pushover_configs: [{user_key: u, token_file: /t, retry: 1m}]",
    "victorops_configs: [{api_key: k, routing_key: r, custom_fields: {team: x}}]",
    "sns_configs: [{topic_arn: t, sigv4: {access_key: a, secret_key: s}}]",
    "sns_configs: [{topic_arn: t, sigv4: {role_arn: r, session_name: 'a+b@c', tags: {team: web}}}]",
    "telegram_configs: [{bot_token: t, chat_id_file: /c, parse_mode: ''}]",
    "discord_configs: [{webhook_url: http://h}]",
    "webex_configs: [{room_id: r, http_config: {bearer_token: t}}]",
    "rocketchat_configs: [{token: t, token_id_file: /i, actions: [{text: x, msg: m}]}]",
    "msteamsv2_configs: [{webhook_url_file: /u}]",
    "incidentio_configs: [{url: http://h, alert_source_token: t, max_alerts: 0}]",
    "discord_configs: [{webhook_url_file: /u}]",
    "pagerduty_configs: [{routing_key: k, timeout: 1.5h}]",
    "msteams_configs: [{webhook_url_file: /u}]",
    "jira_configs: [{api_url: http://h, project: p, issue_type: t, summary: {template: s, enable_update: false}, description: d}]",
    "rocketchat_configs: [{token: t, token_id: i, actions: [{text: x, iswebview: true}]}]",
];

#[test]
fn what_alertmanager_loads_is_accepted() {
    for service in LOADED {
        assert_eq!(loaded("", service), Ok(()), "{service}");
    }
}

/// Services that Alertmanager does not load, and the field that is named.
const REFUSED: &[(&str, &str)] = &[
    (
        "opsgenie_configs: [{api_key: k, api_key_file: /k}]",
        "opsgenie_configs[0].api_key_file",
    ),
    (
        "opsgenie_configs: [{api_key: k, responders: [{type: team}]}]",
        "opsgenie_configs[0].responders[0]",
    ),
    (
        "opsgenie_configs: [{api_key: k, responders: [{id: i, type: x}]}]",
        "opsgenie_configs[0].responders[0].type",
    ),
    (
        "opsgenie_configs: [{api_key: k, responders: [{id: i, type: '{{'}]}]",
        "opsgenie_configs[0].responders[0].type",
    ),
    ("pagerduty_configs: [{}]", "pagerduty_configs[0]"),
    (
        "pagerduty_configs: [{service_key: k, service_key_file: /k}]",
        "pagerduty_configs[0].service_key_file",
    ),
    ("slack_configs: [{api_url: not-an-address}]", "slack_configs[0].api_url"),
    (
        "slack_configs: [{api_url: http://h, actions: [{type: t, text: x}]}]",
        "slack_configs[0].actions[0]",
    ),
    (
        "slack_configs: [{api_url: http://h, fields: [{title: t}]}]",
        "slack_configs[0].fields[0].value",
    ),
    (
        "slack_configs: [{app_token: t, http_config: {authorization: {}}}]",
        "slack_configs[0].http_config.authorization",
    ),
    ("webhook_configs: [{}]", "webhook_configs[0]"),
    (
        "webhook_configs: [{url: http://h, url_file: /u}]",
        "webhook_configs[0].url_file",
    ),
    (
        "webhook_configs: [{url: http://h, max_alerts: -1}]",
        "webhook_configs[0].max_alerts",
    ),
    (
        "wechat_configs: [{api_secret: s, corp_id: c, message_type: html}]",
        "wechat_configs[0].message_type",
    ),
    ("email_configs: [{from: f, smarthost: 'h:25'}]", "email_configs[0].to"),
    (
        "email_configs: [{to: t, from: f, smarthost: 'h:25', headers: {Subject: a, subject: b}}]",
        "email_configs[0].headers.subject",
    ),
    (
        "email_configs: [{to: t, from: f, smarthost: 'h:25', headers: {references: a}, threading: {enabled: true}}]",
        "email_configs[0].headers.references",
    ),
    ("victorops_configs: [{api_key: k}]", "victorops_configs[0].routing_key"),
    (
        "victorops_configs: [{api_key: k, routing_key: r, custom_fields: {entity_id: x}}]",
        "victorops_configs[0].custom_fields.entity_id",
    ),
    ("sns_configs: [{topic_arn: t, target_arn: u}]", "sns_configs[0]"),
    (
        "sns_configs: [{topic_arn: t, sigv4: {access_key: a}}]",
        "sns_configs[0].sigv4",
    ),
    (
        "sns_configs: [{topic_arn: t, sigv4: {session_name: ab}}]",
        "sns_configs[0].sigv4.session_name",
    ),
    (
        "sns_configs: [{topic_arn: t, sigv4: {role_arn: r, session_name: a}}]",
        "sns_configs[0].sigv4.session_name",
    ),
    (
        "sns_configs: [{topic_arn: t, sigv4: {role_arn: r, session_name: 'a b'}}]",
        "sns_configs[0].sigv4.session_name",
    ),
    (
        "sns_configs: [{topic_arn: t, sigv4: {tags: {a: b}}}]",
        "sns_configs[0].sigv4.tags",
    ),
    (
        "sns_configs: [{topic_arn: t, sigv4: {role_arn: r, tags: {'': b}}}]",
        "sns_configs[0].sigv4.tags",
    ),
    (
        "telegram_configs: [{bot_token: t, chat_id: 1, parse_mode: html}]",
        "telegram_configs[0].parse_mode",
    ),
    (
        "telegram_configs: [{bot_token: t, chat_id: 1, chat_id_file: /c}]",
        "telegram_configs[0].chat_id_file",
    ),
    ("discord_configs: [{}]", "discord_configs[0]"),
    (
        "webex_configs: [{room_id: r}]",
        "webex_configs[0].http_config.authorization",
    ),
    ("rocketchat_configs: [{token: t}]", "rocketchat_configs[0]"),
    ("rocketchat_configs: [{token_id: t}]", "rocketchat_configs[0]"),
    (
        "mattermost_configs: [{webhook_url: http://h, webhook_url_file: /u}]",
        "mattermost_configs[0].webhook_url_file",
    ),
    (
        "mattermost_configs: [{webhook_url: http://h, fields: [{value: v}]}]",
        "mattermost_configs[0].fields[0].title",
    ),
    (
        "incidentio_configs: [{url: http://h, alert_source_token: t, max_alerts: -1}]",
        "incidentio_configs[0].max_alerts",
    ),
    (
        "slack_configs: [{api_url_file: /u, post_updates_to_thread: true}]",
        "slack_configs[0].post_updates_to_thread",
    ),
    (
        "discord_configs: [{webhook_url: http://h, webhook_url_file: /u}]",
        "discord_configs[0].webhook_url_file",
    ),
    ("labels: {name: b}", "labels.name"),
    (
        "pagerduty_configs: [{routing_key: k, url: ''}]",
        "pagerduty_configs[0].url",
    ),
    (
        "pushover_configs: [{user_key: u, token: t, retry: 1d}]",
        "pushover_configs[0].retry",
    ),
];

#[test]
fn what_alertmanager_does_not_load_is_refused() {
    for (service, field) in REFUSED {
        let error = loaded("", service).expect_err(service);
        assert!(
            error.starts_with(&format!("receivers[0].{field}: ")),
            "{service}: {error}"
        );
    }
}

#[test]
fn a_global_login_excludes_the_token_of_an_app() {
    let service = "slack_configs: [{channel: c}]";
    let login = "slack_app_token: t, http_config: {authorization: {credentials: c}}";
    assert!(loaded(login, service).is_err());
    let own = "slack_configs: [{channel: c, http_config: {follow_redirects: true}}]";
    assert_eq!(loaded(login, own), Ok(()));
}

#[test]
fn both_of_a_global_pair_are_refused() {
    let error = loaded("rocketchat_token: t, rocketchat_token_file: /t", "webhook_configs: []").unwrap_err();
    assert!(error.starts_with("global.rocketchat_token: "), "{error}");
    let error = loaded("smtp_auth_secret: s, smtp_auth_secret_file: /s", "webhook_configs: []").unwrap_err();
    assert!(error.starts_with("global.smtp_auth_secret_file: "), "{error}");
}

#[test]
fn what_alertmanager_has_forgotten_is_refused() {
    for key in ["hipchat_api_url: http://h", "hipchat_auth_token: t"] {
        let error = loaded(key, "webhook_configs: [{url: http://h}]").unwrap_err();
        assert_eq!(error, "global: it contains an unknown key");
    }
}

/// The image has no files of time zones: what is known of them is a part of the program.
#[test]
fn the_time_zone_of_an_interval_is_a_known_one() {
    let with = |location: &str| {
        let interval = format!("time_intervals:\n- name: night\n  time_intervals: [{{location: {location}}}]");
        let text = format!("route: {{receiver: a}}\nreceivers: [{{name: a}}]\n{interval}\n");
        let file = read::read(&FILE, text.as_bytes()).expect("a file");
        load::check_file(&file, None, Mode::Fallback).map_err(|error| error.to_string())
    };
    for location in ["America/Sao_Paulo", "Asia/Kolkata", "UTC", "Local"] {
        assert_eq!(with(location), Ok(()));
    }
    let refused = with("America/Atlantis").expect_err("no such place");
    assert!(refused.contains("location"), "{refused}");
}
