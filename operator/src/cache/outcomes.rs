//! What came of each object of a kind the last time, and the one walk that brings it up to date. Pure.

use std::mem;
use std::sync::Arc;

use super::Stale;
use crate::assets::HasReferences;
use crate::object::{ByKey, ObjectKey};

/// How the objects of a kind are rendered, one by one and in their order.
pub(crate) trait Render<K> {
    /// What is kept of an object that is accepted.
    type Accepted;

    /// Whether the same comes of both, as long as all that they depend on is the same.
    fn is_same(last: &K, now: &K) -> bool;

    /// Checks an object and renders it. The error says why it is left out, for the user.
    fn render(&mut self, key: &ObjectKey, object: &K) -> Result<Self::Accepted, String>;

    /// Takes over what is kept of an object of which the same comes as the last time.
    fn keep(&mut self, kept: &mut Self::Accepted);
}

/// What came of one object.
#[derive(Debug)]
pub(crate) struct Outcome<K, A> {
    pub(crate) key: ObjectKey,
    pub(crate) object: Arc<K>,
    /// What is kept of it, or why it is left out.
    pub(crate) result: Result<A, String>,
}

/// What came of all objects of a kind, sorted by key.
#[derive(Debug)]
pub(crate) struct Outcomes<K, A>(Vec<Outcome<K, A>>);

impl<K, A> Default for Outcomes<K, A> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: HasReferences, A> Outcomes<K, A> {
    /// Renders those of `objects` that are new, have changed or are stale, and keeps the others. Gives how many were
    /// rendered.
    pub(crate) fn update<R: Render<K, Accepted = A>>(
        &mut self,
        objects: &ByKey<K>,
        stale: &Stale,
        renderer: &mut R,
    ) -> usize {
        let mut last = mem::take(&mut self.0).into_iter().peekable();
        self.0.reserve_exact(objects.len());
        let mut fresh = 0;
        for (key, object) in objects {
            // Both are in the order of the keys.
            while last.next_if(|last| last.key < *key).is_some() {}
            let known = last.next_if(|last| last.key == *key);
            let holds = |known: &Outcome<K, A>| {
                (Arc::ptr_eq(&known.object, object) || R::is_same(&known.object, object))
                    && !stale.concerns(&key.namespace, &**object)
            };
            self.0.push(if let Some(mut known) = known.filter(holds) {
                if let Ok(kept) = &mut known.result {
                    renderer.keep(kept);
                }
                known.object = Arc::clone(object);
                known
            } else {
                fresh += 1;
                Outcome {
                    result: renderer.render(key, object),
                    key: key.clone(),
                    object: Arc::clone(object),
                }
            });
        }
        fresh
    }

    /// What came of each, in the order of the keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Outcome<K, A>> + Clone {
        self.0.iter()
    }
}
