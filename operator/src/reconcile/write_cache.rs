//! What the applier remembers of its own writes, so that it need not look again: of each child a fingerprint and the
//! metadata, never the content. Lock-guarded; lost with the process.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher, RandomState};
use std::io::{self, BufWriter, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kube::api::ObjectMeta;
use tokio::time::Instant;
use twox_hash::XxHash64;

use super::child::Child;
use crate::object::ObjectKey;
use crate::watch::Edition;

/// Bytes that are hashed at once: JSON is written in pieces of a few bytes.
const BLOCK: usize = 16 << 10;

/// Kind and key of a child.
pub(super) type Slot = (String, ObjectKey);

/// What is known of a child since our last write.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// Of what was wanted.
    pub(super) fingerprint: u64,
    /// Of what the API server made of it.
    pub(super) edition: Edition,
    /// As the API server answered.
    pub(super) metadata: ObjectMeta,
    /// When it was found or made so.
    at: Instant,
}

/// What is known of all children.
#[derive(Debug)]
pub(super) struct WriteCache {
    written: Mutex<BTreeMap<Slot, Written>>,
    /// Seed of the fingerprints, which nobody outside can predict.
    seed: u64,
}

impl Default for WriteCache {
    fn default() -> Self {
        Self {
            written: Mutex::default(),
            seed: RandomState::new().hash_one(0),
        }
    }
}

impl WriteCache {
    /// What was written, if it is still there as it was then; `seen` is the edition that the watch has seen.
    pub(super) fn unchanged(&self, slot: &Slot, seen: Edition) -> Option<Written> {
        self.lock().get(slot).filter(|written| written.edition == seen).cloned()
    }

    /// Whether the child was found or made so no longer than `trust` ago.
    pub(super) fn is_recent(&self, slot: &Slot, fingerprint: u64, trust: Duration) -> bool {
        let written = self.lock();
        let known = written.get(slot).filter(|known| known.fingerprint == fingerprint);
        known.is_some_and(|known| known.at.elapsed() < trust)
    }

    /// Whether the child was ever found or made.
    pub(super) fn knows(&self, slot: &Slot) -> bool {
        self.lock().contains_key(slot)
    }

    /// Notes a write.
    pub(super) fn note<K: Child>(&self, slot: Slot, fingerprint: u64, mut metadata: ObjectMeta) {
        metadata.managed_fields = None;
        let edition = K::edition(&metadata);
        let written = Written {
            fingerprint,
            edition,
            metadata,
            at: Instant::now(),
        };
        self.lock().insert(slot, written);
    }

    /// Forgets the children for which `exists` does not hold.
    pub(super) fn keep(&self, exists: impl Fn(&Slot) -> bool) {
        self.lock().retain(|slot, _| exists(slot));
    }

    /// Tells one content of an object from another, in this process.
    pub(super) fn fingerprint(&self, child: &impl Child) -> u64 {
        let mut writer = BufWriter::with_capacity(BLOCK, Hashing(XxHash64::with_seed(self.seed)));
        // It takes every write, and our objects can be written.
        let _ = child.write_content(&mut writer);
        let _ = writer.flush();
        writer.get_ref().0.finish()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Slot, Written>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A writer that keeps nothing but a hash.
struct Hashing<H>(H);

impl<H: Hasher> io::Write for Hashing<H> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::ByteString;
    use k8s_openapi::api::core::v1::Secret;

    use super::*;

    fn metadata(version: &str) -> ObjectMeta {
        ObjectMeta {
            resource_version: Some(version.to_owned()),
            managed_fields: Some(Vec::new()),
            ..ObjectMeta::default()
        }
    }

    #[test]
    fn is_of_use_while_the_child_is_as_it_was_left() {
        let (cache, slot) = (WriteCache::default(), ("Secret".to_owned(), ObjectKey::new("ns", "a")));
        cache.note::<Secret>(slot.clone(), 5, metadata("7"));
        let known = cache.unchanged(&slot, Edition::named("7")).expect("as it was left");
        assert_eq!((known.fingerprint, known.metadata.managed_fields), (5, None));
        assert!(cache.unchanged(&slot, Edition::named("8")).is_none());
        cache.keep(|(kind, _)| kind != "Secret");
        assert!(cache.unchanged(&slot, Edition::named("7")).is_none());
    }

    #[test]
    fn a_fingerprint_is_that_of_the_content() {
        let cache = WriteCache::default();
        let print = |pairs: &[(&str, &str)]| {
            let data = pairs
                .iter()
                .map(|&(key, value)| (key.to_owned(), ByteString(value.into())));
            let mut secret = Secret {
                data: Some(data.collect()),
                ..Secret::default()
            };
            let prints = [cache.fingerprint(&secret), {
                secret.metadata.name = Some("other".to_owned());
                cache.fingerprint(&secret)
            }];
            assert_ne!(prints[0], prints[1], "the rest of the object counts");
            prints[0]
        };
        assert_eq!(print(&[("a", "b")]), print(&[("a", "b")]));
        let others: [&[(&str, &str)]; 5] = [
            &[],
            &[("a", "c")],
            &[("ab", "")],
            &[("a", ""), ("b", "")],
            &[("a", "b1:c0:")],
        ];
        for other in others {
            assert_ne!(print(&[("a", "b")]), print(other), "{other:?}");
        }
    }
}
