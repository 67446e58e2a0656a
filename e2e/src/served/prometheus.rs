//! Questions to a Prometheus: <https://prometheus.io/docs/prometheus/latest/querying/api/>.

use anyhow::Context as _;
use serde_json::Value;

use super::reloaded::Reloaded;
use crate::namespace::Namespace;

/// Port of its web server.
const PORT: u16 = 9090;

/// A target that Prometheus scrapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Name of the scrape job, such as `serviceMonitor/NAMESPACE/NAME/0`.
    pub pool: String,
    /// `up`, `down` or `unknown`.
    pub health: String,
    /// Label `instance`.
    pub instance: String,
    /// Why the last scrape failed; empty if it did not.
    pub error: String,
}

/// One pod of a Prometheus.
pub struct PrometheusServer(Reloaded);

impl PrometheusServer {
    /// The Prometheus in the pod of this name.
    pub fn new(namespace: &Namespace, pod: &str) -> Self {
        Self(Reloaded::pod(namespace, pod, PORT))
    }

    /// The same, where Prometheus and the reloader speak TLS.
    pub fn with_tls(namespace: &Namespace, pod: &str) -> Self {
        Self(Reloaded::tls_pod(namespace, pod, PORT))
    }

    /// An error unless it lives and has loaded its data, and the reloader serves.
    pub async fn ready(&self) -> anyhow::Result<()> {
        self.0.ready().await
    }

    /// The active targets.
    pub async fn targets(&self) -> anyhow::Result<Vec<Target>> {
        let answer = self.0.web.json("/api/v1/targets?state=active").await?;
        let targets = answer["data"]["activeTargets"].as_array().context("no targets")?;
        Ok(targets
            .iter()
            .map(|target| Target {
                pool: text(&target["scrapePool"]),
                health: text(&target["health"]),
                instance: text(&target["labels"]["instance"]),
                error: text(&target["lastError"]),
            })
            .collect())
    }

    /// Targets of the scrape job, all of them `up`; an error unless there are `count`.
    pub async fn up(&self, pool: &str, count: usize) -> anyhow::Result<Vec<Target>> {
        let mut targets = self.targets().await?;
        let up = |target: &Target| target.pool == pool && target.health == "up";
        anyhow::ensure!(
            targets.iter().filter(|target| up(target)).count() == count,
            "targets are {targets:?}"
        );
        targets.retain(up);
        Ok(targets)
    }

    /// The rules: name and expression.
    pub async fn rules(&self) -> anyhow::Result<Vec<(String, String)>> {
        rules_of(&self.0.web.json("/api/v1/rules").await?)
    }

    /// How many series have a sample now that `selector` matches, such as `up`.
    pub async fn series(&self, selector: &str) -> anyhow::Result<usize> {
        let answer = self.0.web.json(&format!("/api/v1/query?query={selector}")).await?;
        let series = answer["data"]["result"].as_array().context("no result")?;
        Ok(series.len())
    }

    /// The configuration that it has loaded, YAML.
    pub async fn loaded_configuration(&self) -> anyhow::Result<String> {
        let answer = self.0.web.json("/api/v1/status/config").await?;
        Ok(text(&answer["data"]["yaml"]))
    }

    /// Its own metrics.
    pub async fn metrics(&self) -> anyhow::Result<String> {
        self.0.web.text("/metrics").await
    }

    /// Metrics of the reloader beside it.
    pub async fn reloader_metrics(&self) -> anyhow::Result<String> {
        self.0.reloader.text("/metrics").await
    }
}

/// The rules of an answer of `/api/v1/rules`: name and expression.
pub(super) fn rules_of(answer: &Value) -> anyhow::Result<Vec<(String, String)>> {
    let groups = answer["data"]["groups"].as_array().context("no groups")?;
    Ok(groups
        .iter()
        .flat_map(|group| group["rules"].as_array().into_iter().flatten())
        .map(|rule| (text(&rule["name"]), text(&rule["query"])))
        .collect())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
