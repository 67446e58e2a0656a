use serde_json::{Value, json};

use super::*;

/// Names of the Secrets that `value` refers to: every mapping with a name and a key.
fn selectors(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) if fields.contains_key("key") && fields.contains_key("name") => {
            found.push(format!("secret web/{}", fields["name"].as_str().expect("a name")));
        }
        Value::Object(fields) => fields.values().for_each(|value| selectors(value, found)),
        Value::Array(items) => items.iter().for_each(|item| selectors(item, found)),
        _ => {}
    }
}

#[test]
fn every_service_refers_to_its_keys_and_to_those_of_its_client() {
    let key = |name: &str| json!({ "name": name, "key": "k" });
    let http = |name: &str| {
        json!({
            "authorization": { "credentials": key(&format!("{name}-token")) },
            "tlsConfig": {
                "cert": { "secret": key(&format!("{name}-cert")) }, "keySecret": key(&format!("{name}-tls")),
            },
            "proxyUrl": "http://proxy",
            "proxyConnectHeader": { "X": [key(&format!("{name}-proxy"))] },
        })
    };
    let receiver = json!({
        "name": "all",
        "discordConfigs": [{ "apiURL": key("discord"), "httpConfig": http("discord") }],
        "emailConfigs": [{
            "authPassword": key("email-p"), "authSecret": key("email-s"),
            "tlsConfig": { "cert": { "secret": key("email-c") }, "keySecret": key("email-k") },
        }],
        "msteamsConfigs": [{ "webhookUrl": key("teams"), "httpConfig": http("teams") }],
        "msteamsv2Configs": [{ "webhookURL": key("teams2"), "httpConfig": http("teams2") }],
        "opsgenieConfigs": [{ "apiKey": key("opsgenie"), "httpConfig": http("opsgenie") }],
        "pagerdutyConfigs": [{
            "routingKey": key("pagerduty-r"), "serviceKey": key("pagerduty-s"), "httpConfig": http("pagerduty"),
        }],
        "pushoverConfigs": [{
            "userKey": key("pushover-u"), "token": key("pushover-t"), "httpConfig": http("pushover"),
        }],
        "rocketchatConfigs": [{ "token": key("rocket-t"), "tokenID": key("rocket-i"), "httpConfig": http("rocket") }],
        "slackConfigs": [{ "apiURL": key("slack"), "httpConfig": http("slack") }],
        "snsConfigs": [{
            "sigv4": { "accessKey": key("sns-a"), "secretKey": key("sns-s") }, "httpConfig": http("sns"),
        }],
        "telegramConfigs": [{ "chatID": 1, "botToken": key("telegram"), "httpConfig": http("telegram") }],
        "victoropsConfigs": [{ "routingKey": "r", "apiKey": key("victorops"), "httpConfig": http("victorops") }],
        "webexConfigs": [{ "roomID": "r", "httpConfig": http("webex") }],
        "webhookConfigs": [{ "urlSecret": key("webhook"), "httpConfig": http("webhook") }],
        "wechatConfigs": [{ "apiSecret": key("wechat"), "httpConfig": http("wechat") }],
    });
    let mut expected = Vec::new();
    selectors(&receiver, &mut expected);
    expected.sort();
    let config: AlertmanagerConfig = serde_json::from_value(json!({
        "apiVersion": "monitoring.coreos.com/v1alpha1",
        "kind": "AlertmanagerConfig",
        "metadata": { "name": "own", "namespace": "web" },
        "spec": { "receivers": [receiver] },
    }))
    .expect("an AlertmanagerConfig");
    let mut references = References::default();
    references.add("web", &config);
    let texts: Vec<String> = references.iter().map(ToString::to_string).collect();
    assert_eq!(texts, expected);
}

#[test]
fn global_settings_refer_to_the_keys_of_all_services() {
    let key = |name: &str| json!({ "name": name, "key": "k" });
    let global = json!({
        "httpConfig": { "bearerTokenSecret": key("http"), "tlsConfig": { "cert": { "secret": key("http-cert") }, "keySecret": key("http-tls") },
        },
        "mattermost": { "webhookURL": key("mattermost") },
        "opsGenieApiKey": key("opsgenie"),
        "opsGenieApiUrl": key("opsgenie-url"),
        "rocketChat": { "token": key("rocket-t"), "tokenID": key("rocket-i") },
        "slackApiUrl": key("slack"),
        "smtp": {
            "authPassword": key("smtp-p"), "authSecret": key("smtp-s"),
            "tlsConfig": { "cert": { "secret": key("smtp-c") }, "keySecret": key("smtp-k") },
        },
        "victorops": { "apiKey": key("victorops") },
        "wechat": { "apiSecret": key("wechat") },
    });
    let mut expected = Vec::new();
    selectors(&global, &mut expected);
    expected.sort();
    let global: AlertmanagerGlobalConfig = serde_json::from_value(global).expect("global settings");
    let mut references = References::default();
    references.add("web", &global);
    let texts: Vec<String> = references.iter().map(ToString::to_string).collect();
    assert_eq!(texts, expected);
}
