//! When each generated configuration arrived in the cluster, and which changes it holds. The Secrets are kept as they come
//! and unpacked after the measurement, so that this takes no CPU time from what is measured.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use formats::gzip;
use futures::StreamExt as _;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, WatchEvent, WatchParams};
use kube::{Client, ResourceExt};
use tokio::task::JoinHandle;

use super::load::{NAMESPACE, PROMETHEUS};

/// No configuration is longer.
const LIMIT: u64 = 1 << 30;
const PATIENCE: Duration = Duration::from_mins(5);

type Seen = Arc<Mutex<Vec<(Instant, Secret)>>>;

/// The Secrets of the Prometheus as they arrive.
pub(crate) struct Arrivals {
    seen: Seen,
    watching: JoinHandle<()>,
}

impl Arrivals {
    /// Begins to look.
    #[expect(clippy::disallowed_methods, reason = "the name of the namespace is ours")]
    pub(crate) async fn watch(client: &Client) -> anyhow::Result<Self> {
        let api: Api<Secret> = Api::namespaced(client.clone(), NAMESPACE);
        let mut version = api
            .list(&kube::api::ListParams::default())
            .await?
            .metadata
            .resource_version;
        let seen = Seen::default();
        let arrived = Arc::clone(&seen);
        let watching = tokio::spawn(async move {
            // The API server ends each watch after some minutes.
            loop {
                let from = version.clone().unwrap_or_default();
                let Ok(stream) = api.watch(&WatchParams::default(), &from).await else {
                    break;
                };
                let mut stream = std::pin::pin!(stream);
                while let Some(Ok(event)) = stream.next().await {
                    let (WatchEvent::Added(secret) | WatchEvent::Modified(secret)) = event else {
                        continue;
                    };
                    version = secret.resource_version();
                    let arrival = (Instant::now(), secret);
                    arrived.lock().unwrap_or_else(PoisonError::into_inner).push(arrival);
                }
            }
        });
        Ok(Self { seen, watching })
    }

    /// Waits for the first configuration; when it arrived.
    pub(crate) async fn first(&self) -> anyhow::Result<Instant> {
        let begin = Instant::now();
        let name = format!("prometheus-{PROMETHEUS}");
        while begin.elapsed() < PATIENCE {
            let found = self
                .lock()
                .iter()
                .find(|(_, secret)| secret.name_any() == name)
                .map(|(at, _)| *at);
            if let Some(at) = found {
                return Ok(at);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        anyhow::bail!("no configuration within {PATIENCE:?}")
    }

    /// Waits until Secrets of all these names arrived after `since`; when the last of them did.
    pub(crate) async fn all(&self, names: &[String], since: Instant) -> anyhow::Result<Instant> {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            let mut missing: BTreeSet<&str> = names.iter().map(String::as_str).collect();
            for (at, secret) in self.lock().iter().filter(|(at, _)| *at > since) {
                if missing.remove(secret.metadata.name.as_deref().unwrap_or_default()) && missing.is_empty() {
                    return Ok(*at);
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        anyhow::bail!("not all configurations within {PATIENCE:?}")
    }

    /// From each change to its arrival, sorted.
    pub(crate) fn delays(&self, sent: &[(String, Instant)]) -> anyhow::Result<Vec<Duration>> {
        let seen = self.lock();
        let mut missing: Vec<_> = sent.iter().collect();
        let mut delays = Vec::new();
        for (at, secret) in seen.iter() {
            for content in secret.data.iter().flat_map(|data| data.values()) {
                let Ok(text) = gzip::decompress(&*content.0, LIMIT) else {
                    continue;
                };
                let text = String::from_utf8(text)?;
                missing.retain(|(mark, sent)| {
                    let found = *sent < *at && text.contains(mark.as_str());
                    if found {
                        delays.push(at.duration_since(*sent));
                    }
                    !found
                });
            }
        }
        let lost = missing.first();
        anyhow::ensure!(lost.is_none(), "{} changes never arrived", missing.len());
        delays.sort();
        delays.first().context("no change")?;
        Ok(delays)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(Instant, Secret)>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Arrivals {
    fn drop(&mut self) {
        self.watching.abort();
    }
}
