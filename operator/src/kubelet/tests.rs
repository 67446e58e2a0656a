//! The controller against an API server in memory, which keeps objects by path, gives them versions and names, and serves
//! nodes in pages of two.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, Response};
use kube::client::Body;
use prometheus_client::registry::Registry;
use serde_json::{Value, json};

use super::*;
use crate::args::Args;

const SERVICE: &str = "/api/v1/namespaces/kube-system/services/kubelet";
const ENDPOINTS: &str = "/api/v1/namespaces/kube-system/endpoints/kubelet";
const SLICE: &str = "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices/kubelet-";

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Value>,
    nodes: Vec<Value>,
    /// Method and path (with query) of all requests.
    requests: Vec<String>,
    /// Requests whose line starts so fail.
    broken: &'static str,
    /// Cancelled by the first write of a slice.
    stop: Option<CancellationToken>,
    version: u64,
}

impl State {
    fn writes(&mut self) -> Vec<String> {
        let requests = std::mem::take(&mut self.requests);
        requests.into_iter().filter(|line| !line.starts_with("GET ")).collect()
    }

    fn answer(&mut self, method: &Method, uri: &hyper::Uri, body: Option<Value>) -> (u16, Value) {
        let (path, query) = (uri.path(), uri.query().unwrap_or_default());
        let line = format!("{method} {path}");
        self.requests.push(format!("{line}?{query}"));
        if !self.broken.is_empty() && line.starts_with(self.broken) {
            return failure(500);
        }
        match (method, body) {
            (&Method::GET, _) if path == "/api/v1/nodes" => (200, self.page(query)),
            (&Method::GET, _) if path.ends_with("/endpointslices") => {
                let items: Vec<&Value> = self
                    .objects
                    .range(path.to_owned()..)
                    .map(|(_, object)| object)
                    .collect();
                (200, json!({"metadata": {}, "items": items}))
            }
            (&Method::GET, _) => self
                .objects
                .get(path)
                .map_or_else(|| failure(404), |object| (200, object.clone())),
            (&Method::DELETE, _) => (200, self.objects.remove(path).unwrap_or_default()),
            (_, Some(mut object)) => {
                self.version += 1;
                let metadata = &mut object["metadata"];
                if metadata["name"].is_null() {
                    metadata["name"] = format!("{}{}", metadata["generateName"].as_str().unwrap(), self.version).into();
                }
                metadata["uid"] = "the-uid".into();
                metadata["resourceVersion"] = self.version.to_string().into();
                let name = metadata["name"].as_str().unwrap();
                let slot = if method == Method::POST {
                    format!("{path}/{name}")
                } else {
                    path.to_owned()
                };
                self.objects.insert(slot.clone(), object.clone());
                if slot.starts_with(SLICE) {
                    self.stop.iter().for_each(CancellationToken::cancel);
                }
                (200, object)
            }
            _ => failure(400),
        }
    }

    fn page(&self, query: &str) -> Value {
        let from = query.split("continue=").nth(1).map_or(0, |from| from.parse().unwrap());
        let items: Vec<&Value> = self.nodes.iter().skip(from).take(2).collect();
        let token = if from + 2 < self.nodes.len() {
            (from + 2).to_string()
        } else {
            String::new()
        };
        json!({"kind": "NodeList", "apiVersion": "v1", "metadata": {"continue": token}, "items": items})
    }
}

fn failure(code: u16) -> (u16, Value) {
    let reason = if code == 404 { "NotFound" } else { "InternalError" };
    (
        code,
        json!({"kind": "Status", "status": "Failure", "message": "no", "reason": reason, "code": code}),
    )
}

#[derive(Clone, Default)]
struct ApiServer(Arc<Mutex<State>>);

impl tower::Service<Request<Body>> for ApiServer {
    type Response = Response<Full<Bytes>>;
    type Error = kube::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let state = self.0.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            let (code, answer) =
                state
                    .lock()
                    .unwrap()
                    .answer(&head.method, &head.uri, serde_json::from_slice(&body).ok());
            let answer = Full::new(Bytes::from(answer.to_string()));
            Ok(Response::builder().status(code).body(answer).unwrap())
        })
    }
}

fn node(number: u8) -> Value {
    json!({
        "metadata": {"name": format!("node-{number}"), "uid": format!("uid-{number}")},
        "spec": {},
        "status": {
            "addresses": [{"type": "InternalIP", "address": format!("10.0.0.{number}")}],
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    })
}

struct Setup {
    server: ApiServer,
    registry: Registry,
    kubelet: Result<Option<Kubelet>, ConfigError>,
}

fn setup(flags: &[&str]) -> Setup {
    let flags = ["prometheus-operator"].iter().chain(flags).map(Into::into);
    let args = Args::try_from_arguments(flags).unwrap();
    let server = ApiServer::default();
    server.0.lock().unwrap().nodes = (1..=5).map(node).collect();
    let mut registry = Registry::with_prefix("prometheus_operator");
    let metrics = Metrics::register(&mut registry);
    let client = Client::new(server.clone(), "default");
    let kubelet = Kubelet::new(&args.kubelet, &Settings::default(), client, metrics);
    Setup {
        server,
        registry,
        kubelet,
    }
}

const BOTH: &[&str] = &[
    "--kubelet-service=kube-system/kubelet",
    "--kubelet-endpointslice=true",
    "--kubelet-selector=os in (linux)",
];

fn exposed(registry: &Registry) -> Vec<String> {
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, registry).unwrap();
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples
        .map(|line| line.trim_start_matches("prometheus_operator_").to_owned())
        .collect()
}

