//! All that the objects of a Thanos Ruler are rendered from, and how it is read: what the watches know, and the Secrets and
//! `ConfigMap`s that its remote-write targets refer to. Reads only.

use std::sync::{Arc, Mutex};

use crds::{PrometheusRule, ThanosRuler};

use super::names;
use super::remote_write::Sender;
use crate::assets::fetch::{FetchError, fetch};
use crate::assets::{Assets, References};
use crate::cache::renderings::{Renderings, lock};
use crate::check::invalid::{Field, Invalid};
use crate::object::{ByKey, ObjectKey};
use crate::pod::requirements::{ReadError, Requirements};
use crate::reconcile::Sources;
use crate::rules;
use crate::rules::fetch::rule_places;
use crate::selector::ObjectSelector;

/// What is known of one Thanos Ruler and of what it needs.
#[derive(Debug)]
pub struct Observed {
    /// The object.
    pub thanos_ruler: Arc<ThanosRuler>,
    /// The Thanos Rulers of its namespace, itself among them: they share the governing Service.
    pub neighbours: Vec<Arc<ThanosRuler>>,
    /// The rules that its selector selects, or why it cannot.
    pub rules: Result<ByKey<PrometheusRule>, Arc<Invalid>>,
    /// What its remote-write targets refer to.
    pub assets: Assets,
    /// What came of the rules the last time: a memory, that never shows in what is rendered, but for the places of the files.
    pub memory: Arc<Mutex<rules::Memory>>,
    /// What the pods need of the cluster.
    pub requirements: Requirements,
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A Secret or `ConfigMap`.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The `ConfigMap`s with its rule files.
    #[error("cannot read the rule files")]
    RuleFiles(#[source] Box<kube::Error>),
    /// What the pods need of the cluster.
    #[error(transparent)]
    Requirements(#[from] ReadError),
}

/// Which rules `thanos_ruler` selects. Fails on a selector that Kubernetes would refuse.
pub fn rule_selector(thanos_ruler: &ThanosRuler) -> Result<ObjectSelector, Invalid> {
    let spec = &thanos_ruler.spec;
    let namespace = thanos_ruler.metadata.namespace.as_deref().unwrap_or_default();
    let namespaces = spec.rule_namespace_selector.as_deref();
    ObjectSelector::parse(spec.rule_selector.as_deref(), namespaces, namespace).field("ruleSelector")
}

/// Reads what is known of `thanos_ruler`.
pub async fn observe(
    sources: &Sources<ThanosRuler>,
    renderings: &Renderings<rules::Memory>,
    thanos_ruler: Arc<ThanosRuler>,
) -> Result<Observed, Error> {
    let (key, client) = (ObjectKey::of(&*thanos_ruler), &sources.client);
    let mut references = References::default();
    references.add(&key.namespace, &Sender::of(&thanos_ruler).instance());
    // Noted before they are read: whatever changes from here on brings us back.
    sources.interests.references(&key, references.clone());
    let assets = fetch(client, references).await?;
    let memory = renderings.of(&key);
    if !lock(&memory).knows_places() {
        let places = rule_places(client, &key, &names::rule_files(&key.name), names::RULES_LABEL).await;
        lock(&memory).found(places.map_err(|source| Error::RuleFiles(Box::new(source)))?);
    }
    let spec = &thanos_ruler.spec;
    let (service, storage) = (spec.service_name.as_deref(), spec.pod.storage.as_deref());
    let requirements = Requirements::observe(client, &key.namespace, service, storage, sources.storage_classes).await?;
    let selector = rule_selector(&thanos_ruler).map_err(Arc::new);
    Ok(Observed {
        neighbours: sources.instances.staying(&key.namespace),
        rules: selector.map(|selector| selector.among(sources.objects.rules.all(), &sources.namespaces.labels())),
        assets,
        memory,
        requirements,
        thanos_ruler,
    })
}
