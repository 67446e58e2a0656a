use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kube::client::Body;
use serde_json::{Value, json};

use super::*;
use crate::watch::Scope;

/// Answers with the Secret that is asked for, but for names that begin with `answer-`, which say what is answered.
fn client() -> (Client, Arc<AtomicUsize>) {
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let service = tower::service_fn(move |request: hyper::Request<Body>| {
        count.fetch_add(1, Ordering::Relaxed);
        let name = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
        async move {
            let (code, body) = match name.strip_prefix("answer-").map(str::parse::<u16>) {
                None => (200, object(&name).to_string()),
                Some(Ok(code)) => (
                    code,
                    json!({"kind": "Status", "status": "Failure", "message": "hunter2", "reason": "No", "code": code})
                        .to_string(),
                ),
                Some(Err(_)) => (200, "hunter2".to_owned()),
            };
            let answer = hyper::Response::builder()
                .status(code)
                .body(Body::from(body.into_bytes()));
            answer.map_err(std::io::Error::other)
        }
    });
    (Client::new(service, "default"), requests)
}

fn object(name: &str) -> Value {
    json!({"metadata": {"namespace": "own", "name": name, "resourceVersion": "1"}, "data": {"key": "aHVudGVyMg=="}})
}

fn children(complete_in: Option<&Scope>) -> Children {
    Children {
        secrets: Arc::new(Store::new(0, complete_in.cloned())),
        config_maps: Arc::new(Store::new(0, complete_in.cloned())),
        stateful_sets: Arc::new(Store::new(0, None)),
        daemon_sets: Arc::new(Store::new(0, None)),
    }
}

fn secret(name: &str) -> Reference {
    Reference::secret(ObjectKey::new("own", name)).expect("a name")
}

fn references(names: &[&str], since: Since) -> References {
    let mut references = References::default();
    for name in names {
        references.note(&secret(name), since);
    }
    references
}

fn errors(assets: &Assets) -> BTreeMap<String, String> {
    let text = |reference: &Reference| {
        let error = assets.text(reference, "key").err()?;
        Some((reference.object().name.to_string(), error.to_string()))
    };
    assets.objects.keys().filter_map(text).collect()
}

#[tokio::test]
async fn what_is_said_of_one_object_concerns_no_other() {
    let (client, _) = client();
    let names = [
        "good",
        "answer-400",
        "answer-403",
        "answer-404",
        "answer-405",
        "answer-410",
        "answer-nonsense",
    ];
    let assets = refresh(
        &client,
        &children(None),
        &Contents::default(),
        references(&names, Since::Now),
        &mut Assets::default(),
    )
    .await;
    let assets = assets.expect("no error of the run");
    let errors = errors(&assets);
    assert_eq!(assets.text(&secret("good"), "key"), Ok("hunter2"));
    assert_eq!(errors["answer-404"], "secret own/answer-404 not found");
    assert_eq!(
        errors["answer-403"],
        "secret own/answer-403 cannot be read: the API server answers 403 No"
    );
    assert_eq!(
        errors["answer-nonsense"],
        "secret own/answer-nonsense cannot be read: the response is not an object of this kind"
    );
    assert_eq!(errors.len(), names.len() - 1);
    assert!(!format!("{errors:?}").contains("hunter2"), "{errors:?}");
    assert_eq!(assets.again(), Some(REMEMBERED));
}

#[tokio::test]
async fn an_api_server_in_trouble_says_nothing_of_an_object() {
    let (client, _) = client();
    for name in ["answer-401", "answer-429", "answer-500", "answer-503", "answer-504"] {
        let names = references(&["good", name], Since::Now);
        let assets = refresh(
            &client,
            &children(None),
            &Contents::default(),
            names,
            &mut Assets::default(),
        )
        .await;
        assert!(assets.is_err(), "{name}");
    }
}

#[tokio::test]
async fn what_a_complete_watch_does_not_know_does_not_exist() {
    let (client, requests) = client();
    let everything = children(Some(&Scope::All));
    let names: Vec<String> = (0..15_000).map(|number| format!("n{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let assets = refresh(
        &client,
        &everything,
        &Contents::default(),
        references(&names, Since::Before),
        &mut Assets::default(),
    )
    .await;
    assert_eq!(errors(&assets.expect("no request")).len(), names.len());
    assert_eq!(requests.load(Ordering::Relaxed), 0);

    // What is new is looked for all the same, as long as it is little.
    let assets = refresh(
        &client,
        &everything,
        &Contents::default(),
        references(&["new"], Since::Now),
        &mut Assets::default(),
    )
    .await;
    assert!(errors(&assets.expect("an answer")).is_empty());
    let assets = refresh(
        &client,
        &everything,
        &Contents::default(),
        references(&names, Since::Now),
        &mut Assets::default(),
    )
    .await;
    assert_eq!(errors(&assets.expect("answers")).len(), names.len() - ASKED_IN_ADVANCE);
    assert_eq!(requests.load(Ordering::Relaxed), 1 + ASKED_IN_ADVANCE);
}

#[test]
fn without_a_watch_an_answer_counts_for_a_while() {
    let elsewhere = Scope::new(&["other".to_owned()].into(), &[].into()).expect("one list");
    let (now, nobody) = (Instant::now(), children(Some(&elsewhere)));
    let mut last = Assets::default();
    (last.objects).insert(secret("missing"), Found::Missing(Some(now)));
    (last.objects).insert(secret("refused"), Found::Unreadable(Some(now), "403".into()));
    let asked = |since, passed| {
        let names = references(&["missing", "refused", "unknown"], since);
        let contents = Contents::default();
        let (assets, unknown) = Pass::of(&nobody, &contents, names, &last, now + passed);
        assert_eq!(assets.objects.len() + unknown.len(), 3);
        unknown.len()
    };
    assert_eq!(asked(Since::Before, REMEMBERED / 2), 1);
    assert_eq!(asked(Since::Before, REMEMBERED), 3);
    // Whoever has changed is not left waiting.
    assert_eq!(asked(Since::Now, REMEMBERED / 2), 3);
}

/// As long as somebody holds it, and the watch has seen no other version.
#[tokio::test]
async fn what_another_workload_has_read_is_not_asked_for_again() {
    let (client, requests) = client();
    let (children, contents) = (children(Some(&Scope::All)), Contents::default());
    let seen = |version: &str| {
        let metadata = json!({"metadata": {"name": "shared", "namespace": "own", "resourceVersion": version}});
        let metadata: kube::api::PartialObjectMeta<Secret> = serde_json::from_value(metadata).expect("metadata");
        children.secrets.put(ObjectKey::new("own", "shared"), metadata.into());
    };
    let mut caches = [Assets::default(), Assets::default(), Assets::default()];
    let mut read = async |workload: usize| {
        let names = references(&["shared"], Since::Now);
        let assets = refresh(&client, &children, &contents, names, &mut caches[workload]).await;
        assert_eq!(assets.expect("an answer").text(&secret("shared"), "key"), Ok("hunter2"));
        requests.load(Ordering::Relaxed)
    };
    seen("1");
    assert_eq!([read(0).await, read(1).await], [1, 1]);
    // The API server still gives the old version, which is not what the watch has seen.
    seen("2");
    assert_eq!([read(0).await, read(1).await, read(2).await], [2, 3, 4]);
}
