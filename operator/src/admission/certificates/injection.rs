//! How the API server is told whom to trust: the patches to configurations of webhooks, and to the definition whose objects
//! are converted. Pure.

use k8s_openapi::ByteString;
use serde_json::{Value, json};

use crate::watch::Scope;

/// Label that every namespace has: its name.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// The patch that makes the webhooks of a configuration trust `authorities`, and ask about the namespaces of `scope` alone;
/// `None` where they do. A selector that somebody else has written stays.
///
/// Every step is tied to the name of its webhook, so that a patch fails if somebody has put them in another order meanwhile.
pub fn webhooks(configuration: &Value, authorities: &[u8], scope: &Scope) -> Option<Value> {
    let bundle = json!(ByteString(authorities.to_vec()));
    let selector = namespace_selector(scope);
    let mut steps = Vec::new();
    for (index, webhook) in configuration["webhooks"].as_array()?.iter().enumerate() {
        let path = format!("/webhooks/{index}");
        let mut own = Vec::new();
        if webhook["clientConfig"]["caBundle"] != bundle {
            own.push(json!({ "op": "add", "path": format!("{path}/clientConfig/caBundle"), "value": bundle }));
        }
        let current = &webhook["namespaceSelector"];
        if is_ours(current) && without_nothing(current) != without_nothing(&selector) {
            own.push(json!({ "op": "add", "path": format!("{path}/namespaceSelector"), "value": selector }));
        }
        if !own.is_empty() {
            steps.push(json!({ "op": "test", "path": format!("{path}/name"), "value": webhook["name"] }));
            steps.append(&mut own);
        }
    }
    (!steps.is_empty()).then(|| steps.into())
}

/// Selects the namespaces of `scope`.
fn namespace_selector(scope: &Scope) -> Value {
    let (operator, names) = match scope {
        Scope::All => return json!({}),
        Scope::Only(names) => ("In", names),
        Scope::Except(names) => ("NotIn", names),
    };
    json!({ "matchExpressions": [{ "key": NAME_LABEL, "operator": operator, "values": names }] })
}

/// Whether a selector selects everything, or is one that we may have written.
fn is_ours(selector: &Value) -> bool {
    let labels = selector["matchLabels"].as_object();
    let expressions = selector["matchExpressions"].as_array();
    labels.is_none_or(serde_json::Map::is_empty)
        && expressions.is_none_or(|all| all.iter().all(|expression| expression["key"] == NAME_LABEL))
}

/// A selector that selects everything has more than one form.
fn without_nothing(selector: &Value) -> Value {
    selector["matchExpressions"]
        .as_array()
        .filter(|all| !all.is_empty())
        .cloned()
        .unwrap_or_default()
        .into()
}

/// The merge patch that has the Service `name` in `namespace` convert the objects of a definition; `None` where it does. A
/// definition that names a URL instead of a Service keeps it.
pub fn conversion(definition: &Value, (name, port): (&str, u16), namespace: &str, authorities: &[u8]) -> Option<Value> {
    let current = &definition["spec"]["conversion"];
    let bundle = json!(ByteString(authorities.to_vec()));
    let mut client = json!({ "caBundle": bundle });
    match &current["webhook"]["clientConfig"]["url"] {
        Value::String(url) => client["url"] = url.as_str().into(),
        _ => client["service"] = json!({ "name": name, "namespace": namespace, "path": "/convert", "port": port }),
    }
    let wanted = json!({
        "strategy": "Webhook",
        "webhook": { "clientConfig": client, "conversionReviewVersions": ["v1"] },
    });
    (*current != wanted).then(|| json!({ "spec": { "conversion": wanted } }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_webhook_that_does_not_trust_yet_is_patched() {
        // "new" and "old" in base64.
        let configuration = json!({ "webhooks": [
            { "name": "a", "clientConfig": { "caBundle": "bmV3" } },
            { "name": "b", "clientConfig": { "caBundle": "b2xk" } },
            { "name": "c", "clientConfig": {} },
        ] });
        let patch = webhooks(&configuration, b"new", &Scope::All).unwrap();
        let steps = json!([
            { "op": "test", "path": "/webhooks/1/name", "value": "b" },
            { "op": "add", "path": "/webhooks/1/clientConfig/caBundle", "value": "bmV3" },
            { "op": "test", "path": "/webhooks/2/name", "value": "c" },
            { "op": "add", "path": "/webhooks/2/clientConfig/caBundle", "value": "bmV3" },
        ]);
        assert_eq!(patch, steps);
        let fine = json!({ "webhooks": [configuration["webhooks"][0]] });
        assert_eq!(webhooks(&fine, b"new", &Scope::All), None);
        assert_eq!(webhooks(&json!({}), b"new", &Scope::All), None);
    }

    #[test]
    fn the_namespaces_are_those_of_the_operator_unless_somebody_says_otherwise() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let webhook = |selector: Value| json!({ "webhooks": [{ "name": "a", "clientConfig": { "caBundle": "bmV3" }, "namespaceSelector": selector }] });
        let patched = |selector: Value, scope: &Scope| {
            let patch = webhooks(&webhook(selector), b"new", scope)?;
            assert_eq!(
                (&patch[0]["op"], &patch[1]["path"]),
                (&json!("test"), &json!("/webhooks/0/namespaceSelector"))
            );
            Some(patch[1]["value"].clone())
        };
        let expression = |operator: &str, values: &[&str]| json!({ "matchExpressions": [{ "key": NAME_LABEL, "operator": operator, "values": values }] });
        let (only, except) = (Scope::Only(names(&["a", "b"])), Scope::Except(names(&["c"])));
        assert_eq!(patched(json!({}), &only), Some(expression("In", &["a", "b"])));
        assert_eq!(patched(json!(null), &except), Some(expression("NotIn", &["c"])));
        assert_eq!(patched(expression("In", &["a", "b"]), &only), None);
        assert_eq!(patched(expression("In", &["a", "b"]), &Scope::All), Some(json!({})));
        assert_eq!(patched(json!({ "matchLabels": { "team": "x" } }), &only), None);
    }

    #[test]
    fn a_definition_is_converted_by_the_service_or_by_its_own_address() {
        let patched = |definition: &Value| conversion(definition, ("operator", 443), "monitoring", b"new");
        let mut definition = json!({ "spec": { "conversion": { "strategy": "None" } } });
        let patch = patched(&definition).unwrap();
        let client = &patch["spec"]["conversion"]["webhook"]["clientConfig"];
        let service = json!({ "name": "operator", "namespace": "monitoring", "path": "/convert", "port": 443 });
        assert_eq!((&client["service"], &client["caBundle"]), (&service, &json!("bmV3")));
        definition["spec"]["conversion"] = patch["spec"]["conversion"].clone();
        assert_eq!(patched(&definition), None);

        definition["spec"]["conversion"]["webhook"]["clientConfig"] = json!({ "url": "https://127.0.0.1/convert" });
        let patch = patched(&definition).unwrap();
        let client = json!({ "caBundle": "bmV3", "url": "https://127.0.0.1/convert" });
        assert_eq!(patch["spec"]["conversion"]["webhook"]["clientConfig"], client);
    }
}
