//! Objects that ask for more than anybody needs are left out alone, and the operator stays within the memory that its
//! Deployment gives it.

use serde_json::{Value, json};

use crate::support::{Operator, in_namespace, prometheus, service_monitor};

/// The limit of the Deployment.
const MEMORY: usize = 200 << 20;

fn with_endpoints(name: &str, count: usize) -> Value {
    let mut monitor = service_monitor(name, json!({}));
    monitor["spec"]["endpoints"] = json!(vec![json!({"port": "a"}); count]);
    monitor
}

#[tokio::test]
async fn an_object_of_eighty_thousand_endpoints_is_one_object() {
    in_namespace(async |space| {
        let main = prometheus("main", json!({}));
        space.apply(&main).await;
        space.apply(&service_monitor("first", json!({}))).await;
        space.apply(&with_endpoints("greedy", 80_000)).await;
        let mut operator = Operator::start_limited(MEMORY, &space.namespace, &[]);
        let configuration = space.configured("main", &space.job("first")).await;
        assert!(!configuration.contains("/greedy/"));
        let note = space.event("ServiceMonitor", "greedy").await;
        assert!(
            note.contains("the object takes about 27 MiB of memory, and 11 are allowed"),
            "{note}"
        );
        space.apply(&with_endpoints("eager", 30_000)).await;
        let note = space.event("ServiceMonitor", "eager").await;
        assert!(
            note.contains("endpoints: 30000 endpoints, each of which is a job, and 1000 are allowed"),
            "{note}"
        );
        space.condition(&main, "Reconciled", "True").await;
        // Others go on, also while it changes.
        for round in 0..3 {
            space.apply(&with_endpoints("greedy", 79_000 + round)).await;
            let name = format!("app-{round}");
            space.apply(&service_monitor(&name, json!({}))).await;
            space.configured("main", &space.job(&name)).await;
        }
        assert!(operator.is_running());
        // With as many endpoints as one may have, it is in.
        space.apply(&with_endpoints("greedy", 1_000)).await;
        space
            .configured("main", &format!("serviceMonitor/{}/greedy/999\n", space.namespace))
            .await;
    })
    .await;
}

/// A megabyte of mappings, empty but for defaults, which take a hundred times as much in memory.
#[tokio::test]
async fn a_megabyte_of_nothing_is_one_object() {
    in_namespace(async |space| {
        space.apply(&prometheus("main", json!({}))).await;
        space.apply(&service_monitor("first", json!({}))).await;
        let mut endpoints = service_monitor("endpoints", json!({}));
        endpoints["spec"]["endpoints"] = json!(vec![json!({}); 400_000]);
        space.apply(&endpoints).await;
        let rules = json!({"relabelings": vec![json!({}); 60_000]});
        space.apply(&service_monitor("relabelings", rules)).await;
        for _ in 0..2 {
            let mut operator = Operator::start_limited(MEMORY, &space.namespace, &[]);
            space.configured("main", &space.job("first")).await;
            for name in ["endpoints", "relabelings"] {
                let note = space.event("ServiceMonitor", name).await;
                assert!(note.contains("of memory, and 11 are allowed"), "{note}");
            }
            let name = format!("later-{}", operator.log().len());
            space.apply(&service_monitor(&name, json!({}))).await;
            space.configured("main", &space.job(&name)).await;
            assert!(operator.is_running());
        }
    })
    .await;
}

#[tokio::test]
async fn a_namespace_of_large_objects_keeps_its_small_ones() {
    in_namespace(async |space| {
        space.apply(&prometheus("main", json!({}))).await;
        space.apply(&service_monitor("small", json!({}))).await;
        for number in 0..7 {
            space.apply(&with_endpoints(&format!("large-{number}"), 1_000)).await;
        }
        let operator = Operator::start_limited(MEMORY, &space.namespace, &["--max-jobs-per-namespace=4500"]);
        let configuration = space.configured("main", &space.job("small")).await;
        assert_eq!(configuration.matches("job_name: ").count(), 4_001);
        for number in 4..7 {
            let note = space.event("ServiceMonitor", &format!("large-{number}")).await;
            assert!(
                note.contains("jobs, of which 1000 are of this object, and 4500 are allowed"),
                "{note}"
            );
        }
        let rejected = [
            "controller=\"prometheus\"",
            "resource=\"ServiceMonitor\"",
            "state=\"rejected\"",
        ];
        operator.measured("managed_resources", &rejected, 3.0).await;
    })
    .await;
}
