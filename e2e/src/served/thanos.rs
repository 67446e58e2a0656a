//! Questions to a Thanos Ruler: <https://thanos.io/tip/components/rule.md/>, and to a Thanos Query.

use super::Served;
use super::prometheus::{Sample, are_firing, firing_of, rules_of, samples_of};
use super::reloaded::Reloaded;
use crate::namespace::Namespace;
use crate::{LIVE, eventually};

/// Port of its web server.
const PORT: u16 = 10902;

/// One pod of a Thanos Ruler.
pub struct ThanosRulerServer(Reloaded);

impl ThanosRulerServer {
    /// The Thanos Ruler in the pod of this name.
    pub fn new(namespace: &Namespace, pod: &str) -> Self {
        Self(Reloaded::pod(namespace, pod, PORT))
    }

    /// An error unless it lives and serves, and the reloader does.
    pub async fn ready(&self) -> anyhow::Result<()> {
        self.0.ready().await
    }

    /// The rules: name and expression.
    pub async fn rules(&self) -> anyhow::Result<Vec<(String, String)>> {
        rules_of(&self.0.web.json("/api/v1/rules").await?)
    }

    /// Waits until exactly these alerts fire.
    pub async fn await_firing(&self, alerts: &[&str]) -> anyhow::Result<()> {
        eventually(LIVE, &format!("{alerts:?} fire"), async || {
            are_firing(self.firing().await?, alerts)
        })
        .await
    }

    /// Names of the alerts that fire.
    pub async fn firing(&self) -> anyhow::Result<Vec<String>> {
        Ok(firing_of(&self.0.web.json("/api/v1/alerts").await?))
    }
}

/// A Thanos Query.
pub struct QueryServer(Served);

impl QueryServer {
    /// That behind the Service of this name.
    pub fn new(namespace: &Namespace, service: &str) -> Self {
        Self(Served::service(namespace, service, "http"))
    }

    /// The series that `expression` yields now; with `deduplicated`, replicas count once.
    pub async fn query(&self, expression: &str, deduplicated: bool) -> anyhow::Result<Vec<Sample>> {
        let parameters = [
            ("query", expression),
            ("dedup", if deduplicated { "true" } else { "false" }),
        ];
        samples_of(
            &self
                .0
                .json(&format!("/api/v1/query?{}", super::encoded(&parameters)))
                .await?,
        )
    }
}
