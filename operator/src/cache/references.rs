//! What objects of a kind refer to, kept from one reconciliation to the next, since few of thousands change. Pure.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;

use crate::assets::{HasReferences, Reference, References};
use crate::object::ObjectKey;

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
    pub fn add_to(&mut self, references: &mut References, objects: &BTreeMap<ObjectKey, Arc<K>>) {
        // Both are in the order of the keys.
        let mut last = mem::take(&mut self.0).into_iter().peekable();
        for (key, object) in objects {
            while last.next_if(|last| last.key < *key).is_some() {}
            let same = last.next_if(|last| last.key == *key);
            let now = match same.filter(|last| Arc::ptr_eq(&last.object, object)) {
                Some(same) => same,
                None => Known {
                    key: key.clone(),
                    object: Arc::clone(object),
                    references: {
                        let mut own = References::default();
                        own.add(&key.namespace, &**object);
                        own.into_iter().collect()
                    },
                },
            };
            for reference in &now.references {
                if !references.contains(reference) {
                    references.insert(reference.clone());
                }
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
    fn what_was_kept_never_shows() {
        let mut referred = ReferenceCache::default();
        let mut objects = BTreeMap::new();
        let mut texts = |objects: &BTreeMap<ObjectKey, Arc<ServiceMonitor>>| {
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
