//! What a server answers: a table of method, path and handler. Exact paths only; `HEAD` is answered where `GET` is.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CONTENT_TYPE};
use hyper::http::{HeaderValue, request::Parts};
use hyper::{Method, Response, StatusCode};
use prometheus_client::registry::Registry;

use crate::liveness::Liveness;

/// A request whose body was read within the server's limits.
pub struct Request {
    /// Method, address and headers.
    pub head: Parts,
    /// The whole body.
    pub body: Bytes,
}

/// An answer, its body whole.
pub type Answer = Response<Full<Bytes>>;

type Handler = Arc<dyn Fn(Request) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync>;

struct Route {
    method: Method,
    path: &'static str,
    handler: Handler,
}

/// The routes of a server, looked up in the order in which they were added.
#[derive(Default)]
pub struct Routes(Vec<Route>);

impl Routes {
    /// No routes yet: everything is 404.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `handler` for `method` on exactly `path`.
    #[must_use]
    pub fn on<F, A>(mut self, method: Method, path: &'static str, handler: F) -> Self
    where
        F: Fn(Request) -> A + Send + Sync + 'static,
        A: Future<Output = Answer> + Send + 'static,
    {
        self.0.push(Route {
            method,
            path,
            handler: Arc::new(move |request| Box::pin(handler(request))),
        });
        self
    }

    /// Adds `GET /healthz`, which always answers the same.
    #[must_use]
    pub fn health(self) -> Self {
        self.on(Method::GET, "/healthz", |_| async { up() })
    }

    /// Adds `GET /healthz`, which fails while a part of the process is silent for longer than it may be, and names it.
    #[must_use]
    pub fn liveness(self, liveness: Liveness) -> Self {
        self.on(Method::GET, "/healthz", move |_| {
            let silent = liveness.silent();
            std::future::ready(if silent.is_empty() {
                up()
            } else {
                plain(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    format!("silent: {}", silent.join(", ")),
                )
            })
        })
    }

    /// Adds `GET /metrics` with what `registry` holds, in the `OpenMetrics` text format.
    #[must_use]
    pub fn metrics(self, registry: Arc<Registry>) -> Self {
        self.on(Method::GET, "/metrics", move |_| {
            let mut text = String::new();
            let encoded = prometheus_client::encoding::text::encode(&mut text, &registry);
            let reply = match encoded {
                Ok(()) => answer(
                    StatusCode::OK,
                    "application/openmetrics-text; version=1.0.0; charset=utf-8",
                    text,
                ),
                Err(error) => plain(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    format!("cannot write the metrics: {error}"),
                ),
            };
            std::future::ready(reply)
        })
    }

    /// The handler for a request, or the answer where there is none.
    pub(super) fn find(&self, method: &Method, path: &str) -> Result<Handler, Box<Answer>> {
        let sought = if *method == Method::HEAD { &Method::GET } else { method };
        let mut allowed = Vec::new();
        for route in self.0.iter().filter(|route| route.path == path) {
            if route.method == *sought {
                return Ok(route.handler.clone());
            }
            allowed.push(route.method.as_str());
        }
        if allowed.is_empty() {
            return Err(Box::new(plain(StatusCode::NOT_FOUND, "not found")));
        }
        let mut refusal = plain(StatusCode::METHOD_NOT_ALLOWED, "method not allowed");
        if let Ok(allowed) = HeaderValue::from_str(&allowed.join(", ")) {
            refusal.headers_mut().insert(ALLOW, allowed);
        }
        Err(Box::new(refusal))
    }
}

/// An answer of one content type.
pub fn answer(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

/// What a process answers that lives.
fn up() -> Answer {
    answer(StatusCode::OK, "application/json; charset=utf-8", r#"{"status":"up"}"#)
}

/// A response in plain text; a line break is appended.
pub fn plain(status: StatusCode, text: impl Into<String>) -> Answer {
    answer(status, "text/plain; charset=utf-8", text.into() + "\n")
}
