//! A namespace of its own for each test, made before and deleted after it, whether it succeeds, fails or panics. A few
//! tests run at a time; each works in its namespace alone, or in further ones that are deleted with it.

use std::fmt::Debug;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Instant;

use anyhow::Context as _;
use crds::v1alpha1::PrometheusAgent;
use crds::{Alertmanager, Prometheus, ThanosRuler};
use futures::FutureExt as _;
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace as NamespaceObject, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::api::{DeleteParams, ListParams, ObjectMeta, Patch, PatchParams, PostParams};
use kube::{Api, Client, Config, Resource, ResourceExt as _};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::eventually::eventually;
use crate::{ACTED, diagnosis};

/// Tests at a time: what two processors carry, as most of a test is waiting.
static RUNNING: Semaphore = Semaphore::const_new(3);

/// Name under which the tests apply objects.
const FIELD_MANAGER: &str = "e2e";

/// Label of the further namespaces of a test, with the name of its first one.
pub const TEST_LABEL: &str = "e2e-test";

/// A namespace of one test.
pub struct Namespace {
    /// Client of the cluster.
    pub client: Client,
    /// Its name.
    pub name: String,
    uid: String,
}

/// Runs `test` with a new namespace. If it fails, the state of the namespace is printed before it is deleted.
pub async fn with_namespace(test: impl AsyncFnOnce(&Namespace) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let _permit = RUNNING.acquire().await?;
    let start = Instant::now();
    let namespace = Namespace::first().await?;
    let outcome = AssertUnwindSafe(test(&namespace)).catch_unwind().await;
    if !matches!(outcome, Ok(Ok(()))) {
        diagnosis::print(&namespace).await;
    }
    let deleted = namespace.delete().await;
    record(start);
    match outcome {
        Ok(outcome) => outcome.and(deleted),
        Err(panic) => resume_unwind(panic),
    }
}

/// Appends the name of the test and how many seconds it took to the file of `E2E_SECONDS`, if there is one.
fn record(start: Instant) {
    let file = std::env::var_os("E2E_SECONDS").map(|path| OpenOptions::new().append(true).create(true).open(path));
    if let (Some(Ok(mut file)), Some(test)) = (file, std::thread::current().name()) {
        // A record that cannot be written is no reason to fail.
        let _ = writeln!(file, "{test}\t{}", start.elapsed().as_secs());
    }
}

/// A client of the cluster.
async fn connected() -> anyhow::Result<Client> {
    // An error means that another test was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut config = Config::infer().await.context("no cluster: set KUBECONFIG")?;
    // What does not answer yet is asked again by the test, which knows for how long; and some should not answer at all.
    config.default_retry = false;
    Ok(Client::try_from(config)?)
}

impl Namespace {
    async fn first() -> anyhow::Result<Self> {
        Self::labelled(connected().await?, &[], None).await
    }

    /// A namespace of a fixed name, which need not be there yet. It is not deleted.
    pub async fn of_name(name: &str) -> anyhow::Result<Self> {
        let client = connected().await?;
        let found = Api::<NamespaceObject>::all(client.clone()).get_opt(name).await?;
        Ok(Self {
            client,
            name: name.to_owned(),
            uid: found.and_then(|found| found.uid()).unwrap_or_default(),
        })
    }

    /// A further namespace of the test with these labels, and with [`TEST_LABEL`]. It is deleted with the first one.
    pub async fn beside(&self, labels: &[(&str, &str)]) -> anyhow::Result<Self> {
        let labels = [labels, &[(TEST_LABEL, self.name.as_str())]].concat();
        Self::labelled(self.client.clone(), &labels, Some(self.owner())).await
    }

    /// What makes an object of the whole cluster be deleted with this namespace.
    pub fn owner(&self) -> OwnerReference {
        OwnerReference {
            api_version: "v1".to_owned(),
            kind: "Namespace".to_owned(),
            name: self.name.clone(),
            uid: self.uid.clone(),
            ..OwnerReference::default()
        }
    }

    async fn labelled(client: Client, labels: &[(&str, &str)], owner: Option<OwnerReference>) -> anyhow::Result<Self> {
        let always = [
            ("app.kubernetes.io/managed-by", FIELD_MANAGER),
            // The API server refuses pods that ask for more than they need: those of the operator must not.
            ("pod-security.kubernetes.io/enforce", "restricted"),
        ];
        let labels = always.iter().chain(labels);
        let object = NamespaceObject {
            metadata: ObjectMeta {
                generate_name: Some("e2e-".to_owned()),
                labels: Some(
                    labels
                        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                        .collect(),
                ),
                owner_references: owner.map(|owner| vec![owner]),
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
            uid: created.uid().context("a namespace without uid")?,
        })
    }

