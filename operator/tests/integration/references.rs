//! Selectors that name what cannot be had: one object is left out, and the others neither notice it nor wait for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::Method;
use hyper::http::request::Parts;
use serde_json::{Value, json};

use crate::support::{Fate, Meddler, Operator, in_namespace, prometheus, secret, service_monitor};

/// What charts that were not rendered, slips and malice make of a name.
const BAD_NAMES: [&str; 14] = [
    "{{ .Values.secret }}",
    "my secret",
    "100%",
    "..",
    ".",
    "own\n",
    "?x=1",
    "a?x",
    "a#x",
    "../../other/secrets/login",
    "a/b",
    "%2e%2e",
    "Login",
    "-",
];

/// Secrets and ConfigMaps that were read, by name, with the number of times.
type Reads = Arc<Mutex<BTreeMap<String, usize>>>;

fn is_read(request: &Parts, reads: &Reads) -> Fate {
    let mut path = request.uri.path().rsplit("/secrets");
    let (name, has_more) = (path.next().unwrap_or_default(), path.next().is_some());
    let is_watch = request
        .uri
        .query()
        .is_some_and(|query| query.contains("resourceVersion"));
    if has_more && request.method == Method::GET && !is_watch {
        let mut reads = reads.lock().unwrap_or_else(PoisonError::into_inner);
        *reads.entry(name.to_owned()).or_default() += 1;
    }
    Fate::Passed
}

fn token(name: &str) -> Value {
    json!({"bearerTokenSecret": {"name": name, "key": "token"}})
}

#[tokio::test]
async fn a_name_that_is_none_is_one_object() {
    in_namespace(async |space| {
        let reads = Reads::default();
        let (seen, main) = (Arc::clone(&reads), prometheus("main", json!({})));
        let meddler = Meddler::start(&space.client, move |request| is_read(request, &seen)).await;
        let namespaces = format!("--namespaces={}", space.namespace);
        space.apply(&main).await;
        let mut own = secret("a", "token", "hunter2-of-a");
        own["stringData"]["other"] = json!("hunter2-of-others");
        space.apply(&own).await;
        space.apply(&secret("login", "token", "hunter2-of-login")).await;
        let names = BAD_NAMES.map(str::to_owned).into_iter().chain(["x".repeat(70_000)]);
        for (number, name) in names.enumerate() {
            space
                .apply(&service_monitor(&format!("bad-{number}"), token(&name)))
                .await;
        }
        let bad_key = json!({"bearerTokenSecret": {"name": "login", "key": "../token"}});
        space.apply(&service_monitor("bad-key", bad_key)).await;
        space.apply(&service_monitor("good", token("login"))).await;
        let operator = Operator::start_with("", &[&meddler.flag(), &namespaces, "--log-level=all"]);
        let configuration = space.configured("main", &space.job("good")).await;
        assert!(!configuration.contains("/bad-"), "{configuration}");
        space.condition(&main, "Reconciled", "True").await;
        let note = space.event("ServiceMonitor", "bad-6").await;
        assert!(
            note.contains("bearerTokenSecret") && note.contains("\"?x=1\" is not a valid name"),
            "{note}"
        );
        space.event("ServiceMonitor", "bad-key").await;
        let rejected = [
            "controller=\"prometheus\"",
            "resource=\"ServiceMonitor\"",
            "state=\"rejected\"",
        ];
        operator.measured("managed_resources", &rejected, 16.0).await;

        // Others go on.
        space.apply(&service_monitor("second", json!({}))).await;
        space.configured("main", &space.job("second")).await;
        operator.settled().await;
        assert!(!operator.log().contains("hunter2"), "{}", operator.log());
        let reads = reads.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let known = |name: &str| name == "/login" || name.starts_with("/prometheus-main");
        assert!(
            reads.keys().filter(|name| !name.is_empty()).all(|name| known(name)),
            "{reads:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn secrets_that_are_missing_are_not_looked_for_again_and_again() {
    in_namespace(async |space| {
        let reads = Reads::default();
        let (seen, main) = (Arc::clone(&reads), prometheus("main", json!({})));
        let meddler = Meddler::start(&space.client, move |request| is_read(request, &seen)).await;
        let namespaces = format!("--namespaces={}", space.namespace);
        space.apply(&main).await;
        let many = |count: usize| {
            let endpoint = |number: usize| {
                let mut endpoint = token(&format!("missing-{number}"));
                endpoint["port"] = json!("web");
                endpoint
            };
            (0..count).map(endpoint).collect::<Vec<_>>()
        };
        for (name, count) in [("greedy", 10_000), ("allowed", 500)] {
            let mut monitor = service_monitor(name, json!({}));
            monitor["spec"]["endpoints"] = json!(many(count));
            space.apply(&monitor).await;
        }
        let operator = Operator::start_with("", &[&meddler.flag(), &namespaces]);
        let note = space.event("ServiceMonitor", "greedy").await;
        assert!(
            note.contains("refers to 10000 Secrets and ConfigMaps, of which 500 are allowed"),
            "{note}"
        );
        let note = space.event("ServiceMonitor", "allowed").await;
        assert!(note.contains("missing-0 not found"), "{note}");
        for number in 0..5 {
            let name = format!("app-{number}");
            space.apply(&service_monitor(&name, json!({}))).await;
            space.configured("main", &space.job(&name)).await;
        }
        operator.settled().await;
        let reads = reads.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let of_missing: usize = reads
            .iter()
            .filter(|(name, _)| name.starts_with("/missing-"))
            .map(|(_, count)| count)
            .sum();
        assert!(
            of_missing <= 32,
            "{of_missing} requests for Secrets that the watch knows to be missing"
        );
        // What appears is found all the same.
        let appears = token("missing-499");
        space.apply(&service_monitor("patient", appears)).await;
        space.apply(&secret("missing-499", "token", "found-at-last")).await;
        space.configured("main", "found-at-last").await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_about_one_secret_is_one_object() {
    in_namespace(async |space| {
        let main = prometheus("main", json!({}));
        let mood = |request: &Parts| match request.uri.path().rsplit('/').next() {
            Some("forbidden") => Fate::Refused(403),
            Some("odd") => Fate::Refused(405),
            Some("cut") => Fate::Cut,
            _ => Fate::Passed,
        };
        let meddler = Meddler::start(&space.client, mood).await;
        let namespaces = format!("--namespaces={}", space.namespace);
        space.apply(&main).await;
        for name in ["forbidden", "odd", "cut", "fine"] {
            space.apply(&secret(name, "token", "hunter2")).await;
            space.apply(&service_monitor(name, token(name))).await;
        }
        let operator = Operator::start_with("", &[&meddler.flag(), &namespaces]);
        space.configured("main", &space.job("fine")).await;
        space.condition(&main, "Reconciled", "True").await;
        for (name, reason) in [
            ("forbidden", "the API server answers 403"),
            ("odd", "the API server answers 405"),
            ("cut", "the response is not an object of this kind"),
        ] {
            let note = space.event("ServiceMonitor", name).await;
            assert!(note.contains("bearerTokenSecret") && note.contains(reason), "{note}");
        }
        assert!(
            !operator.log().contains("hunter2") && !operator.log().contains("aHVudGVyMg"),
            "{}",
            operator.log()
        );
    })
    .await;
}
