//! Configuration objects say who selects them and what became of them, where the gate is on.

use std::collections::BTreeMap;
use std::time::Duration;

use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use crate::support::{
    Operator, Space, agent, eventually, in_namespace, pod_monitor, prometheus, rule, service_monitor, thanos_ruler,
};

const GATE: &str = "--feature-gates=StatusForConfigurationResources=true";
const FINALIZER: &str = "monitoring.coreos.com/status-cleanup";

/// Whose entry it is, as `resource/name`, and status, reason, message and generation of its condition.
type Entries = BTreeMap<String, Value>;

async fn entries(space: &Space, kind: &str, name: &str) -> Entries {
    let Some(object) = space.json(kind, name).await else {
        return Entries::new();
    };
    let bindings = object["status"]["bindings"].as_array().cloned().unwrap_or_default();
    let entry = |binding: &Value| {
        assert_eq!(binding["group"], "monitoring.coreos.com");
        assert_eq!(binding["namespace"], json!(space.namespace));
        let [resource, name] = ["resource", "name"].map(|field| binding[field].as_str().expect("a text").to_owned());
        let condition = &binding["conditions"][0];
        assert_eq!(condition["type"], "Accepted");
        let said = ["status", "reason", "message", "observedGeneration"].map(|field| condition[field].clone());
        (format!("{resource}/{name}"), json!(said))
    };
    bindings.iter().map(entry).collect()
}

/// Waits until exactly these workloads have an entry, all of them in this state.
async fn bound(space: &Space, kind: &str, name: &str, owners: &[&str], status: &str) -> Entries {
    eventually(&format!("{kind} {name} is {status} with {owners:?}"), async || {
        let entries = entries(space, kind, name).await;
        let all = entries.keys().eq(owners) && entries.values().all(|entry| entry[0] == status);
        all.then_some(entries)
    })
    .await
}

async fn finalizers(space: &Space, kind: &str, name: &str) -> Value {
    space.json(kind, name).await.expect("it exists")["metadata"]["finalizers"].clone()
}

/// Successful requests that the operator has sent so far.
async fn requests(operator: &Operator) -> f64 {
    let sent = operator.metric("kubernetes_client_http_requests_total", &["status_code=\"200\""]);
    sent.await.expect("it has sent some")
}

fn scrape_config(name: &str) -> Value {
    json!({
        "apiVersion": "monitoring.coreos.com/v1alpha1", "kind": "ScrapeConfig", "metadata": {"name": name},
        "spec": {"staticConfigs": [{"targets": ["example.test:80"]}]},
    })
}

fn probe(name: &str) -> Value {
    let targets = json!({"staticConfig": {"static": ["example.test"]}});
    json!({
        "apiVersion": "monitoring.coreos.com/v1", "kind": "Probe", "metadata": {"name": name},
        "spec": {"prober": {"url": "prober.test:9115"}, "targets": targets},
    })
}

#[tokio::test]
async fn every_kind_says_what_became_of_it() {
    in_namespace(async |space| {
        let all = json!({"probeSelector": {}, "scrapeConfigSelector": {}});
        space.apply(&prometheus("main", all)).await;
        space.apply(&agent("main", json!({"podMonitorSelector": {}}))).await;
        space.apply(&thanos_ruler("main", json!({}))).await;
        space.apply(&service_monitor("good", json!({}))).await;
        let bad = json!({"metricRelabelings": [{"action": "keep", "regex": "("}]});
        space.apply(&service_monitor("bad", bad)).await;
        space.apply(&pod_monitor("good")).await;
        space.apply(&probe("good")).await;
        space.apply(&scrape_config("good")).await;
        space.apply(&rule("good", "Always", "vector(1)")).await;
        space.apply(&rule("bad", "Never", "vector(")).await;
        let _operator = Operator::start(space, &[GATE]);

        let accepted = json!(["True", null, null, 1]);
        let server = ["prometheuses/main"];
        let good = bound(space, "ServiceMonitor", "good", &server, "True").await;
        assert_eq!(good["prometheuses/main"], accepted);
        let bad = bound(space, "ServiceMonitor", "bad", &server, "False").await;
        assert_eq!(bad["prometheuses/main"][1], "InvalidConfiguration");
        let message = bad["prometheuses/main"][2].as_str().expect("a message").to_owned();
        assert!(message.contains("metricRelabelings"), "{message}");
        bound(space, "Probe", "good", &server, "True").await;
        bound(space, "ScrapeConfig", "good", &server, "True").await;
        let both = ["prometheusagents/main", "prometheuses/main"];
        bound(space, "PodMonitor", "good", &both, "True").await;
        let rulers = ["prometheuses/main", "thanosrulers/main"];
        bound(space, "PrometheusRule", "good", &rulers, "True").await;
        bound(space, "PrometheusRule", "bad", &rulers, "False").await;
        for kind in ["Prometheus", "PrometheusAgent", "ThanosRuler"] {
            assert_eq!(finalizers(space, kind, "main").await, json!([FINALIZER]), "{kind}");
        }

        let before = space.json("ServiceMonitor", "good").await.expect("it exists");
        let time = |object: &Value| object["status"]["bindings"][0]["conditions"][0]["lastTransitionTime"].clone();
        space.apply(&service_monitor("good", json!({"path": "/other"}))).await;
        eventually("the second generation", async || {
            let entries = entries(space, "ServiceMonitor", "good").await;
            (entries["prometheuses/main"] == json!(["True", null, null, 2])).then_some(())
        })
        .await;
        let after = space.json("ServiceMonitor", "good").await.expect("it exists");
        assert_eq!(time(&before), time(&after));
        space.apply(&service_monitor("bad", json!({}))).await;
        bound(space, "ServiceMonitor", "bad", &server, "True").await;
    })
    .await;
}

