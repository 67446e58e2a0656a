//! What objects of a kind refer to, kept from one reconciliation to the next, since few of thousands change. Pure.

use std::mem;
use std::sync::Arc;

use crate::assets::{HasReferences, Reference, References, Since};
use crate::object::{ByKey, ObjectKey};

/// What is known of the objects of the last reconciliation.
#[derive(Debug)]
pub struct ReferenceCache<K>(Vec<Known<K>>);

/// An object and what it refers to.
#[derive(Debug)]
struct Known<K> {
    key: ObjectKey,
    object: Arc<K>,
    references: Box<[Reference]>,
}

impl<K> Default for ReferenceCache<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: HasReferences> ReferenceCache<K> {
    /// Adds what `objects` refer to.
    pub fn add_to(&mut self, references: &mut References, objects: &ByKey<K>) {
        // Both are in the order of the keys.
        let mut last = mem::take(&mut self.0).into_iter().peekable();
        self.0.reserve_exact(objects.len());
        for (key, object) in objects {
            while last.next_if(|last| last.key < *key).is_some() {}
            let same = last.next_if(|last| last.key == *key);
            let same = same.filter(|last| Arc::ptr_eq(&last.object, object));
            let since = if same.is_some() { Since::Before } else { Since::Now };
            let now = match same {
                Some(same) => same,
                None => Known {
                    key: key.clone(),
                    object: Arc::clone(object),
                    references: {
                        let mut own = References::default();
                        own.add(&key.namespace, &**object);
                        // Who refers to more is rejected, and refers to nothing.
                        let is_admitted = own.iter().len() <= references.limit();
                        own.into_iter().map(|(own, _)| own).filter(|_| is_admitted).collect()
                    },
                },
            };
            for reference in &now.references {
                references.note(reference, since);
            }
            self.0.push(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use crds::ServiceMonitor;
    use serde_json::json;

    use super::*;

    fn monitor(name: &str, secret: &str) -> (ObjectKey, Arc<ServiceMonitor>) {
        let token = json!({"name": secret, "key": "token"});
        let object = json!({
            "apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor",
            "metadata": {"namespace": "team", "name": name},
            "spec": {"selector": {}, "endpoints": [{"port": "web", "bearerTokenSecret": token}]},
        });
        let object = serde_json::from_value(object).expect("a ServiceMonitor");
        (ObjectKey::new("team", name), Arc::new(object))
    }

    #[test]
    fn who_refers_to_too_much_refers_to_nothing() {
        let objects = ByKey::from([monitor("a", "one")]);
        for (limit, count) in [(1, 1), (0, 0)] {
            let mut references = References::limited(limit);
            ReferenceCache::default().add_to(&mut references, &objects);
            assert_eq!(references.iter().len(), count);
        }
    }

    #[test]
    fn a_reference_is_new_when_somebody_who_has_it_is() {
        let (mut referred, mut objects) = (ReferenceCache::default(), ByKey::from([monitor("a", "one")]));
        let mut since = |objects: &ByKey<ServiceMonitor>| {
            let mut references = References::default();
            referred.add_to(&mut references, objects);
            references.into_iter().map(|(_, since)| since).collect::<Vec<_>>()
        };
        assert_eq!(since(&objects), [Since::Now]);
        assert_eq!(since(&objects), [Since::Before]);
        objects.extend([monitor("b", "one"), monitor("c", "two")]);
        assert_eq!(since(&objects), [Since::Now, Since::Now]);
        objects.extend([monitor("b", "two")]);
        assert_eq!(since(&objects), [Since::Before, Since::Now]);
    }

    #[test]
    fn what_was_kept_never_shows() {
        let mut referred = ReferenceCache::default();
        let mut objects = ByKey::new();
        let mut texts = |objects: &ByKey<ServiceMonitor>| {
            let mut references = References::default();
            referred.add_to(&mut references, objects);
            references.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert!(texts(&objects).is_empty());
        objects.extend([monitor("b", "one"), monitor("d", "two")]);
        assert_eq!(texts(&objects), ["secret team/one", "secret team/two"]);
        assert_eq!(texts(&objects), ["secret team/one", "secret team/two"]);
        objects.extend([monitor("a", "zero"), monitor("c", "two"), monitor("d", "four")]);
        assert_eq!(
            texts(&objects),
            [
                "secret team/four",
                "secret team/one",
                "secret team/two",
                "secret team/zero"
            ]
        );
        objects.retain(|key, _| *key.name == *"c");
        assert_eq!(texts(&objects), ["secret team/two"]);
    }
}
