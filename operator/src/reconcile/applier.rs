//! Writes the children of a workload, in a fixed order, and deletes those that are not wanted any more. The only place
//! that writes anything but status and events.
//!
//! A child is written whole, with the version of the live object it replaces: so a field, a key or a container that
//! somebody added by hand goes away again, which server-side apply would leave. Metadata that others added stays.

mod error;

use std::collections::BTreeSet;
use std::time::Duration;

use k8s_openapi::api::apps::v1::{DaemonSet, StatefulSet};
use k8s_openapi::api::core::v1::Service;
use kube::api::{DeleteParams, ObjectMeta, Patch, PatchParams, PostParams};
use kube::{Client, Resource, ResourceExt};
use sha2::{Digest, Sha256};

use super::child::Child;
use super::desired::Desired;
use super::write_cache::WriteCache;
use crate::api::{self, Objects};
use crate::args::RecreationPolicy;
use crate::object::ObjectKey;
use crate::pod::metadata::INPUT_HASH;
use crate::watch::{Children, Edition, Owned, Seen, Store};
use error::{Write, failed, foreign, is_invalid, is_overtaken};

pub(super) use error::{Error, Verb};

/// Name under which the operator owns fields, as the original's.
pub(crate) const FIELD_MANAGER: &str = "PrometheusOperator";
/// Up to when a StatefulSet is kept that is not wanted any more.
pub(crate) const DELETION_DEADLINE: &str = "operator.prometheus.io/deletion-deadline";
/// How often a write that another writer overtook is tried again at once.
const CONFLICT_RETRIES: usize = 3;
/// For how long a Service is taken to be as it was last seen.
const SERVICE_TRUST: Duration = Duration::from_secs(5);

/// The custom resource that owns the children.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    /// Its namespace and name.
    pub key: ObjectKey,
    /// Its identity: another object of the same name is another owner.
    pub uid: String,
    /// When the change was noticed that is applied, as pods are told.
    pub changed_at: String,
}

/// What was done, also where something failed then.
#[derive(Debug)]
pub(crate) struct Applied {
    /// How it ended: with the first write that fails; what comes before it in the order is in place.
    pub outcome: Result<(), Error>,
    /// Whether a Secret or a `ConfigMap` was written, which pods may have mounted.
    pub mounted: bool,
    /// StatefulSets that are being deleted because an immutable field changed; their deletion brings us back.
    pub recreated: u64,
}

/// Writes children. One for the whole process: it remembers what it wrote, so that it need not look again.
pub(crate) struct Applier {
    client: Client,
    children: Children,
    recreation: RecreationPolicy,
    written: WriteCache,
}

impl Applier {
    /// An applier that has written nothing yet.
    pub(crate) fn new(client: Client, children: Children, recreation: RecreationPolicy) -> Self {
        Self {
            client,
            children,
            recreation,
            written: WriteCache::default(),
        }
    }

    /// Makes `desired` so. What `owner` owns beyond it is deleted, after everything else was written.
    pub(crate) async fn apply(&self, owner: &Owner, desired: Desired) -> Applied {
        let mut application = Application {
            applier: self,
            owner,
            mounted: false,
            recreated: 0,
        };
        let outcome = application.run(desired).await;
        Applied {
            outcome,
            mounted: application.mounted,
            recreated: application.recreated,
        }
    }

    /// Whether the object is as our own last write left it.
    pub(crate) fn wrote<K: Child>(&self, key: &ObjectKey, seen: Edition) -> bool {
        let slot = (K::kind(&()).into_owned(), key.clone());
        self.written.unchanged(&slot, seen).is_some()
    }

    /// Forgets what was written for children that do not exist any more.
    pub(crate) fn forget_gone(&self) {
        let Children {
            secrets,
            config_maps,
            stateful_sets,
            daemon_sets,
        } = &self.children;
        self.written.keep(|(kind, key)| match kind.as_str() {
            "Secret" => secrets.get(key).is_some(),
            "ConfigMap" => config_maps.get(key).is_some(),
            "StatefulSet" => stateful_sets.get(key).is_some(),
            "DaemonSet" => daemon_sets.get(key).is_some(),
            _ => false,
        });
    }

