use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::api::ObjectMeta;
use serde_json::{Value, json};

use super::*;

fn config(spec: &Value) -> v1alpha1::AlertmanagerConfig {
    let config = json!({
        "apiVersion": "monitoring.coreos.com/v1alpha1",
        "kind": "AlertmanagerConfig",
        "metadata": { "name": "own", "namespace": "web" },
        "spec": spec,
    });
    serde_json::from_value(config).expect("an AlertmanagerConfig")
}

fn assets() -> Assets {
    let texts = [
        ("hook", "https://hook.example/a\n"),
        ("template", "{{ .CommonLabels.hook }}"),
        ("slack", "https://slack.com/api/chat.postMessage"),
        ("path", "/a"),
        ("empty", ""),
    ];
    let data = texts.map(|(key, text)| (key.to_owned(), ByteString(text.as_bytes().to_vec())));
    let mut assets = Assets::default();
    assets.insert_secret(Secret {
        metadata: ObjectMeta {
            namespace: Some("web".to_owned()),
            name: Some("keys".to_owned()),
            ..ObjectMeta::default()
        },
        data: Some(BTreeMap::from(data)),
        ..Secret::default()
    });
    assets
}

/// Why the object is refused.
fn refusal(spec: &Value, minor: u64) -> Option<String> {
    let checked = check(&config(spec), Version::new(0, minor, 0), &assets());
    checked.err().map(|invalid| invalid.to_string())
}

/// Why a receiver is refused that notifies `service` in the list `field`.
fn of_service(field: &str, service: &Value, minor: u64) -> Option<String> {
    let refusal = refusal(&json!({ "receivers": [{ "name": "duty", field: [service] }] }), minor)?;
    Some(refusal.trim_start_matches("receivers[\"duty\"].").to_owned())
}

fn key(key: &str) -> Value {
    json!({ "name": "keys", "key": key })
}

/// Services that are refused: list, service, reason.
const NEEDS: &str = r#"["pagerdutyConfigs", {}, "routingKey: one of routingKey and serviceKey is needed"]
["opsgenieConfigs", {"responders": [{"type": "user", "id": ""}]}, "responders[0]: one of id, name and username is needed"]
["webhookConfigs", {}, "url: one of url and urlSecret is needed"]
["webhookConfigs", {"url": "hook"}, "url: this is not a URL of the web: unsupported scheme \"\" for URL"]
["emailConfigs", {"smarthost": "mail:25"}, "to: this is needed"]
["emailConfigs", {"to": "a", "smarthost": "mail"}, "smarthost: the port is missing"]
["emailConfigs", {"to": "a", "headers": [{"key": "X", "value": ""}, {"key": "x", "value": ""}]}, "headers[1]: \"x\" stands there twice"]
["victoropsConfigs", {"routingKey": "r", "customFields": [{"key": "entity_id", "value": ""}]}, "customFields[0].key: \"entity_id\" is a field of its own"]
["pushoverConfigs", {"token": {"name":"keys","key":"hook"}}, "userKey: one of userKey and userKeyFile is needed"]
["pushoverConfigs", {"token": {"name":"keys","key":"empty"}, "userKey": {"name":"keys","key":"hook"}}, "token: this is needed"]
["snsConfigs", {"topicARN": "a", "phoneNumber": "1"}, "topicARN: one of targetARN, topicARN and phoneNumber is needed"]
["telegramConfigs", {"chatID": 0, "botTokenFile": "/f"}, "chatID: this is needed"]
["telegramConfigs", {"chatID": 1, "botTokenFile": "/f", "botToken": {"name":"keys","key":"hook"}}, "botToken: botToken and botTokenFile exclude each other"]
["slackConfigs", {"actions": [{"type": "button", "text": "t"}]}, "actions[0].name: one of name and url is needed"]
["slackConfigs", {"apiURL": {"name":"keys","key":"hook"}, "updateMessage": true}, "updateMessage: messages can only be updated with the token of a bot: apiURL must be https://slack.com/api/chat.postMessage"]
["msteamsv2Configs", {}, "webhookURL: this is needed"]
["rocketchatConfigs", {"token": {"name":"keys","key":"hook"}, "tokenID": {"name":"keys","key":"gone"}}, "tokenID: key \"gone\" in secret web/keys not found"]
["discordConfigs", {"apiURL": {"name":"keys","key":"path"}}, "apiURL: the value is not a URL of the web"]
["wechatConfigs", {"httpConfig": {"authorization": {}}}, "httpConfig.authorization: credentials are required"]
["wechatConfigs", {"httpConfig": {"noProxy": "a"}}, "httpConfig.proxyConfig: if noProxy is configured, proxyUrl must also be configured"]"#;

