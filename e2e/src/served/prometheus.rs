//! Questions to a Prometheus: <https://prometheus.io/docs/prometheus/latest/querying/api/>.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde_json::Value;

use super::encoded;
use super::reloaded::Reloaded;
use crate::namespace::Namespace;
use crate::{LIVE, eventually};

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
    /// URL that is scraped.
    pub url: String,
    /// Why the last scrape failed; empty if it did not.
    pub error: String,
}

/// A rule that Prometheus has loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedRule {
    /// Name of the alert or of the series.
    pub name: String,
    /// `ok`, `err`, or `unknown` until it is evaluated.
    pub health: String,
    /// Why the last evaluation failed; empty if it did not.
    pub error: String,
    /// Seconds between two evaluations.
    pub interval: f64,
}

/// A series at a point in time: its labels and its value.
pub type Sample = (BTreeMap<String, String>, f64);

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
                url: text(&target["scrapeUrl"]),
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

    /// Waits until the scrape job has so many targets that are `up`.
    pub async fn await_up(&self, pool: &str, count: usize) -> anyhow::Result<Vec<Target>> {
        let what = format!("{count} targets of {pool} are up");
        eventually(LIVE, &what, async || self.up(pool, count).await).await
    }

    /// Waits until exactly these alerts fire.
    pub async fn await_firing(&self, alerts: &[&str]) -> anyhow::Result<()> {
        eventually(LIVE, &format!("{alerts:?} fire"), async || {
            are_firing(self.firing().await?, alerts)
        })
        .await
    }

    /// Waits until `expression` yields so many series, and gives them.
    pub async fn await_series(&self, expression: &str, count: usize) -> anyhow::Result<Vec<Sample>> {
        eventually(LIVE, &format!("there are {count} series of {expression}"), async || {
            let series = self.query(expression).await?;
            anyhow::ensure!(series.len() == count, "{series:?}");
            Ok(series)
        })
        .await
    }

    /// The rules: name and expression.
    pub async fn rules(&self) -> anyhow::Result<Vec<(String, String)>> {
        rules_of(&self.0.web.json("/api/v1/rules").await?)
    }

    /// The rules, and how their evaluation goes.
    pub async fn loaded_rules(&self) -> anyhow::Result<Vec<LoadedRule>> {
        let answer = self.0.web.json("/api/v1/rules").await?;
        let groups = answer["data"]["groups"].as_array().context("no groups")?;
        let rules = groups.iter().flat_map(|group| {
            let interval = group["interval"].as_f64().unwrap_or_default();
            let rules = group["rules"].as_array().into_iter().flatten();
            rules.map(move |rule| LoadedRule {
                name: text(&rule["name"]),
                health: text(&rule["health"]),
                error: text(&rule["lastError"]),
                interval,
            })
        });
        Ok(rules.collect())
    }

    /// The series that `expression` yields now.
    pub async fn query(&self, expression: &str) -> anyhow::Result<Vec<Sample>> {
        let path = format!("/api/v1/query?{}", encoded(&[("query", expression)]));
        samples_of(&self.0.web.json(&path).await?)
    }

    /// How many series have a sample now that `selector` matches, such as `up`.
    pub async fn series(&self, selector: &str) -> anyhow::Result<usize> {
        Ok(self.query(selector).await?.len())
    }

    /// The exemplars of the last minutes of the series that `selector` matches.
    pub async fn exemplars(&self, selector: &str) -> anyhow::Result<Vec<Value>> {
        let path = format!("/api/v1/query_exemplars?{}", encoded(&[("query", selector)]));
        let answer = self.0.web.json(&path).await?;
        let series = answer["data"].as_array().context("no data")?;
        Ok(series
            .iter()
            .flat_map(|series| series["exemplars"].as_array().cloned().unwrap_or_default())
            .collect())
    }

    /// Names of the alerts that fire.
    pub async fn firing(&self) -> anyhow::Result<Vec<String>> {
        Ok(firing_of(&self.0.web.json("/api/v1/alerts").await?))
    }

    /// URLs of the Alertmanagers that it sends to.
    pub async fn alertmanagers(&self) -> anyhow::Result<Vec<String>> {
        let answer = self.0.web.json("/api/v1/alertmanagers").await?;
        let active = answer["data"]["activeAlertmanagers"].as_array().context("no list")?;
        Ok(active.iter().map(|one| text(&one["url"])).collect())
    }

    /// Headers of an answer.
    pub async fn headers(&self) -> anyhow::Result<hyper::HeaderMap> {
        self.0.web.headers("/-/healthy").await
    }

    /// Version that runs, such as `3.13.2`.
    pub async fn version(&self) -> anyhow::Result<String> {
        Ok(text(
            &self.0.web.json("/api/v1/status/buildinfo").await?["data"]["version"],
        ))
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

/// Names of the alerts that fire, in an answer of `/api/v1/alerts`. Thanos writes a key of it large.
pub(super) fn firing_of(answer: &Value) -> Vec<String> {
    let lists = [&answer["data"]["alerts"], &answer["data"]["Alerts"]];
    let fires = |alert: &&Value| text(&alert["state"]).eq_ignore_ascii_case("firing");
    let alerts = lists.into_iter().filter_map(Value::as_array).flatten().filter(fires);
    alerts.map(|alert| text(&alert["labels"]["alertname"])).collect()
}

/// An error unless exactly these alerts fire.
pub(super) fn are_firing(mut firing: Vec<String>, alerts: &[&str]) -> anyhow::Result<()> {
    firing.sort();
    firing.dedup();
    anyhow::ensure!(firing == alerts, "{firing:?} fire");
    Ok(())
}

/// The series of an answer to a query that yields a vector. A histogram counts as the number of its observations.
pub(super) fn samples_of(answer: &Value) -> anyhow::Result<Vec<Sample>> {
    let series = answer["data"]["result"].as_array().context("no result")?;
    let sample = |series: &Value| {
        let labels = series["metric"].as_object().context("no labels")?;
        let labels = labels.iter().map(|(name, value)| (name.clone(), text(value))).collect();
        let value = series["value"][1]
            .as_str()
            .or_else(|| series["histogram"][1]["count"].as_str());
        Ok((labels, value.context("no value")?.parse()?))
    };
    series.iter().map(sample).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
