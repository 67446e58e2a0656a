//! An API server that a test writes down call by call: each request must be the next one, and all of them must come.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::pin;

use http_body_util::BodyExt as _;
use hyper::{Method, Request, Response};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tower_test::mock::{self, Handle, SendResponse};

/// Looks at a body, and panics where it is wrong.
type Check = Box<dyn Fn(&Value) + Send>;

/// One request and its answer.
pub(crate) struct Call {
    method: Method,
    /// Path, without the query.
    path: String,
    /// What the query must contain.
    query: Vec<String>,
    /// What the body must be like.
    checks: Vec<Check>,
    status: u16,
    answer: String,
    hangs: bool,
}

impl Call {
    fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            query: Vec::new(),
            checks: Vec::new(),
            status: 200,
            answer: String::new(),
            hangs: false,
        }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: &str) -> Self {
        Self::new(Method::POST, path)
    }

    pub(crate) fn put(path: &str) -> Self {
        Self::new(Method::PUT, path)
    }

    pub(crate) fn patch(path: &str) -> Self {
        Self::new(Method::PATCH, path)
    }

    pub(crate) fn delete(path: &str) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Part of the query.
    pub(crate) fn query(mut self, part: &str) -> Self {
        self.query.push(part.to_owned());
        self
    }

    /// The body has these fields with these values; it may have more.
    pub(crate) fn with(self, body: Value) -> Self {
        let path = self.path.clone();
        self.verifies(move |sent| assert_contains(sent, &body, &path))
    }

    /// The body passes this check.
    pub(crate) fn verifies(mut self, check: impl Fn(&Value) + Send + 'static) -> Self {
        self.checks.push(Box::new(check));
        self
    }

    /// What is answered.
    pub(crate) fn answers(mut self, answer: &Value) -> Self {
        self.answer = answer.to_string();
        self
    }

    /// What is answered, as text.
    pub(crate) fn answers_text(mut self, answer: String) -> Self {
        self.answer = answer;
        self
    }

    /// Nothing is answered. Such a call may also not come.
    pub(crate) fn hangs(mut self) -> Self {
        self.hangs = true;
        self
    }

    /// The API server refuses, with that code.
    pub(crate) fn fails(mut self, status: u16, reason: &str) -> Self {
        self.status = status;
        self.answer = json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status, "reason": reason,
            "message": format!("it is {reason}"),
            "details": {"causes": [{"reason": reason, "message": ""}]},
        })
        .to_string();
        self
    }

    async fn check(&self, request: Request<Body>) {
        let (head, body) = request.into_parts();
        let uri = head.uri;
        assert_eq!(
            (&head.method, uri.path()),
            (&self.method, &*self.path),
            "another call is next"
        );
        let query = uri.query().unwrap_or_default();
        for part in &self.query {
            assert!(query.contains(part.as_str()), "{part} in {uri}");
        }
        if self.checks.is_empty() {
            return;
        }
        let bytes = body.collect().await.expect("a body").to_bytes();
        let sent: Value = serde_json::from_slice(&bytes).expect("JSON");
        for check in &self.checks {
            check(&sent);
        }
    }

    fn response(&self) -> Response<Body> {
        let body = Body::from(self.answer.clone().into_bytes());
        Response::builder().status(self.status).body(body).expect("an answer")
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

fn assert_contains(sent: &Value, wanted: &Value, path: &str) {
    match wanted {
        Value::Object(fields) => {
            for (name, value) in fields {
                assert_contains(&sent[name], value, &format!("{path} {name}"));
            }
        }
        _ => assert_eq!(sent, wanted, "{path}"),
    }
}

/// The side of the API server.
pub(crate) struct ApiServer {
    handle: Handle<Request<Body>, Response<Body>>,
    unanswered: Vec<SendResponse<Response<Body>>>,
}

/// A client, and the API server that it asks.
pub(crate) fn api_server() -> (Client, ApiServer) {
    let (service, handle) = mock::pair();
    let server = ApiServer {
        handle,
        unanswered: Vec::new(),
    };
    (Client::new(service, "default"), server)
}

impl ApiServer {
    /// Answers these calls, in this order, while `run` goes on. Fails on any other call, and where one of them is missing.
    pub(crate) async fn serve<T>(&mut self, calls: impl IntoIterator<Item = Call>, run: impl Future<Output = T>) -> T {
        let mut calls: VecDeque<Call> = calls.into_iter().collect();
        let mut run = pin!(run);
        loop {
            tokio::select! {
                biased;
                request = self.handle.next_request() => {
                    let (request, answer) = request.expect("the client lives");
                    let Some(call) = calls.pop_front() else {
                        panic!("an extra call: {} {}", request.method(), request.uri());
                    };
                    call.check(request).await;
                    if call.hangs {
                        self.unanswered.push(answer);
                    } else {
                        answer.send_response(call.response());
                    }
                }
                outcome = &mut run => {
                    calls.retain(|call| !call.hangs);
                    assert!(calls.is_empty(), "missing calls: {calls:?}");
                    return outcome;
                }
            }
        }
    }
}
