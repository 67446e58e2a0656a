//! Who may read which metrics. The credentials are no secrets: this is a sample.

use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, HeaderMap};
use hyper::{Request, StatusCode};
use serde_json::json;

use crate::answer::{Answer, json, refusal, text, whole};

/// First part of a path, and the header that it wants: `user:password`, a token from a file, and one that `/token` gave.
const WANTED: [(&str, &str); 3] = [
    ("/basic/", "Basic dXNlcjpwYXNzd29yZA=="),
    ("/bearer/", "Bearer token"),
    ("/oauth2/", "Bearer granted"),
];
/// `client:client-secret`, as `OAuth2` has it in a header.
const CLIENT: &str = "Basic Y2xpZW50OmNsaWVudC1zZWNyZXQ=";
/// The same in the body of a request.
const CLIENT_IN_BODY: [&str; 2] = ["client_id=client", "client_secret=client-secret"];

/// What to say to a request that lacks the credential of its path. `metrics` is the one that `/metrics` itself wants.
pub(crate) fn missing(metrics: Option<&str>, path: &str, headers: &HeaderMap) -> Option<&'static str> {
    let wanted = if path == "/metrics" {
        metrics
    } else {
        WANTED
            .iter()
            .find(|(start, _)| path.starts_with(start))
            .map(|(_, header)| *header)
    };
    let given = headers.get(AUTHORIZATION);
    wanted
        .is_some_and(|wanted| given.is_none_or(|given| given != wanted))
        .then_some("not authorized\n")
}

/// The token of `/oauth2`, for the one client that there is.
pub(crate) async fn token(request: Request<Incoming>) -> Answer {
    let by_header = request
        .headers()
        .get(AUTHORIZATION)
        .is_some_and(|given| given == CLIENT);
    let body = match whole(request.into_body()).await {
        Ok(body) => String::from_utf8_lossy(&body).into_owned(),
        Err(error) => return refusal(&error),
    };
    let by_body = CLIENT_IN_BODY
        .iter()
        .all(|wanted| body.split('&').any(|part| part == *wanted));
    if by_header || by_body {
        json(&json!({ "access_token": "granted", "token_type": "Bearer", "expires_in": 3600 }))
    } else {
        text(StatusCode::UNAUTHORIZED, "not a client\n")
    }
}