    /// Sets a label of the namespace itself, or removes it.
    pub async fn label(&self, key: &str, value: Option<&str>) -> anyhow::Result<()> {
        let change = json!({ "metadata": { "labels": { key: value } } });
        Api::<NamespaceObject>::all(self.client.clone())
            .patch(&self.name, &PatchParams::default(), &Patch::Merge(&change))
            .await
            .context("cannot label the namespace")?;
        Ok(())
    }

    async fn delete(&self) -> anyhow::Result<()> {
        let released = self.release().await;
        Api::<NamespaceObject>::all(self.client.clone())
            .delete(&self.name, &DeleteParams::default())
            .await
            .context("cannot delete the namespace")?;
        released
    }

    /// Deletes the workloads before the namespace. Kubernetes deletes the pods of a namespace first and all else up to minutes
    /// later, in which the workloads would be part of what others see. And an operator in this namespace goes with it, perhaps
    /// before it has taken its finalizer away, and then the namespace would stay for ever.
    async fn release(&self) -> anyhow::Result<()> {
        self.release_all::<Prometheus>().await?;
        self.release_all::<PrometheusAgent>().await?;
        self.release_all::<Alertmanager>().await?;
        self.release_all::<ThanosRuler>().await
    }

    async fn release_all<K>(&self) -> anyhow::Result<()>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
        K: Clone + Debug + serde::de::DeserializeOwned,
    {
        let every = ListParams::default();
        self.api::<K>()
            .delete_collection(&DeleteParams::default(), &every)
            .await?;
        eventually(ACTED, &format!("every {} is gone", K::kind(&())), async || {
            let left = self.api::<K>().list(&every).await?.items;
            let left: Vec<_> = left.iter().map(kube::ResourceExt::name_any).collect();
            anyhow::ensure!(left.is_empty(), "{left:?}");
            Ok(())
        })
        .await
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

    /// Creates the object, so that its fields belong to nobody: `apply` would take back what another one changed.
    pub async fn create<K>(&self, object: &K) -> anyhow::Result<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
        K: Clone + Debug + serde::Serialize + serde::de::DeserializeOwned,
    {
        let created = self.api::<K>().create(&PostParams::default(), object).await;
        created.with_context(|| format!("cannot create {} {}", K::kind(&()), object.name_any()))
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

    /// Merges `change` into a custom resource, as somebody would with `kubectl patch --type=merge`.
    pub async fn merge<K>(&self, name: &str, change: &serde_json::Value) -> anyhow::Result<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
        K: Clone + Debug + serde::de::DeserializeOwned,
    {
        self.api::<K>()
            .patch(name, &PatchParams::default(), &Patch::Merge(change))
            .await
            .with_context(|| format!("cannot change {} {name}", K::kind(&())))
    }

    /// Sets the number of replicas by the subresource `scale`, as `kubectl scale` does.
    pub async fn scale<K>(&self, name: &str, replicas: i32) -> anyhow::Result<()>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
        K: Clone + Debug + serde::de::DeserializeOwned,
    {
        let change = json!({ "spec": { "replicas": replicas } });
        self.api::<K>()
            .patch_scale(name, &PatchParams::default(), &Patch::Merge(&change))
            .await
            .with_context(|| format!("cannot scale {} {name}", K::kind(&())))?;
        Ok(())
    }

    /// Deletes an object; what depends on it follows later.
    pub async fn remove<K>(&self, name: &str) -> anyhow::Result<()>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
        K: Clone + Debug + serde::de::DeserializeOwned,
    {
        self.api::<K>()
            .delete(name, &DeleteParams::default())
            .await
            .with_context(|| format!("cannot delete {} {name}", K::kind(&())))?;
        Ok(())
    }

    /// Replaces the whole content of a Secret.
    pub async fn write_secret(&self, name: &str, entries: &[(&str, &str)]) -> anyhow::Result<()> {
        let secret: Secret =
            serde_json::from_value(json!({ "metadata": { "name": name }, "stringData": map(entries) }))?;
        self.apply(&secret).await?;
        Ok(())
    }

    /// Replaces the whole content of a ConfigMap.
    pub async fn write_config_map(&self, name: &str, entries: &[(&str, &str)]) -> anyhow::Result<()> {
        let config_map: ConfigMap =
            serde_json::from_value(json!({ "metadata": { "name": name }, "data": map(entries) }))?;
        self.apply(&config_map).await?;
        Ok(())
    }
}

fn map(entries: &[(&str, &str)]) -> serde_json::Value {
    let entries = entries.iter();
    entries
        .map(|(key, value)| ((*key).to_owned(), json!(value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
