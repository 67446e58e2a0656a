//! What objects are refused for, and in which words.

use std::collections::BTreeMap;

use formats::version::Version;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::api::ObjectMeta;
use serde_json::{Value, json};

use super::*;
use crate::alertmanager::config::admission;
use crate::alertmanager::config::context::mode;
use crate::assets::Assets;
use crate::object::ObjectKey;

fn config(spec: &Value) -> AlertmanagerConfig {
    let config = json!({
        "apiVersion": "monitoring.coreos.com/v1alpha1",
        "kind": "AlertmanagerConfig",
        "metadata": { "name": "own", "namespace": "web" },
        "spec": spec,
    });
    serde_json::from_value(config).expect("an AlertmanagerConfig")
}

/// A Secret `keys` in the namespace of the object.
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

/// Why Alertmanager 0.`minor` cannot be given the object, whatever its global section says.
fn refusal(spec: &Value, minor: u64) -> Option<String> {
    let (version, object, assets) = (Version::new(0, minor, 0), config(spec), assets());
    let owner = ObjectKey::of(&object);
    let context = Context {
        matchers: mode(version, &[]),
        ..Context::unknown().for_version(version)
    };
    let added = addition(&object, true, &ObjectScope::new(&owner, &assets, version), &context);
    added.err().map(|invalid| invalid.to_string())
}

/// Why a receiver is refused that notifies `service` in the list `field`.
fn of_service(field: &str, service: &Value, minor: u64) -> Option<String> {
    let refusal = refusal(&json!({ "receivers": [{ "name": "duty", field: [service] }] }), minor)?;
    Some(refusal.trim_start_matches("spec.receivers[0].").to_owned())
}

fn key(key: &str) -> Value {
    json!({ "name": "keys", "key": key })
}

/// Minor version that knows every service.
const NEWEST: u64 = 99;