/// Services that need a version: list, service, place, minor version.
const SINCE: &str = r#"["discordConfigs", {"apiURL": {"name":"keys","key":"hook"}}, "discordConfigs", 25]
["webexConfigs", {"roomID": "r"}, "webexConfigs", 25]
["telegramConfigs", {"chatID": 1, "botToken": {"name":"keys","key":"hook"}}, "telegramConfigs", 24]
["telegramConfigs", {"chatID": 1, "botTokenFile": "/f"}, "telegramConfigs[0].botTokenFile", 26]
["msteamsConfigs", {"webhookUrl": {"name":"keys","key":"hook"}}, "msteamsConfigs", 26]
["msteamsv2Configs", {"webhookURL": {"name":"keys","key":"hook"}}, "msteamsv2Configs", 28]
["rocketchatConfigs", {"token": {"name":"keys","key":"hook"}, "tokenID": {"name":"keys","key":"hook"}}, "rocketchatConfigs", 28]
["snsConfigs", {"topicARN": "a"}, "snsConfigs", 23]
["snsConfigs", {"topicARN": "a", "useAWSHTTPClient": false}, "snsConfigs[0].useAWSHTTPClient", 33]
["slackConfigs", {"messageText": "t"}, "slackConfigs[0].messageText", 31]
["slackConfigs", {"updateMessage": true}, "slackConfigs[0].updateMessage", 32]
["webhookConfigs", {"url": "http://a", "payload": "p"}, "webhookConfigs[0].payload", 32]
["emailConfigs", {"to": "a", "forceImplicitTLS": true}, "emailConfigs[0].forceImplicitTLS", 31]
["emailConfigs", {"to": "a", "threading": {"threadByDate": "Daily"}}, "emailConfigs[0].threading", 30]
["opsgenieConfigs", {"responders": [{"type": "teams", "id": "a"}]}, "opsgenieConfigs[0].responders", 24]
["pushoverConfigs", {"tokenFile": "/f", "userKey": {"name":"keys","key":"hook"}}, "pushoverConfigs[0].tokenFile", 26]
["pushoverConfigs", {"token": {"name":"keys","key":"hook"}, "userKeyFile": "/f"}, "pushoverConfigs[0].userKeyFile", 26]
["wechatConfigs", {"httpConfig": {"authorization": {"credentials": {"name":"keys","key":"hook"}}}}, "wechatConfigs[0].httpConfig.authorization", 22]
["wechatConfigs", {"httpConfig": {"oauth2": {"clientId": {"secret": {"name":"keys","key":"hook"}}, "clientSecret": {"name":"keys","key":"hook"}, "tokenUrl": "http://a"}}}, "wechatConfigs[0].httpConfig.oauth2", 22]"#;

#[test]
fn services_say_what_they_need() {
    for line in NEEDS.lines() {
        let (field, service, expected): (String, Value, String) = serde_json::from_str(line).expect("a row");
        let expected = format!("{field}[0].{expected}");
        assert_eq!(of_service(&field, &service, 33), Some(expected), "{service}");
    }
}

