//! The client of the API server: where it finds the server, what its answers may cost, how often it asks, and what it counts.

mod bounds;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::error::Error as _;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use kube::client::retry::RetryPolicy;
use kube::client::{Body, ClientBuilder};
use kube::config::{
    AuthInfo, Cluster, InferConfigError, KubeConfigOptions, Kubeconfig, KubeconfigError, NamedAuthInfo, NamedCluster,
    NamedContext,
};
use kube::{Client, Config};
use process::causes::Causes;
use process::register::Register;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use tower::buffer::BufferLayer;
use tower::retry::RetryLayer;
use tower::{BoxError, Layer, Service};

use crate::args::ApiServer;
use bounds::BoundingLayer;

/// Requests that wait for the connection to take them; as many as the library lets wait before its own layers.
const IN_FLIGHT: usize = 1024;

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither a kubeconfig nor a cluster around us.
    #[error("cannot find out how to reach the API server (KUBECONFIG is {kubeconfig:?}): {reason}")]
    Infer {
        /// The variable; empty where it is not set.
        kubeconfig: String,
        /// What was tried, and why it failed.
        reason: String,
    },
    /// `--apiserver` is not a URL.
    #[error("--apiserver: {url:?} is not a URL")]
    Url {
        /// As given.
        url: String,
        /// What is wrong.
        #[source]
        source: hyper::http::uri::InvalidUri,
    },
    /// A file of the TLS flags cannot be used.
    #[error("cannot use the TLS files of --apiserver")]
    Tls(#[source] Box<KubeconfigError>),
    /// The client cannot be built from the configuration.
    #[error("cannot set up the client of the API server")]
    Client(#[source] Box<kube::Error>),
}

/// A client as the flags want it: `--apiserver`, else KUBECONFIG, else the cluster that the process runs in.
///
/// # Errors
/// When the configuration cannot be found or read. The server itself is not asked.
pub async fn client(flags: &ApiServer, metrics: ClientMetrics) -> Result<Client, Error> {
    let mut config = if flags.apiserver.is_empty() {
        Config::infer().await.map_err(|source| Error::Infer {
            kubeconfig: std::env::var("KUBECONFIG").unwrap_or_default(),
            reason: reason(&source),
        })?
    } else {
        outside(flags).await?
    };
    if !flags.impersonate.is_empty() {
        config.auth_info.impersonate = Some(flags.impersonate.clone());
    }
    config.headers.push((
        hyper::header::USER_AGENT,
        hyper::header::HeaderValue::from_static(concat!("PrometheusOperator/", env!("CARGO_PKG_VERSION"))),
    ));
    // For five minutes, or as long as the server says, during which the worker that asks would do nothing else.
    config.default_retry = false;
    let builder = ClientBuilder::try_from(config).map_err(|source| Error::Client(Box::new(source)))?;
    Ok(layered(builder, metrics))
}

/// The client that bounds its answers and counts its requests. What the server, or a proxy before it, cannot take at the moment
/// (429, 503, 504) is asked again for some seconds; then it is a failure like any other, and its object waits for its turn.
fn layered<S, B>(builder: ClientBuilder<S>, metrics: ClientMetrics) -> Client
where
    S: Service<hyper::Request<Body>, Response = hyper::Response<B>> + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: hyper::body::Body<Data = hyper::body::Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    builder
        .with_layer(&BoundingLayer::new())
        .with_layer(&CountingLayer(metrics))
        .with_layer(&BufferLayer::new(IN_FLIGHT))
        .with_layer(&RetryLayer::new(RetryPolicy::default()))
        .build()
}

/// The library's words, but for those that show lines of the kubeconfig, which may hold a token.
fn reason(error: &InferConfigError) -> String {
    match error.source().and_then(|source| source.downcast_ref()) {
        Some(KubeconfigError::Parse(_)) => "the file is not a kubeconfig".to_owned(),
        _ => Causes(error).to_string(),
    }
}