/// Services that are refused: list, service, the rest of the path with the reason.
const NEEDS: &str = r#"["pagerdutyConfigs", {}, ": routingKey or serviceKey is required"]
["pagerdutyConfigs", {"routingKey": {"name":"keys","key":"hook"}, "pagerDutyLinkConfigs": [{}, {"href": "a"}]}, ".pagerDutyLinkConfigs[1].href: not an HTTP URL: unsupported scheme \"\" for URL"]
["opsgenieConfigs", {"responders": [{"type": "user", "id": ""}]}, ".responders[0]: id or username or name is required"]
["webhookConfigs", {}, ": url or urlSecret is required"]
["webhookConfigs", {"url": "hook"}, ".url: not an HTTP URL: unsupported scheme \"\" for URL"]
["webhookConfigs", {"url": "http://h", "maxAlerts": -1}, ".maxAlerts: must not be negative"]
["emailConfigs", {"smarthost": "mail:25"}, ".to: a value is required"]
["emailConfigs", {"to": "a", "smarthost": "mail"}, ".smarthost: missing port: expected host:port"]
["emailConfigs", {"to": "a", "headers": [{"key": "X", "value": ""}, {"key": "x", "value": ""}]}, ".headers[1]: the header is set twice: header names are not case-sensitive"]
["victoropsConfigs", {"routingKey": "r", "customFields": [{"key": "entity_id", "value": ""}]}, ".customFields.entity_id: Alertmanager sets this field itself"]
["pushoverConfigs", {"token": {"name":"keys","key":"hook"}}, ": userKey or userKeyFile is required"]
["pushoverConfigs", {"token": {"name":"keys","key":"empty"}, "userKey": {"name":"keys","key":"hook"}}, ": token or tokenFile is required"]
["pushoverConfigs", {"token": {"name":"keys","key":"hook"}, "userKey": {"name":"keys","key":"hook"}, "html": true, "monospace": true}, ".html: must not be set together with monospace"]
["snsConfigs", {"topicARN": "a", "phoneNumber": "1"}, ": exactly one of topicARN or phoneNumber or targetARN is required"]
["snsConfigs", {"topicARN": "a", "sigv4": {"accessKey": {"name":"keys","key":"hook"}}}, ".sigv4: an access key and its secret key must be set together"]
["telegramConfigs", {"chatID": 0, "botTokenFile": "/f"}, ": chatID is required"]
["telegramConfigs", {"chatID": 1}, ": botToken or botTokenFile is required"]
["telegramConfigs", {"chatID": 1, "botTokenFile": "/f", "botToken": {"name":"keys","key":"hook"}}, ".botTokenFile: must not be set together with botToken"]
["slackConfigs", {"actions": [{"type": "button", "text": "t"}]}, ".actions[0]: url or name is required"]
["slackConfigs", {"fields": [{"title": "t", "value": ""}]}, ".fields[0].value: a value is required"]
["slackConfigs", {"apiURL": {"name":"keys","key":"hook"}, "updateMessage": true}, ".updateMessage: updating messages requires a bot token and the URL https://slack.com/api/chat.postMessage"]
["msteamsv2Configs", {}, ": webhookURL is required"]
["rocketchatConfigs", {"token": {"name":"keys","key":"hook"}, "tokenID": {"name":"keys","key":"gone"}}, ".tokenID: key \"gone\" in secret web/keys not found"]
["rocketchatConfigs", {"token": {"name":"keys","key":"hook"}, "tokenID": {"name":"keys","key":"hook"}, "actions": [{"url": "a"}]}, ".actions[0].url: not an HTTP URL: unsupported scheme \"\" for URL"]
["discordConfigs", {"apiURL": {"name":"keys","key":"path"}}, ".apiURL: the value is not an HTTP URL"]
["webexConfigs", {"roomID": "r"}, ".httpConfig.authorization: a value is required"]
["wechatConfigs", {"messageType": "html"}, ".messageType: must be one of text, markdown"]
["wechatConfigs", {"httpConfig": {"authorization": {}}}, ".httpConfig.authorization: credentials are required"]
["wechatConfigs", {"httpConfig": {"basicAuth": {"username": {"name":"keys","key":"hook"}}}}, ".httpConfig.basicAuth.password: neither a Secret nor a ConfigMap is named"]
["wechatConfigs", {"httpConfig": {"noProxy": "a"}}, ".httpConfig: if noProxy is configured, proxyUrl must also be configured"]
["wechatConfigs", {"httpConfig": {"proxyUrl": "http://p", "proxyConnectHeader": {"X": [{"name":"keys","key":"hook"}, {"name":"keys","key":"gone"}]}}}, ".httpConfig.proxyConnectHeader[X][1]: key \"gone\" in secret web/keys not found"]"#;

/// Services that need a version: list, service, rest of the path, minor version.
const SINCE: &str = r#"["discordConfigs", {"apiURL": {"name":"keys","key":"hook"}}, "", 25]
["webexConfigs", {"roomID": "r", "httpConfig": {"authorization": {"credentials": {"name":"keys","key":"hook"}}}}, "", 25]
["telegramConfigs", {"chatID": 1, "botToken": {"name":"keys","key":"hook"}}, "", 24]
["telegramConfigs", {"chatID": 1, "botTokenFile": "/f"}, "[0].botTokenFile", 26]
["msteamsConfigs", {"webhookUrl": {"name":"keys","key":"hook"}}, "", 26]
["msteamsv2Configs", {"webhookURL": {"name":"keys","key":"hook"}}, "", 28]
["rocketchatConfigs", {"token": {"name":"keys","key":"hook"}, "tokenID": {"name":"keys","key":"hook"}}, "", 28]
["snsConfigs", {"topicARN": "a"}, "", 23]
["snsConfigs", {"topicARN": "a", "useAWSHTTPClient": true}, "[0].useAWSHTTPClient", 33]
["slackConfigs", {"messageText": "t"}, "[0].messageText", 31]
["slackConfigs", {"apiURL": {"name":"keys","key":"slack"}, "updateMessage": true}, "[0].updateMessage", 32]
["webhookConfigs", {"url": "http://a", "payload": "p"}, "[0].payload", 32]
["emailConfigs", {"to": "a", "forceImplicitTLS": true}, "[0].forceImplicitTLS", 31]
["emailConfigs", {"to": "a", "threading": {"threadByDate": "Daily"}}, "[0].threading", 30]
["wechatConfigs", {"httpConfig": {"authorization": {"credentials": {"name":"keys","key":"hook"}}}}, "[0].httpConfig.authorization", 22]
["wechatConfigs", {"httpConfig": {"oauth2": {"clientId": {"secret": {"name":"keys","key":"hook"}}, "clientSecret": {"name":"keys","key":"hook"}, "tokenUrl": "http://a"}}}, "[0].httpConfig.oauth2", 22]"#;

