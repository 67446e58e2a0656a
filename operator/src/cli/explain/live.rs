//! What a cluster, Prometheus and Alertmanager have said. Plain values.

use std::collections::BTreeMap;

use serde_json::Value;

/// The answers about each workload and object, by their kinds and names.
pub(super) type Live = BTreeMap<(String, String), Said>;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Silence {
    /// The user may not ask.
    #[error("you may not ask: {0}")]
    Denied(String),
    /// There is nobody to ask.
    #[error("{0}")]
    Absent(String),
    /// Nobody answers.
    #[error("{0}")]
    Unanswered(String),
}

/// What is known of a workload.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    /// What its service account may do.
    pub(super) accesses: Vec<Access>,
    /// Labels of its pods.
    pub(super) labels: BTreeMap<String, String>,
    /// What its pods answer, one of each shard; why there is nothing.
    pub(super) answers: Vec<Result<Answer, Silence>>,
}

/// Whether something is permitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Access {
    /// Whether it is; why that is not known.
    pub(super) allowed: Result<bool, Silence>,
    /// What is to be done.
    pub(super) verb: &'static str,
    /// Group of the resource.
    pub(super) group: &'static str,
    /// What it is to be done with.
    pub(super) resource: &'static str,
    /// Where; `None`: everywhere.
    pub(super) namespace: Option<String>,
}

/// What a pod answers.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// Its name, or its address.
    pub(super) pod: String,
    /// Number of its shard.
    pub(super) shard: usize,
    /// Its configuration, of Alertmanager its status.
    pub(super) configuration: Result<String, Silence>,
    /// The targets of each job that was asked for.
    pub(super) targets: BTreeMap<String, Result<Value, Silence>>,
    /// The rules; `None`: they were not asked for.
    pub(super) rules: Option<Result<Value, Silence>>,
}

impl Said {
    /// The pods that answer; or why none does.
    pub(super) fn answering(&self) -> Result<Vec<&Answer>, Silence> {
        let answers: Vec<&Answer> = self.answers.iter().flatten().collect();
        if !answers.is_empty() {
            return Ok(answers);
        }
        let silence = self.answers.iter().find_map(|answer| answer.as_ref().err()).cloned();
        Err(silence.unwrap_or_else(|| Silence::Absent("it has no pods".to_owned())))
    }
}
