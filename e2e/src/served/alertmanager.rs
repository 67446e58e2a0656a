//! Questions to an Alertmanager: its API is described by `api/v2/openapi.yaml` of its source.

use anyhow::Context as _;
use serde_json::Value;

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

    /// Members of its cluster, itself included.
    pub async fn peers(&self) -> anyhow::Result<usize> {
        let status = self.0.web.json("/api/v2/status").await?;
        Ok(status["cluster"]["peers"].as_array().map_or(0, Vec::len))
    }
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
