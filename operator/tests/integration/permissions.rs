//! What the operator may not do is named, and stops no more than what needs it.

use std::time::Duration;

use k8s_openapi::api::apps::v1::{DaemonSet, StatefulSet};
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::ResourceExt as _;
use kube::api::{Patch, PatchParams, PostParams};
use operator::permissions::Permission;
use operator::permissions::{self, Part};
use serde_json::{Value, json};

use crate::support::{
    Operator, Space, agent, eventually, in_namespace, prometheus, rule, service_monitor, thanos_ruler,
};

/// What a Prometheus needs in any case.
const SERVER: [Part; 4] = [Part::Prometheus, Part::Selected, Part::Rules, Part::Workloads];

/// Allows `user` what these parts need, within the namespace, and nothing else.
async fn allow(space: &Space, user: &str, parts: &[Part]) {
    let as_json = |permission: Permission| {
        let Permission {
            group,
            resource,
            verbs,
            names,
        } = permission;
        json!({"apiGroups": [group], "resources": [resource], "verbs": verbs, "resourceNames": names})
    };
    let rules: Vec<Value> = parts
        .iter()
        .flat_map(|part| permissions::of(*part))
        .map(as_json)
        .collect();
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
    let created = space
        .api::<RoleBinding>()
        .create(&PostParams::default(), &binding)
        .await;
    created.expect("it is new");
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
            operator
                .logged(&["the Prometheus controller does not run", &missing, &namespace])
                .await;
        }
        operator.logged(&["cannot start any controller"]).await;
        operator.answers("/healthz", 200).await;
        operator.answers("/readyz", 503).await;
        assert!(operator.is_running());
    })
    .await;
}

#[tokio::test]
async fn permissions_in_its_namespaces_are_enough() {
    in_namespace(async |space| {
        let parts = [&SERVER[..], &[Part::Events]].concat();
        allow(space, "limited", &parts).await;
        // Every namespace, that is: each that it was given.
        let main = prometheus("main", json!({"serviceMonitorNamespaceSelector": {}, "shards": 2}));
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
        operator
            .logged(&["the Alertmanager controller does not run", "alertmanagers"])
            .await;
        operator
            .logged(&["the existence of storage classes is not checked", "storageclasses"])
            .await;
        operator.logged(&["namespace selectors see", "namespaces"]).await;
        space
            .apply(&prometheus("main", json!({"serviceMonitorNamespaceSelector": {}})))
            .await;
        space.given_up::<StatefulSet>("prometheus-main-shard-1").await;
        assert_never_refused(&operator).await;
    })
    .await;
}

#[tokio::test]
async fn agents_need_no_permission_on_rules() {
    in_namespace(async |space| {
        let parts = [
            Part::PrometheusAgent,
            Part::DaemonSets,
            Part::Selected,
            Part::Workloads,
            Part::Events,
        ];
        allow(space, "agents", &parts).await;
        let sets = agent("sets", json!({"podMonitorSelector": {}, "shards": 2}));
        let nodes = agent("nodes", json!({"podMonitorSelector": {}, "mode": "DaemonSet"}));
        space.apply(&sets).await;
        space.apply(&nodes).await;
        let operator = Operator::start(space, &["--as=agents", "--feature-gates=PrometheusAgentDaemonSet=true"]);
        space.condition(&sets, "Reconciled", "True").await;
        space.condition(&nodes, "Reconciled", "True").await;
        operator
            .logged(&["the Prometheus controller does not run", "prometheuses"])
            .await;
        // The other mode replaces what there is.
        let nodes = agent("nodes", json!({"podMonitorSelector": {}}));
        space.apply(&nodes).await;
        space.given_up::<DaemonSet>("prom-agent-nodes").await;
        assert_never_refused(&operator).await;
    })
    .await;
}

