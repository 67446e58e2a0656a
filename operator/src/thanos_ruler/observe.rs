//! All that the objects of a Thanos Ruler are rendered from, and how it is read: what the watches know, and the Secrets and
//! `ConfigMap`s that its remote-write targets refer to. Reads only.

use std::sync::Arc;

use crds::{PrometheusRule, ThanosRuler};

use super::names;
use crate::assets::fetch::FetchError;
use crate::assets::{self, Assets, References};
use crate::check::invalid::{Field, Invalid, SPEC, Within};
use crate::object::{ByKey, ObjectKey};
use crate::pod::requirements::{ReadError, Requirements};
use crate::pod::web::{own_user, users};
use crate::reconcile::Sources;
use crate::rules::RuleFileCache;
use crate::rules::fetch::find_rule_files;
use crate::selector::ObjectSelector;

/// What is known of one Thanos Ruler and of what it needs.
#[derive(Debug, Clone)]
pub struct Observed {
    /// The object.
    pub thanos_ruler: Arc<ThanosRuler>,
    /// The Thanos Rulers of its namespace, itself among them: they share the governing Service.
    pub neighbours: Vec<Arc<ThanosRuler>>,
    /// The rules that its selector selects, or why it cannot.
    pub rules: Result<ByKey<PrometheusRule>, Arc<Invalid>>,
    /// What its remote-write targets and the users of its web server refer to.
    pub assets: Assets,
    /// What the pods need of the cluster.
    pub requirements: Requirements,
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A Secret or `ConfigMap`.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The same, of those that it itself refers to.
    #[error(transparent)]
    Own(#[from] assets::Error),
    /// The password of what runs beside it.
    #[error(transparent)]
    Password(#[from] own_user::Error),
    /// The `ConfigMap`s with its rule files.
    #[error("cannot read the rule files")]
    RuleFiles(#[source] Box<kube::Error>),
    /// What the pods need of the cluster.
    #[error(transparent)]
    Requirements(#[from] ReadError),
}

/// What is kept of a Thanos Ruler from one reconciliation to the next.
#[derive(Debug, Default)]
pub struct Cache {
    /// What was read of Secrets and `ConfigMap`s, as long as the object refers to them.
    pub assets: Assets,
    /// The rule files.
    pub rules: RuleFileCache,
}

/// Which rules `thanos_ruler` selects. Fails on a selector that Kubernetes would refuse.
pub fn rule_selector(thanos_ruler: &ThanosRuler) -> Result<ObjectSelector, Invalid> {
    let spec = &thanos_ruler.spec;
    let namespace = thanos_ruler.metadata.namespace.as_deref().unwrap_or_default();
    let namespaces = spec.rule_namespace_selector.as_deref();
    ObjectSelector::parse(spec.rule_selector.as_deref(), namespaces, namespace)
        .field("ruleSelector")
        .within(SPEC)
}

/// Reads what is known of `thanos_ruler`.
pub async fn observe(
    sources: &Sources<ThanosRuler>,
    thanos_ruler: Arc<ThanosRuler>,
    cache: &mut Cache,
) -> Result<Observed, Error> {
    let (key, client) = (ObjectKey::of(&*thanos_ruler), &sources.client);
    let mut references = References::default();
    references.add(&key.namespace, &*thanos_ruler.spec.remote_write);
    let web = thanos_ruler.spec.web.as_deref();
    let web_config = ObjectKey::new(key.namespace.clone(), names::web_config(&key.name));
    users::refer(web, &web_config, &mut references);
    // Noted before they are read: whatever changes from here on brings us back.
    sources.interests.references(&key, references.clone());
    let mut assets = sources.read(references, &mut cache.assets).await?;
    assets.check_shown(&key.namespace, &*thanos_ruler.spec.remote_write)?;
    assets.check_shown(&key.namespace, &web)?;
    own_user::ensure(web, &web_config, &mut assets, sources.new_password)?;
    let prefix = names::rule_files(&key.name);
    let found = find_rule_files(
        client,
        &sources.children.config_maps,
        &key,
        &prefix,
        names::RULES_LABEL,
        &mut cache.rules,
    )
    .await;
    found.map_err(|source| Error::RuleFiles(Box::new(source)))?;
    let spec = &thanos_ruler.spec;
    let (service, storage) = (spec.service_name.as_deref(), spec.pod.storage.as_deref());
    let requirements = Requirements::observe(client, &key.namespace, service, storage, sources.storage_classes).await?;
    let selector = rule_selector(&thanos_ruler).map_err(Arc::new);
    Ok(Observed {
        neighbours: sources.instances.staying(&key.namespace),
        rules: selector.map(|selector| selector.among(sources.objects.rules.all(), &sources.namespaces.labels())),
        assets,
        requirements,
        thanos_ruler,
    })
}
