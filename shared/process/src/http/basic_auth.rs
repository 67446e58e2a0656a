//! Basic authentication against bcrypt hashes. A hash takes about 50 ms of CPU by design, so one at a time is computed, on a
//! blocking thread, and answers are remembered, by a digest that does not give the password away: good ones until the users
//! change, wrong ones for a moment.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{AUTHORIZATION, HeaderMap};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::connections::Place;

/// Hash of nobody's password: unknown users cost the same time as known ones.
const NOBODY: &str = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";
/// Remembered answers of either kind; beyond that all are forgotten.
const REMEMBERED: usize = 100;
/// How long a wrong answer is remembered.
const WRONG_FOR: Duration = Duration::from_secs(1);
/// Requests that may wait for their hash, of all peers and of one.
const WAITING: usize = 32;
const WAITING_PER_PEER: usize = 4;

/// Users and the bcrypt hashes of their passwords.
pub(super) type Users = BTreeMap<String, String>;

type Fingerprint = [u8; 32];

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It carries the password of a user.
    Known,
    /// It does not.
    Unknown,
    /// Too many wait for an answer.
    Busy,
}

/// Answers that are known without hashing, and the one place where hashes are computed.
pub(super) struct Verdicts {
    remembered: Mutex<Remembered>,
    hashing: Arc<Semaphore>,
}

#[derive(Default)]
struct Remembered {
    good: BTreeSet<Fingerprint>,
    wrong: BTreeMap<Fingerprint, Instant>,
    waiting: BTreeMap<IpAddr, usize>,
}

impl Default for Verdicts {
    fn default() -> Self {
        Self {
            remembered: Mutex::default(),
            hashing: Arc::new(Semaphore::new(1)),
        }
    }
}

impl Verdicts {
    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer, where it is known.
    fn known(&self, fingerprint: &Fingerprint) -> Option<Verdict> {
        let remembered = self.lock();
        if remembered.good.contains(fingerprint) {
            return Some(Verdict::Known);
        }
        let wrong = remembered.wrong.get(fingerprint);
        wrong
            .filter(|since| since.elapsed() < WRONG_FOR)
            .map(|_| Verdict::Unknown)
    }

    fn remember(&self, fingerprint: Fingerprint, is_good: bool) {
        let mut remembered = self.lock();
        if is_good {
            if remembered.good.len() >= REMEMBERED {
                remembered.good.clear();
            }
            remembered.good.insert(fingerprint);
        } else {
            if remembered.wrong.len() >= REMEMBERED {
                remembered.wrong.clear();
            }
            remembered.wrong.insert(fingerprint, Instant::now());
        }
    }

    /// A turn in the queue for `peer`; `None` where it is too long.
    fn queue(&self, peer: IpAddr) -> Option<Turn<'_>> {
        let mut remembered = self.lock();
        let all: usize = remembered.waiting.values().sum();
        let own = remembered.waiting.entry(peer).or_default();
        if all >= WAITING || *own >= WAITING_PER_PEER {
            return None;
        }
        *own += 1;
        Some(Turn { verdicts: self, peer })
    }
}

/// A request that waits for its hash.
struct Turn<'a> {
    verdicts: &'a Verdicts,
    peer: IpAddr,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut remembered = self.verdicts.lock();
        if let Some(own) = remembered.waiting.get_mut(&self.peer) {
            *own = own.saturating_sub(1);
        }
        remembered.waiting.retain(|_, own| *own > 0);
    }
}

/// Whether the headers carry the password of one of `users`.
pub(super) async fn judged(headers: &HeaderMap, users: &Users, verdicts: &Verdicts, place: &Place) -> Verdict {
    let Some((user, password)) = credentials(headers) else {
        return Verdict::Unknown;
    };
    let known = users.get(&user).cloned();
    let exists = known.is_some();
    let hash = known.unwrap_or_else(|| NOBODY.to_owned());
    let fingerprint = fingerprint(&user, &password, &hash);
    if let Some(verdict) = verdicts.known(&fingerprint) {
        return verdict;
    }
    let Some(_turn) = verdicts.queue(place.peer()) else {
        return Verdict::Busy;
    };
    let Ok(permit) = Arc::clone(&verdicts.hashing).acquire_owned().await else {
        return Verdict::Unknown;
    };
    // Somebody before us may have asked the same.
    if let Some(verdict) = verdicts.known(&fingerprint) {
        return verdict;
    }
    let _work = place.work();
    let verified = tokio::task::spawn_blocking(move || {
        let is_right = bcrypt::verify(password, &hash).unwrap_or(false);
        // Held here, since the hash is computed to its end even if the peer is gone.
        drop(permit);
        is_right
    });
    let is_known = exists && verified.await.unwrap_or(false);
    verdicts.remember(fingerprint, is_known);
    if is_known { Verdict::Known } else { Verdict::Unknown }
}

/// User and password of the `Authorization` header.
fn credentials(headers: &HeaderMap) -> Option<(String, Vec<u8>)> {
    let (scheme, encoded) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = STANDARD.decode(encoded.trim()).ok()?;
    let colon = decoded.iter().position(|&byte| byte == b':')?;
    let user = String::from_utf8(decoded[..colon].to_vec()).ok()?;
    Some((user, decoded[colon + 1..].to_vec()))
}

/// The lengths keep two different triples from giving the same input.
fn fingerprint(user: &str, password: &[u8], hash: &str) -> Fingerprint {
    let mut hasher = Sha256::new();
    for part in [user.as_bytes(), password, hash.as_bytes()] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_wrong_answer_is_remembered_for_a_moment_and_a_good_one_for_long() {
        let verdicts = Verdicts::default();
        verdicts.remember([1; 32], true);
        verdicts.remember([2; 32], false);
        let both = || (verdicts.known(&[1; 32]), verdicts.known(&[2; 32]));
        assert_eq!(both(), (Some(Verdict::Known), Some(Verdict::Unknown)));
        tokio::time::advance(WRONG_FOR).await;
        assert_eq!(both(), (Some(Verdict::Known), None));
    }

    #[test]
    fn nobody_waits_in_a_long_queue() {
        let verdicts = Verdicts::default();
        let peer = |number: u8| IpAddr::from([10, 0, 0, number]);
        let mut turns: Vec<_> = (0..10).filter_map(|_| verdicts.queue(peer(1))).collect();
        assert_eq!(turns.len(), WAITING_PER_PEER);
        turns.extend((2..100).filter_map(|number| verdicts.queue(peer(number))));
        assert_eq!(turns.len(), WAITING);
        drop(turns.pop());
        assert!(verdicts.queue(peer(200)).is_some() && verdicts.queue(peer(1)).is_none());
        drop(turns);
        assert!(verdicts.lock().waiting.is_empty());
    }

    #[test]
    fn little_is_remembered() {
        let verdicts = Verdicts::default();
        for number in 0..=255 {
            verdicts.remember([number; 32], number % 2 == 0);
        }
        let remembered = verdicts.lock();
        assert!(remembered.good.len() <= REMEMBERED && remembered.wrong.len() <= REMEMBERED);
    }
}