#[tokio::test]
async fn bindings_need_no_more_than_the_table_says() {
    in_namespace(async |space| {
        let parts = [&SERVER[..], &[Part::Bindings, Part::Finalizers]].concat();
        allow(space, "bindings", &parts).await;
        let main = prometheus("main", json!({}));
        space.apply(&main).await;
        space.apply(&service_monitor("first", json!({}))).await;
        let operator = Operator::start(
            space,
            &["--as=bindings", "--feature-gates=StatusForConfigurationResources=true"],
        );
        eventually("the entry", async || {
            let monitor = space.json("ServiceMonitor", "first").await?;
            monitor["status"]["bindings"][0]["name"].as_str().map(drop)
        })
        .await;
        space.delete(&main).await;
        eventually("it is gone", async || {
            space.json("Prometheus", "main").await.is_none().then_some(())
        })
        .await;
        assert_never_refused(&operator).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_off_by_default_needs_no_more_than_the_table_says() {
    in_namespace(async |space| {
        let parts = [&SERVER[..], &[Part::Election, Part::RepairByEviction, Part::Refresh]].concat();
        allow(space, "all", &parts).await;
        let main = prometheus("main", json!({"replicas": 2}));
        space.apply(&main).await;
        let lease = format!("--leader-elect-resource-namespace={}", space.namespace);
        let flags = [
            "--as=all",
            "--leader-elect",
            &lease,
            "--pod-refresh-interval=1s",
            "--repair-policy-for-statefulsets=evict",
        ];
        let mut operator = Operator::start(space, &flags);
        space.condition(&main, "Reconciled", "True").await;
        let set: StatefulSet = space.get("prometheus-main").await.expect("it exists");
        space.pod(&set, 0, "new", true).await;
        space.pod(&set, 1, "between", false).await;
        let status = json!({"status": {
            "observedGeneration": set.metadata.generation, "replicas": 2, "readyReplicas": 1,
            "currentRevision": "old", "updateRevision": "new",
        }});
        let patched = (space.api::<StatefulSet>())
            .patch_status("prometheus-main", &PatchParams::default(), &Patch::Merge(&status))
            .await;
        patched.expect("the status can be written");
        space.apply(&service_monitor("first", json!({}))).await;
        eventually("one pod is gone, the other one annotated", async || {
            let pods = space.pods().await;
            let first = pods.get("prometheus-main-0").expect("nothing is wrong with it");
            (pods.len() == 1 && first.annotations().contains_key("operator.prometheus.io/refreshed-at")).then_some(())
        })
        .await;
        assert_never_refused(&operator).await;
        operator.terminate(Duration::from_secs(10)).await;
        operator.logged(&["released the lease"]).await;
    })
    .await;
}

#[tokio::test]
async fn a_thanos_ruler_needs_rules_and_no_monitors() {
    in_namespace(async |space| {
        let parts = [Part::ThanosRuler, Part::Rules, Part::Workloads, Part::Events];
        allow(space, "rulers", &parts).await;
        let main = thanos_ruler("main", json!({"ruleNamespaceSelector": {}}));
        space.apply(&main).await;
        space.apply(&rule("alerts", "Always", "vector(1)")).await;
        let operator = Operator::start(space, &["--as=rulers"]);
        space.condition(&main, "Reconciled", "True").await;
        operator.answers("/readyz", 200).await;
        operator
            .logged(&["the Prometheus controller does not run", "servicemonitors"])
            .await;
        eventually("the rule file", async || {
            let files: ConfigMap = space.get("thanos-ruler-main-rulefiles-0").await?;
            files
                .data?
                .values()
                .any(|file| file.contains("alert: Always"))
                .then_some(())
        })
        .await;
        assert_never_refused(&operator).await;
    })
    .await;
}

/// The operator did nothing that the table of permissions lacks.
async fn assert_never_refused(operator: &Operator) {
    let refused = operator
        .metric("kubernetes_client_http_requests_total", &["status_code=\"403\""])
        .await;
    assert_eq!(refused, None, "it did something that the table of permissions lacks");
}
