//! The webhooks on a web server: which path serves what, and the response to a body that is no review request. Each response
//! is worked out on a thread that may block, a few at a time, and within a limit of time.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::body::Bytes;
use hyper::header::CONTENT_TYPE;
use hyper::{Method, StatusCode};
use process::http::{self, Answer, Routes, plain};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::judge::Judge;
use super::kinds::{ALWAYS, KINDS, RULES, ReviewedKind};
use super::metrics::{Metrics, Outcome};
use super::{answers, conversion};

/// Longest request, in bytes: the API server takes no longer object.
pub const LONGEST: usize = 3 * 1024 * 1024;
/// All requests at a time, in bytes.
pub const ROOM: usize = 10 * LONGEST;
/// Answers that are worked out at the same time.
const CONCURRENT: usize = 4;
/// For a response. The API server waits ten seconds by default, and thirty at most.
const PATIENCE: Duration = Duration::from_secs(10);

const JSON: &str = "application/json";
/// Label of what is counted of conversions.
const CONVERSION: &str = "Conversion";

/// The result of a request: for the metrics, and for the response.
type Told = (Outcome, Answer);

/// All that answers come from.
#[derive(Debug)]
pub struct Webhooks {
    judge: Judge,
    metrics: Metrics,
    places: Arc<Semaphore>,
}

impl Webhooks {
    /// Webhooks that judge by `judge`.
    pub fn new(judge: Judge, metrics: Metrics) -> Arc<Self> {
        Arc::new(Self {
            judge,
            metrics,
            places: Arc::new(Semaphore::new(CONCURRENT)),
        })
    }

    /// Adds the webhooks of rules, `AlertmanagerConfig`s and the conversion, and those of more `kinds`, by their plural
    /// names.
    pub fn add_to(self: &Arc<Self>, mut routes: Routes, kinds: &BTreeSet<String>) -> Routes {
        for (index, kind) in KINDS.iter().enumerate() {
            if index < ALWAYS || kinds.contains(kind.plural) {
                let work = move |webhooks: &Self, body: &[u8]| webhooks.reviewed(kind, body);
                routes = self.on(routes, kind.path, kind.kind, Some(JSON), work);
            }
        }
        let mutate = "/admission-prometheusrules/mutate";
        let routes = self.on(routes, mutate, RULES.kind, Some(JSON), |_, body| mutated(body));
        self.on(routes, "/convert", CONVERSION, None, |_, body| converted(body))
    }

    /// Adds a webhook, which may accept one content type only.
    fn on<W>(
        self: &Arc<Self>,
        routes: Routes,
        path: &'static str,
        kind: &'static str,
        content_type: Option<&'static str>,
        work: W,
    ) -> Routes
    where
        W: Fn(&Self, &[u8]) -> Told + Copy + Send + Sync + 'static,
    {
        let webhooks = Arc::clone(self);
        routes.on(Method::POST, path, move |request| {
            let webhooks = Arc::clone(&webhooks);
            async move {
                let began = Instant::now();
                let (outcome, answer) = match refusal(&request, content_type) {
                    Some(refusal) => (Outcome::Unreadable, refusal),
                    None => Arc::clone(&webhooks).worked_out(request.body, work).await,
                };
                webhooks.metrics.count(kind, outcome, began.elapsed());
                answer
            }
        })
    }

    async fn worked_out<W>(self: Arc<Self>, body: Bytes, work: W) -> Told
    where
        W: Fn(&Self, &[u8]) -> Told + Send + 'static,
    {
        let places = Arc::clone(&self.places);
        let task = async move {
            let place = places.acquire_owned().await;
            let task = move || {
                let told = work(&self, &body);
                drop(place);
                told
            };
            tokio::task::spawn_blocking(task).await
        };
        match timeout(PATIENCE, task).await {
            Ok(Ok(told)) => told,
            // A panic, which the runtime has caught.
            Ok(Err(_)) => failed(StatusCode::INTERNAL_SERVER_ERROR, "the object could not be reviewed"),
            Err(_) => failed(
                StatusCode::SERVICE_UNAVAILABLE,
                "the review of the object took too long",
            ),
        }
    }

    fn reviewed(&self, kind: &ReviewedKind, body: &[u8]) -> Told {
        let (outcome, answer) = answers::validated(&self.judge, kind, body);
        (outcome, http::answer(StatusCode::OK, JSON, answer))
    }
}

fn mutated(body: &[u8]) -> Told {
    let (outcome, answer) = answers::mutated(body);
    (outcome, http::answer(StatusCode::OK, JSON, answer))
}

fn failed(status: StatusCode, text: &str) -> Told {
    (Outcome::Failed, plain(status, text))
}

/// The response to a body that is no review request, in the words of the original.
fn refusal(request: &http::Request, content_type: Option<&'static str>) -> Option<Answer> {
    if request.body.is_empty() {
        return Some(plain(StatusCode::BAD_REQUEST, "request has no body"));
    }
    let expected = content_type?;
    let given = request.head.headers.get(CONTENT_TYPE);
    (given.is_none_or(|given| given != expected)).then(|| {
        let text = format!("invalid Content-Type, expected {expected}");
        plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, text)
    })
}

fn converted(body: &[u8]) -> Told {
    match conversion::converted(body) {
        Ok(converted) => {
            let outcome = match &converted.failure {
                None => Outcome::Allowed,
                Some(failure) => {
                    tracing::error!(failure, "the objects cannot be converted");
                    Outcome::Refused
                }
            };
            (outcome, http::answer(StatusCode::OK, JSON, converted.answer))
        }
        Err(error) => (Outcome::Unreadable, plain(StatusCode::BAD_REQUEST, error.to_string())),
    }
}
