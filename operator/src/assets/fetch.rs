//! Reads the Secrets and `ConfigMap`s that objects refer to, each once, and not again before the watches see another version
//! of it. The only part of `assets` with a client.

use futures::stream::{self, StreamExt, TryStreamExt};
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::{Api, Client};

use super::{Assets, Reference, ReferenceKind, References};
use crate::watch::Children;

/// How many objects are read at the same time: enough to hide the latency, too few to trouble the API server.
const CONCURRENT_READS: usize = 8;

/// An object could not be read, for another reason than that it does not exist.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {reference}")]
pub struct FetchError {
    reference: Reference,
    #[source]
    cause: Box<kube::Error>,
}

enum Fetched {
    Secret(Secret),
    ConfigMap(ConfigMap),
    Missing(Reference),
}

/// As [`fetch`], but for what is in `cache` as the watches in `children` still see it. The cache then holds what was read.
///
/// # Errors
/// When the API server does not answer; the cache is as it was.
pub async fn refresh(
    client: &Client,
    children: &Children,
    references: References,
    cache: &mut Assets,
) -> Result<Assets, FetchError> {
    let mut assets = Assets::default();
    let unknown = (references.into_iter())
        .filter(|reference| !keep(&mut assets, cache, children, reference))
        .collect();
    assets.objects.extend(fetch(client, unknown).await?.objects);
    cache.clone_from(&assets);
    Ok(assets)
}

/// Reads every object of `references`. A missing one is a value, since only who needs it knows what that means.
///
/// # Errors
/// When the API server does not answer.
pub async fn fetch(client: &Client, references: References) -> Result<Assets, FetchError> {
    let mut assets = Assets::default();
    let mut reads = stream::iter(references)
        .map(|reference| read(client, reference))
        .buffer_unordered(CONCURRENT_READS);
    while let Some(fetched) = reads.try_next().await? {
        match fetched {
            Fetched::Secret(secret) => assets.insert_secret(secret),
            Fetched::ConfigMap(config_map) => assets.insert_config_map(config_map),
            Fetched::Missing(reference) => assets.insert_missing(reference),
        }
    }
    Ok(assets)
}

fn keep(assets: &mut Assets, last: &Assets, children: &Children, reference: &Reference) -> bool {
    let key = &reference.object;
    match reference.kind {
        ReferenceKind::Secret => {
            let seen = children.secrets.get(key);
            assets.keep(last, reference, seen.as_deref().map(|seen| &seen.metadata))
        }
        ReferenceKind::ConfigMap => {
            let seen = children.config_maps.get(key);
            assets.keep(last, reference, seen.as_deref().map(|seen| &seen.metadata))
        }
    }
}

async fn read(client: &Client, reference: Reference) -> Result<Fetched, FetchError> {
    let (namespace, name) = (&reference.object.namespace, &reference.object.name);
    let found = match reference.kind {
        ReferenceKind::Secret => {
            (Api::namespaced(client.clone(), namespace).get_opt(name).await).map(|secret| secret.map(Fetched::Secret))
        }
        ReferenceKind::ConfigMap => (Api::namespaced(client.clone(), namespace).get_opt(name).await)
            .map(|config_map| config_map.map(Fetched::ConfigMap)),
    };
    match found {
        Ok(Some(fetched)) => Ok(fetched),
        Ok(None) => Ok(Fetched::Missing(reference)),
        Err(cause) => Err(FetchError {
            reference,
            cause: Box::new(cause),
        }),
    }
}
