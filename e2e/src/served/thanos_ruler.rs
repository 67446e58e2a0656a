//! Questions to a Thanos Ruler: <https://thanos.io/tip/components/rule.md/>.

use super::Served;
use super::prometheus::rules_of;
use crate::namespace::Namespace;

/// Port of its web server.
const PORT: u16 = 10902;
/// Port of the reloader beside it.
const RELOADER_PORT: u16 = 8080;

/// One pod of a Thanos Ruler.
pub struct ThanosRulerServer {
    web: Served,
    reloader: Served,
}

impl ThanosRulerServer {
    /// The Thanos Ruler in the pod of this name.
    pub fn new(namespace: &Namespace, pod: &str) -> Self {
        Self {
            web: Served::pod(namespace, pod, PORT),
            reloader: Served::pod(namespace, pod, RELOADER_PORT),
        }
    }

    /// An error unless it lives and serves, and the reloader does.
    pub async fn ready(&self) -> anyhow::Result<()> {
        self.web.text("/-/healthy").await?;
        self.web.text("/-/ready").await?;
        self.reloader.text("/healthz").await?;
        Ok(())
    }

    /// The rules: name and expression.
    pub async fn rules(&self) -> anyhow::Result<Vec<(String, String)>> {
        rules_of(&self.web.json("/api/v1/rules").await?)
    }
}
