//! An API server with moods: it hands requests on to the real one, unless the test has something else in mind for them.

use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::header::{ACCEPT, CONTENT_TYPE};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use kube::Client;
use kube::client::Body;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

/// What becomes of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fate {
    Passed,
    /// After a while.
    Late(Duration),
    /// Answered with this status, as the API server writes it.
    Refused(u16),
    /// Answered by a gateway in between that knows nothing of Kubernetes.
    Garbled,
    /// Answered by the API server, of which the second half does not arrive.
    Cut,
    /// Never seen by the API server, never answered.
    Lost,
    /// Done by the API server, never answered.
    Unanswered,
}

type Mood = dyn Fn(&Parts) -> Fate + Send + Sync;

/// The way to the API server; all connections end with it.
pub(crate) struct Meddler {
    pub(crate) address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Meddler {
    /// A way that treats requests as `mood` says.
    pub(crate) async fn start(client: &Client, mood: impl Fn(&Parts) -> Fate + Send + Sync + 'static) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self::at(any, client, mood).await
    }

    /// The same, where another one was before.
    pub(crate) async fn at(
        address: SocketAddr,
        client: &Client,
        mood: impl Fn(&Parts) -> Fate + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (client, mood): (Client, Arc<Mood>) = (client.clone(), Arc::new(mood));
        let serving = tokio::spawn(async move {
            // Dropped with the task, and the connections with it.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (client, mood) = (client.clone(), Arc::clone(&mood));
                let answer = service_fn(move |request| answer(client.clone(), Arc::clone(&mood), request));
                connections.spawn(async move {
                    let _ = http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), answer)
                        .await;
                });
            }
        });
        Self { address, serving }
    }

    /// The flag that leads an operator through here.
    pub(crate) fn flag(&self) -> String {
        format!("--apiserver=http://{}", self.address)
    }
}

impl Drop for Meddler {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(client: Client, mood: Arc<Mood>, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let fate = mood(&parts);
    match fate {
        Fate::Refused(code) => return Ok(refusal(code)),
        Fate::Garbled => return Ok(response(502, "text/html", b"<html>Bad Gateway</html>".to_vec().into())),
        Fate::Lost => pending().await,
        Fate::Late(pause) => sleep(pause).await,
        Fate::Passed | Fate::Cut | Fate::Unanswered => {}
    }
    let answer = handed_on(&client, &parts, body).await;
    if matches!(fate, Fate::Unanswered) {
        pending::<()>().await;
    }
    let answer = answer.unwrap_or_else(|| response(502, "text/plain", Vec::new().into()));
    Ok(if matches!(fate, Fate::Cut) {
        halved(answer).await
    } else {
        answer
    })
}

async fn handed_on(client: &Client, parts: &Parts, body: Incoming) -> Option<Response<Body>> {
    let body = body.collect().await.ok()?.to_bytes().to_vec();
    let mut onward = Request::builder()
        .method(&parts.method)
        .uri(parts.uri.path_and_query()?.as_str());
    for name in [ACCEPT, CONTENT_TYPE] {
        if let Some(value) = parts.headers.get(&name) {
            onward = onward.header(name, value);
        }
    }
    let answer = client.send(onward.body(body.into()).ok()?).await.ok()?;
    let (head, body) = answer.into_parts();
    let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    Some(response(head.status.as_u16(), kind.unwrap_or("application/json"), body))
}

async fn halved(answer: Response<Body>) -> Response<Body> {
    let (head, body) = answer.into_parts();
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    response(
        head.status.as_u16(),
        "application/json",
        body[..body.len() / 2].to_vec().into(),
    )
}

fn refusal(code: u16) -> Response<Body> {
    let status = json!({
        "apiVersion": "v1", "kind": "Status", "metadata": {}, "status": "Failure",
        "message": "not today", "reason": "", "code": code,
    });
    response(code, "application/json", status.to_string().into_bytes().into())
}

fn response(code: u16, kind: &str, body: Body) -> Response<Body> {
    let response = Response::builder().status(code).header(CONTENT_TYPE, kind).body(body);
    response.expect("a status and a type")
}
