//! Scrape classes that only some namespaces may use.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};

use crate::support::{Operator, Space, eventually, in_namespace, prometheus, service_monitor};

async fn label(space: &Space, value: Value) {
    let namespaces: Api<Namespace> = Api::all(space.client.clone());
    let patch = json!({"metadata": {"labels": {"team": value}}});
    let patched = namespaces
        .patch(&space.namespace, &PatchParams::default(), &Patch::Merge(&patch))
        .await;
    patched.expect("it is there");
}

#[tokio::test]
async fn a_class_is_for_the_namespaces_that_it_selects() {
    in_namespace(async |space| {
        let class = |name: &str, team: &str| {
            let labels = BTreeMap::from([("team", team)]);
            json!({
                "name": name,
                "namespaceSelector": {"matchLabels": labels},
                "relabelings": [{"targetLabel": "class", "replacement": name}],
            })
        };
        let classes = json!([class("of-payments", "payments"), {"name": "of-all"}]);
        space
            .apply(&prometheus("main", json!({"scrapeClasses": classes})))
            .await;
        let monitor = |name: &str, class: &str| {
            let mut monitor = service_monitor(name, json!({}));
            monitor["spec"]["scrapeClass"] = json!(class);
            monitor
        };
        space.apply(&monitor("foreign", "of-payments")).await;
        space.apply(&monitor("common", "of-all")).await;
        space.apply(&service_monitor("plain", json!({}))).await;
        let _operator = Operator::start(space, &[]);
        let configuration = space.configured("main", &space.job("common")).await;
        assert!(configuration.contains(&space.job("plain")) && !configuration.contains(&space.job("foreign")));
        let note = space.event("ServiceMonitor", "foreign").await;
        assert!(
            note.contains("scrapeClass: scrape class \"of-payments\" may not be used in this namespace"),
            "{note}"
        );

        // The labels of the namespace decide, whenever they change.
        label(space, json!("payments")).await;
        let configuration = space.configured("main", &space.job("foreign")).await;
        assert!(configuration.contains("replacement: of-payments"), "{configuration}");
        label(space, Value::Null).await;
        eventually("the monitor is out again", async || {
            (!space.configuration("main").await.contains(&space.job("foreign"))).then_some(())
        })
        .await;
    })
    .await;
}
