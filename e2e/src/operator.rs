//! The operator that `deploy/install` has put into the cluster.

use anyhow::Context as _;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{DeleteParams, ListParams};
use kube::{Api, Client, ResourceExt as _};

use crate::served::Served;

/// Label of its pods.
const SELECTOR: &str = "app.kubernetes.io/name=prometheus-operator";
/// The Lease that the working one holds.
const LEASE: &str = "prometheus-operator";
/// Port of its web server.
const PORT: &str = "8080";

/// A running pod of the operator.
pub struct OperatorPod {
    client: Client,
    namespace: String,
    /// Name of the pod.
    pub name: String,
}

impl OperatorPod {
    /// The one that works: the others stand by.
    #[expect(clippy::disallowed_methods, reason = "the name of the namespace is ours")]
    pub async fn find(client: &Client) -> anyhow::Result<Self> {
        let pods = Api::<Pod>::all(client.clone())
            .list(&ListParams::default().labels(SELECTOR))
            .await?;
        let namespace = (pods.iter().find_map(kube::ResourceExt::namespace))
            .with_context(|| format!("no pod has the label {SELECTOR}: run deploy/install"))?;
        let lease = Api::<Lease>::namespaced(client.clone(), &namespace).get(LEASE).await?;
        let holder = lease.spec.and_then(|spec| spec.holder_identity).unwrap_or_default();
        let works = |pod: &&Pod| {
            let is_holder = holder.rsplit_once('_').is_some_and(|(name, _)| name == pod.name_any());
            is_holder
                && pod.metadata.deletion_timestamp.is_none()
                && pod.status.as_ref().and_then(|status| status.phase.as_deref()) == Some("Running")
        };
        let pod = pods.iter().find(works);
        let pod = pod.with_context(|| format!("{holder:?} holds the lease, and is no running pod"))?;
        Ok(Self {
            client: client.clone(),
            namespace,
            name: pod.name_any(),
        })
    }

    /// Its web server.
    pub fn served(&self) -> Served {
        Served::of(&self.client, &self.namespace, "pods", &self.name, PORT)
    }

    /// Deletes it without giving it time to end its work.
    #[expect(clippy::disallowed_methods, reason = "the name of the namespace is ours")]
    pub async fn kill(&self) -> anyhow::Result<()> {
        Api::<Pod>::namespaced(self.client.clone(), &self.namespace)
            .delete(&self.name, &DeleteParams::default().grace_period(0))
            .await
            .context("cannot kill the operator")?;
        Ok(())
    }
}
