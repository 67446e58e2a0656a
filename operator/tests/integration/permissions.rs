//! What the operator may not do is named, and stops no more than what needs it.

use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::api::PostParams;
use serde_json::{Value, json};

use crate::support::{Operator, Space, in_namespace, prometheus, service_monitor};

/// Allows `user` what `rules` say, within the namespace.
async fn allow(space: &Space, user: &str, rules: Value) {
    let role = json!({"metadata": {"name": user}, "rules": rules});
    let role: Role = serde_json::from_value(role).expect("a role");
    let created = space.api::<Role>().create(&PostParams::default(), &role).await;
    created.expect("it is new");
    let binding = json!({
        "metadata": {"name": user},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": user},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
    });
    let binding: RoleBinding = serde_json::from_value(binding).expect("a binding");
    let created = space.api::<RoleBinding>().create(&PostParams::default(), &binding).await;
    created.expect("it is new");
}

fn allowed(group: &str, resources: &[&str], verbs: &[&str]) -> Value {
    json!({"apiGroups": [group], "resources": resources, "verbs": verbs})
}

#[tokio::test]
async fn without_permissions_it_says_which_and_goes_on() {
    in_namespace(async |space| {
        let mut operator = Operator::start(space, &["--as=nobody"]);
        let namespace = format!("namespace \\\"{}\\\"", space.namespace);
        for (verb, resource) in [
            ("list", "prometheuses"),
            ("patch", "prometheuses/status"),
            ("create", "secrets"),
            ("watch", "servicemonitors"),
        ] {
            let missing = format!("missing \\\"{verb}\\\" permission on resource \\\"{resource}\\\"");
            operator.logged(&["the Prometheus controller does not run", &missing, &namespace]).await;
        }
        operator.logged(&["no controller can be started"]).await;
        operator.answers("/healthz", 200).await;
        operator.answers("/readyz", 503).await;
        assert!(operator.is_running());
    })
    .await;
}

#[tokio::test]
async fn permissions_in_its_namespaces_are_enough() {
    in_namespace(async |space| {
        let read = ["get", "list", "watch"];
        let write = ["get", "list", "watch", "create", "update", "delete"];
        let kinds = ["prometheuses", "servicemonitors", "podmonitors", "prometheusrules"];
        let rules = json!([
            allowed("monitoring.coreos.com", &kinds, &read),
            allowed("monitoring.coreos.com", &["prometheuses/status"], &["patch"]),
            allowed("", &["secrets", "configmaps"], &write),
            allowed("", &["services"], &["get", "create", "update"]),
            allowed("", &["pods"], &["list"]),
            allowed("apps", &["statefulsets"], &write),
            allowed("events.k8s.io", &["events"], &["create", "patch"]),
        ]);
        allow(space, "limited", rules).await;
        let main = prometheus("main", json!({}));
        space.apply(&main).await;
        space.apply(&service_monitor("first", json!({}))).await;
        let bad = json!({"metricRelabelings": [{"action": "keep", "regex": "("}]});
        space.apply(&service_monitor("bad", bad)).await;
        let operator = Operator::start(space, &["--as=limited"]);
        space.configured("main", &space.job("first")).await;
        space.condition(&main, "Reconciled", "True").await;
        space.event("ServiceMonitor", "bad").await;
        operator.answers("/readyz", 200).await;
        // The kind that it may not read is left out, and cluster-wide reads that only inform are remarked.
        operator.logged(&["the Alertmanager controller does not run", "alertmanagers"]).await;
        operator.logged(&["storage classes are not checked", "storageclasses"]).await;
        operator.logged(&["selectors of namespaces match none", "namespaces"]).await;
        assert!(!operator.log().contains("watch failed"), "only what is permitted is watched");
    })
    .await;
}
