//! A scrape target and a receiver of alerts, for the example and the end-to-end tests.
//!
//! `GET /metrics` exposes a counter, `POST /alerts` takes what Alertmanager's webhook sends and `GET /alerts` gives the last
//! of it back. Everything is in memory. It listens on port 8080, or on the address given as its only argument. With
//! AUTHORIZATION in its environment, `/metrics` is for requests whose header of that name has the same value.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Mutex;

/// Notifications kept; older ones are forgotten.
const KEPT: usize = 100;
/// Largest notification taken, in bytes.
const BODY_LIMIT: usize = 1 << 20;

#[derive(Default)]
struct App {
    authorization: Option<String>,
    requests: AtomicU64,
    notifications: Mutex<VecDeque<Value>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "0.0.0.0:8080".to_owned());
    let listener = TcpListener::bind(&address)
        .await
        .with_context(|| format!("listening on {address}"))?;
    let app = Arc::new(App {
        authorization: std::env::var("AUTHORIZATION").ok(),
        ..App::default()
    });
    // The first process of a container ignores signals that it does not handle.
    let mut stop = signal(SignalKind::terminate())?;
    loop {
        let (stream, _) = tokio::select! {
            accepted = listener.accept() => accepted?,
            _ = stop.recv() => return Ok(()),
        };
        let app = Arc::clone(&app);
        tokio::spawn(async move {
            let answer = service_fn(|request| answer(&app, request));
            // A client that goes away is no concern of ours.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
    }
}

async fn answer(app: &App, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let requests = app.requests.fetch_add(1, Ordering::Relaxed) + 1;
    Ok(match (request.method(), request.uri().path()) {
        (&Method::GET, "/") => response(
            StatusCode::OK,
            "text/plain",
            "A sample app: see /metrics and /alerts.\n",
        ),
        (&Method::GET, "/metrics") if !authorized(app, &request) => {
            response(StatusCode::UNAUTHORIZED, "text/plain", "not authorized\n")
        }
        (&Method::GET, "/metrics") => response(StatusCode::OK, "text/plain; version=0.0.4", metrics(requests)),
        (&Method::GET, "/alerts") => {
            let notifications: Vec<Value> = app.notifications.lock().await.iter().cloned().collect();
            response(
                StatusCode::OK,
                "application/json",
                Value::from(notifications).to_string(),
            )
        }
        (&Method::POST, "/alerts") => match notification(request.into_body()).await {
            Ok(notification) => {
                let mut kept = app.notifications.lock().await;
                kept.truncate(KEPT - 1);
                kept.push_front(notification);
                response(StatusCode::OK, "text/plain", "")
            }
            Err(error) => response(StatusCode::BAD_REQUEST, "text/plain", format!("{error:#}\n")),
        },
        _ => response(StatusCode::NOT_FOUND, "text/plain", "not found\n"),
    })
}

fn authorized(app: &App, request: &Request<Incoming>) -> bool {
    let given = request.headers().get(AUTHORIZATION);
    app.authorization
        .as_ref()
        .is_none_or(|wanted| given.is_some_and(|given| given == wanted.as_str()))
}

async fn notification(body: Incoming) -> anyhow::Result<Value> {
    let body = Limited::new(body, BODY_LIMIT)
        .collect()
        .await
        .map_err(|error| anyhow::anyhow!(error))?;
    serde_json::from_slice(&body.to_bytes()).context("the notification is not JSON")
}

fn metrics(requests: u64) -> String {
    format!(
        "# HELP sample_app_requests_total Requests answered since the start.\n\
         # TYPE sample_app_requests_total counter\n\
         sample_app_requests_total {requests}\n"
    )
}

fn response(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(content_type));
    response
}
