//! A pod whose program has the config-reloader beside it.

use super::Served;
use crate::namespace::Namespace;

/// Port of the reloader.
const RELOADER_PORT: u16 = 8080;

/// The two servers of a pod.
pub(crate) struct Reloaded {
    pub(crate) web: Served,
    pub(crate) reloader: Served,
}

impl Reloaded {
    /// Those of a pod, whose program serves on `port`.
    pub(crate) fn pod(namespace: &Namespace, pod: &str, port: u16) -> Self {
        Self {
            web: Served::pod(namespace, pod, port),
            reloader: Served::pod(namespace, pod, RELOADER_PORT),
        }
    }

    /// The same, where both speak TLS.
    pub(crate) fn tls_pod(namespace: &Namespace, pod: &str, port: u16) -> Self {
        Self {
            web: Served::tls_pod(namespace, pod, port),
            reloader: Served::tls_pod(namespace, pod, RELOADER_PORT),
        }
    }

    /// An error unless the program lives and serves, and the reloader does. A reloader that is told to stop in the moment it
    /// starts never hears of it, as every first process of a container, and keeps the pod for its grace period.
    pub(crate) async fn ready(&self) -> anyhow::Result<()> {
        self.web.text("/-/healthy").await?;
        self.web.text("/-/ready").await?;
        self.reloader.text("/healthz").await?;
        Ok(())
    }
}