#[test]
fn secrets_may_hold_templates_and_end_with_a_newline() {
    for (field, service) in [
        ("webhookConfigs", json!({ "urlSecret": key("template") })),
        ("webhookConfigs", json!({ "urlSecret": key("hook") })),
        ("msteamsConfigs", json!({ "webhookUrl": key("hook") })),
        ("slackConfigs", json!({ "apiURL": key("slack"), "updateMessage": true })),
        (
            "snsConfigs",
            json!({ "topicARN": "a", "phoneNumber": "1", "targetARN": "b" }),
        ),
    ] {
        assert_eq!(of_service(field, &service, 33), None, "{service}");
    }
    assert!(of_service("msteamsConfigs", &json!({ "webhookUrl": key("template") }), 33).is_some());
}

#[test]
fn what_a_version_does_not_know_is_refused_and_the_next_one_takes_it() {
    for line in SINCE.lines() {
        let (field, service, place, since): (String, Value, String, u64) = serde_json::from_str(line).expect("a row");
        let before = since - 1;
        let expected = format!("{place}: needs Alertmanager 0.{since}.0 or newer, this one is 0.{before}.0");
        assert_eq!(of_service(&field, &service, before), Some(expected), "{service}");
        assert_eq!(of_service(&field, &service, since), None, "{service}");
    }
}

/// Why routes are refused. There are a receiver `duty` and a time interval `night`.
fn of_route(route: &Value, minor: u64) -> Option<String> {
    let night =
        json!({ "name": "night", "timeIntervals": [{ "times": [{ "startTime": "00:00", "endTime": "06:00" }] }] });
    refusal(
        &json!({ "receivers": [{ "name": "duty" }], "muteTimeIntervals": [night], "route": route }),
        minor,
    )
}

#[test]
fn routes_refer_to_what_is_there_at_every_level() {
    for (child, expected) in [
        (json!({ "receiver": "gone" }), "receiver: there is no receiver \"gone\""),
        (json!({ "groupBy": ["a", "a"] }), "groupBy: \"a\" stands there twice"),
        (json!({ "groupBy": ["a", "..."] }), "groupBy: \"...\" must stand alone"),
        (
            json!({ "muteTimeIntervals": ["day"] }),
            "muteTimeIntervals: there is no time interval \"day\"",
        ),
        (
            json!({ "activeTimeIntervals": ["night", "day"] }),
            "activeTimeIntervals: there is no time interval \"day\"",
        ),
        (
            json!({ "groupWait": "1 m" }),
            "groupWait: unknown unit \" m\" in duration \"1 m\"",
        ),
        (
            json!({ "repeatInterval": "0s" }),
            "repeatInterval: this must be more than 0",
        ),
        (
            json!({ "matchers": [{ "name": "" }] }),
            "matchers[0]: the name of the label is missing",
        ),
        (
            json!({ "matchers": [{ "name": "a", "value": "(", "matchType": "=~" }] }),
            "matchers[0]: regular expression: missing closing )",
        ),
        (
            json!({ "matchers": [{ "name": "a", "value": "(", "regex": true }] }),
            "matchers[0]: regular expression: missing closing )",
        ),
    ] {
        let route = json!({ "receiver": "duty", "routes": [{}, { "routes": [child] }] });
        let expected = format!("route.routes[1].routes[0].{expected}");
        assert_eq!(of_route(&route, 33), Some(expected), "{child}");
    }
    let unknown = json!({ "receiver": "duty", "routes": [{ "severity": "high" }] });
    let refusal = of_route(&unknown, 33).expect("a refusal");
    assert!(
        refusal.starts_with("route.routes[0]: unknown field `severity`"),
        "{refusal}"
    );
    assert_eq!(
        of_route(&json!({}), 33).as_deref(),
        Some("route.receiver: the first route needs a receiver")
    );
    let fine = json!({
        "receiver": "duty", "groupBy": ["..."], "muteTimeIntervals": ["night"], "groupWait": "0s",
        "routes": [{ "matchers": [{ "name": "a", "value": "(" }] }],
    });
    assert_eq!(of_route(&fine, 33), None);
}

