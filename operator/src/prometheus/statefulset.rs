//! The StatefulSet of one shard of a Prometheus, server or agent. Pure.

#[cfg(test)]
mod tests;

use crds::CommonPrometheusFields;
use k8s_openapi::api::apps::v1::StatefulSet;

use super::names;
use super::pod::{Error, Input, pods, set_labels};
use crate::pod::metadata;
use crate::pod::storage::Storage;
use crate::pod::template::{Pods, Rendered, Set};

/// The StatefulSet `name` of the shard, with the hash of all that it depends on.
///
/// # Errors
/// When the pods cannot be put together.
pub fn stateful_set(input: &Input<'_>, name: &str, input_hash: &str) -> Result<Rendered, Error> {
    let Input { instance, settings, .. } = *input;
    let fields = instance.common;
    let mut dropped = Vec::new();
    let storage = Storage::of(
        fields.pod.storage.as_deref(),
        names::storage_volume(&instance),
        "prometheus-db",
    );
    let Pods {
        selector,
        labels,
        annotations,
        pod,
    } = pods(input, Some(&storage), &mut dropped)?;
    let set_labels = set_labels(&instance, &selector);
    let governing_service = names::words(instance.mode).governing_service;
    let set = Set {
        replicas: replicas(fields),
        service_name: fields.service_name.as_deref().unwrap_or(governing_service),
        selector,
        labels,
        annotations,
        pod,
        claim: storage.claim,
        claim_retention: fields.persistent_volume_claim_retention_policy.as_ref(),
    };
    Ok(Rendered {
        stateful_set: StatefulSet {
            metadata: metadata::stateful_set(&instance, name.to_owned(), &set_labels, input_hash, settings),
            spec: Some(set.spec(&fields.pod, &settings.labels)),
            status: None,
        },
        dropped,
    })
}

/// Replicas of each shard: one where the user gives none or a negative number.
pub fn replicas(fields: &CommonPrometheusFields) -> i32 {
    fields.replicas.filter(|replicas| *replicas >= 0).unwrap_or(1)
}
