//! A client that answers from objects in memory, so that what reads from a cluster reads from files. Requests that no object
//! answers go on to the cluster, where there is one; without one, nothing exists. Nothing can be written.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::BodyExt as _;
use hyper::{Method, Request, Response, StatusCode, Uri};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};

use crate::cli::input::Input;

/// The kinds that renderers read by name, with their plural names in URLs.
const READ: [(&str, &str); 5] = [
    ("Secret", "secrets"),
    ("ConfigMap", "configmaps"),
    ("Service", "services"),
    ("StorageClass", "storageclasses"),
    ("AlertmanagerConfig", "alertmanagerconfigs"),
];

/// Objects by plural name, namespace and name.
type Known = BTreeMap<(String, String, String), Value>;

/// Secrets that a cluster has shown.
pub(super) type Shown = Arc<Mutex<Vec<Secret>>>;

/// A client that answers from the objects of `input`, and else asks `cluster`, whose Secrets it adds to `shown`.
pub(super) fn client(input: &Input, cluster: Option<Client>, shown: &Shown) -> Client {
    let (known, shown): (Arc<Known>, Shown) = (Arc::new(known(input)), Arc::clone(shown));
    let service = tower::service_fn(move |request: Request<Body>| {
        let (known, cluster, shown) = (Arc::clone(&known), cluster.clone(), Arc::clone(&shown));
        async move { answer(&known, cluster, &shown, request).await }
    });
    Client::new(service, "default")
}

fn known(input: &Input) -> Known {
    let mut known = Known::new();
    for object in &input.objects {
        let Some((_, plural)) = READ.iter().find(|(kind, _)| *kind == object.kind) else {
            continue;
        };
        let key = (
            (*plural).to_owned(),
            object.key.namespace.to_string(),
            object.key.name.to_string(),
        );
        let mut value = super::stored(object);
        if object.kind == "Secret" {
            value = encoded(value);
        }
        if object.kind == "StorageClass" {
            value["metadata"]["namespace"] = Value::Null;
        }
        known.insert(key, value);
    }
    known
}

/// A Secret as the API server stores it, which has text among the data.
fn encoded(value: Value) -> Value {
    let Ok(mut secret) = crds::from_value::<Secret>(&value) else {
        return value;
    };
    for (key, text) in secret.string_data.take().unwrap_or_default() {
        let data = secret.data.get_or_insert_default();
        data.insert(key, ByteString(text.into_bytes()));
    }
    crds::to_value(&secret).unwrap_or(value)
}

/// The answer of `cluster`. A Secret in it is added to `shown`.
async fn passed_on(cluster: Client, shown: &Shown, request: Request<Body>) -> Result<Response<Body>, io::Error> {
    let is_secret = place(request.uri()).is_some_and(|(plural, ..)| plural == "secrets");
    let response = cluster.send(request).await.map_err(io::Error::other)?;
    if !is_secret {
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    let content = body.collect().await.map_err(io::Error::other)?.to_bytes();
    if let Ok(secret) = serde_json::from_slice::<Secret>(&content) {
        shown.lock().unwrap_or_else(PoisonError::into_inner).push(secret);
    }
    Ok(Response::from_parts(head, Body::from(content.to_vec())))
}

async fn answer(
    known: &Known,
    cluster: Option<Client>,
    shown: &Shown,
    request: Request<Body>,
) -> Result<Response<Body>, io::Error> {
    let found = if request.method() == Method::GET {
        place(request.uri()).and_then(|place| known.get(&place))
    } else {
        return response(StatusCode::METHOD_NOT_ALLOWED, &json!({}));
    };
    match (found, cluster) {
        (Some(object), _) => response(StatusCode::OK, object),
        (None, Some(cluster)) => passed_on(cluster, shown, request).await,
        (None, None) if is_list(request.uri()) => response(StatusCode::OK, &json!({"metadata": {}, "items": []})),
        (None, None) => response(
            StatusCode::NOT_FOUND,
            &json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404, "reason": "NotFound",
                "message": "it is not in the input"}),
        ),
    }
}

fn response(status: StatusCode, body: &Value) -> Result<Response<Body>, io::Error> {
    let response = Response::builder().status(status);
    response
        .body(Body::from(body.to_string().into_bytes()))
        .map_err(io::Error::other)
}

/// The words of a path below the version of an API: `namespaces/NAMESPACE/PLURAL/NAME`, or `PLURAL/NAME`.
fn words(uri: &Uri) -> Vec<&str> {
    let mut words = uri.path().split('/').filter(|word| !word.is_empty());
    let behind = if words.next() == Some("api") { 1 } else { 2 };
    words.skip(behind).collect()
}

fn place(uri: &Uri) -> Option<(String, String, String)> {
    let (plural, namespace, name) = match words(uri)[..] {
        ["namespaces", namespace, plural, name] => (plural, namespace, name),
        [plural, name] => (plural, "", name),
        _ => return None,
    };
    Some((plural.to_owned(), namespace.to_owned(), name.to_owned()))
}

fn is_list(uri: &Uri) -> bool {
    matches!(words(uri)[..], ["namespaces", _, _] | [_])
}
