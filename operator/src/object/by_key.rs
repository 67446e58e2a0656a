//! Objects of one kind by their keys, as a value that costs nothing to copy. Plain values.

use std::collections::{BTreeMap, btree_map};
use std::ops::Deref;
use std::sync::Arc;

use super::ObjectKey;

/// Objects of one kind, sorted as the generated configuration is. Copies share the map until one of them changes, so that a run
/// sees a store of thousands of objects as it is at one moment without a copy of it.
#[derive(Debug)]
pub struct ByKey<K>(Arc<BTreeMap<ObjectKey, Arc<K>>>);

impl<K> ByKey<K> {
    /// No objects.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts an object in the place of the one of that key, which is returned.
    pub fn insert(&mut self, key: ObjectKey, object: Arc<K>) -> Option<Arc<K>> {
        Arc::make_mut(&mut self.0).insert(key, object)
    }

    /// Takes the object of that key out.
    pub fn remove(&mut self, key: &ObjectKey) -> Option<Arc<K>> {
        if self.0.contains_key(key) {
            Arc::make_mut(&mut self.0).remove(key)
        } else {
            None
        }
    }

    /// Keeps the objects for which `accept` holds. Nothing is copied where it holds for all of them.
    pub fn retain(&mut self, accept: impl Fn(&ObjectKey, &K) -> bool) {
        if self.0.iter().any(|(key, object)| !accept(key, object)) {
            *self = self.filtered(accept);
        }
    }

    /// The objects, in the order of their keys.
    pub fn into_values(self) -> impl Iterator<Item = Arc<K>> {
        self.into_iter().map(|(_, object)| object)
    }

    /// The objects for which `accept` holds.
    #[must_use]
    pub fn filtered(&self, accept: impl Fn(&ObjectKey, &K) -> bool) -> Self {
        let accepted = self.0.iter().filter(|(key, object)| accept(key, object));
        accepted
            .map(|(key, object)| (key.clone(), Arc::clone(object)))
            .collect()
    }
}

impl<K> Clone for ByKey<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K> Default for ByKey<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K> Deref for ByKey<K> {
    type Target = BTreeMap<ObjectKey, Arc<K>>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<K, const N: usize> From<[(ObjectKey, Arc<K>); N]> for ByKey<K> {
    fn from(objects: [(ObjectKey, Arc<K>); N]) -> Self {
        objects.into_iter().collect()
    }
}

impl<K> FromIterator<(ObjectKey, Arc<K>)> for ByKey<K> {
    fn from_iter<I: IntoIterator<Item = (ObjectKey, Arc<K>)>>(objects: I) -> Self {
        Self(Arc::new(objects.into_iter().collect()))
    }
}

impl<K> Extend<(ObjectKey, Arc<K>)> for ByKey<K> {
    fn extend<I: IntoIterator<Item = (ObjectKey, Arc<K>)>>(&mut self, objects: I) {
        Arc::make_mut(&mut self.0).extend(objects);
    }
}

impl<K> IntoIterator for ByKey<K> {
    type Item = (ObjectKey, Arc<K>);
    type IntoIter = btree_map::IntoIter<ObjectKey, Arc<K>>;

    fn into_iter(self) -> Self::IntoIter {
        Arc::unwrap_or_clone(self.0).into_iter()
    }
}

impl<'a, K> IntoIterator for &'a ByKey<K> {
    type Item = (&'a ObjectKey, &'a Arc<K>);
    type IntoIter = btree_map::Iter<'a, ObjectKey, Arc<K>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(numbers: &[usize]) -> ByKey<usize> {
        let entry = |number: &usize| (ObjectKey::new("team", number.to_string()), Arc::new(*number));
        numbers.iter().map(entry).collect()
    }

    fn values(numbers: &ByKey<usize>) -> Vec<usize> {
        numbers.values().map(|number| **number).collect()
    }

    #[test]
    fn a_copy_stays_as_it_was() {
        let mut store = numbers(&[1, 2]);
        let seen = store.clone();
        assert!(Arc::ptr_eq(&store.0, &seen.0));
        store.insert(ObjectKey::new("team", "3"), Arc::new(3));
        store.remove(&ObjectKey::new("team", "1"));
        assert_eq!((values(&store), values(&seen)), (vec![2, 3], vec![1, 2]));
    }

    #[test]
    fn what_changes_nothing_copies_nothing() {
        let all = numbers(&[1, 2, 3]);
        let mut same = all.clone();
        same.retain(|_, number| *number > 0);
        assert_eq!(same.remove(&ObjectKey::new("team", "9")), None);
        assert!(Arc::ptr_eq(&all.0, &same.0));
        same.retain(|_, number| *number != 2);
        assert_eq!((values(&same), values(&all)), (vec![1, 3], vec![1, 2, 3]));
    }
}
