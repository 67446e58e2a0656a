//! Custom resources and Secrets as a user writes them. `namespace` is added by whoever creates them.

use serde_json::{Value, json};

const GROUP_VERSION: &str = "monitoring.coreos.com/v1";

fn object(kind: &str, name: &str, spec: Value) -> Value {
    let mut object = json!({"apiVersion": GROUP_VERSION, "kind": kind, "metadata": {"name": name}});
    object["spec"] = spec;
    object
}

/// Selects every monitor and rule of its namespace; `fields` are added to its specification.
pub(crate) fn prometheus(name: &str, fields: Value) -> Value {
    let mut spec = json!({"serviceMonitorSelector": {}, "podMonitorSelector": {}, "ruleSelector": {}});
    extend(&mut spec, fields);
    object("Prometheus", name, spec)
}

/// Has these fields, and selects nothing beside them.
pub(crate) fn agent(name: &str, fields: Value) -> Value {
    let mut object = object("PrometheusAgent", name, fields);
    object["apiVersion"] = json!("monitoring.coreos.com/v1alpha1");
    object
}

pub(crate) fn alertmanager(name: &str, fields: Value) -> Value {
    object("Alertmanager", name, fields)
}

/// One receiver, that is a webhook with these fields; `route` is added to the route to it.
pub(crate) fn alertmanager_config(name: &str, route: Value, webhook: &Value) -> Value {
    let mut spec = json!({
        "route": {"receiver": "duty"},
        "receivers": [{"name": "duty", "webhookConfigs": [webhook]}],
    });
    extend(&mut spec["route"], route);
    let mut object = object("AlertmanagerConfig", name, spec);
    object["apiVersion"] = json!("monitoring.coreos.com/v1alpha1");
    object
}

/// Selects every rule of its namespace and queries a host that does not exist; `fields` are added to its specification.
pub(crate) fn thanos_ruler(name: &str, fields: Value) -> Value {
    let mut spec = json!({"ruleSelector": {}, "queryEndpoints": ["querier.test:10902"]});
    extend(&mut spec, fields);
    object("ThanosRuler", name, spec)
}

/// One endpoint, the port `web`; `fields` are added to the endpoint.
pub(crate) fn service_monitor(name: &str, fields: Value) -> Value {
    let mut endpoint = json!({"port": "web"});
    extend(&mut endpoint, fields);
    object(
        "ServiceMonitor",
        name,
        json!({"selector": {"matchLabels": {"app": name}}, "endpoints": [endpoint]}),
    )
}

/// One endpoint, the port `web`.
pub(crate) fn pod_monitor(name: &str) -> Value {
    let spec = json!({"selector": {"matchLabels": {"app": name}}, "podMetricsEndpoints": [{"port": "web"}]});
    object("PodMonitor", name, spec)
}

/// One alert of that name with that expression.
pub(crate) fn rule(name: &str, alert: &str, expression: &str) -> Value {
    let group = json!({"name": "group", "rules": [{"alert": alert, "expr": expression}]});
    object("PrometheusRule", name, json!({"groups": [group]}))
}

pub(crate) fn secret(name: &str, key: &str, value: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": {key: value}})
}

fn extend(object: &mut Value, fields: Value) {
    let (Value::Object(object), Value::Object(fields)) = (object, fields) else {
        panic!("fields are a map");
    };
    object.extend(fields);
}
