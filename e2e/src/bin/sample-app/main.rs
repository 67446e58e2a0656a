//! A scrape target, a receiver of alerts and a receiver of remote write, for the example and the end-to-end tests.
//!
//! | Request | What it does |
//! |---|---|
//! | `GET /metrics` | a counter of the requests |
//! | `GET /basic/metrics`, `/bearer/metrics`, `/oauth2/metrics` | the same, for those who have the credential |
//! | `POST /token` | an `OAuth2` token for `client` with the secret `client-secret` |
//! | `GET /utf8/metrics`, `/exemplars/metrics`, `/histograms/metrics` | what not every format can say |
//! | `POST /alerts`, `GET /alerts` | takes what Alertmanager's webhook sends, and gives the last of it back |
//! | `POST /write/NAME`, `GET /write/NAME` | takes remote write, and says who wrote what |
//! | `GET /protocol/ADDRESS` | what a server at `ADDRESS` speaks over TLS with one who offers HTTP/2 and HTTP/1.1 |
//!
//! Everything is in memory. It listens on port 8080, or on the address given as its only argument. `remove FOLDER…` takes away
//! folders instead, such as the volumes of a test, and ends. With `AUTHORIZATION` in its
//! environment, `/metrics` is for requests whose header of that name has the same value. With a folder in `TLS_FOLDER` that
//! holds `tls.crt`, `tls.key` and `ca.crt`, it serves the same by TLS on port 8443, and on port 9443 to those who have a
//! certificate of that authority.

mod alerts;
mod answer;
mod authorization;
mod metrics;
mod protocol;
mod remote_write;
mod tls;

use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_rustls::TlsAcceptor;

use answer::{Answer, json, text};

/// Address with TLS, and that with certificates of both sides.
const TLS: &str = "0.0.0.0:8443";
const MUTUAL_TLS: &str = "0.0.0.0:9443";

#[derive(Default)]
struct App {
    authorization: Option<String>,
    requests: AtomicU64,
    alerts: alerts::Notifications,
    written: remote_write::Written,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "0.0.0.0:8080".to_owned());
    if address == "remove" {
        return arguments.try_for_each(|folder| remove(&folder));
    }
    let app = Arc::new(App {
        authorization: std::env::var("AUTHORIZATION").ok(),
        ..App::default()
    });
    let mut servers = tokio::task::JoinSet::new();
    servers.spawn(serve(Arc::clone(&app), address, None));
    if let Some(folder) = std::env::var_os("TLS_FOLDER") {
        let folder = Path::new(&folder);
        let (server, mutual) = (tls::server(folder)?, tls::mutual(folder)?);
        servers.spawn(serve(Arc::clone(&app), TLS.to_owned(), Some(server)));
        servers.spawn(serve(app, MUTUAL_TLS.to_owned(), Some(mutual)));
    }
    // The first process of a container ignores signals that it does not handle.
    let mut stop = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = stop.recv() => Ok(()),
        ended = servers.join_next() => ended.context("no server")??,
    }
}

/// Removes a folder that may be gone already.
fn remove(folder: &str) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).with_context(|| folder.to_owned()),
        _ => Ok(()),
    }
}

/// Serves the app on `address` until accepting fails.
async fn serve(app: Arc<App>, address: String, tls: Option<TlsAcceptor>) -> anyhow::Result<()> {
    let listener = TcpListener::bind(&address)
        .await
        .with_context(|| format!("listening on {address}"))?;
    loop {
        let (stream, _) = listener.accept().await?;
        let (app, tls) = (Arc::clone(&app), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => converse(&app, stream).await,
                // A client without a right certificate, or who does not trust ours, is no concern of ours.
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        converse(&app, stream).await;
                    }
                }
            }
        });
    }
}

async fn converse(app: &App, stream: impl AsyncRead + AsyncWrite + Unpin + 'static) {
    let service = service_fn(async |request| Ok::<_, Infallible>(answer(app, request).await));
    // A client that goes away is no concern of ours.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(app: &App, request: Request<Incoming>) -> Answer {
    let requests = app.requests.fetch_add(1, Ordering::Relaxed) + 1;
    let path = request.uri().path().to_owned();
    if let Some(missing) = authorization::missing(app.authorization.as_deref(), &path, request.headers()) {
        return text(StatusCode::UNAUTHORIZED, missing);
    }
    match (request.method(), path.as_str()) {
        (&Method::GET, "/") => text(StatusCode::OK, "A sample app: see /metrics and /alerts.\n"),
        (&Method::GET, path) if path.ends_with("/metrics") => metrics::answer(path, requests),
        (&Method::POST, "/token") => authorization::token(request).await,
        (&Method::GET, "/alerts") => json(&app.alerts.all().await),
        (&Method::POST, "/alerts") => app.alerts.take(request.into_body()).await,
        (&Method::GET, path) if path.starts_with("/protocol/") => protocol::answer(path).await,
        (&Method::GET, path) if path.starts_with("/write/") => app.written.report(path).await,
        (&Method::POST, path) if path.starts_with("/write/") => app.written.take(request).await,
        _ => text(StatusCode::NOT_FOUND, "not found\n"),
    }
}
