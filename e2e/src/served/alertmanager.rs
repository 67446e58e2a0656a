//! Questions to an Alertmanager: its API is described by `api/v2/openapi.yaml` of its source.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::Served;
use super::reloaded::Reloaded;
use crate::namespace::Namespace;

/// Port of its web server.
const PORT: u16 = 9093;

/// One pod of an Alertmanager.
pub struct AlertmanagerServer(Reloaded);

impl AlertmanagerServer {
    /// The Alertmanager in the pod of this name.
    pub fn new(namespace: &Namespace, pod: &str) -> Self {
        Self(Reloaded::pod(namespace, pod, PORT))
    }

    /// The same, where Alertmanager and the reloader speak TLS.
    pub fn with_tls(namespace: &Namespace, pod: &str) -> Self {
        Self(Reloaded::tls_pod(namespace, pod, PORT))
    }

    /// An error unless it lives and serves, and the reloader does.
    pub async fn ready(&self) -> anyhow::Result<()> {
        self.0.ready().await
    }

    /// Names of the alerts that it holds.
    pub async fn alerts(&self) -> anyhow::Result<Vec<String>> {
        let answer = self.0.web.json("/api/v2/alerts").await?;
        let alerts = answer.as_array().context("no alerts")?;
        Ok(alerts
            .iter()
            .filter_map(|alert| alert["labels"]["alertname"].as_str().map(str::to_owned))
            .collect())
    }

    /// The configuration that it has loaded, YAML.
    pub async fn loaded_configuration(&self) -> anyhow::Result<String> {
        let status = self.0.web.json("/api/v2/status").await?;
        let config = status["config"]["original"].as_str();
        Ok(config.context("no configuration")?.to_owned())
    }

    /// Silences alerts of this name for an hour, and gives the identity of the silence.
    pub async fn silence(&self, alert: &str) -> anyhow::Result<String> {
        let matcher = json!({ "name": "alertname", "value": alert, "isRegex": false, "isEqual": true });
        let silence = json!({
            "matchers": [matcher],
            "startsAt": "2000-01-01T00:00:00Z",
            "endsAt": "2100-01-01T00:00:00Z",
            "createdBy": "e2e",
            "comment": "end to end",
        });
        let made = self.0.web.post("/api/v2/silences", &silence).await?;
        Ok(made["silenceID"].as_str().context("no identity")?.to_owned())
    }

    /// Identities of the silences that it knows.
    pub async fn silences(&self) -> anyhow::Result<Vec<String>> {
        let answer = self.0.web.json("/api/v2/silences").await?;
        let silences = answer.as_array().context("no silences")?;
        Ok(silences
            .iter()
            .filter_map(|silence| silence["id"].as_str().map(str::to_owned))
            .collect())
    }

    /// Sends it an alert of this name that ends far in the future.
    pub async fn alert(&self, name: &str) -> anyhow::Result<()> {
        let alert = json!([{ "labels": { "alertname": name }, "endsAt": "2100-01-01T00:00:00Z" }]);
        self.0.web.post("/api/v2/alerts", &alert).await?;
        Ok(())
    }

    /// Version that runs, such as `0.33.1`.
    pub async fn version(&self) -> anyhow::Result<String> {
        let status = self.0.web.json("/api/v2/status").await?;
        Ok(status["versionInfo"]["version"].as_str().unwrap_or_default().to_owned())
    }

    /// Metrics of Alertmanager.
    pub async fn metrics(&self) -> anyhow::Result<String> {
        self.0.web.text("/metrics").await
    }

    /// Metrics of the reloader beside it.
    pub async fn reloader_metrics(&self) -> anyhow::Result<String> {
        self.0.reloader.text("/metrics").await
    }

    /// Headers of an answer.
    pub async fn headers(&self) -> anyhow::Result<hyper::HeaderMap> {
        self.0.web.headers("/-/healthy").await
    }

    /// Members of its cluster, itself included.
    pub async fn peers(&self) -> anyhow::Result<usize> {
        let status = self.0.web.json("/api/v2/status").await?;
        Ok(status["cluster"]["peers"].as_array().map_or(0, Vec::len))
    }
}

/// All that the webhook receiver was sent, the newest first.
pub async fn notifications(namespace: &Namespace, receiver: &str) -> anyhow::Result<Vec<Value>> {
    let notifications = Served::service(namespace, receiver, "http").json("/alerts").await?;
    Ok(notifications.as_array().context("no list")?.clone())
}

/// Names of the alerts in what the webhook receiver was sent.
pub async fn received_alerts(namespace: &Namespace, receiver: &str) -> anyhow::Result<Vec<String>> {
    let notifications = Served::service(namespace, receiver, "http").json("/alerts").await?;
    let alerts = |notification: &Value| notification["alerts"].as_array().cloned().unwrap_or_default();
    Ok(notifications
        .as_array()
        .context("no list")?
        .iter()
        .flat_map(alerts)
        .filter_map(|alert| alert["labels"]["alertname"].as_str().map(str::to_owned))
        .collect())
}
