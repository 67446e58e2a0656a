//! The kinds of configuration objects that have bindings, each with the store that the watch fills: what differs from what
//! is wanted. Reads stores only.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use crds::ConfigResourceStatus;
use kube::api::{ApiResource, ResourceExt};
use kube::core::object::HasStatus;
use serde_json::Value;

use super::entry::{Workload, agrees};
use super::{Verdict, Verdicts};
use crate::object::{ConfigKind, ConfigObject, ObjectKey, is_older_version};
use crate::watch::Store;

/// A configuration object that a workload selects by its labels, as it was observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectedObject {
    /// Its kind.
    pub kind: ConfigKind,
    /// Which one.
    pub object: ObjectKey,
    /// Its identity.
    pub uid: Option<String>,
    /// Its generation then.
    pub generation: i64,
}

impl SelectedObject {
    /// Each of `objects`.
    pub fn each<'a, K>(objects: impl IntoIterator<Item = (&'a ObjectKey, &'a Arc<K>)>) -> impl Iterator<Item = Self>
    where
        K: ConfigObject + 'a,
    {
        objects.into_iter().map(move |(key, object)| Self {
            kind: K::KIND,
            object: key.clone(),
            uid: object.meta().uid.clone(),
            generation: object.meta().generation.unwrap_or_default(),
        })
    }
}

/// An object whose entry of a workload is not as wanted.
#[derive(Debug)]
pub(super) struct Difference {
    /// Its kind, for the API.
    pub(super) resource: ApiResource,
    /// Which one.
    pub(super) object: ObjectKey,
    /// Its identity.
    pub(super) uid: String,
    /// Its status as it was seen; `None`: what was seen is older than our own last write.
    pub(super) status: Option<Value>,
    /// What the entry should say; `None`: there should be none.
    pub(super) verdict: Option<Verdict>,
}

/// A kind and its objects.
trait Kind: Debug + Send + Sync {
    fn differing(&self, workload: &Workload, verdicts: &Verdicts) -> Vec<ObjectKey>;

    fn difference(&self, object: &ObjectKey, workload: &Workload, verdicts: &Verdicts) -> Option<Difference>;

    fn wrote(&self, object: ObjectKey, version: String);
}

/// An object of one of the kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    kind: usize,
    object: ObjectKey,
}

/// All kinds.
#[derive(Debug, Default)]
pub(crate) struct Kinds(Vec<Box<dyn Kind>>);

impl Kinds {
    /// Adds the kind whose objects are in `store`.
    pub(crate) fn add<K>(&mut self, store: Arc<Store<K>>)
    where
        K: ConfigObject + HasStatus<Status = ConfigResourceStatus> + Debug + Send + Sync + 'static,
    {
        let written = Mutex::default();
        self.0.push(Box::new(Stored { store, written }));
    }

    /// The objects whose entry of `workload` is not as wanted.
    pub(super) fn differing(&self, workload: &Workload, verdicts: &Verdicts) -> Vec<Place> {
        let kinds = self.0.iter().enumerate();
        let places = kinds.flat_map(|(number, kind)| {
            let objects = kind.differing(workload, verdicts).into_iter();
            objects.map(move |object| Place { kind: number, object })
        });
        places.collect()
    }

    /// How one of them differs by now; `None` where it does not any more.
    pub(super) fn difference(&self, place: &Place, workload: &Workload, verdicts: &Verdicts) -> Option<Difference> {
        self.0.get(place.kind)?.difference(&place.object, workload, verdicts)
    }

    /// Notes that we wrote the status of one of them, and the version that this made: until the watch has brought it, what
    /// the watch shows says nothing.
    pub(super) fn wrote(&self, place: Place, version: String) {
        if let Some(kind) = self.0.get(place.kind) {
            kind.wrote(place.object, version);
        }
    }
}

#[derive(Debug)]
struct Stored<K> {
    store: Arc<Store<K>>,
    /// The versions that our last writes made, of the objects that the watch may not have brought since.
    written: Mutex<BTreeMap<ObjectKey, String>>,
}

