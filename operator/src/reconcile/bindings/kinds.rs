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
    fn differences(&self, workload: &Workload, verdicts: &Verdicts) -> Vec<Difference>;
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
    pub(super) fn differences(&self, workload: &Workload, verdicts: &Verdicts) -> Vec<Difference> {
        let kinds = self.0.iter();
        kinds.flat_map(|kind| kind.differences(workload, verdicts)).collect()
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
    fn differences(&self, workload: &Workload, verdicts: &Verdicts) -> Vec<Difference> {
        let verdicts = verdicts.get(self.kind);
        let verdict = |key: &ObjectKey| verdicts.and_then(|verdicts| verdicts.get(key));
        let differs = |key: &ObjectKey, object: &K| !agrees(object.status(), workload, verdict(key));
        let differing = self.store.filtered(differs);
        let differences = differing.into_iter().map(|(key, object)| Difference {
            resource: ApiResource::erase::<K>(&()),
            uid: object.uid().unwrap_or_default(),
            status: serde_json::to_value(object.status()).unwrap_or_default(),
            verdict: verdict(&key).cloned(),
            object: key,
        });
        differences.collect()
    }
}
