//! A receiver of remote write, in both versions of the message: <https://prometheus.io/docs/specs/prw/>. Each path is a
//! receiver of its own. It keeps who wrote and the newest value of each series.

use std::collections::BTreeMap;

use anyhow::Context as _;
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::{Request, StatusCode};
use prost::Message;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::answer::{self, Answer, refusal, text, whole};

/// Series kept of a receiver; further ones are not.
const KEPT: usize = 2000;
/// Receivers that there can be.
const RECEIVERS: usize = 100;
/// Largest message when it is expanded, in bytes.
const EXPANDED: usize = 8 << 20;
/// Says to senders of version 2 how much was kept: without it they take it that nothing was.
const SAMPLES_WRITTEN: &str = "x-prometheus-remote-write-samples-written";
/// Headers that are recorded.
const RECORDED: [&str; 4] = [
    "user-agent",
    "content-type",
    "x-prometheus-remote-write-version",
    "x-scope-orgid",
];

/// What was written, by path.
#[derive(Default)]
pub(crate) struct Written(Mutex<BTreeMap<String, Receiver>>);

#[derive(Default)]
struct Receiver {
    authorization: Option<String>,
    headers: BTreeMap<&'static str, String>,
    series: BTreeMap<String, (BTreeMap<String, String>, f64)>,
}

type Series = (BTreeMap<String, String>, f64);

impl Written {
    /// Who wrote to this path, and what.
    pub(crate) async fn report(&self, path: &str) -> Answer {
        let receivers = self.0.lock().await;
        let Some(receiver) = receivers.get(path) else {
            return answer::json(&json!({ "authorization": null, "headers": {}, "series": [] }));
        };
        let one = |(labels, value): &Series| json!({ "labels": labels, "value": value });
        answer::json(&json!({
            "authorization": receiver.authorization,
            "headers": receiver.headers,
            "series": receiver.series.values().map(one).collect::<Value>(),
        }))
    }

    /// Keeps what a message holds.
    pub(crate) async fn take(&self, request: Request<Incoming>) -> Answer {
        let (head, body) = request.into_parts();
        let series = match read(&head.headers, body).await {
            Ok(series) => series,
            Err(error) => return refusal(&error),
        };
        let mut receivers = self.0.lock().await;
        if receivers.len() >= RECEIVERS && !receivers.contains_key(head.uri.path()) {
            return text(StatusCode::INSUFFICIENT_STORAGE, "too many receivers\n");
        }
        let receiver = receivers.entry(head.uri.path().to_owned()).or_default();
        receiver.authorization = header(&head.headers, AUTHORIZATION.as_str());
        receiver.headers = RECORDED
            .into_iter()
            .filter_map(|name| Some((name, header(&head.headers, name)?)))
            .collect();
        let written = series.len();
        for (labels, value) in series {
            let key = format!("{labels:?}");
            if receiver.series.len() < KEPT || receiver.series.contains_key(&key) {
                receiver.series.insert(key, (labels, value));
            }
        }
        let mut answer = text(StatusCode::NO_CONTENT, "");
        answer.headers_mut().insert(SAMPLES_WRITTEN, HeaderValue::from(written));
        answer
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

async fn read(headers: &HeaderMap, body: Incoming) -> anyhow::Result<Vec<Series>> {
    let body = whole(body).await?;
    anyhow::ensure!(
        snap::raw::decompress_len(&body).context("no Snappy")? <= EXPANDED,
        "the message is too large"
    );
    let message = snap::raw::Decoder::new().decompress_vec(&body).context("no Snappy")?;
    if header(headers, CONTENT_TYPE.as_str()).is_some_and(|kind| kind.contains("io.prometheus.write.v2")) {
        let message = Second::decode(message.as_slice()).context("no message of version 2")?;
        message
            .series
            .iter()
            .filter_map(|series| series.newest(&message.symbols))
            .collect()
    } else {
        let message = First::decode(message.as_slice()).context("no message of version 1")?;
        Ok(message.series.into_iter().filter_map(FirstSeries::newest).collect())
    }
}

/// `prometheus.WriteRequest`, as far as it is used here.
#[derive(Clone, PartialEq, Message)]
struct First {
    #[prost(message, repeated, tag = "1")]
    series: Vec<FirstSeries>,
}

#[derive(Clone, PartialEq, Message)]
struct FirstSeries {
    #[prost(message, repeated, tag = "1")]
    labels: Vec<Label>,
    #[prost(message, repeated, tag = "2")]
    samples: Vec<Sample>,
}

#[derive(Clone, PartialEq, Message)]
struct Label {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    value: String,
}

#[derive(Clone, PartialEq, Message)]
struct Sample {
    #[prost(double, tag = "1")]
    value: f64,
}

/// `io.prometheus.write.v2.Request`, as far as it is used here.
#[derive(Clone, PartialEq, Message)]
struct Second {
    #[prost(string, repeated, tag = "4")]
    symbols: Vec<String>,
    #[prost(message, repeated, tag = "5")]
    series: Vec<SecondSeries>,
}

#[derive(Clone, PartialEq, Message)]
struct SecondSeries {
    #[prost(uint32, repeated, tag = "1")]
    labels: Vec<u32>,
    #[prost(message, repeated, tag = "2")]
    samples: Vec<Sample>,
}

impl FirstSeries {
    fn newest(self) -> Option<Series> {
        let value = self.samples.last()?.value;
        Some((
            self.labels.into_iter().map(|label| (label.name, label.value)).collect(),
            value,
        ))
    }
}

impl SecondSeries {
    /// Labels are pairs of places in `symbols`. Nothing where there is no sample.
    fn newest(&self, symbols: &[String]) -> Option<anyhow::Result<Series>> {
        let value = self.samples.last()?.value;
        let symbol = |place: u32| symbols.get(place as usize).cloned().context("a symbol is missing");
        let pairs = self.labels.chunks_exact(2);
        let labels: anyhow::Result<_> = pairs.map(|pair| Ok((symbol(pair[0])?, symbol(pair[1])?))).collect();
        Some(labels.map(|labels| (labels, value)))
    }
}