impl<K: ResourceExt> Stored<K> {
    /// Whether the object is as it was before our own last write.
    fn is_late(&self, key: &ObjectKey, object: &K) -> bool {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(version) = written.get(key) else { return false };
        let seen = object.meta().resource_version.as_deref().unwrap_or_default();
        let is_late = is_older_version(seen, version);
        if !is_late {
            written.remove(key);
        }
        is_late
    }
}

impl<K> Kind for Stored<K>
where
    K: ConfigObject + HasStatus<Status = ConfigResourceStatus> + Debug + Send + Sync,
{
    fn differing(&self, workload: &Workload, verdicts: &Verdicts) -> Vec<ObjectKey> {
        let verdicts = verdicts.get(&K::KIND);
        let verdict = |key: &ObjectKey| verdicts.and_then(|verdicts| verdicts.get(key));
        let differs =
            |key: &ObjectKey, object: &K| self.is_late(key, object) || !agrees(object.status(), workload, verdict(key));
        self.store.filtered(differs).keys().cloned().collect()
    }

    fn difference(&self, key: &ObjectKey, workload: &Workload, verdicts: &Verdicts) -> Option<Difference> {
        let verdict = verdicts.get(&K::KIND).and_then(|verdicts| verdicts.get(key));
        let object = self.store.get(key)?;
        let is_late = self.is_late(key, &object);
        (is_late || !agrees(object.status(), workload, verdict)).then(|| Difference {
            resource: ApiResource::erase::<K>(&()),
            object: key.clone(),
            uid: object.uid().unwrap_or_default(),
            status: (!is_late).then(|| serde_json::to_value(object.status()).unwrap_or_default()),
            verdict: verdict.cloned(),
        })
    }

    fn wrote(&self, object: ObjectKey, version: String) {
        self.written
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(object, version);
    }
}

#[cfg(test)]
mod tests {
    use crds::ServiceMonitor;
    use serde_json::json;

    use super::*;

    fn monitor(version: u32, generation: i64) -> ServiceMonitor {
        let entry = json!({
            "group": "monitoring.coreos.com", "resource": "prometheuses", "namespace": "ns", "name": "main",
            "conditions": [{"type": "Accepted", "status": "True", "observedGeneration": generation,
                "lastTransitionTime": "2026-01-01T00:00:00Z"}],
        });
        serde_json::from_value(json!({
            "metadata": {"namespace": "ns", "name": "a", "uid": "u", "resourceVersion": version.to_string()},
            "spec": {"selector": {}, "endpoints": []},
            "status": {"bindings": [entry]},
        }))
        .expect("a monitor")
    }

    /// A verdict is written, and the former one wanted again, before the watch has brought the first write.
    #[test]
    fn what_is_older_than_our_own_write_says_nothing() {
        let store = Arc::new(Store::new(0, None));
        store.upsert(monitor(9, 1));
        let mut kinds = Kinds::default();
        kinds.add(Arc::clone(&store));
        let key = ObjectKey::new("ns", "a");
        let verdict = Verdict {
            generation: 1,
            rejection: None,
        };
        let verdicts = Verdicts::from([(ConfigKind::ServiceMonitor, BTreeMap::from([(key.clone(), verdict)]))]);
        let workload = Workload {
            resource: "prometheuses".to_owned(),
            key: ObjectKey::new("ns", "main"),
        };
        assert_eq!(kinds.differing(&workload, &verdicts), []);
        let place = Place { kind: 0, object: key };
        kinds.wrote(place.clone(), "10".to_owned());
        assert_eq!(kinds.differing(&workload, &verdicts), std::slice::from_ref(&place));
        let difference = kinds
            .difference(&place, &workload, &verdicts)
            .expect("nothing is known");
        assert_eq!(difference.status, None);
        store.upsert(monitor(10, 2));
        let difference = kinds
            .difference(&place, &workload, &verdicts)
            .expect("it is about another generation");
        assert!(difference.status.is_some());
        store.upsert(monitor(11, 1));
        assert_eq!(kinds.differing(&workload, &verdicts), []);
    }
}
