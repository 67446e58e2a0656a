//! Answers to requests, and what a request brought, up to a limit. Pure but for reading the request.

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::Value;

/// Largest body that is taken, in bytes.
const BODY_LIMIT: usize = 1 << 20;

pub(crate) type Answer = Response<Full<Bytes>>;

/// An answer of this type.
pub(crate) fn typed(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

pub(crate) fn text(status: StatusCode, body: impl Into<Bytes>) -> Answer {
    typed(status, "text/plain", body)
}

pub(crate) fn json(value: &Value) -> Answer {
    typed(StatusCode::OK, "application/json", value.to_string())
}

/// That the request cannot be read, and why.
pub(crate) fn refusal(error: &anyhow::Error) -> Answer {
    text(StatusCode::BAD_REQUEST, format!("{error:#}\n"))
}

/// All of a body.
pub(crate) async fn whole(body: Incoming) -> anyhow::Result<Bytes> {
    let body = Limited::new(body, BODY_LIMIT).collect().await;
    Ok(body.map_err(|error| anyhow::anyhow!(error))?.to_bytes())
}
