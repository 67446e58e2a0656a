//! A namespace of its own for each test, and short words for reading and writing objects in it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::Write as _;

use k8s_openapi::api::apps::v1::{DaemonSet, StatefulSet};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Pod, Secret, Service};
use k8s_openapi::api::events::v1::Event;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams};
use kube::core::GroupVersionKind;
use kube::runtime::conditions::is_crd_established;
use kube::runtime::wait::Condition as _;
use kube::{Client, Resource, ResourceExt};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::eventually;

/// Label of everything that the operator makes.
const MANAGED: &str = "app.kubernetes.io/managed-by=prometheus-operator";
/// Longest configuration that a test reads.
const LIMIT: u64 = 1 << 28;

/// Whether the definitions are installed in the cluster of the tests.
static INSTALLED: OnceCell<()> = OnceCell::const_new();

/// A namespace and a client with all rights.
pub(crate) struct Space {
    pub(crate) client: Client,
    pub(crate) namespace: String,
}

/// Runs `test` in a new namespace, which stays when the test fails.
pub(crate) async fn in_namespace(test: impl AsyncFnOnce(&Space)) {
    let Some(space) = Space::create().await else { return };
    test(&space).await;
    let namespaces: Api<Namespace> = Api::all(space.client.clone());
    match namespaces.delete(&space.namespace, &DeleteParams::default()).await {
        // The test itself has deleted it.
        Err(kube::Error::Api(status)) if status.code == 409 => {}
        deleted => drop(deleted.expect("the namespace can be deleted")),
    }
}

impl Space {
    /// Waits until an object is gone, or waits for the garbage collector, which does not run here.
    pub(crate) async fn given_up<K>(&self, name: &str)
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope> + Clone + DeserializeOwned + Debug,
    {
        eventually(&format!("{} {name} is given up", K::kind(&())), async || {
            let object = self.get::<K>(name).await;
            object
                .is_none_or(|object| object.meta().deletion_timestamp.is_some())
                .then_some(())
        })
        .await;
    }

    /// Plays the garbage collector: waits until a StatefulSet is deleted with all that it owns, and lets it go.
    pub(crate) async fn collect_stateful_set(&self, name: &str) {
        self.let_go(name, "foregroundDeletion").await;
    }

    /// Plays the garbage collector: waits until a StatefulSet is deleted without its pods, and lets go of it and them.
    pub(crate) async fn orphan_pods(&self, name: &str) {
        self.awaits(name, "orphan").await;
        let free = json!({"metadata": {"ownerReferences": null}});
        for pod in self.pods().await.keys() {
            let pods = self.api::<Pod>();
            let patched = pods.patch(pod, &PatchParams::default(), &Patch::Merge(&free)).await;
            patched.expect("it is still there");
        }
        self.let_go(name, "orphan").await;
    }

    async fn awaits(&self, name: &str, finalizer: &str) {
        eventually(&format!("a deletion with {finalizer}"), async || {
            let set: StatefulSet = self.get(name).await?;
            let waits = set.finalizers().iter().any(|name| name == finalizer);
            (set.metadata.deletion_timestamp.is_some() && waits).then_some(())
        })
        .await;
    }

    async fn let_go(&self, name: &str, finalizer: &str) {
        self.awaits(name, finalizer).await;
        let collected = json!({"metadata": {"finalizers": null}});
        let sets = self.api::<StatefulSet>();
        let patched = sets
            .patch(name, &PatchParams::default(), &Patch::Merge(&collected))
            .await;
        patched.expect("it is still there");
    }

    /// `None` where there is no API server to test against.
    async fn create() -> Option<Self> {
        if std::env::var_os("KUBECONFIG").is_none() {
            let ci = std::env::var("CI").as_deref() == Ok("true");
            assert!(!ci, "KUBECONFIG is not set: no API server to test against");
            // Not `eprintln`, which is shown of failed tests only.
            let said = std::io::stderr().write_all(b"skipped: KUBECONFIG is not set, see e2e/test\n");
            said.expect("standard error is open");
            return None;
        }
        // Another test of this process may have done it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::try_default().await.expect("KUBECONFIG can be used");
        INSTALLED.get_or_init(async || install_definitions(&client).await).await;
        Some(Self::of(client).await)
    }