#[test]
fn services_say_what_they_need() {
    for line in NEEDS.lines() {
        let (field, service, expected): (String, Value, String) = serde_json::from_str(line).expect("a row");
        let expected = format!("{field}[0]{expected}");
        assert_eq!(of_service(&field, &service, NEWEST), Some(expected), "{service}");
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
        let (field, service, rest, since): (String, Value, String, u64) = serde_json::from_str(line).expect("a row");
        let expected = format!("{field}{rest}: requires Alertmanager 0.{since}.0 or newer");
        assert_eq!(of_service(&field, &service, since - 1), Some(expected), "{service}");
        assert_eq!(of_service(&field, &service, since), None, "{service}");
    }
    let teams = json!({ "responders": [{ "type": "teams", "id": "a" }] });
    let expected = "opsgenieConfigs[0].responders[0].type: \"teams\" requires Alertmanager 0.24.0 or newer";
    assert_eq!(of_service("opsgenieConfigs", &teams, 23).as_deref(), Some(expected));
    assert_eq!(of_service("opsgenieConfigs", &teams, 24), None);
}

/// A file is all that such a version would be left with.
#[test]
fn a_version_that_does_not_know_a_file_is_left_with_nothing() {
    for (file, service) in [
        ("tokenFile", json!({ "tokenFile": "/f", "userKey": key("hook") })),
        ("userKeyFile", json!({ "token": key("hook"), "userKeyFile": "/f" })),
    ] {
        let refused = of_service("pushoverConfigs", &service, 25).expect(file);
        assert!(refused.ends_with(" is required"), "{refused}");
        assert_eq!(of_service("pushoverConfigs", &service, 26), None, "{service}");
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
        (
            json!({ "receiver": "gone" }),
            "receiver: receiver \"gone\" is not defined",
        ),
        (json!({ "groupBy": ["a", "a"] }), "groupBy: \"a\" is listed twice"),
        (json!({ "groupBy": ["...", "..."] }), "groupBy: \"...\" is listed twice"),
        (
            json!({ "groupBy": ["a", "..."] }),
            "groupBy: \"...\" must be the only label",
        ),
        (
            json!({ "muteTimeIntervals": ["day"] }),
            "muteTimeIntervals: time interval \"day\" is not defined",
        ),
        (
            json!({ "activeTimeIntervals": ["night", "day"] }),
            "activeTimeIntervals: time interval \"day\" is not defined",
        ),
        (
            json!({ "groupWait": "1 m" }),
            "groupWait: unknown unit \" m\" in duration \"1 m\"",
        ),
        (
            json!({ "repeatInterval": "0s" }),
            "repeatInterval: must be greater than 0",
        ),
        (
            json!({ "matchers": [{ "name": "" }] }),
            "matchers[0]: the label name is required",
        ),
        (
            json!({ "matchers": [{ "name": "a" }, { "name": "a", "value": "(", "matchType": "=~" }] }),
            "matchers[1]: regular expression: missing closing )",
        ),
        (
            json!({ "matchers": [{ "name": "a", "value": "(", "regex": true }] }),
            "matchers[0]: regular expression: missing closing )",
        ),
    ] {
        let route = json!({ "receiver": "duty", "routes": [{}, { "routes": [child] }] });
        let expected = format!("spec.route.routes[1].routes[0].{expected}");
        assert_eq!(of_route(&route, 33), Some(expected), "{child}");
    }
    let unknown = json!({ "receiver": "duty", "routes": [{ "routes": [{}, { "severity": "high" }] }] });
    let refusal = of_route(&unknown, 33).expect("a refusal");
    assert!(
        refusal.starts_with("spec.route.routes[0].routes[1]: unknown field `severity`"),
        "{refusal}"
    );
    assert_eq!(
        of_route(&json!({}), 33).as_deref(),
        Some("spec.route.receiver: the root route requires a receiver")
    );
    let fine = json!({
        "receiver": "duty", "groupBy": ["..."], "muteTimeIntervals": ["night"], "groupWait": "0s",
        "routes": [{ "matchers": [{ "name": "a", "value": "(" }] }],
    });
    assert_eq!(of_route(&fine, 33), None);
}

