//! Questions to a Thanos Ruler: <https://thanos.io/tip/components/rule.md/>.

use super::prometheus::rules_of;
use super::reloaded::Reloaded;
use crate::namespace::Namespace;

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
}