#[test]
fn names_of_labels_are_those_of_the_version() {
    for (route, since, expected) in [
        (
            json!({ "matchers": [{ "name": "größe" }] }),
            27,
            "matchers[0]: \"größe\" is not the name of a label for Alertmanager before 0.27.0",
        ),
        (
            json!({ "groupBy": ["a:b"] }),
            27,
            "groupBy: \"a:b\" is not the name of a label for Alertmanager before 0.27.0",
        ),
        (
            json!({ "matchers": [{ "name": "a", "matchType": "!=" }] }),
            22,
            "matchers[0]: needs Alertmanager 0.22.0 or newer, this one is 0.21.0",
        ),
    ] {
        let mut whole = json!({ "receiver": "duty" });
        whole["routes"] = json!([route]);
        assert_eq!(of_route(&whole, since - 1), Some(format!("route.routes[0].{expected}")));
        assert_eq!(of_route(&whole, since), None);
    }
    assert_eq!(
        of_route(&json!({ "receiver": "duty", "matchers": [{ "name": "a:b" }] }), 21),
        None
    );
}

#[test]
fn deep_routes_are_one_clear_reason() {
    let nested = |levels: usize| {
        (0..levels).fold(
            json!({ "receiver": "duty" }),
            |inner, _| json!({ "receiver": "duty", "routes": [inner] }),
        )
    };
    assert_eq!(of_route(&nested(100), 33), None);
    assert_eq!(
        of_route(&nested(1_000), 33).as_deref(),
        Some("route.routes: routes nest more than 100 levels deep")
    );
}

#[test]
fn names_are_unique_and_rules_of_inhibition_are_checked() {
    let duty = json!({ "name": "duty" });
    for (spec, expected) in [
        (
            json!({ "receivers": [duty, duty] }),
            "receivers[\"duty\"]: another one has this name, too",
        ),
        (
            json!({ "muteTimeIntervals": [duty, duty] }),
            "muteTimeIntervals[1]: another one has this name, too",
        ),
        (
            json!({ "muteTimeIntervals": [{ "name": "" }] }),
            "muteTimeIntervals[0]: it needs a name",
        ),
        (
            json!({ "muteTimeIntervals": [{ "name": "a", "timeIntervals": [{ "years": ["2030:2029"] }] }] }),
            "muteTimeIntervals[0].timeIntervals[0].years[0]: \"2030:2029\" ends before it begins",
        ),
        (
            json!({ "inhibitRules": [{}, { "sourceMatch": [{ "name": "a", "value": "[", "matchType": "!~" }] }] }),
            "inhibitRules[1].sourceMatch[0]: regular expression: missing closing ]",
        ),
        (
            json!({ "inhibitRules": [{ "targetMatch": [{ "name": "" }] }] }),
            "inhibitRules[0].targetMatch[0]: the name of the label is missing",
        ),
        (
            json!({ "inhibitRules": [{ "equal": [""] }] }),
            "inhibitRules[0].equal: the name of the label is missing",
        ),
    ] {
        assert_eq!(refusal(&spec, 33).as_deref(), Some(expected), "{spec}");
    }
}

#[test]
fn the_newer_version_is_checked_alike() {
    let semantics_of = |spec: Value| {
        let spec: v1beta1::AlertmanagerConfigSpec = serde_json::from_value(spec).expect("a specification");
        semantics(&spec).err().map(|invalid| invalid.to_string())
    };
    let route = json!({ "receiver": "duty", "activeTimeIntervals": ["night"], "matchers": [{ "name": "a", "matchType": "=~", "value": "*" }] });
    assert_eq!(
        semantics_of(
            json!({ "receivers": [{ "name": "duty" }], "timeIntervals": [{ "name": "night" }], "route": route })
        )
        .as_deref(),
        Some("route.matchers[0]: regular expression: missing argument to repetition operator")
    );
    assert_eq!(
        semantics_of(json!({ "timeIntervals": [{ "name": "" }] })).as_deref(),
        Some("timeIntervals[0]: it needs a name")
    );
    // Neither versions nor Secrets matter.
    let telegram = json!({ "chatID": 1, "botToken": { "name": "gone", "key": "k" } });
    assert_eq!(
        semantics_of(json!({ "receivers": [{ "name": "duty", "telegramConfigs": [telegram] }] })),
        None
    );
}
