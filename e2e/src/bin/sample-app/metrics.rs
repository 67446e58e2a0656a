//! Metrics, in the format that says what they are: <https://prometheus.io/docs/instrumenting/exposition_formats/>.

use hyper::StatusCode;
use prost::Message;

use crate::answer::{Answer, text, typed};

const TEXT: &str = "text/plain; version=0.0.4";
/// Names may be any UTF-8 from this version on.
const UTF8: &str = "text/plain; version=1.0.0; escaping=allow-utf-8";
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PROTOBUF: &str = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

/// The metrics of a path.
pub(crate) fn answer(path: &str, requests: u64) -> Answer {
    match path {
        "/utf8/metrics" => typed(StatusCode::OK, UTF8, utf8(requests)),
        "/exemplars/metrics" => typed(StatusCode::OK, OPENMETRICS, with_exemplar(requests)),
        "/histograms/metrics" => typed(StatusCode::OK, PROTOBUF, histogram(requests)),
        "/metrics" | "/basic/metrics" | "/bearer/metrics" | "/oauth2/metrics" => {
            typed(StatusCode::OK, TEXT, counter(requests))
        }
        _ => text(StatusCode::NOT_FOUND, "not found\n"),
    }
}

fn counter(requests: u64) -> String {
    format!(
        "# HELP sample_app_requests_total Requests answered since the start.\n\
         # TYPE sample_app_requests_total counter\n\
         sample_app_requests_total {requests}\n"
    )
}

fn utf8(requests: u64) -> String {
    format!(
        "# TYPE \"sample.app.requests\" counter\n\
         {{\"sample.app.requests\",\"größe\"=\"groß\"}} {requests}\n"
    )
}

fn with_exemplar(requests: u64) -> String {
    format!(
        "# TYPE sample_app_traced counter\n\
         sample_app_traced_total {requests} # {{trace_id=\"abc\"}} 1\n\
         # EOF\n"
    )
}

/// A native histogram of as many observations of 1: the message of
/// <https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto>, as far as it is used here.
fn histogram(requests: u64) -> Vec<u8> {
    let value = Histogram {
        sample_count: Some(requests),
        sample_sum: Some(f64::from(u32::try_from(requests).unwrap_or(u32::MAX))),
        schema: Some(0),
        zero_threshold: Some(1e-9),
        zero_count: Some(0),
        positive_span: vec![Span {
            offset: Some(0),
            length: Some(1),
        }],
        positive_delta: vec![i64::try_from(requests).unwrap_or(i64::MAX)],
    };
    let family = Family {
        name: Some("sample_app_latency_seconds".to_owned()),
        help: Some("How long requests took.".to_owned()),
        kind: Some(HISTOGRAM),
        metric: vec![Metric { histogram: Some(value) }],
    };
    family.encode_length_delimited_to_vec()
}

/// `MetricType.HISTOGRAM`.
const HISTOGRAM: i32 = 4;

#[derive(Clone, PartialEq, Message)]
struct Family {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
    #[prost(string, optional, tag = "2")]
    help: Option<String>,
    #[prost(int32, optional, tag = "3")]
    kind: Option<i32>,
    #[prost(message, repeated, tag = "4")]
    metric: Vec<Metric>,
}

#[derive(Clone, PartialEq, Message)]
struct Metric {
    #[prost(message, optional, tag = "7")]
    histogram: Option<Histogram>,
}

#[derive(Clone, PartialEq, Message)]
struct Histogram {
    #[prost(uint64, optional, tag = "1")]
    sample_count: Option<u64>,
    #[prost(double, optional, tag = "2")]
    sample_sum: Option<f64>,
    #[prost(sint32, optional, tag = "5")]
    schema: Option<i32>,
    #[prost(double, optional, tag = "6")]
    zero_threshold: Option<f64>,
    #[prost(uint64, optional, tag = "7")]
    zero_count: Option<u64>,
    #[prost(message, repeated, tag = "12")]
    positive_span: Vec<Span>,
    #[prost(sint64, repeated, packed = "false", tag = "13")]
    positive_delta: Vec<i64>,
}

#[derive(Clone, PartialEq, Message)]
struct Span {
    #[prost(sint32, optional, tag = "1")]
    offset: Option<i32>,
    #[prost(uint32, optional, tag = "2")]
    length: Option<u32>,
}
