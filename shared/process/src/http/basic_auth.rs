//! Basic authentication against bcrypt hashes. A hash takes about 50 ms of CPU by design, so it is computed on a
//! blocking thread and good answers are remembered, by a digest that does not give the password away.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{AUTHORIZATION, HeaderMap};
use sha2::{Digest as _, Sha256};

/// Hash of nobody's password: unknown users cost the same time as known ones.
const NOBODY: &str = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";
/// Remembered answers; beyond that all are forgotten.
const REMEMBERED: usize = 100;

/// Users and the bcrypt hashes of their passwords.
pub(super) type Users = BTreeMap<String, String>;

/// Answers that are known without hashing.
#[derive(Default)]
pub(super) struct Remembered(Mutex<BTreeSet<[u8; 32]>>);

/// Whether the headers carry the password of one of `users`.
pub(super) async fn is_known(headers: &HeaderMap, users: &Users, remembered: &Arc<Remembered>) -> bool {
    let Some((user, password)) = credentials(headers) else {
        return false;
    };
    let known = users.get(&user).cloned();
    let exists = known.is_some();
    let hash = known.unwrap_or_else(|| NOBODY.to_owned());
    let digest = digest(&user, &password, &hash);
    if exists
        && remembered
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&digest)
    {
        return true;
    }
    let verified = tokio::task::spawn_blocking(move || bcrypt::verify(password, &hash).unwrap_or(false)).await;
    let known = exists && verified.unwrap_or(false);
    if known {
        let mut remembered = remembered.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED {
            remembered.clear();
        }
        remembered.insert(digest);
    }
    known
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
fn digest(user: &str, password: &[u8], hash: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in [user.as_bytes(), password, hash.as_bytes()] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}
