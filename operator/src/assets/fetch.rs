//! Reads the Secrets and `ConfigMap`s that objects refer to, each once, and not again before the watches see another version
//! of it. The only part of `assets` with a client.
//!
//! What the API server says of one reference is a value. An error is that it says nothing: then nobody knows what is true.

use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::Client;
use tokio::time::Instant;

use super::reference::Since;
use super::{Assets, Contents, Error, Found, HasReferences, Reference, ReferenceKind, References};
use crate::api::Objects;
use crate::object::ObjectKey;
use crate::watch::{Children, Seen, Store};

/// How many objects are read at the same time: enough to hide the latency, too few to trouble the API server.
const CONCURRENT_READS: usize = 8;
/// How many objects that the watches do not know are asked for in one run all the same, since a Secret that was created a moment
/// before the object that refers to it may be on its way still. The watch brings the others, too.
const ASKED_IN_ADVANCE: usize = 32;
/// How long the answer counts that an object cannot be had, where no watch would bring news of it and nobody who refers to it
/// has changed.
const REMEMBERED: Duration = Duration::from_secs(30);

/// The API server did not answer.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {reference}")]
pub struct FetchError {
    reference: Reference,
    #[source]
    cause: Box<kube::Error>,
}

/// Reads every object of `references`, but for what is in `cache`, or in the `contents` of others, as the watches in `children`
/// still see it, and for what they know not to exist. The cache then holds what was read.
///
/// # Errors
/// When the API server does not answer; the cache is as it was.
pub async fn refresh(
    client: &Client,
    children: &Children,
    contents: &Contents,
    references: References,
    cache: &mut Assets,
) -> Result<Assets, FetchError> {
    let (assets, unknown) = Pass::of(children, contents, references, cache, Instant::now());
    let assets = fetch(client, contents, assets, unknown).await?;
    cache.clone_from(&assets);
    Ok(assets)
}

/// One walk over all references, that reads nothing.
struct Pass<'a> {
    contents: &'a Contents,
    assets: Assets,
    unknown: Vec<Reference>,
    in_advance: usize,
}

impl<'a> Pass<'a> {
    /// What is known without a request, and what is not.
    fn of(
        children: &Children,
        contents: &'a Contents,
        references: References,
        last: &Assets,
        now: Instant,
    ) -> (Assets, Vec<Reference>) {
        let mut pass = Self {
            contents,
            assets: Assets::limited(references.limit()),
            unknown: Vec::new(),
            in_advance: 0,
        };
        for (reference, since) in references {
            match reference.kind() {
                ReferenceKind::Secret => pass.add(&children.secrets, reference, since, last, now),
                ReferenceKind::ConfigMap => pass.add(&children.config_maps, reference, since, last, now),
            }
        }
        (pass.assets, pass.unknown)
    }

    fn add<K>(&mut self, watched: &Store<Seen<K>>, reference: Reference, since: Since, last: &Assets, now: Instant) {
        let key = reference.object();
        match watched.get(key) {
            Some(seen) if self.assets.keep(last, &reference, Some(seen.edition())) => {}
            Some(seen) => match self.contents.get(&reference, seen.edition()) {
                Some(object) => drop(self.assets.objects.insert(reference, Found::Content(object))),
                None => self.unknown.push(reference),
            },
            None if watched.is_complete_in(&key.namespace) => {
                if since == Since::Now && self.in_advance < ASKED_IN_ADVANCE {
                    self.in_advance += 1;
                    self.unknown.push(reference);
                } else {
                    self.assets.insert_missing(reference);
                }
            }
            None if since == Since::Before && self.assets.remember(last, &reference, now) => {}
            None => self.unknown.push(reference),
        }
    }
}

impl Assets {
    /// When to look again, where the API server refuses to show something: there is no event when it no longer does.
    pub(crate) fn again(&self) -> Option<Duration> {
        let is_refused = |found: &Found| matches!(found, Found::Unreadable(..));
        self.objects.values().any(is_refused).then_some(REMEMBERED)
    }