#[test]
fn names_of_labels_are_those_of_the_version() {
    for (route, since, field) in [
        (json!({ "matchers": [{ "name": "größe" }] }), 27, "matchers[0]: "),
        (
            json!({ "groupBy": ["a:b"] }),
            27,
            "groupBy: \"a:b\" is not a valid label name",
        ),
        (
            json!({ "matchers": [{ "name": "a", "matchType": "!=" }] }),
            22,
            "matchers: requires Alertmanager 0.22.0 or newer",
        ),
    ] {
        let mut whole = json!({ "receiver": "duty" });
        whole["routes"] = json!([route]);
        let refused = of_route(&whole, since - 1).expect("a refusal");
        assert!(
            refused.starts_with(&format!("spec.route.routes[0].{field}")),
            "{refused}"
        );
        assert_eq!(of_route(&whole, since), None);
    }
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
        of_route(&nested(101), 33).as_deref(),
        Some("spec.route.routes: routes are nested more than 100 levels deep")
    );
}

#[test]
fn names_are_unique_and_intervals_and_inhibition_are_checked() {
    let duty = json!({ "name": "duty" });
    let interval = |interval: Value| json!({ "muteTimeIntervals": [{ "name": "a", "timeIntervals": [{}, interval] }] });
    let times = |start, end| interval(json!({ "times": [{ "startTime": start, "endTime": end }] }));
    let place = "muteTimeIntervals[0].timeIntervals[1]";
    for (spec, expected) in [
        (
            json!({ "receivers": [duty, duty] }),
            "receivers[1].name: the name \"duty\" is used twice".to_owned(),
        ),
        (
            json!({ "muteTimeIntervals": [duty, duty] }),
            "muteTimeIntervals[1].name: the name \"duty\" is used twice".to_owned(),
        ),
        (
            json!({ "muteTimeIntervals": [{ "name": "" }] }),
            "muteTimeIntervals[0].name: a name is required".to_owned(),
        ),
        (
            interval(json!({ "years": ["2030:2040", "2030:2029"] })),
            format!("{place}.years[1]: \"2030:2029\" ends before it begins"),
        ),
        (
            interval(json!({ "daysOfMonth": [{ "start": 5 }] })),
            format!("{place}.daysOfMonth[0]: \"0\" is not a day of the month: 1 to 31, or -31 to -1"),
        ),
        (
            interval(json!({ "weekdays": ["monday", "friday:monday"] })),
            format!("{place}.weekdays[1]: \"friday:monday\" ends before it begins"),
        ),
        (
            interval(json!({ "months": ["12:1"] })),
            format!("{place}.months[0]: \"12:1\" ends before it begins"),
        ),
        (
            interval(json!({ "times": [{ "endTime": "09:00" }] })),
            format!("{place}.times[0].startTime: a value is required"),
        ),
        (
            times("17:30", "09:00"),
            format!("{place}.times[0].endTime: the end must be after the start"),
        ),
        (
            times("09:00", "24:01"),
            format!("{place}.times[0].endTime: \"24:01\" is not a time from 00:00 to 24:00"),
        ),
        (
            times("9:00", "17:30"),
            format!("{place}.times[0].startTime: \"9:00\" is not a time from 00:00 to 24:00"),
        ),
        (
            json!({ "inhibitRules": [{}, { "sourceMatch": [{ "name": "a", "value": "[", "matchType": "!~" }] }] }),
            "inhibitRules[1].sourceMatch[0]: regular expression: missing closing ]".to_owned(),
        ),
        (
            json!({ "inhibitRules": [{ "targetMatch": [{ "name": "" }] }] }),
            "inhibitRules[0].targetMatch[0]: the label name is required".to_owned(),
        ),
        (
            json!({ "inhibitRules": [{ "equal": [""] }] }),
            "inhibitRules[0].equal: \"\" is not a valid label name".to_owned(),
        ),
    ] {
        assert_eq!(refusal(&spec, 33), Some(format!("spec.{expected}")), "{spec}");
    }
    for times in [times("00:00", "24:00"), times("09:00", "17:30")] {
        assert_eq!(refusal(&times, 33), None, "{times}");
    }
}