#[tokio::test]
async fn the_first_look_writes_everything_and_the_second_nothing() {
    let Setup {
        server,
        registry,
        kubelet,
    } = setup(BOTH);
    let kubelet = kubelet.unwrap().unwrap();
    kubelet.sync().await;
    {
        let mut state = server.0.lock().unwrap();
        let pages: Vec<&String> = state.requests.iter().filter(|line| line.contains("/nodes?")).collect();
        assert_eq!(pages.len(), 3, "five nodes, two a page");
        assert!(
            pages
                .iter()
                .all(|line| line.contains("limit=500") && line.contains("labelSelector=os+in+%28linux%29"))
        );
        assert_eq!(state.writes().len(), 3);
        let subset = &state.objects[ENDPOINTS]["subsets"][0]["addresses"];
        assert_eq!(subset.as_array().unwrap().len(), 5);
        let (name, slice) = state.objects.range(SLICE.to_owned()..).next().unwrap();
        assert!(name.starts_with(SLICE), "{name}");
        assert_eq!(slice["endpoints"].as_array().unwrap().len(), 5);
        assert_eq!(slice["metadata"]["ownerReferences"][0]["uid"], "the-uid");
        assert_eq!(state.objects[SERVICE]["spec"]["clusterIP"], "None");
    }

    kubelet.sync().await;
    assert_eq!(server.0.lock().unwrap().writes(), Vec::<String>::new());

    server.0.lock().unwrap().nodes.pop();
    kubelet.sync().await;
    let writes = server.0.lock().unwrap().writes();
    assert_eq!(writes.len(), 2, "{writes:?}");
    assert!(
        writes
            .iter()
            .all(|line| line.starts_with("PUT ") && line.ends_with("fieldManager=PrometheusOperator"))
    );

    let samples = exposed(&registry);
    for expected in [
        "node_address_lookup_errors_total 0",
        "node_syncs_total{resource=\"endpoints\"} 3",
        "node_syncs_total{resource=\"endpointslice\"} 3",
        "node_syncs_failed_total{resource=\"endpoints\"} 0",
        "kubelet_managed_resource{resource=\"endpointslice\"} 1",
    ] {
        assert!(
            samples.iter().any(|sample| sample == expected),
            "{expected} in {samples:#?}"
        );
    }
}

#[tokio::test]
async fn slices_go_when_the_last_node_goes() {
    let Setup { server, kubelet, .. } = setup(BOTH);
    let kubelet = kubelet.unwrap().unwrap();
    kubelet.sync().await;
    server.0.lock().unwrap().nodes.clear();
    kubelet.sync().await;
    let state = server.0.lock().unwrap();
    assert_eq!(state.objects.keys().collect::<Vec<_>>(), [ENDPOINTS, SERVICE]);
    assert_eq!(state.objects[ENDPOINTS]["subsets"], Value::Null);
}

#[tokio::test]
async fn a_failure_is_counted_and_stops_nothing_else() {
    let failed = async |broken| {
        let Setup {
            server,
            registry,
            kubelet,
        } = setup(BOTH);
        server.0.lock().unwrap().broken = broken;
        server
            .0
            .lock()
            .unwrap()
            .nodes
            .push(json!({"metadata": {"name": "node-0"}, "spec": {}, "status": {}}));
        kubelet.unwrap().unwrap().sync().await;
        let counted = |name| {
            let samples = exposed(&registry);
            let sample = samples.iter().find(|sample| sample.starts_with(name)).unwrap();
            sample.rsplit(' ').next().unwrap().parse::<u64>().unwrap()
        };
        let counts = [
            counted("node_address_lookup_errors"),
            counted("node_syncs_failed_total{resource=\"endpoints\"}"),
            counted("node_syncs_failed_total{resource=\"endpointslice\"}"),
        ];
        (counts, server.0.lock().unwrap().objects.len())
    };
    assert_eq!(failed("GET /api/v1/nodes").await, ([0, 1, 1], 0));
    assert_eq!(
        failed("POST /api/v1/namespaces/kube-system/services").await,
        ([1, 0, 1], 1)
    );
    assert_eq!(
        failed("POST /api/v1/namespaces/kube-system/endpoints").await,
        ([1, 1, 0], 2)
    );
    assert_eq!(failed("GET /apis/discovery.k8s.io").await, ([1, 0, 1], 2));
}

#[tokio::test]
async fn the_loop_starts_at_once_and_ends_when_it_is_told() {
    let Setup { server, kubelet, .. } = setup(BOTH);
    let stop = CancellationToken::new();
    server.0.lock().unwrap().stop = Some(stop.clone());
    let run = kubelet.unwrap().unwrap().run(stop);
    tokio::time::timeout(Duration::from_mins(1), run).await.unwrap();
    assert_eq!(server.0.lock().unwrap().writes().len(), 3);
}

#[tokio::test]
async fn flags_are_checked() {
    assert!(setup(&[]).kubelet.unwrap().is_none());
    for name in ["kubelet", "/kubelet", "kube-system/", "a/b/c"] {
        let error = setup(&[&format!("--kubelet-service={name}")]).kubelet.err();
        assert_eq!(error, Some(ConfigError::ServiceName(name.to_owned())));
    }
    let nothing = setup(&["--kubelet-service=a/b", "--kubelet-endpoints=false"])
        .kubelet
        .err();
    assert_eq!(nothing, Some(ConfigError::NothingManaged));
    let restless = setup(&["--kubelet-service=a/b", "--kubelet-sync-period=0s"])
        .kubelet
        .err();
    assert_eq!(restless, Some(ConfigError::SyncPeriod));
}
