use formats::version::Version;
use formats::yaml;
use k8s_openapi::api::core::v1::Secret;
use serde_json::{Value, from_value, json};

use super::super::RECEIVER;
use crate::alertmanager::config::ObjectScope;
use crate::assets::Assets;
use crate::object::ObjectKey;

/// What comes out of a receiver of the API, as text. There is a Secret `s` with an address at `url` and a token at `token`.
fn written(from: Value) -> String {
    let mut assets = Assets::default();
    let secret = json!({
        "metadata": { "namespace": "n", "name": "s" },
        "data": { "url": "aHR0cDovL2g=", "token": "dA==" },
    });
    assets.insert_secret(from_value::<Secret>(secret).unwrap());
    let owner = ObjectKey::new("n", "o");
    let scope = ObjectScope::new(&owner, &assets, Version::new(0, 33, 0));
    match RECEIVER.of(&from_value(from).unwrap(), &scope) {
        Ok(receiver) => yaml::to_string(&receiver),
        Err(error) => error.to_string(),
    }
}

fn key(key: &str) -> Value {
    json!({ "name": "s", "key": key })
}

#[test]
fn durations_are_written_in_units_that_go_knows() {
    let pushover =
        json!({ "userKey": key("token"), "token": key("token"), "retry": "90s", "expire": "1d", "ttl": "2w" });
    assert_eq!(
        written(json!({ "name": "a", "pushoverConfigs": [pushover] })),
        "\
name: n/o/a
pushover_configs:
- user_key: t
  token: t
  ttl: 336h0m0s
  retry: 1m30s
  expire: 24h0m0s
"
    );
}

#[test]
fn headers_are_capitalized_and_sorted() {
    let headers = json!([{ "key": "x-prio_rity", "value": "1" }, { "key": "subject", "value": "s" }]);
    let email = json!({ "to": "t", "headers": headers, "html": "", "requireTLS": false });
    assert_eq!(
        written(json!({ "name": "a", "emailConfigs": [email] })),
        "\
name: n/o/a
email_configs:
- to: t
  headers:
    Subject: s
    X-Prio_rity: \"1\"
  html: \"\"
  require_tls: false
"
    );
}

#[test]
fn a_header_stands_once() {
    let headers = json!([{ "key": "Subject", "value": "1" }, { "key": "subject", "value": "2" }]);
    let error = written(json!({ "name": "a", "emailConfigs": [{ "to": "t", "headers": headers }] }));
    assert!(error.starts_with("emailConfigs[0].headers[1]: "), "{error}");
}

#[test]
fn services_without_a_recording_are_written() {
    let receiver = json!({
        "name": "a",
        "victoropsConfigs": [{
            "apiKey": key("token"),
            "routingKey": "k",
            "customFields": [{ "key": "b", "value": "2" }, { "key": "a", "value": "1" }],
        }],
        "discordConfigs": [{ "apiURL": key("url"), "content": "c", "username": "u", "avatarURL": "http://a" }],
        "webexConfigs": [{ "roomID": "1", "apiURL": "http://h", "sendResolved": false }],
        "rocketchatConfigs": [{
            "token": key("token"),
            "tokenID": key("token"),
            "linkNames": true,
            "fields": [{ "title": "t", "value": "v", "short": true }],
            "actions": [{ "text": "t", "url": "http://h", "msg": "m" }],
        }],
    });
    assert_eq!(
        written(receiver),
        "\
name: n/o/a
victorops_configs:
- api_key: t
  routing_key: k
  custom_fields:
    a: \"1\"
    b: \"2\"
discord_configs:
- webhook_url: http://h
  content: c
  username: u
  avatar_url: http://a
webex_configs:
- send_resolved: false
  api_url: http://h
  room_id: \"1\"
rocketchat_configs:
- token_id: t
  token: t
  fields:
  - short: true
    title: t
    value: v
  short_fields: false
  link_names: true
  actions:
  - text: t
    url: http://h
    msg: m
"
    );
}
