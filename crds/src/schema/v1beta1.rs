//! Where the schema of version `v1beta1` differs from what the types say, which it shares with `v1alpha1`. Tables of
//! type and field; `tests/schema.rs` finds each line that is missing or wrong.

use serde_json::{Map, Value, json};

/// References to Secrets that must be complete, and a schema that knows no `optional`. The others are those of the core
/// API, as in `v1alpha1`.
const COMPLETE_REFERENCES: &[(&str, &str)] = &[
    ("EmailConfig", "authPassword"),
    ("EmailConfig", "authSecret"),
    ("HttpConfig", "bearerTokenSecret"),
    ("OpsGenieConfig", "apiKey"),
    ("PagerDutyConfig", "routingKey"),
    ("PagerDutyConfig", "serviceKey"),
    ("PushoverConfig", "token"),
    ("PushoverConfig", "userKey"),
    ("SlackConfig", "apiURL"),
    ("TelegramConfig", "botToken"),
    ("VictorOpsConfig", "apiKey"),
    ("WeChatConfig", "apiSecret"),
    ("WebhookConfig", "urlSecret"),
];

/// Lists that say how server-side apply merges them. The others do not, which makes them atomic too.
const MARKED_LISTS: &[(&str, &str)] = &[
    ("PagerDutyConfig", "details"),
    ("PagerDutyConfig", "pagerDutyImageConfigs"),
    ("PagerDutyConfig", "pagerDutyLinkConfigs"),
    ("SlackConfig", "actions"),
    ("SlackConfig", "fields"),
    ("SlackConfig", "mrkdwnIn"),
    ("VictorOpsConfig", "customFields"),
];

/// Texts that may be empty.
const MAY_BE_EMPTY: &[(&str, &str)] = &[("PushoverConfig", "tokenFile"), ("PushoverConfig", "userKeyFile")];

/// Fields that `v1alpha1` alone has.
const GONE: &[(&str, &str)] = &[("OpsGenieConfig", "updateAlerts")];

/// Adapts the definition of one of our types; leaves those of the core API alone.
pub(super) fn adapt(kind: &str, definition: &mut Value) {
    if kind.starts_with("io.k8s.") {
        return;
    }
    let Some(Value::Object(fields)) = definition.get_mut("properties") else {
        return;
    };
    fields.retain(|name, _| !GONE.contains(&(kind, name)));
    for (name, field) in fields {
        if let Value::Object(field) = field {
            adapt_field((kind, name), field);
        }
    }
}

fn adapt_field(place: (&str, &str), field: &mut Map<String, Value>) {
    if COMPLETE_REFERENCES.contains(&place) {
        field.retain(|keyword, _| keyword == "description");
        field.extend(complete_reference());
    }
    if MAY_BE_EMPTY.contains(&place) {
        field.remove("minLength");
    }
    if !MARKED_LISTS.contains(&place) {
        field.remove("x-kubernetes-list-type");
        field.remove("x-kubernetes-list-map-keys");
    }
}

/// A key of a Secret, both of which must be named.
fn complete_reference() -> Map<String, Value> {
    let name = |description: &str| json!({ "type": "string", "minLength": 1, "description": description });
    [
        ("type", "object".into()),
        ("required", json!(["key", "name"])),
        (
            "properties",
            json!({ "key": name("Key in the Secret."), "name": name("Name of the Secret.") }),
        ),
    ]
    .into_iter()
    .map(|(keyword, value)| (keyword.to_owned(), value))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemars::generate::SchemaSettings;

    #[test]
    fn every_entry_names_a_type_and_a_field_of_it() {
        let mut generator = SchemaSettings::openapi3().into_generator();
        generator.subschema_for::<crate::v1beta1::AlertmanagerConfigSpec>();
        let definitions = generator.take_definitions(false);
        for (kind, field) in [COMPLETE_REFERENCES, MARKED_LISTS, MAY_BE_EMPTY, GONE].concat() {
            assert!(definitions[kind]["properties"][field].is_object(), "{kind}.{field}");
        }
    }
}
