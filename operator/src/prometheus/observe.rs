//! All that the objects of a Prometheus are rendered from, and how it is read: what the watches know, the Secrets and
//! `ConfigMap`s that are referred to, and the time. Reads only.

use std::sync::Arc;

use crds::{PodMonitor, Prometheus, PrometheusRule, ServiceMonitor};
use jiff::Timestamp;
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::storage::v1::StorageClass;
use kube::api::Api;
use kube::{Client, ResourceExt};

use super::names;
use super::select::{self, Candidates, Objects};
use crate::assets::fetch::{FetchError, fetch};
use crate::assets::{Assets, References};
use crate::invalid::Invalid;
use crate::object::ObjectKey;
use crate::reconcile::{Children, DELETION_DEADLINE, controller};
use crate::watch::{Interests, Namespaces, Store};

/// What is known of one Prometheus and its surroundings.
#[derive(Debug)]
pub struct Observed {
    /// The object.
    pub prometheus: Arc<Prometheus>,
    /// The Prometheuses of its namespace, itself among them: they share the governing Service.
    pub neighbours: Vec<Arc<Prometheus>>,
    /// What its selectors select, or why they cannot.
    pub candidates: Result<Candidates, Arc<Invalid>>,
    /// What the candidates and the object itself refer to.
    pub assets: Assets,
    /// Whether the Secret with the configuration exists.
    pub configured: bool,
    /// The Service that the object names instead of the governing one, if it does, and if it exists.
    pub service: Option<Service>,
    /// The storage class that the object names does not exist.
    pub storage_class_missing: bool,
    /// StatefulSets of shards that are not wanted any more, with the deadline that they carry.
    pub excess: Vec<(String, Option<String>)>,
    /// The time.
    pub now: Timestamp,
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A Secret or `ConfigMap`.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The custom governing Service.
    #[error("cannot read service {object}")]
    Service {
        /// Which one.
        object: ObjectKey,
        /// The answer.
        #[source]
        source: Box<kube::Error>,
    },
    /// The storage class.
    #[error("cannot read storage class {name:?}")]
    StorageClass {
        /// Which one.
        name: String,
        /// The answer.
        #[source]
        source: Box<kube::Error>,
    },
}

/// Where observations come from.
#[derive(Debug, Clone)]
pub struct Stores {
    /// Prometheuses.
    pub prometheuses: Arc<Store<Prometheus>>,
    /// `ServiceMonitor`s.
    pub service_monitors: Arc<Store<ServiceMonitor>>,
    /// `PodMonitor`s.
    pub pod_monitors: Arc<Store<PodMonitor>>,
    /// `PrometheusRule`s.
    pub rules: Arc<Store<PrometheusRule>>,
    /// Namespaces and their labels.
    pub namespaces: Arc<Namespaces>,
    /// What the operator made.
    pub children: Children,
    /// What each Prometheus depends on; `observe` notes the references.
    pub interests: Arc<Interests>,
}

/// Reads what is known of `prometheus`. Storage classes are looked at where `storage_classes` says that we may.
pub async fn observe(
    client: &Client,
    stores: &Stores,
    storage_classes: bool,
    prometheus: Arc<Prometheus>,
) -> Result<Observed, Error> {
    let key = ObjectKey::of(&*prometheus);
    let objects = Objects {
        service_monitors: stores.service_monitors.all(),
        pod_monitors: stores.pod_monitors.all(),
        rules: stores.rules.all(),
    };
    let candidates = select::candidates(&prometheus, objects, &stores.namespaces.labels()).map_err(Arc::new);
    let references = match &candidates {
        Ok(candidates) => candidates.references(&prometheus),
        Err(_) => References::default(),
    };
    // Noted before they are read: whatever changes from here on brings us back.
    stores.interests.refers(&key, references.clone());
    let assets = fetch(client, references).await?;
    let secret = ObjectKey::new(key.namespace.clone(), names::prefixed(&key.name));
    Ok(Observed {
        neighbours: stores
            .prometheuses
            .filtered(|other, _| other.namespace == key.namespace)
            .into_values()
            .filter(|other| other.metadata.deletion_timestamp.is_none())
            .collect(),
        candidates,
        assets,
        configured: stores.children.secrets.get(&secret).is_some(),
        service: custom_service(client, &prometheus).await?,
        storage_class_missing: storage_classes && storage_class_missing(client, &prometheus).await?,
        excess: excess(&prometheus, &stores.children.stateful_sets),
        #[expect(clippy::disallowed_methods, reason = "observe is where the clock is read")]
        now: Timestamp::now(),
        prometheus,
    })
}

async fn custom_service(client: &Client, prometheus: &Prometheus) -> Result<Option<Service>, Error> {
    let Some(name) = prometheus.spec.common.service_name.as_deref() else {
        return Ok(None);
    };
    let namespace = prometheus.namespace().unwrap_or_default();
    let services: Api<Service> = Api::namespaced(client.clone(), &namespace);
    services.get_opt(name).await.map_err(|source| Error::Service {
        object: ObjectKey::new(namespace, name),
        source: Box::new(source),
    })
}

/// The storage class that the object names.
pub(super) fn storage_class(prometheus: &Prometheus) -> Option<&str> {
    let claim = prometheus
        .spec
        .common
        .pod
        .storage
        .as_ref()?
        .volume_claim_template
        .as_ref()?;
    claim
        .spec
        .as_ref()?
        .storage_class_name
        .as_deref()
        .filter(|name| !name.is_empty())
}

async fn storage_class_missing(client: &Client, prometheus: &Prometheus) -> Result<bool, Error> {
    let Some(name) = storage_class(prometheus) else {
        return Ok(false);
    };
    let classes: Api<StorageClass> = Api::all(client.clone());
    let class = classes.get_metadata_opt(name).await;
    let class = class.map_err(|source| Error::StorageClass {
        name: name.to_owned(),
        source: Box::new(source),
    })?;
    Ok(class.is_none())
}

fn excess(prometheus: &Prometheus, stateful_sets: &Store<StatefulSet>) -> Vec<(String, Option<String>)> {
    let uid = prometheus.uid();
    let wanted = names::stateful_sets(prometheus);
    let owned = stateful_sets.filtered(|key, set| {
        Some(&*key.namespace) == prometheus.metadata.namespace.as_deref()
            && !wanted.iter().any(|wanted| **wanted == *key.name)
            && set.metadata.deletion_timestamp.is_none()
            && controller(&set.metadata).is_some_and(|owner| Some(&owner.uid) == uid.as_ref())
    });
    owned
        .into_iter()
        .map(|(key, set)| {
            (
                key.name.into_string(),
                set.annotations().get(DELETION_DEADLINE).cloned(),
            )
        })
        .collect()
}
