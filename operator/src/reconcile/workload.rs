//! What a kind of workload is to the pipeline, and to what wires it. Behaviour is each kind's own.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::future::Future;
use std::sync::Arc;

use crds::WorkloadResource;
use kube::{Client, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::bindings::SelectedObject;
use super::judgement::Question;
use super::{Metrics, Rendered, health};
use crate::args;
use crate::assets::fetch::{FetchError, refresh};
use crate::assets::{Assets, Contents, References};
use crate::object::{ConfigKind, ControllerLabel, LeftOut, ObjectKey, Rejection};
use crate::permissions::Part;
use crate::pod::requirements::StorageClasses;
use crate::pod::web::own_user::NewPassword;
use crate::selector::{ObjectSelector, Selector};
use crate::settings::Settings;
use crate::watch::{Children, ConfigStores, Interests, Namespaces, Scope, Scopes, Store};

/// What the workloads of a kind are observed from.
#[derive(Clone)]
pub struct Sources<K> {
    /// Client of the API server, for what no watch brings.
    pub client: Client,
    /// The custom resources.
    pub instances: Arc<Store<K>>,
    /// The configuration objects.
    pub objects: Arc<ConfigStores>,
    /// Namespaces and their labels.
    pub namespaces: Arc<Namespaces>,
    /// What the operator made, and what the watches know of Secrets and `ConfigMap`s.
    pub children: Children,
    /// The contents of Secrets and `ConfigMap`s that other workloads have read.
    pub contents: Arc<Contents>,
    /// What each custom resource depends on; `observe` notes the references.
    pub interests: Arc<Interests>,
    /// Whether storage classes may be read.
    pub storage_classes: StorageClasses,
    /// Most references of one configuration object.
    pub max_references: usize,
    /// Where passwords come from that the operator makes.
    pub new_password: NewPassword,
}

impl<K> Sources<K> {
    /// The contents of `needed`, of which `last` is what was read the last time.
    ///
    /// # Errors
    /// When the API server does not answer.
    pub(crate) async fn read(&self, needed: References, last: &mut Assets) -> Result<Assets, FetchError> {
        refresh(&self.client, &self.children, &self.contents, needed, last).await
    }
}

/// A kind of custom resource that runs pods.
pub(crate) trait Workload: Send + Sync + 'static {
    /// The custom resource.
    type Resource: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>
        + Clone
        + DeserializeOwned
        + Serialize
        + std::fmt::Debug
        + Send
        + Sync
        + 'static;
    /// All that rendering needs.
    type Observed: Clone + Send + Sync;
    /// What is kept of a custom resource from one run to the next, which never shows in what is rendered.
    type Cache: Default + Send + Sync + 'static;
    /// Why something that rendering needs could not be read.
    type ObserveError: StdError + Send + Sync + 'static;
    /// Why the custom resource cannot be rendered: its user must change it, or something that it refers to.
    type RenderError: StdError + Send + Sync + 'static;

    /// The kind, as entries of configuration objects name it.
    const RESOURCE: WorkloadResource;
    /// Label of the metrics and prefix of the log.
    const CONTROLLER: ControllerLabel;
    /// What the events say the controller does.
    const ACTION: &'static str;
    /// Who sends the events.
    const REPORTER: &'static str;
    /// Whether messages of `Available` name the shard.
    const NUMBERED_SHARDS: bool;
    /// The configuration objects that it can select.
    const SELECTS: &'static [ConfigKind];
    /// The permissions on its own kind.
    const PART: Part;
    /// The permissions without which the status of selected objects does not name the workload, where those are no condition for
    /// the feature gate.
    const OPTIONAL_BINDINGS: Option<Part> = None;

    /// The kind, with what it observes from.
    fn new(sources: Sources<Self::Resource>) -> Self;

    /// The namespaces of its custom resources.
    fn scope(scopes: &Scopes) -> &Scope;

    /// The flag that narrows them by their labels.
    fn instance_selector(flags: &args::Watch) -> &str;

    /// Reads all that rendering needs: stores, referenced Secrets and ConfigMaps, the time.
    fn observe(
        &self,
        resource: Arc<Self::Resource>,
        cache: &mut Self::Cache,
    ) -> impl Future<Output = Result<Self::Observed, Self::ObserveError>> + Send;

    /// The configuration objects that it selects by their labels, those included that are rejected then. Pure.
    fn selected(_observed: &Self::Observed) -> Vec<SelectedObject> {
        Vec::new()
    }

    /// Takes objects from those that were observed, and gives their rejections. Pure.
    fn leave_out(_observed: &mut Self::Observed, _left_out: &LeftOut) -> Vec<Rejection> {
        Vec::new()
    }

    /// The contents of Secrets and `ConfigMap`s that were observed.
    fn assets(observed: &Self::Observed) -> &Assets;

    /// What the program that reads the rendered files can be asked about them. Pure.
    fn questions(_observed: &Self::Observed, _rendered: &Rendered) -> Vec<Question> {
        Vec::new()
    }

    /// The objects that should exist. Pure: the same observation gives the same objects, whatever is in the cache.
    ///
    /// # Errors
    /// When the custom resource itself is wrong. A wrong configuration object is a rejection in the result.
    fn render(
        observed: &Self::Observed,
        settings: &Settings,
        cache: &mut Self::Cache,
    ) -> Result<Rendered, Self::RenderError>;

    /// When a rendering that failed so is worth another try.
    fn retry(error: &Self::RenderError) -> Retry;

    /// What the custom resource selects, by kind of configuration object.
    fn selects(resource: &Self::Resource) -> BTreeMap<ConfigKind, ObjectSelector>;

    /// What it asks of the labels of namespaces, besides selecting objects in them.
    fn namespaces(_resource: &Self::Resource) -> Vec<Selector> {
        Vec::new()
    }

    /// A configuration object that it names, whatever its selectors say.
    fn names(_resource: &Self::Resource) -> Option<(ConfigKind, ObjectKey)> {
        None
    }

    /// Whether the user asked to leave the workload alone.
    fn paused(resource: &Self::Resource) -> bool;

    /// Names of the StatefulSets that should run, one per shard.
    fn stateful_sets(resource: &Self::Resource) -> Vec<String>;

    /// Name of the DaemonSet that should run, of kinds and objects that have one.
    fn daemon_set(_resource: &Self::Resource) -> Option<String> {
        None
    }

    /// The fields of the status that only this kind has, besides counts, `paused` and conditions.
    fn status(resource: &Self::Resource, shards: &[health::Shard], settings: &Settings) -> Value;

    /// Sets the gauges that mirror fields of the custom resource.
    fn gauges(resource: &Self::Resource, key: &ObjectKey, metrics: &Metrics);

    /// Lets go of what is noted about a deleted custom resource.
    fn forget(&self, key: &ObjectKey);
}

/// When a failed run is worth another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// After a pause that grows.
    Backoff,
    /// When the custom resource or something that it refers to changes.
    OnChange,
}