#[test]
fn an_object_by_itself_is_checked_in_the_words_of_its_version() {
    let admitted = |version: &str, spec: Value| {
        let object = json!({
            "apiVersion": format!("monitoring.coreos.com/{version}"), "kind": "AlertmanagerConfig",
            "metadata": { "name": "own", "namespace": "web" }, "spec": spec,
        });
        admission::check(object).err().map(|error| error.to_string())
    };
    for (version, field) in [("v1alpha1", "muteTimeIntervals"), ("v1beta1", "timeIntervals")] {
        let expected = format!("spec.{field}[0].name: a name is required");
        assert_eq!(admitted(version, json!({ field: [{ "name": "" }] })), Some(expected));
    }
    let matcher = json!({ "name": "a", "matchType": "=~", "value": "*" });
    let route = json!({ "receiver": "duty", "matchers": [matcher] });
    assert_eq!(
        admitted("v1beta1", json!({ "receivers": [{ "name": "duty" }], "route": route })).as_deref(),
        Some("spec.route.matchers[0]: regular expression: missing argument to repetition operator")
    );
    // Neither versions, nor Secrets, nor what is global matters.
    let slack = json!({ "apiURL": { "name": "gone", "key": "k" }, "updateMessage": true });
    let mail = json!({ "to": "a" });
    let receiver = json!({ "name": "duty", "slackConfigs": [slack], "emailConfigs": [mail] });
    assert_eq!(admitted("v1beta1", json!({ "receivers": [receiver] })), None);
    assert_eq!(
        admitted("v1", json!({})).as_deref(),
        Some("AlertmanagerConfig has no version \"monitoring.coreos.com/v1\"")
    );
}

/// Values of a Secret that are no URL, each in a way of its own, and none of which may be shown.
const MARKERS: [&str; 6] = [
    "MARKER://h",
    "http://h:MARKER",
    "http://[MARKER",
    "http://h/%MARKER",
    "{{ MARKER",
    "MARKER",
];

#[test]
fn nothing_of_a_secret_is_shown() {
    for (field, service) in [
        ("webhookConfigs", json!({ "urlSecret": key("secret") })),
        ("discordConfigs", json!({ "apiURL": key("secret") })),
        ("msteamsConfigs", json!({ "webhookUrl": key("secret") })),
        ("slackConfigs", json!({ "apiURL": key("secret") })),
    ] {
        for marker in MARKERS {
            let object = config(&json!({ "receivers": [{ "name": "duty", field: [service] }] }));
            let mut assets = Assets::default();
            let data = BTreeMap::from([("secret".to_owned(), ByteString(marker.as_bytes().to_vec()))]);
            assets.insert_secret(Secret {
                metadata: ObjectMeta {
                    namespace: Some("web".to_owned()),
                    name: Some("keys".to_owned()),
                    ..ObjectMeta::default()
                },
                data: Some(data),
                ..Secret::default()
            });
            let (owner, version) = (ObjectKey::of(&object), Version::new(0, 33, 0));
            let context = Context::unknown().for_version(version);
            let scope = ObjectScope::new(&owner, &assets, version);
            let error = addition(&object, true, &scope, &context).expect_err(marker);
            let shown = process::causes::Causes(&error).to_string();
            assert!(!shown.contains("MARKER"), "{field} {marker}: {shown}");
        }
    }
}