async fn outside(flags: &ApiServer) -> Result<Config, Error> {
    let url = flags.apiserver.clone();
    url.parse::<hyper::Uri>().map_err(|source| Error::Url { url, source })?;
    let file = |path: Option<&PathBuf>| path.map(|path| path.display().to_string());
    let name = || "flags".to_owned();
    let cluster = Cluster {
        server: Some(flags.apiserver.clone()),
        insecure_skip_tls_verify: Some(flags.tls_insecure),
        certificate_authority: file(flags.ca_file.as_ref()),
        ..Cluster::default()
    };
    let user = AuthInfo {
        client_certificate: file(flags.cert_file.as_ref()),
        client_key: file(flags.key_file.as_ref()),
        ..AuthInfo::default()
    };
    let context = kube::config::Context {
        cluster: name(),
        user: Some(name()),
        ..kube::config::Context::default()
    };
    let kubeconfig = Kubeconfig {
        clusters: vec![NamedCluster {
            name: name(),
            cluster: Some(cluster),
            other: BTreeMap::default(),
        }],
        auth_infos: vec![NamedAuthInfo {
            name: name(),
            auth_info: Some(user),
            other: BTreeMap::default(),
        }],
        contexts: vec![NamedContext {
            name: name(),
            context: Some(context),
            other: BTreeMap::default(),
        }],
        current_context: Some(name()),
        ..Kubeconfig::default()
    };
    let failed = |source| Error::Tls(Box::new(source));
    Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default())
        .await
        .map_err(failed)
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatusLabel {
    status_code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EndpointLabel {
    endpoint: String,
}

/// Requests to the API server.
#[derive(Debug, Clone)]
pub struct ClientMetrics {
    requests: Family<StatusLabel, Counter>,
    duration: Family<EndpointLabel, Histogram, fn() -> Histogram>,
}

impl ClientMetrics {
    /// Registers the families below the registry's prefix.
    pub fn register(registry: &mut impl Register) -> Self {
        let metrics = Self {
            requests: Family::default(),
            duration: Family::new_with_constructor(|| Histogram::new([0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0])),
        };
        let (requests, duration) = (metrics.requests.clone(), metrics.duration.clone());
        registry.register(
            "kubernetes_client_http_requests",
            "Requests to the API server",
            requests,
        );
        registry.register(
            "kubernetes_client_http_request_duration_seconds",
            "Time until the API server responded",
            duration,
        );
        metrics
    }

    fn answered(&self, status_code: String, endpoint: String, started: Instant) {
        self.requests.get_or_create(&StatusLabel { status_code }).inc();
        let duration = self.duration.get_or_create(&EndpointLabel { endpoint });
        duration.observe(started.elapsed().as_secs_f64());
    }
}

/// The path of a request without the names of namespaces and objects, as client-go gives it to its metrics: braces are
/// escaped, and a subresource other than `status` and `finalize` comes after `{name}`.
fn endpoint(path: &str) -> String {
    const NAME: &str = "%7Bname%7D";
    const NAMESPACE: &str = "%7Bnamespace%7D";
    let mut segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    // Where the resource is: after `api/VERSION` or `apis/GROUP/VERSION`.
    let index = match segments.first() {
        Some(&"api") => 2,
        Some(&"apis") => 3,
        _ => return path.to_owned(),
    };
    let is_own = |segment: &str| matches!(segment, "status" | "finalize");
    match segments.len().saturating_sub(index) {
        0 | 1 => {}
        2 => segments[index + 1] = NAME,
        3 if is_own(segments[index + 2]) => segments[index + 1] = NAME,
        3 => segments[index + 1] = NAMESPACE,
        _ => {
            segments[index + 1] = NAMESPACE;
            if !is_own(segments[index + 3]) {
                segments[index + 3] = NAME;
            }
        }
    }
    format!("/{}", segments.join("/"))
}

struct CountingLayer(ClientMetrics);

impl<S> Layer<S> for CountingLayer {
    type Service = Counting<S>;

    fn layer(&self, inner: S) -> Counting<S> {
        Counting {
            inner,
            metrics: self.0.clone(),
        }
    }
}

/// Counts each request by the code of its answer; `<error>` where there was none, as client-go does.
#[derive(Clone)]
struct Counting<S> {
    inner: S,
    metrics: ClientMetrics,
}

impl<S, B> Service<hyper::Request<Body>> for Counting<S>
where
    S: Service<hyper::Request<Body>, Response = hyper::Response<B>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: hyper::Request<Body>) -> Self::Future {
        let (started, metrics) = (Instant::now(), self.metrics.clone());
        let endpoint = endpoint(request.uri().path());
        let answer = self.inner.call(request);
        Box::pin(async move {
            let answer = answer.await;
            let code = answer
                .as_ref()
                .map_or_else(|_| "<error>".to_owned(), |answer| answer.status().as_str().to_owned());
            metrics.answered(code, endpoint, started);
            answer
        })
    }
}
