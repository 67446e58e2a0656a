//! An API server that refuses, delays and forgets, others that write the operator's objects all the time, and a namespace
//! that is being deleted: what is wanted is there in the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use hyper::http::request::Parts;
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Secret};
use kube::ResourceExt;
use kube::api::{Api, DeleteParams};
use serde_json::json;

use crate::support::{Fate, Meddler, Operator, eventually, in_namespace, prometheus, rule, service_monitor};

#[tokio::test]
async fn refusals_and_slow_answers_are_overcome() {
    in_namespace(async |space| {
        let (requests, refused) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&refused);
        let mood = move |_: &Parts| {
            let number = requests.fetch_add(1, Ordering::Relaxed);
            let fates = [500, 429, 503].map(Fate::Refused);
            let fates = [&fates[..], &[Fate::Garbled, Fate::Late(Duration::from_millis(300))]].concat();
            if number % 6 != 3 {
                return Fate::Passed;
            }
            count.fetch_add(1, Ordering::Relaxed);
            fates[number / 6 % fates.len()]
        };
        let meddler = Meddler::start(&space.client, mood).await;
        let namespaces = format!("--namespaces={}", space.namespace);
        let main = prometheus("main", json!({}));
        space.apply(&main).await;
        space.apply(&service_monitor("first", json!({}))).await;
        let _operator = Operator::start_with("", &[&meddler.flag(), &namespaces]);
        space.configured("main", &space.job("first")).await;
        space.condition(&main, "Reconciled", "True").await;
        space.apply(&rule("alerts", "Always", "vector(1)")).await;
        space.apply(&service_monitor("second", json!({}))).await;
        space.configured("main", &space.job("second")).await;
        eventually("the rule file", async || {
            let files = space.get::<ConfigMap>("prometheus-main-rulefiles-0").await?.data?;
            (!files.is_empty()).then_some(())
        })
        .await;
        assert!(refused.load(Ordering::Relaxed) > 5, "too few to tell anything");
    })
    .await;
}

#[tokio::test]
async fn a_version_that_was_forgotten_is_no_loss() {
    in_namespace(async |space| {
        for name in ["goes", "stays"] {
            space.apply(&service_monitor(name, json!({}))).await;
        }
        space.apply(&prometheus("main", json!({}))).await;
        let meddler = Meddler::start(&space.client, |_| Fate::Passed).await;
        let namespaces = format!("--namespaces={}", space.namespace);
        let operator = Operator::start_with("", &[&meddler.flag(), &namespaces]);
        space.configured("main", &space.job("goes")).await;

        let address = meddler.address;
        drop(meddler);
        operator
            .logged(&["watch failed, trying again", "kind=ServiceMonitor"])
            .await;
        space.delete(&service_monitor("goes", json!({}))).await;
        space.apply(&service_monitor("comes", json!({}))).await;
        // The answer of an API server whose database was compacted, to each watch that goes on where it was.
        let told = Arc::new(std::sync::Mutex::new(std::collections::BTreeSet::new()));
        let seen = Arc::clone(&told);
        let mood = move |request: &Parts| {
            let watches = request.uri.query().is_some_and(|query| query.contains("watch=true"));
            let is_new = |path: &str| seen.lock().expect("nothing panics in here").insert(path.to_owned());
            if watches && is_new(request.uri.path()) {
                Fate::Refused(410)
            } else {
                Fate::Passed
            }
        };
        let _meddler = Meddler::at(address, &space.client, mood).await;
        let configuration = space.configured("main", &space.job("comes")).await;
        assert!(configuration.contains(&space.job("stays")) && !configuration.contains(&space.job("goes")));
        let watches = told.lock().expect("nothing panics in here").clone();
        assert!(
            watches.iter().any(|path| path.ends_with("/servicemonitors")),
            "{watches:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn others_that_write_all_the_time_stop_nothing() {
    in_namespace(async |space| {
        let main = prometheus("main", json!({}));
        space.apply(&main).await;
        space.apply(&rule("alerts", "Always", "vector(1)")).await;
        let operator = Operator::start(space, &[]);
        space.condition(&main, "Reconciled", "True").await;

        let ends = AtomicBool::new(false);
        let storm = async {
            let mut round = 0;
            while !ends.load(Ordering::Relaxed) {
                round += 1;
                let noise = json!({"metadata": {"annotations": {"noise": round.to_string()}}});
                space.edit::<Secret>("prometheus-main", noise.clone()).await;
                space.edit::<StatefulSet>("prometheus-main", noise.clone()).await;
                space.edit::<ConfigMap>("prometheus-main-rulefiles-0", noise).await;
            }
            round
        };
        let changes = async {
            for number in 0..5 {
                let name = format!("app-{number}");
                space.apply(&service_monitor(&name, json!({}))).await;
                space.configured("main", &space.job(&name)).await;
            }
            space.apply(&prometheus("main", json!({"replicas": 2}))).await;
            eventually("two replicas", async || {
                let set: StatefulSet = space.get("prometheus-main").await?;
                (set.spec?.replicas == Some(2)).then_some(())
            })
            .await;
            ends.store(true, Ordering::Relaxed);
        };
        let (rounds, ()) = tokio::join!(storm, changes);
        space.condition(&main, "Reconciled", "True").await;
        operator.settled().await;
        let secret: Secret = space.get("prometheus-main").await.expect("it is there");
        assert_eq!(secret.annotations().get("noise"), Some(&rounds.to_string()));
        assert!(rounds > 5, "too few to tell anything");
    })
    .await;
}

#[tokio::test]
async fn a_namespace_that_is_being_deleted_is_no_error() {
    in_namespace(async |space| {
        let main = prometheus("main", json!({}));
        space.apply(&main).await;
        let operator = Operator::start(space, &[]);
        space.condition(&main, "Reconciled", "True").await;
        operator.settled().await;
        let namespaces: Api<Namespace> = Api::all(space.client.clone());
        let deleted = namespaces.delete(&space.namespace, &DeleteParams::default()).await;
        deleted.expect("the namespace can be deleted");
        // As the namespace controller does, which does not run here. What is missing cannot be created any more.
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "prometheus-main"}});
        space.delete(&secret).await;
        operator
            .measured(
                "triggered_total",
                &["triggered_by=\"Secret\"", "action=\"delete\""],
                1.0,
            )
            .await;
        operator.settled().await;
        assert!(space.get::<Secret>("prometheus-main").await.is_none());
        assert!(!operator.log().contains("level=error"), "{}", operator.log());
    })
    .await;
}
