//! The DaemonSet of an agent that runs on each node and scrapes the pods there. Pure.
//!
//! Its pods keep no data beyond their lives: a claim belongs to no node.

#[cfg(test)]
mod tests;

use formats::version::Dropped;
use k8s_openapi::api::apps::v1::DaemonSet;

use super::names;
use super::pod::{Error, Input, pods, set_labels};
use crate::pod::metadata;

/// A rendered DaemonSet, and the fields of the user that its version does not know.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The DaemonSet.
    pub daemon_set: DaemonSet,
    /// What was left out, for the user.
    pub dropped: Vec<Dropped>,
}

/// The DaemonSet.
///
/// # Errors
/// When the pods cannot be put together.
pub fn daemon_set(input: &Input<'_>) -> Result<Rendered, Error> {
    let Input { instance, settings, .. } = *input;
    let mut dropped = Vec::new();
    let pods = pods(input, None, &mut dropped)?;
    let labels = set_labels(&instance, &pods.selector);
    Ok(Rendered {
        daemon_set: DaemonSet {
            metadata: metadata::set(&instance, names::prefixed(&instance), &labels, settings),
            spec: Some(pods.daemon_set(&instance.common.pod, &settings.labels)),
            status: None,
        },
        dropped,
    })
}