    async fn stateful_set(&self, mut set: StatefulSet, owner: &Owner) -> Result<bool, Error> {
        let hash = input_hash(&set).to_string();
        set.annotations_mut().insert(INPUT_HASH.to_owned(), hash);
        self.set(set, &self.children.stateful_sets, owner).await
    }

    /// Writes what runs pods. Where an immutable field changed it is deleted, which brings us back, and `true` is returned.
    async fn set<K: Child>(&self, set: K, store: &Store<K>, owner: &Owner) -> Result<bool, Error> {
        let key = ObjectKey::of(&set);
        let live = store.get(&key);
        if live
            .as_deref()
            .is_some_and(|live| live.meta().deletion_timestamp.is_some())
        {
            // Its deletion brings us back.
            return Ok(false);
        }
        let keeps_pods = self.recreation == RecreationPolicy::Orphan
            && live.as_deref().is_some_and(|live| set.takes_over_pods(live));
        let seen = live.as_deref().map(|live| K::edition(live.meta()));
        match Box::pin(self.written(set, seen, false, owner)).await {
            Ok(_) => Ok(false),
            Err(Error::Write {
                verb: Verb::Replace,
                source,
                ..
            }) if is_invalid(&source) => {
                tracing::info!(kind = %K::kind(&()), object = %key, keeps_pods, reason = %source, "recreating, an immutable field changed");
                let how = if keeps_pods {
                    DeleteParams::orphan()
                } else {
                    DeleteParams::foreground()
                };
                self.delete::<K>(&key, &how).await?;
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    /// Notes on a StatefulSet that is kept for a while how long it is kept.
    async fn retain(&self, key: &ObjectKey, deadline: &str) -> Result<(), Error> {
        let live = self.children.stateful_sets.get(key);
        if live.is_none_or(|live| {
            live.annotations()
                .get(DELETION_DEADLINE)
                .is_some_and(|noted| noted == deadline)
        }) {
            return Ok(());
        }
        let api: Objects<StatefulSet> = Objects::in_namespace(&self.client, &key.namespace);
        let patch = serde_json::json!({"metadata": {"annotations": {DELETION_DEADLINE: deadline}}});
        let params = PatchParams {
            field_manager: Some(FIELD_MANAGER.to_owned()),
            ..PatchParams::default()
        };
        let patched = api.patch(&key.name, &params, &Patch::Merge(&patch)).await;
        patched.map(drop).map_err(failed::<StatefulSet>(Verb::Annotate, key))
    }

    /// Writes a Service unless it is known to be as wanted. Nobody watches Services, so one is looked at again after a while;
    /// not each time, since many owners may share it.
    async fn service(&self, service: Service, owner: &Owner) -> Result<(), Error> {
        let slot = (Service::kind(&()).into_owned(), ObjectKey::of(&service));
        let fingerprint = self.written.fingerprint(&service);
        if self.written.is_recent(&slot, fingerprint, SERVICE_TRUST) {
            return Ok(());
        }
        let (metadata, _) = self.put(service, &slot.1, owner, Live::Unknown).await?;
        self.written.note::<Service>(slot, fingerprint, metadata);
        Ok(())
    }

    /// Writes one child unless it is known to be as wanted, and says whether it was written; `store` is what the watch has seen.
    async fn mounted<K: Child>(&self, child: K, store: &Store<Seen<K>>, owner: &Owner) -> Result<bool, Error> {
        let key = ObjectKey::of(&child);
        let seen = store.get(&key).map(|seen| seen.edition());
        let is_absent = seen.is_none() && store.is_complete_in(&key.namespace);
        self.written(child, seen, is_absent, owner).await
    }

    /// Writes one child unless it is known to be as wanted, and says whether it was written; `seen` is the edition that the
    /// watch has seen, and `is_absent` that it would have seen one.
    async fn written<K: Child>(
        &self,
        child: K,
        seen: Option<Edition>,
        is_absent: bool,
        owner: &Owner,
    ) -> Result<bool, Error> {
        let slot = (K::kind(&()).into_owned(), ObjectKey::of(&child));
        let fingerprint = self.written.fingerprint(&child);
        // As we left it, so that nothing needs to be read.
        let known = seen.and_then(|seen| self.written.unchanged(&slot, seen));
        if known.as_ref().is_some_and(|known| known.fingerprint == fingerprint) {
            return Ok(false);
        }
        let live = match known {
            Some(known) => Live::Known(Box::new(known.metadata)),
            // The watch may not have brought our own write yet.
            None if is_absent && !self.written.knows(&slot) => Live::Absent,
            None => Live::Unknown,
        };
        let (metadata, is_new) = self.put(child, &slot.1, owner, live).await?;
        self.written.note::<K>(slot, fingerprint, metadata);
        Ok(is_new)
    }

    /// Writes one child unless it is as wanted; gives its metadata, and whether it was written.
    async fn put<K: Child>(
        &self,
        child: K,
        key: &ObjectKey,
        owner: &Owner,
        mut live: Live,
    ) -> Result<(ObjectMeta, bool), Error> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let (write, mut next) = match std::mem::replace(&mut live, Live::Unknown) {
                Live::Absent => (Write::Create, child.clone()),
                Live::Known(known) => {
                    foreign::<K>(&known, key, &owner.uid)?;
                    match child.clone().over(&known) {
                        Some(next) => (Write::Replace, next),
                        None => continue,
                    }
                }
                Live::Unknown => match self.read::<K>(key).await? {
                    None => (Write::Create, child.clone()),
                    Some(live) => {
                        foreign::<K>(live.meta(), key, &owner.uid)?;
                        let mut next = child.clone();
                        next.carry_over(&live);
                        if next.equals(&live) {
                            return Ok((live.meta().clone(), false));
                        }
                        (Write::Replace, next)
                    }
                },
            };
            next.changed_at(&owner.changed_at);
            match self.send(write, &next, key).await {
                Ok(metadata) => return Ok((metadata, true)),
                Err(error) if is_overtaken(write, &error) && attempt <= CONFLICT_RETRIES => {}
                Err(error) => return Err(failed::<K>(write.verb(), key)(error)),
            }
        }
    }

    async fn read<K: Child>(&self, key: &ObjectKey) -> Result<Option<K>, Error> {
        let api: Objects<K> = Objects::in_namespace(&self.client, &key.namespace);
        api.get_opt(&key.name).await.map_err(failed::<K>(Verb::Read, key))
    }

    /// Creates or replaces a child.
    async fn send<K: Child>(&self, write: Write, child: &K, key: &ObjectKey) -> Result<ObjectMeta, kube::Error> {
        let params = PostParams {
            field_manager: Some(FIELD_MANAGER.to_owned()),
            ..PostParams::default()
        };
        let how = match write {
            Write::Create => api::Write::Create,
            Write::Replace => api::Write::Replace,
        };
        let body = child.body().map_err(kube::Error::SerdeError)?;
        api::write::<K>(&self.client, how, key, &params, body).await
    }

    async fn prune<K, C>(
        &self,
        store: &Store<K>,
        owner: &Owner,
        wanted: &BTreeSet<String>,
        how: &DeleteParams,
    ) -> Result<(), Error>
    where
        K: Owned + Pruned<Child = C>,
        C: Child,
    {
        let unwanted = store.filtered(|key, object| {
            key.namespace == owner.key.namespace
                && !wanted.contains(&*key.name)
                && !object.is_leaving()
                && object
                    .controller()
                    .is_some_and(|controller| controller.uid == owner.uid)
        });
        for key in unwanted.keys() {
            self.delete::<C>(key, how).await?;
        }
        Ok(())
    }

    async fn delete<K: Child>(&self, key: &ObjectKey, how: &DeleteParams) -> Result<(), Error> {
        let api: Objects<K> = Objects::in_namespace(&self.client, &key.namespace);
        match api.delete(&key.name, how).await {
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
            Err(error) => Err(failed::<K>(Verb::Delete, key)(error)),
            Ok(()) => {
                tracing::info!(kind = %K::kind(&()), object = %key, "deleted");
                Ok(())
            }
        }
    }
}

/// One application of what is wanted.
struct Application<'a> {
    applier: &'a Applier,
    owner: &'a Owner,
    mounted: bool,
    recreated: u64,
}

