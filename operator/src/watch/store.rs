//! The objects of one kind as last seen, and what a change to one of them is. Lock-guarded, synchronous, client-free.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use kube::ResourceExt;
use tokio::sync::watch;

use super::Scope;
use crate::object::{ByKey, ObjectKey};

/// An object that appeared (`old` is absent), changed, or went away (`new` is absent).
#[derive(Debug)]
pub(crate) struct Change<K> {
    /// Which object.
    pub key: ObjectKey,
    /// What it was.
    pub old: Option<Arc<K>>,
    /// What it is.
    pub new: Option<Arc<K>>,
}

impl<K: ResourceExt> Change<K> {
    /// Whether the user's part changed: the object appeared or went, or its generation or labels differ.
    pub(crate) fn concerns_configuration(&self) -> bool {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => old.meta().generation != new.meta().generation || old.labels() != new.labels(),
            _ => true,
        }
    }

    /// As [`Self::concerns_configuration`], annotations included.
    pub(crate) fn concerns_metadata(&self) -> bool {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => self.concerns_configuration() || old.annotations() != new.annotations(),
            _ => true,
        }
    }
}

impl<K> Change<K> {
    /// The object as it is, or as it was before it went.
    pub(crate) fn latest(&self) -> Option<&Arc<K>> {
        self.new.as_ref().or(self.old.as_ref())
    }
}

/// All objects of one kind that are watched.
#[derive(Debug)]
pub struct Store<K> {
    objects: RwLock<ByKey<K>>,
    /// How many watches have not listed their objects yet.
    waiting: watch::Sender<usize>,
    /// Where every object of the kind is watched; `None`: some may be left out anywhere.
    complete_in: Option<Scope>,
}

impl<K> Store<K> {
    /// An empty store that is ready as soon as `parts` watches have listed their objects.
    pub fn new(parts: usize, complete_in: Option<Scope>) -> Self {
        Self {
            objects: RwLock::default(),
            waiting: watch::Sender::new(parts),
            complete_in,
        }
    }

    /// Whether an object of `namespace` that is not here does not exist, as far as the watches have come.
    pub fn is_complete_in(&self, namespace: &str) -> bool {
        let scope = self.complete_in.as_ref();
        scope.is_some_and(|scope| scope.contains(namespace)) && *self.waiting.borrow() == 0
    }

    /// The object of that key.
    pub fn get(&self, key: &ObjectKey) -> Option<Arc<K>> {
        self.read().get(key).cloned()
    }

    /// The first key that is not before `key`.
    pub fn first_from(&self, key: &ObjectKey) -> Option<ObjectKey> {
        self.read()
            .range::<ObjectKey, _>(key..)
            .next()
            .map(|(first, _)| first.clone())
    }

    /// All objects, as they are now.
    pub fn all(&self) -> ByKey<K> {
        self.read().clone()
    }

    /// The objects for which `accept` holds, in the order of their keys.
    pub fn filtered(&self, accept: impl Fn(&ObjectKey, &K) -> bool) -> ByKey<K> {
        self.read().filtered(accept)
    }

    /// Waits for every watch to have listed its objects.
    pub fn listed(&self) -> Listed {
        Listed(self.waiting.subscribe())
    }

    /// Puts `object` in the place of its predecessor of that key.
    pub(crate) fn put(&self, key: ObjectKey, object: K) -> Change<K> {
        let new = Arc::new(object);
        let mut objects = self.write();
        let key = shared(&objects, key);
        let old = objects.insert(key.clone(), Arc::clone(&new));
        drop(objects);
        Change {
            key,
            old,
            new: Some(new),
        }
    }

    /// Takes the object of that key out.
    pub(super) fn remove(&self, key: &ObjectKey) -> Option<Change<K>> {
        let old = self.write().remove(key)?;
        Some(Change {
            key: key.clone(),
            old: Some(old),
            new: None,
        })
    }

    /// The keys within the part of the store that a watch of `namespace` (`None`: of all) is in charge of.
    pub(super) fn keys_of_part(&self, namespace: Option<&str>) -> BTreeSet<ObjectKey> {
        let mine = |key: &&ObjectKey| namespace.is_none_or(|namespace| *key.namespace == *namespace);
        self.read().keys().filter(mine).cloned().collect()
    }

    /// Says that one more watch has listed its objects.
    pub(super) fn part_listed(&self) {
        self.waiting.send_modify(|waiting| *waiting = waiting.saturating_sub(1));
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, ByKey<K>> {
        self.objects.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, ByKey<K>> {
        self.objects.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: ResourceExt> Store<K> {
    /// The objects of a namespace that are not being deleted, in the order of their keys.
    pub fn staying(&self, namespace: &str) -> Vec<Arc<K>> {
        let stays =
            |key: &ObjectKey, object: &K| *key.namespace == *namespace && object.meta().deletion_timestamp.is_none();
        self.filtered(stays).into_values().collect()
    }

    /// Puts `object` in the place of its predecessor.
    pub(crate) fn upsert(&self, object: K) -> Change<K> {
        self.put(ObjectKey::of(&object), object)
    }
}

/// The same key, whose namespace is the text that the keys beside it have.
fn shared<K>(objects: &ByKey<K>, key: ObjectKey) -> ObjectKey {
    let neighbours = [
        objects.range::<ObjectKey, _>(..=&key).next_back(),
        objects.range::<ObjectKey, _>(&key..).next(),
    ];
    let mut known = neighbours.into_iter().flatten().map(|(known, _)| &known.namespace);
    match known.find(|namespace| **namespace == key.namespace) {
        Some(namespace) => ObjectKey {
            namespace: Arc::clone(namespace),
            ..key
        },
        None => key,
    }
}

/// The first list of all objects of a store.
#[derive(Debug)]
pub struct Listed(watch::Receiver<usize>);

impl Listed {
    /// Returns when it is complete.
    pub async fn wait(mut self) {
        // An error means that the store is gone: then nobody needs to wait for it.
        let _ = self.0.wait_for(|waiting| *waiting == 0).await;
    }
}