#[tokio::test]
async fn nobody_loses_an_entry_to_another() {
    in_namespace(async |space| {
        let owners = ["one", "two", "three", "four"];
        let monitors: Vec<String> = (0..20).map(|number| format!("monitor-{number}")).collect();
        for name in &monitors {
            space.apply(&pod_monitor(name)).await;
        }
        for name in owners {
            space.apply(&prometheus(name, json!({}))).await;
            space.apply(&agent(name, json!({"podMonitorSelector": {}}))).await;
        }
        let _operator = Operator::start(space, &[GATE]);
        let kinds = ["prometheuses", "prometheusagents"];
        let mut expected: Vec<String> = (kinds.iter())
            .flat_map(|kind| owners.map(|name| format!("{kind}/{name}")))
            .collect();
        expected.sort();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        for name in &monitors {
            bound(space, "PodMonitor", name, &expected, "True").await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_entry_goes_with_the_selection_also_over_a_restart() {
    in_namespace(async |space| {
        let selects = |team: &str| json!({"serviceMonitorSelector": {"matchLabels": {"team": team}}});
        let labelled = |name: &str| {
            let mut monitor = service_monitor(name, json!({}));
            monitor["metadata"]["labels"] = json!({"team": "a"});
            monitor
        };
        space.apply(&prometheus("main", selects("a"))).await;
        space.apply(&prometheus("other", json!({}))).await;
        space.apply(&labelled("first")).await;
        space.apply(&labelled("second")).await;
        let operator = Operator::start(space, &[GATE]);
        let both = ["prometheuses/main", "prometheuses/other"];
        bound(space, "ServiceMonitor", "first", &both, "True").await;
        bound(space, "ServiceMonitor", "second", &both, "True").await;

        space.apply(&service_monitor("first", json!({}))).await;
        bound(space, "ServiceMonitor", "first", &both[1..], "True").await;
        operator.kill();
        space.apply(&prometheus("main", selects("b"))).await;
        let _operator = Operator::start(space, &[GATE]);
        bound(space, "ServiceMonitor", "second", &both[1..], "True").await;
    })
    .await;
}

#[tokio::test]
async fn a_deleted_workload_leaves_no_entry() {
    in_namespace(async |space| {
        let (main, other) = (prometheus("main", json!({})), prometheus("other", json!({})));
        space.apply(&main).await;
        space.apply(&other).await;
        space.apply(&service_monitor("first", json!({}))).await;
        space.apply(&rule("alerts", "Always", "vector(1)")).await;
        let operator = Operator::start(space, &[GATE]);
        let both = ["prometheuses/main", "prometheuses/other"];
        bound(space, "ServiceMonitor", "first", &both, "True").await;
        bound(space, "PrometheusRule", "alerts", &both, "True").await;

        space.delete(&main).await;
        eventually("it is gone", async || {
            space.json("Prometheus", "main").await.is_none().then_some(())
        })
        .await;
        // When it is gone its entries are.
        for (kind, name) in [("ServiceMonitor", "first"), ("PrometheusRule", "alerts")] {
            assert!(entries(space, kind, name).await.keys().eq(&both[1..]), "{kind}");
        }

        // With the gate off, nothing that it left behind holds up a deletion.
        operator.kill();
        space.delete(&other).await;
        assert!(
            space.json("Prometheus", "other").await.is_some(),
            "the finalizer holds it"
        );
        let _operator = Operator::start(space, &[]);
        eventually("it is gone", async || {
            space.json("Prometheus", "other").await.is_none().then_some(())
        })
        .await;
        assert_eq!(entries(space, "ServiceMonitor", "first").await, Entries::new());
    })
    .await;
}

#[tokio::test]
async fn nothing_is_written_twice_and_nothing_without_the_gate() {
    in_namespace(async |space| {
        let main = prometheus("main", json!({}));
        space.apply(&main).await;
        let names: Vec<String> = (0..30).map(|number| format!("monitor-{number}")).collect();
        for name in &names {
            space.apply(&service_monitor(name, json!({}))).await;
        }
        let operator = Operator::start(space, &[]);
        space.condition(&main, "Reconciled", "True").await;
        operator.settled().await;
        assert_eq!(entries(space, "ServiceMonitor", "monitor-0").await, Entries::new());
        assert_eq!(finalizers(space, "Prometheus", "main").await, Value::Null);
        operator.kill();

        let operator = Operator::start(space, &[GATE]);
        for name in &names {
            bound(space, "ServiceMonitor", name, &["prometheuses/main"], "True").await;
        }
        operator.settled().await;
        let runs = operator
            .metric("reconcile_operations_total", &["controller=\"prometheus\""])
            .await;
        assert!(runs.expect("it ran") <= 3.0, "entries made it reconcile: {runs:?}");
        operator.kill();

        let before = space.json("ServiceMonitor", "monitor-7").await;
        let operator = Operator::start(space, &[GATE]);
        operator
            .measured("syncs", &["controller=\"prometheus\"", "status=\"ok\""], 1.0)
            .await;
        operator.settled().await;
        let sent = requests(&operator).await;
        // Another run, in which nothing of the monitors changes: one write of the configuration, a few of the rest.
        space.apply(&prometheus("main", json!({"scrapeInterval": "17s"}))).await;
        space.configured("main", "scrape_interval: 17s").await;
        operator.settled().await;
        let more = requests(&operator).await - sent;
        assert!(more < 25.0, "{more} requests for a change that concerns no entry of 30");
        assert_eq!(space.json("ServiceMonitor", "monitor-7").await, before);
    })
    .await;
}

/// What others wrote in an entry of ours is put right, and a status that somebody emptied is filled again.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the name of the namespace is ours")]
async fn a_status_that_is_not_as_remembered_is_read_first() {
    in_namespace(async |space| {
        space.apply(&prometheus("main", json!({}))).await;
        space.apply(&service_monitor("first", json!({}))).await;
        let operator = Operator::start(space, &[GATE]);
        bound(space, "ServiceMonitor", "first", &["prometheuses/main"], "True").await;
        operator.kill();
        let edit = async |status: Value| {
            let resource = kube::api::ApiResource::erase::<crds::ServiceMonitor>(&());
            let api: kube::Api<kube::api::DynamicObject> =
                kube::Api::namespaced_with(space.client.clone(), &space.namespace, &resource);
            let patch = json!({ "status": status });
            let patched = api
                .patch_status("first", &PatchParams::default(), &Patch::Merge(patch))
                .await;
            patched.expect("the status can be written");
        };
        edit(json!({"bindings": []})).await;
        let operator = Operator::start(space, &[GATE]);
        bound(space, "ServiceMonitor", "first", &["prometheuses/main"], "True").await;
        operator.kill();
        let condition = json!({
            "type": "Accepted", "status": "Unknown", "lastTransitionTime": "2026-01-01T00:00:00Z",
        });
        let entry = json!({
            "group": "monitoring.coreos.com", "resource": "prometheuses", "name": "main", "namespace": space.namespace,
            "conditions": [condition],
        });
        edit(json!({ "bindings": [entry] })).await;
        let _operator = Operator::start(space, &[GATE]);
        bound(space, "ServiceMonitor", "first", &["prometheuses/main"], "True").await;
    })
    .await;
}

#[tokio::test]
async fn without_the_permission_it_ends_and_says_which() {
    in_namespace(async |space| {
        let mut operator = Operator::start(space, &[GATE, "--as=nobody"]);
        operator
            .logged(&[
                "StatusForConfigurationResources",
                "missing",
                "servicemonitors/status",
                &space.namespace,
            ])
            .await;
        let status = operator.terminated(Duration::from_secs(10)).await;
        assert_eq!(status.code(), Some(1));
    })
    .await;
}
