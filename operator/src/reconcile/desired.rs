//! What a renderer wants to exist, and what it left out. Plain values.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use k8s_openapi::api::apps::v1::{DaemonSet, StatefulSet};
use k8s_openapi::api::core::v1::{ConfigMap, Secret, Service};

use crate::object::{ConfigKind, Rejection};

/// All objects that a workload consists of, owned by its custom resource. What the workload owns and what is not in
/// here is deleted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Desired {
    /// Generated configuration and credentials.
    pub secrets: Vec<Secret>,
    /// Rule files.
    pub config_maps: Vec<ConfigMap>,
    /// The governing Service, shared with the other workloads of the kind in the namespace.
    pub services: Vec<Service>,
    /// What runs the pods; applied last, when all that the pods mount is there.
    pub stateful_sets: Vec<StatefulSet>,
    /// What runs pods on each node; applied at the same point.
    pub daemon_sets: Vec<DaemonSet>,
    /// StatefulSets that are neither wanted nor to be deleted yet: shards that are kept for a while, each with the time
    /// (RFC 3339) up to which it is kept.
    pub retained: BTreeMap<String, String>,
    /// Names of Secrets and ConfigMaps to leave alone although they are owned.
    pub untouched: Vec<String>,
}

impl Desired {
    /// Size of the largest generated configuration: what is compressed, so that it fits into a Secret.
    pub fn configuration_bytes(&self) -> Option<usize> {
        let data = self.secrets.iter().filter_map(|secret| secret.data.as_ref()).flatten();
        data.filter(|(file, _)| Path::new(file).extension().is_some_and(|ending| ending == "gz"))
            .map(|(_, content)| content.0.len())
            .max()
    }
}

/// What a renderer returns: the objects, and what it left out of them and why.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rendered {
    /// The objects.
    pub desired: Desired,
    /// Configuration objects that were left out.
    pub rejections: Vec<Rejection>,
    /// Fields that were left out because the version of the workload does not know them, each as a sentence.
    pub dropped: Vec<String>,
    /// How many configuration objects went in, by kind.
    pub selected: Vec<(ConfigKind, usize)>,
    /// What the user should know although the reconciliation succeeded.
    pub notices: Vec<Notice>,
    /// When to look again although nothing changed.
    pub again: Option<Duration>,
}

/// A remark that becomes part of the condition `Reconciled=True`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// `PascalCase` word for machines.
    pub reason: &'static str,
    /// Sentence for people.
    pub message: String,
    /// Whether it is also an event: something that is seldom meant, and that nobody may notice.
    pub is_event: bool,
}

impl Notice {
    /// A remark.
    pub fn new(reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            is_event: false,
        }
    }

    /// That a field of the specification has no effect, because another one takes precedence.
    pub fn ignored(field: &str, winner: &str) -> Self {
        let message = format!("spec.{field} is ignored, because spec.{winner} takes precedence");
        Self::new("IgnoredFields", message)
    }

    /// A remark that is also an event.
    pub fn event(reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            is_event: true,
            ..Self::new(reason, message)
        }
    }
}