impl Application<'_> {
    /// All writes, in their order.
    async fn run(&mut self, desired: Desired) -> Result<(), Error> {
        let (applier, owner) = (self.applier, self.owner);
        let Desired {
            secrets,
            config_maps,
            services,
            stateful_sets,
            daemon_sets,
            retained,
            untouched,
        } = desired;
        let names = |kept: &[String], wanted: Vec<String>| kept.iter().cloned().chain(wanted).collect();
        let wanted = Wanted {
            secrets: names(&untouched, names_of(&secrets)),
            config_maps: names(&untouched, names_of(&config_maps)),
            stateful_sets: retained.keys().cloned().chain(names_of(&stateful_sets)).collect(),
            daemon_sets: names_of(&daemon_sets).into_iter().collect(),
        };
        let children = &applier.children;
        for secret in secrets {
            self.mounted |= applier.mounted(secret, &children.secrets, owner).await?;
        }
        for config_map in config_maps {
            self.mounted |= applier.mounted(config_map, &children.config_maps, owner).await?;
        }
        for service in services {
            applier.service(service, owner).await?;
        }
        for (name, deadline) in retained {
            applier
                .retain(&ObjectKey::new(owner.key.namespace.clone(), name), &deadline)
                .await?;
        }
        for set in stateful_sets {
            self.recreated += u64::from(Box::pin(applier.stateful_set(set, owner)).await?);
        }
        for set in daemon_sets {
            Box::pin(applier.set(set, &children.daemon_sets, owner)).await?;
        }
        self.prune(&wanted).await
    }

    /// Deletes what is owned and not wanted.
    async fn prune(&self, wanted: &Wanted) -> Result<(), Error> {
        let (applier, owner, children) = (self.applier, self.owner, &self.applier.children);
        let (at_once, with_pods) = (DeleteParams::default(), DeleteParams::foreground());
        applier
            .prune(&children.secrets, owner, &wanted.secrets, &at_once)
            .await?;
        applier
            .prune(&children.config_maps, owner, &wanted.config_maps, &at_once)
            .await?;
        applier
            .prune(&children.stateful_sets, owner, &wanted.stateful_sets, &with_pods)
            .await?;
        applier
            .prune(&children.daemon_sets, owner, &wanted.daemon_sets, &with_pods)
            .await
    }
}

/// Names of the children that stay, by kind.
struct Wanted {
    secrets: BTreeSet<String>,
    config_maps: BTreeSet<String>,
    stateful_sets: BTreeSet<String>,
    daemon_sets: BTreeSet<String>,
}

fn names_of<K: ResourceExt>(objects: &[K]) -> Vec<String> {
    objects.iter().map(ResourceExt::name_any).collect()
}

/// What is known of a child before it is written.
enum Live {
    /// Nothing: it must be read.
    Unknown,
    /// That there is none.
    Absent,
    /// That it is as it was left, with these metadata.
    Known(Box<ObjectMeta>),
}

/// A watched kind, and the kind of child whose metadata it holds.
trait Pruned {
    type Child: Child;
}

impl<K: Child> Pruned for Seen<K> {
    type Child = K;
}

impl Pruned for StatefulSet {
    type Child = Self;
}

impl Pruned for DaemonSet {
    type Child = Self;
}

/// The first eight bytes of the SHA-256 over the object as JSON.
fn input_hash(object: &impl serde::Serialize) -> u64 {
    let text = serde_json::to_vec(object).unwrap_or_default();
    let digest = Sha256::digest(&text);
    u64::from_be_bytes(std::array::from_fn(|index| digest[index]))
}
