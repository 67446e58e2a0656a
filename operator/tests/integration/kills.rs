//! An operator that is killed at one of its writes, at each of them in turn: whichever it was, the next operator brings
//! about what one that was never killed does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyper::Method;
use hyper::http::request::Parts;
use serde_json::json;
use tokio::sync::Notify;

use crate::support::{Fate, Meddler, Operator, Space, eventually, in_namespace, prometheus, rule, service_monitor};

/// More than the operator needs for all of this.
const MOST_WRITES: usize = 60;
const KNOWN: [(&str, &str); 2] = [("Prometheus", "main"), ("PrometheusRule", "alerts")];

#[tokio::test]
async fn a_write_that_was_never_sent_is_made_up_for() {
    killed_at_each_write(Fate::Lost).await;
}

#[tokio::test]
async fn a_write_that_was_never_answered_is_found() {
    killed_at_each_write(Fate::Unanswered).await;
}

async fn killed_at_each_write(fate: Fate) {
    let mut expected = None;
    in_namespace(async |space| expected = Some(outcome(space, None).await)).await;
    let Some(expected) = expected else { return };
    assert!(
        expected.text.contains("job_name: serviceMonitor/NAMESPACE/second/0"),
        "{}",
        expected.text
    );
    assert!(
        expected.writes > 8 && expected.writes < MOST_WRITES,
        "{} writes",
        expected.writes
    );
    for number in 1..=expected.writes {
        in_namespace(async |space| {
            outcome(space, Some((number, fate))).await;
            let mut text = String::new();
            let what = format!(
                "the same objects after the end at write {number} of {}",
                expected.writes
            );
            eventually(&what, async || {
                text = space.snapshot(&KNOWN).await;
                (text == expected.text).then_some(())
            })
            .await;
        })
        .await;
    }
}

struct Outcome {
    /// All objects.
    text: String,
    /// How many writes it took.
    writes: usize,
}

/// Creates a Prometheus, changes everything about it, and takes the operator's life on the way.
async fn outcome(space: &Space, end: Option<(usize, Fate)>) -> Outcome {
    let (writes, ended) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let (count, tell) = (Arc::clone(&writes), Arc::clone(&ended));
    let mood = move |request: &Parts| {
        let (method, path) = (&request.method, request.uri.path());
        if method == Method::GET || path.contains("selfsubject") || path.ends_with("/events") {
            return Fate::Passed;
        }
        let number = count.fetch_add(1, Ordering::Relaxed) + 1;
        match end {
            Some((last, fate)) if number == last => {
                tell.notify_one();
                fate
            }
            _ => Fate::Passed,
        }
    };
    let meddler = Meddler::start(&space.client, mood).await;
    space.apply(&prometheus("main", json!({"shards": 2}))).await;
    space.apply(&rule("alerts", "Always", "vector(1)")).await;
    space.apply(&service_monitor("first", json!({}))).await;
    let namespaces = format!("--namespaces={}", space.namespace);
    let operator = Operator::start_with("", &[&meddler.flag(), &namespaces]);
    tokio::select! {
        () = ended.notified() => {}
        () = begun_and_changed(space) => {}
    }
    operator.kill();
    drop(meddler);
    let writes = writes.load(Ordering::Relaxed);
    if end.is_some() {
        let _operator = Operator::start(space, &[]);
        changed(space).await;
    }
    Outcome {
        text: space.snapshot(&KNOWN).await,
        writes,
    }
}

async fn begun_and_changed(space: &Space) {
    space
        .condition(&prometheus("main", json!({})), "Reconciled", "True")
        .await;
    changed(space).await;
}

async fn changed(space: &Space) {
    space.apply(&rule("alerts", "Never", "vector(1) > 2")).await;
    space.apply(&service_monitor("second", json!({}))).await;
    let main = prometheus("main", json!({"shards": 1, "replicas": 2}));
    space.apply(&main).await;
    space.condition(&main, "Reconciled", "True").await;
    space.configured("main", &space.job("second")).await;
    space
        .given_up::<k8s_openapi::api::apps::v1::StatefulSet>("prometheus-main-shard-1")
        .await;
    eventually("the new rule", async || {
        let text = space.snapshot(&KNOWN).await;
        text.contains("alert: Never").then_some(())
    })
    .await;
}
