use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use prometheus_client::registry::Registry;

use super::*;

#[test]
fn an_endpoint_names_no_object() {
    let names = "/api/v1/namespaces/%7Bnamespace%7D/secrets/%7Bname%7D";
    for (path, expected) in [
        ("/version", "/version"),
        ("/api/v1/nodes", "/api/v1/nodes"),
        ("/api/v1/nodes/n1", "/api/v1/nodes/%7Bname%7D"),
        (
            "/api/v1/namespaces/ns/secrets",
            "/api/v1/namespaces/%7Bnamespace%7D/secrets",
        ),
        ("/api/v1/namespaces/ns/secrets/s", names),
        (
            "/apis/monitoring.coreos.com/v1/prometheuses",
            "/apis/monitoring.coreos.com/v1/prometheuses",
        ),
        (
            "/apis/monitoring.coreos.com/v1/namespaces/ns/prometheuses/main/status",
            "/apis/monitoring.coreos.com/v1/namespaces/%7Bnamespace%7D/prometheuses/%7Bname%7D/status",
        ),
        ("/api/v1/namespaces/ns/status", "/api/v1/namespaces/%7Bname%7D/status"),
    ] {
        assert_eq!(endpoint(path), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_server_cannot_take_holds_nobody_for_long() {
    for status in [429, 503, 504] {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let server = tower::service_fn(move |_: hyper::Request<Body>| {
            count.fetch_add(1, Ordering::Relaxed);
            // A server that shall be asked again in an hour.
            let answer = hyper::Response::builder().status(status).header("Retry-After", "3600");
            async { Ok::<_, Infallible>(answer.body(Body::empty()).expect("an answer")) }
        });
        let mut registry = Registry::default();
        let client = layered(
            ClientBuilder::new(server, "default"),
            ClientMetrics::register(&mut registry),
        );
        let started = tokio::time::Instant::now();
        let request = hyper::Request::get("/api/v1/secrets").body(Body::empty());
        let answer = client.send(request.expect("a request")).await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status);
        let took = started.elapsed();
        assert!(took < Duration::from_secs(20), "{took:?}");
        let asked = asked.load(Ordering::Relaxed);
        assert!(asked > 1, "it is asked again");
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).expect("metrics");
        let counted = format!("kubernetes_client_http_requests_total{{status_code=\"{status}\"}} {asked}");
        assert!(text.contains(&counted), "{text}");
    }
}