    /// Checks that the API server shows all that the workload itself, which is in `namespace`, refers to.
    ///
    /// # Errors
    /// When it does not: the workload cannot go without.
    pub(crate) fn check_shown(&self, namespace: &str, workload: &(impl HasReferences + ?Sized)) -> Result<(), Error> {
        let mut own = References::default();
        own.add(namespace, workload);
        for reference in own.iter() {
            if let Some(Found::Unreadable(_, reason)) = self.objects.get(reference) {
                return Err(Error::Unreadable {
                    reference: reference.clone(),
                    reason: reason.clone(),
                });
            }
        }
        Ok(())
    }

    /// Takes over from `last` that an object could not be had a moment ago.
    fn remember(&mut self, last: &Self, reference: &Reference, now: Instant) -> bool {
        let Some(found @ (Found::Missing(Some(asked)) | Found::Unreadable(Some(asked), _))) =
            last.objects.get(reference)
        else {
            return false;
        };
        let counts = now.saturating_duration_since(*asked) < REMEMBERED;
        if counts {
            self.objects.insert(reference.clone(), found.clone());
        }
        counts
    }
}

async fn fetch(
    client: &Client,
    contents: &Contents,
    mut assets: Assets,
    references: Vec<Reference>,
) -> Result<Assets, FetchError> {
    let asked = references.clone();
    let mut reads = stream::iter(references)
        .map(|reference| read(client, reference))
        .buffer_unordered(CONCURRENT_READS);
    while let Some(answer) = reads.try_next().await? {
        match answer {
            Answer::Secret(secret) => assets.insert_secret(secret),
            Answer::ConfigMap(config_map) => assets.insert_config_map(config_map),
            Answer::Absent(reference, found) => drop(assets.objects.insert(reference, found)),
        }
    }
    for reference in &asked {
        if let Some(Found::Content(object)) = assets.objects.get(reference) {
            contents.note(reference, object);
        }
    }
    Ok(assets)
}

enum Answer {
    Secret(Secret),
    ConfigMap(ConfigMap),
    Absent(Reference, Found),
}

async fn read(client: &Client, reference: Reference) -> Result<Answer, FetchError> {
    let ObjectKey { namespace, name } = reference.object();
    let answer = match reference.kind() {
        ReferenceKind::Secret => {
            let secret = Objects::in_namespace(client, namespace).get_opt(name).await;
            secret.map(|secret| secret.map(Answer::Secret))
        }
        ReferenceKind::ConfigMap => {
            let config_map = Objects::in_namespace(client, namespace).get_opt(name).await;
            config_map.map(|config_map| config_map.map(Answer::ConfigMap))
        }
    };
    let asked = Some(Instant::now());
    match answer {
        Ok(Some(found)) => Ok(found),
        Ok(None) => Ok(Answer::Absent(reference, Found::Missing(asked))),
        // One that does not say in words that it is the object that is missing.
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(Answer::Absent(reference, Found::Missing(asked))),
        Err(cause) => match refusal(&cause) {
            Some(reason) => Ok(Answer::Absent(reference, Found::Unreadable(asked, reason.into()))),
            None => Err(FetchError {
                reference,
                cause: Box::new(cause),
            }),
        },
    }
}

/// Why the API server does not show an object, where that says something of this object. That we are unknown (401), that we ask
/// too often (429) and that it has troubles of its own (5xx) does not. Holds nothing of the object.
fn refusal(error: &kube::Error) -> Option<String> {
    match error {
        kube::Error::Api(status) if (400..500).contains(&status.code) && !matches!(status.code, 401 | 408 | 429) => {
            Some(
                format!("the API server answers {} {}", status.code, status.reason)
                    .trim_end()
                    .to_owned(),
            )
        }
        kube::Error::SerdeError(_) => Some("the response is not an object of this kind".to_owned()),
        kube::Error::BuildRequest(_) => Some("the request cannot be built".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