    /// A namespace where the definitions are installed.
    pub(crate) async fn of(client: Client) -> Self {
        let namespaces: Api<Namespace> = Api::all(client.clone());
        let mut namespace = Namespace::default();
        namespace.metadata.generate_name = Some("integration-".to_owned());
        let created = namespaces.create(&PostParams::default(), &namespace).await;
        Self {
            client,
            namespace: created.expect("a namespace can be created").name_any(),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the name of the namespace is ours")]
    pub(crate) fn api<K>(&self) -> Api<K>
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>,
    {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    #[expect(clippy::disallowed_methods, reason = "the name of the namespace is ours")]
    pub(crate) fn dynamic_api(&self, resource: &ApiResource) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), &self.namespace, resource)
    }

    fn dynamic(&self, object: &Value) -> (Api<DynamicObject>, String) {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let (version, kind) = (text(&object["apiVersion"]), text(&object["kind"]));
        let (group, version) = version.split_once('/').unwrap_or(("", &version));
        let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, &kind));
        (self.dynamic_api(&resource), text(&object["metadata"]["name"]))
    }

    /// Creates the object or makes it what is given, as `kubectl apply --server-side` does.
    pub(crate) async fn apply(&self, object: &Value) {
        let applied = self.try_apply(object).await;
        applied.unwrap_or_else(|error| panic!("apply {}: {error}", object["metadata"]["name"]));
    }

    /// The same, which the API server may refuse.
    pub(crate) async fn try_apply(&self, object: &Value) -> Result<(), kube::Error> {
        let (api, name) = self.dynamic(object);
        let params = PatchParams::apply("integration-test").force();
        api.patch(&name, &params, &Patch::Apply(object)).await.map(drop)
    }

    /// Creates the object as `kubectl create` does, which looks at no types.
    pub(crate) async fn try_create(&self, object: &Value) -> Result<(), kube::Error> {
        let (api, _) = self.dynamic(object);
        let object: DynamicObject = serde_json::from_value(object.clone()).expect("an object");
        api.create(&PostParams::default(), &object).await.map(drop)
    }

    /// Deletes an object as `kubectl delete --wait=false` does.
    pub(crate) async fn delete(&self, object: &Value) {
        let (api, name) = self.dynamic(object);
        let deleted = api.delete(&name, &DeleteParams::default()).await;
        deleted.unwrap_or_else(|error| panic!("delete {name}: {error}"));
    }

    /// The object as JSON, if it exists.
    pub(crate) async fn json(&self, kind: &str, name: &str) -> Option<Value> {
        let version = match kind {
            "PrometheusAgent" | "ScrapeConfig" => "v1alpha1",
            _ => "v1",
        };
        let (api, _) = self.dynamic(&json!({
            "apiVersion": format!("monitoring.coreos.com/{version}"), "kind": kind, "metadata": {"name": name},
        }));
        let object = api.get_opt(name).await.expect("the API server answers");
        object.map(|object| serde_json::to_value(object).expect("plain data"))
    }

    pub(crate) async fn get<K>(&self, name: &str) -> Option<K>
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope> + Clone + DeserializeOwned + Debug,
    {
        self.api::<K>().get_opt(name).await.expect("the API server answers")
    }

    /// Changes a part of an object by hand.
    pub(crate) async fn edit<K>(&self, name: &str, patch: Value)
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope> + Clone + DeserializeOwned + Debug,
    {
        let (api, patch) = (self.api::<K>(), Patch::Strategic(patch));
        let patched = api.patch(name, &PatchParams::default(), &patch).await;
        patched.unwrap_or_else(|error| panic!("edit {name}: {error}"));
    }

    /// Plays the controller of StatefulSets and a kubelet: a running pod of that number, made from the template of that
    /// revision.
    pub(crate) async fn pod(&self, set: &StatefulSet, number: u32, revision: &str, is_ready: bool) {
        let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}});
        self.apply(&account).await;
        let name = format!("{}-{number}", set.name_any());
        let selector = set.spec.as_ref().and_then(|spec| spec.selector.match_labels.clone());
        let mut labels = selector.expect("it selects its pods");
        labels.insert("controller-revision-hash".to_owned(), revision.to_owned());
        let pod = json!({
            "metadata": {"name": name, "labels": labels, "ownerReferences": [set.controller_owner_ref(&())]},
            "spec": {"containers": [{"name": "prometheus", "image": "example.test/none"}]},
        });
        let pod: Pod = serde_json::from_value(pod).expect("a pod");
        let created = self.api::<Pod>().create(&PostParams::default(), &pod).await;
        created.unwrap_or_else(|error| panic!("create {name}: {error}"));
        let ready = if is_ready { "True" } else { "False" };
        let status = json!({"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": ready}]}});
        let patched = (self.api::<Pod>())
            .patch_status(&name, &PatchParams::default(), &Patch::Merge(&status))
            .await;
        patched.unwrap_or_else(|error| panic!("status of {name}: {error}"));
    }

    /// All pods, by name.
    pub(crate) async fn pods(&self) -> BTreeMap<String, Pod> {
        let list = self.api::<Pod>().list(&ListParams::default()).await;
        let pods = list.expect("the API server answers").items.into_iter();
        pods.map(|pod| (pod.name_any(), pod)).collect()
    }

    /// What the operator made: resource version by kind and name.
    pub(crate) async fn children(&self) -> BTreeMap<String, String> {
        let mut children = BTreeMap::new();
        children.extend(self.versions::<Secret>().await);
        children.extend(self.versions::<ConfigMap>().await);
        children.extend(self.versions::<Service>().await);
        children.extend(self.versions::<StatefulSet>().await);
        children.extend(self.versions::<DaemonSet>().await);
        children
    }

    async fn versions<K>(&self) -> Vec<(String, String)>
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope> + Clone + DeserializeOwned + Debug,
    {
        let list = self.api::<K>().list(&ListParams::default().labels(MANAGED)).await;
        let objects = list.expect("the API server answers").items;
        objects
            .iter()
            .map(|object| {
                let name = format!("{} {}", K::kind(&()), object.name_any());
                (name, object.resource_version().unwrap_or_default())
            })
            .collect()
    }

    /// The unpacked text under `key` of a Secret.
    pub(crate) async fn unpacked(&self, name: &str, key: &str) -> Option<String> {
        let secret = self.get::<Secret>(name).await?;
        let packed = secret.data?.remove(key)?.0;
        let text = formats::gzip::decompress(&*packed, LIMIT).ok()?;
        Some(String::from_utf8(text).expect("configuration is text"))
    }

    /// The configuration of the Prometheus `name`; empty where there is none.
    pub(crate) async fn configuration(&self, name: &str) -> String {
        let secret = format!("prometheus-{name}");
        self.unpacked(&secret, "prometheus.yaml.gz").await.unwrap_or_default()
    }

    /// Waits until the configuration of the Prometheus `name` contains `text`.
    pub(crate) async fn configured(&self, name: &str, text: &str) -> String {
        let what = format!("{text:?} in the configuration of {name}");
        eventually(&what, async || {
            Some(self.configuration(name).await).filter(|configuration| configuration.contains(text))
        })
        .await
    }

    /// The name of the job that the first endpoint of a monitor becomes.
    pub(crate) fn job(&self, service_monitor: &str) -> String {
        format!("job_name: serviceMonitor/{}/{service_monitor}/0\n", self.namespace)
    }

    /// Waits until the condition has that status and gives it.
    pub(crate) async fn condition(&self, object: &Value, kind: &str, status: &str) -> Value {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let (object_kind, name) = (text(&object["kind"]), text(&object["metadata"]["name"]));
        eventually(&format!("{kind}={status} of {name}"), async || {
            let object = self.json(&object_kind, &name).await?;
            let generation = &object["metadata"]["generation"];
            let conditions = object["status"]["conditions"].as_array()?;
            let found = conditions.iter().find(|condition| {
                condition["type"] == kind
                    && condition["status"] == status
                    && condition["observedGeneration"] == *generation
            });
            found.cloned()
        })
        .await
    }

    /// Waits for an event about the object of that name and gives its note.
    pub(crate) async fn event(&self, kind: &str, name: &str) -> String {
        eventually(&format!("an event about {kind} {name}"), async || {
            let events = self.api::<Event>().list(&ListParams::default()).await;
            let about = |event: &Event| {
                let regarding = event.regarding.as_ref();
                regarding.is_some_and(|it| it.name.as_deref() == Some(name) && it.kind.as_deref() == Some(kind))
            };
            let events = events.expect("the API server answers").items;
            events.into_iter().find(about)?.note
        })
        .await
    }
}

/// Installs what `prometheus-operator crds` prints and waits until the API server serves it.
pub(crate) async fn install_definitions(client: &Client) {
    let api: Api<CustomResourceDefinition> = Api::all(client.clone());
    let params = PatchParams::apply("integration-test").force();
    for definition in crds::custom_resource_definitions() {
        let name = definition["metadata"]["name"].as_str().expect("a name").to_owned();
        let applied = api.patch(&name, &params, &Patch::Apply(&definition)).await;
        applied.unwrap_or_else(|error| panic!("install {name}: {error}"));
        eventually(&name, async || {
            let found = api.get_opt(&name).await.expect("the API server answers");
            is_crd_established().matches_object(found.as_ref()).then_some(())
        })
        .await;
    }
}
