//! A namespace of its own for each test, made before and deleted after it, whether it succeeds, fails or panics. A few
//! tests run at a time; each works in its namespace alone.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, resume_unwind};

use anyhow::Context as _;
use futures::FutureExt as _;
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::core::v1::Namespace as NamespaceObject;
use kube::api::{DeleteParams, ObjectMeta, Patch, PatchParams, PostParams};
use kube::{Api, Client, Resource, ResourceExt as _};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::diagnosis;

/// Tests at a time: what two processors carry, as most of a test is waiting.
static RUNNING: Semaphore = Semaphore::const_new(3);

/// Name under which the tests apply objects.
const FIELD_MANAGER: &str = "e2e";

/// The namespace of one test.
pub struct Namespace {
    /// Client of the cluster.
    pub client: Client,
    /// Its name.
    pub name: String,
}

/// Runs `test` with a new namespace. If it fails, the state of the namespace is printed before it is deleted.
pub async fn with_namespace(test: impl AsyncFnOnce(&Namespace) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let _permit = RUNNING.acquire().await?;
    let namespace = Namespace::create().await?;
    let outcome = AssertUnwindSafe(test(&namespace)).catch_unwind().await;
    if !matches!(outcome, Ok(Ok(()))) {
        diagnosis::print(&namespace).await;
    }
    let deleted = namespace.delete().await;
    match outcome {
        Ok(outcome) => outcome.and(deleted),
        Err(panic) => resume_unwind(panic),
    }
}

impl Namespace {
    async fn create() -> anyhow::Result<Self> {
        // An error means that another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::try_default().await.context("no cluster: set KUBECONFIG")?;
        let labels = [
            ("app.kubernetes.io/managed-by", FIELD_MANAGER),
            // The API server refuses pods that ask for more than they need: those of the operator must not.
            ("pod-security.kubernetes.io/enforce", "restricted"),
        ];
        let object = NamespaceObject {
            metadata: ObjectMeta {
                generate_name: Some("e2e-".to_owned()),
                labels: Some(labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into()),
                ..ObjectMeta::default()
            },
            ..NamespaceObject::default()
        };
        let created = Api::all(client.clone())
            .create(&PostParams::default(), &object)
            .await
            .context("cannot create a namespace")?;
        Ok(Self {
            client,
            name: created.name_any(),
        })
    }

    async fn delete(&self) -> anyhow::Result<()> {
        Api::<NamespaceObject>::all(self.client.clone())
            .delete(&self.name, &DeleteParams::default())
            .await
            .context("cannot delete the namespace")?;
        Ok(())
    }

    /// Objects of one kind in this namespace.
    #[expect(clippy::disallowed_methods, reason = "the name of the namespace is ours")]
    pub fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.client.clone(), &self.name)
    }

    /// Creates the object, or makes it what is given.
    pub async fn apply<K>(&self, object: &K) -> anyhow::Result<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
        K: Clone + Debug + serde::Serialize + serde::de::DeserializeOwned,
    {
        let name = object.name_any();
        self.api::<K>()
            .patch(&name, &PatchParams::apply(FIELD_MANAGER).force(), &Patch::Apply(object))
            .await
            .with_context(|| format!("cannot apply {} {name}", K::kind(&())))
    }

    /// Merges `change` into the object, as somebody would with `kubectl patch`.
    pub async fn edit<K>(&self, name: &str, change: &serde_json::Value) -> anyhow::Result<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
        K: Clone + Debug + serde::de::DeserializeOwned,
    {
        self.api::<K>()
            .patch(name, &PatchParams::default(), &Patch::Strategic(change))
            .await
            .with_context(|| format!("cannot edit {} {name}", K::kind(&())))
    }

    /// Replaces the whole content of a Secret.
    pub async fn write_secret(&self, name: &str, entries: &[(&str, &str)]) -> anyhow::Result<()> {
        let data: serde_json::Map<_, _> = entries
            .iter()
            .map(|(key, value)| ((*key).to_owned(), json!(value)))
            .collect();
        let secret: k8s_openapi::api::core::v1::Secret =
            serde_json::from_value(json!({"metadata": {"name": name}, "stringData": data}))?;
        self.apply(&secret).await?;
        Ok(())
    }
}
