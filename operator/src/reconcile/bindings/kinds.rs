//! The kinds of configuration objects that have bindings, each with the store that the watch fills: what differs from what
//! is wanted. Reads stores only.

use std::fmt::Debug;
use std::sync::Arc;

use crds::ConfigResourceStatus;
use kube::Resource;
use kube::api::{ApiResource, ResourceExt};
use kube::core::object::HasStatus;
use serde_json::Value;

use super::entry::{Workload, agrees};
use super::{Verdict, Verdicts};
use crate::object::ObjectKey;
use crate::watch::Store;

/// A configuration object that a workload selects by its labels, as it was observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Its kind, such as `ServiceMonitor`.
    pub kind: &'static str,
    /// Which one.
    pub object: ObjectKey,
    /// Its generation then.
    pub generation: i64,
}

impl Selected {
    /// Each of `objects`, which are of one kind.
    pub fn each<'a, K>(
        kind: &'static str,
        objects: impl IntoIterator<Item = (&'a ObjectKey, &'a Arc<K>)>,
    ) -> impl Iterator<Item = Self>
    where
        K: ResourceExt + 'a,
    {
        objects.into_iter().map(move |(key, object)| Self {
            kind,
            object: key.clone(),
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
    /// Its status as it was seen.
    pub(super) status: Value,
    /// What the entry should say; `None`: there should be none.
    pub(super) verdict: Option<Verdict>,
}

/// A kind and its objects.
trait Kind: Debug + Send + Sync {
    fn differing(&self, workload: &Workload, verdicts: &Verdicts) -> Vec<ObjectKey>;

    fn difference(&self, object: &ObjectKey, workload: &Workload, verdicts: &Verdicts) -> Option<Difference>;
}

/// An object of one of the kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    kind: usize,
    object: ObjectKey,
}

/// All kinds.
#[derive(Debug, Default)]
pub struct Kinds(Vec<Box<dyn Kind>>);

impl Kinds {
    /// The same and the kind called `kind`, whose objects are in `store`.
    #[must_use]
    pub fn with<K>(mut self, kind: &'static str, store: Arc<Store<K>>) -> Self
    where
        K: Resource<DynamicType = ()> + HasStatus<Status = ConfigResourceStatus> + Debug + Send + Sync + 'static,
    {
        self.0.push(Box::new(Stored { kind, store }));
        self
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
}

#[derive(Debug)]
struct Stored<K> {
    kind: &'static str,
    store: Arc<Store<K>>,
}

impl<K> Kind for Stored<K>
where
    K: Resource<DynamicType = ()> + HasStatus<Status = ConfigResourceStatus> + Debug + Send + Sync,
{
    fn differing(&self, workload: &Workload, verdicts: &Verdicts) -> Vec<ObjectKey> {
        let verdicts = verdicts.get(self.kind);
        let verdict = |key: &ObjectKey| verdicts.and_then(|verdicts| verdicts.get(key));
        let differs = |key: &ObjectKey, object: &K| !agrees(object.status(), workload, verdict(key));
        self.store.filtered(differs).into_keys().collect()
    }

    fn difference(&self, key: &ObjectKey, workload: &Workload, verdicts: &Verdicts) -> Option<Difference> {
        let verdict = verdicts.get(self.kind).and_then(|verdicts| verdicts.get(key));
        let object = self.store.get(key)?;
        (!agrees(object.status(), workload, verdict)).then(|| Difference {
            resource: ApiResource::erase::<K>(&()),
            object: key.clone(),
            uid: object.uid().unwrap_or_default(),
            status: serde_json::to_value(object.status()).unwrap_or_default(),
            verdict: verdict.cloned(),
        })
    }
}
