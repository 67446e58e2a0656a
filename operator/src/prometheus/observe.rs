//! All that the objects of a Prometheus are rendered from, and how it is read: what the watches know, the Secrets and
//! `ConfigMap`s that are referred to, and the time. Reads only.

use std::sync::Arc;

use jiff::Timestamp;
use k8s_openapi::api::apps::v1::StatefulSet;
use kube::ResourceExt;

use super::cache::Cache;
use super::instance::{Instance, Kind, Object};
use super::names;
use super::rollout::Rollout;
use super::select::{self, Candidates, Objects};
use crate::assets::fetch::FetchError;
use crate::assets::{self, Assets, References};
use crate::check::invalid::Invalid;
use crate::object::ObjectKey;
use crate::pod::requirements::{ReadError, Requirements};
use crate::pod::web::own_user;
use crate::reconcile::{DELETION_DEADLINE, Sources};
use crate::rules::fetch::find_rule_files;
use crate::watch::{Children, Store, controller};

/// What is known of one Prometheus and of what it needs.
#[derive(Debug, Clone)]
pub struct Observed {
    /// The object.
    pub object: Object,
    /// Those of its kind and namespace, itself among them: they share the governing Service.
    pub neighbours: Vec<Object>,
    /// What its selectors select, or why they cannot.
    pub candidates: Result<Candidates, Arc<Invalid>>,
    /// What the candidates and the object itself refer to.
    pub assets: Assets,
    /// Whether the Secret with the configuration exists.
    pub configured: bool,
    /// What the running pods are made for.
    pub rollout: Rollout,
    /// What the pods need of the cluster.
    pub requirements: Requirements,
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
    /// The same, of those that the object itself refers to.
    #[error(transparent)]
    Own(#[from] assets::Error),
    /// The password of what runs beside it.
    #[error(transparent)]
    Password(#[from] own_user::Error),
    /// The `ConfigMap`s with rule files.
    #[error("cannot list the ConfigMaps with rule files")]
    RuleFiles(#[source] Box<kube::Error>),
    /// What the pods need of the cluster.
    #[error(transparent)]
    Requirements(#[from] ReadError),
}

/// Reads what is known of `object`.
pub async fn observe<K: Kind>(sources: &Sources<K>, object: Arc<K>, cache: &mut Cache) -> Result<Observed, Error> {
    let (key, client) = (ObjectKey::of(&*object), &sources.client);
    let objects = Objects {
        service_monitors: sources.objects.service_monitors.all(),
        pod_monitors: sources.objects.pod_monitors.all(),
        probes: sources.objects.probes.all(),
        scrape_configs: sources.objects.scrape_configs.all(),
        rules: sources.objects.rules.all(),
    };
    let instance = object.instance();
    let candidates = select::candidates(&instance, objects, &sources.namespaces.labels()).map_err(Arc::new);
    let references = match &candidates {
        Ok(candidates) => {
            let mut references = References::limited(sources.max_references);
            candidates.refer(&instance, &mut cache.references, &mut references);
            references
        }
        Err(_) => References::default(),
    };
    // Noted before they are read: whatever changes from here on brings us back.
    sources.interests.references(&key, references.clone());
    let mut assets = sources.read(references, &mut cache.assets).await?;
    assets.check_shown(&key.namespace, &instance)?;
    own_user::ensure(
        instance.web(),
        &instance.web_config(),
        &mut assets,
        sources.new_password,
    )?;
    if instance.server().is_some() {
        let prefix = names::rule_files(&instance);
        let found = find_rule_files(
            client,
            &sources.children.config_maps,
            &key,
            &prefix,
            names::RULES_LABEL,
            &mut cache.rendered.rules,
        )
        .await;
        found.map_err(|source| Error::RuleFiles(Box::new(source)))?;
    }
    let secret = ObjectKey::new(key.namespace.clone(), names::prefixed(&instance));
    let service_name = instance.common.service_name.as_deref();
    Ok(Observed {
        neighbours: (sources.instances.staying(&key.namespace).into_iter())
            .map(Kind::object)
            .collect(),
        candidates,
        assets,
        rollout: rollout(&instance, &sources.children),
        configured: sources.children.secrets.get(&secret).is_some(),
        requirements: Requirements::observe(
            client,
            &key.namespace,
            // A DaemonSet has no governing Service.
            service_name.filter(|_| !instance.is_daemon_set()),
            instance.common.pod.storage.as_deref(),
            sources.storage_classes,
        )
        .await?,
        excess: excess(&instance, &sources.children.stateful_sets),
        #[expect(clippy::disallowed_methods, reason = "observe is where the clock is read")]
        now: Timestamp::now(),
        object: K::object(object),
    })
}

/// What the pods are made for of what should run, as far as it exists.
fn rollout(instance: &Instance<'_>, children: &Children) -> Rollout {
    let key = |name: String| ObjectKey::new(instance.namespace(), name);
    if let Some(name) = names::daemon_set(instance) {
        return Rollout::of(children.daemon_sets.get(&key(name)).as_slice());
    }
    let names = names::stateful_sets(instance).into_iter();
    let sets = names.filter_map(|name| children.stateful_sets.get(&key(name)));
    Rollout::of(&sets.collect::<Vec<_>>())
}

fn excess(instance: &Instance<'_>, stateful_sets: &Store<StatefulSet>) -> Vec<(String, Option<String>)> {
    let uid = instance.metadata.uid.as_ref();
    let wanted = names::stateful_sets(instance);
    let owned = stateful_sets.filtered(|key, set| {
        &*key.namespace == instance.namespace()
            && !wanted.iter().any(|wanted| **wanted == *key.name)
            && set.metadata.deletion_timestamp.is_none()
            && controller(&set.metadata).is_some_and(|owner| Some(&owner.uid) == uid)
    });
    owned
        .into_iter()
        .map(|(key, set)| (key.name.to_string(), set.annotations().get(DELETION_DEADLINE).cloned()))
        .collect()
}
