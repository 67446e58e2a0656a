//! Requests to the HTTP servers of pods, by way of the API server's proxy, so that no port has to be forwarded.

pub mod alertmanager;
pub mod prometheus;
mod reloaded;
pub(crate) mod thanos;

use anyhow::Context as _;
use hyper::Request;
use kube::Client;
use serde_json::Value;

use crate::namespace::Namespace;

/// One HTTP server in the cluster.
pub struct Served {
    client: Client,
    /// Path of the proxy, without a slash at the end.
    proxy: String,
}

impl Served {
    /// The server on a port of one pod.
    pub fn pod(namespace: &Namespace, pod: &str, port: u16) -> Self {
        Self::of(&namespace.client, &namespace.name, "pods", pod, &port.to_string())
    }

    /// The same, where the server speaks TLS. Nobody checks its certificate.
    pub fn tls_pod(namespace: &Namespace, pod: &str, port: u16) -> Self {
        let pod = format!("https:{pod}");
        Self::pod(namespace, &pod, port)
    }

    /// The server behind a named port of a Service; which pod answers is left to the API server.
    pub fn service(namespace: &Namespace, service: &str, port: &str) -> Self {
        Self::of(&namespace.client, &namespace.name, "services", service, port)
    }

    pub(crate) fn of(client: &Client, namespace: &str, kind: &str, name: &str, port: &str) -> Self {
        Self {
            client: client.clone(),
            proxy: format!("/api/v1/namespaces/{namespace}/{kind}/{name}:{port}/proxy"),
        }
    }

    /// What the server answers to a GET of `path`, which begins with a slash. An error unless the status is 2xx.
    pub async fn text(&self, path: &str) -> anyhow::Result<String> {
        let request = Request::get(format!("{}{path}", self.proxy)).body(Vec::new())?;
        self.client
            .request_text(request)
            .await
            .with_context(|| format!("GET {}{path}", self.proxy))
    }

    /// The headers of the answer to a GET of `path`; an error unless the status is 2xx.
    pub async fn headers(&self, path: &str) -> anyhow::Result<hyper::HeaderMap> {
        let request = Request::get(format!("{}{path}", self.proxy)).body(kube::client::Body::empty())?;
        let answer = self.client.send(request).await?;
        anyhow::ensure!(
            answer.status().is_success(),
            "GET {}{path}: {}",
            self.proxy,
            answer.status()
        );
        Ok(answer.headers().clone())
    }

    /// What the server answers to a POST of `body`, as JSON. An error unless the status is 2xx.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = Request::post(format!("{}{path}", self.proxy)).header("content-type", "application/json");
        let text = self.client.request_text(request.body(serde_json::to_vec(body)?)?).await;
        let text = text.with_context(|| format!("POST {}{path}", self.proxy))?;
        Ok(serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// The same, read as JSON.
    pub async fn json(&self, path: &str) -> anyhow::Result<Value> {
        let text = self.text(path).await?;
        serde_json::from_str(&text).with_context(|| format!("GET {}{path}: no JSON", self.proxy))
    }
}

/// Parameters of a URL.
pub(crate) fn encoded(parameters: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish()
}

/// Value of the first series of this name that has all of `labels`, in the text of a `/metrics`.
pub fn metric(text: &str, name: &str, labels: &[(&str, &str)]) -> anyhow::Result<f64> {
    let labels: Vec<_> = labels.iter().map(|(key, value)| format!("{key}=\"{value}\"")).collect();
    let value = text.lines().find_map(|line| {
        let (series, value) = line.rsplit_once(' ')?;
        let rest = series.strip_prefix(name)?;
        let named = rest.is_empty() || rest.starts_with('{');
        (named && labels.iter().all(|label| rest.contains(label))).then_some(value)
    });
    let value = value.with_context(|| format!("no {name} with {labels:?}"))?;
    value.parse().with_context(|| format!("{name} {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_is_found_by_its_whole_name() {
        let text = "# TYPE a gauge\na_b 1\na{x=\"y\"} 2\na{z=\"1\",x=\"z\"} 3\n";
        let found = |labels: &[(&str, &str)]| metric(text, "a", labels).map_err(|error| error.to_string());
        assert_eq!(found(&[]), Ok(2.0));
        assert_eq!(found(&[("x", "z"), ("z", "1")]), Ok(3.0));
        assert_eq!(found(&[("x", "w")]), Err(r#"no a with ["x=\"w\""]"#.to_owned()));
    }
}
