//! The steps between an object and its samples, and what came of each. Plain values.

use serde::{Serialize, Serializer};

/// A step, in the order in which they are taken. Each names what must be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// The object exists.
    Object,
    /// A monitor selects it.
    Monitor,
    /// The operator looks into its namespace.
    OperatorScope,
    /// Something that could select it exists, is looked after by the operator, and can be rendered.
    Workload,
    /// The workload selects the namespace.
    NamespaceSelector,
    /// The workload selects the labels.
    LabelSelector,
    /// The object is accepted.
    Validity,
    /// Jobs are generated from it.
    Job,
    /// A group of rules is in a rule file.
    RuleFile,
    /// Routes are generated from it.
    Routes,
    /// Receivers are generated from it.
    Receivers,
    /// The prober of a Probe exists.
    Prober,
    /// There are targets to find.
    Targets,
    /// A Service is selected.
    Service,
    /// The port exists.
    Port,
    /// Pods are selected.
    Pods,
    /// There are endpoints, and they are ready.
    Endpoints,
    /// The relabeling rules keep a target.
    Relabeling,
    /// The service account of Prometheus may discover.
    Permissions,
    /// No policy keeps Prometheus from the pods.
    NetworkPolicy,
    /// A pod of the workload runs and answers.
    Running,
    /// It has loaded what was generated.
    Configuration,
    /// It has found targets, and keeps them.
    Discovery,
    /// It reaches them.
    Connection,
    /// They answer with samples.
    Scrape,
    /// It evaluates the rules.
    Evaluation,
}

impl Name {
    /// The name of the step, for machines.
    pub const fn as_str(self) -> &'static str {
        self.words().0
    }

    /// What must be so, for people.
    pub const fn title(self) -> &'static str {
        self.words().1
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Object => ("object", "the object exists"),
            Self::Monitor => ("monitor", "a monitor selects it"),
            Self::OperatorScope => ("operator-scope", "the operator watches its namespace"),
            Self::Workload => ("workload", "the operator runs the workload"),
            Self::NamespaceSelector => ("namespace-selector", "its namespace is selected"),
            Self::LabelSelector => ("label-selector", "its labels are selected"),
            Self::Validity => ("validity", "it is accepted"),
            Self::Job => ("job", "a scrape job is generated"),
            Self::RuleFile => ("rule-file", "a rule file is generated"),
            Self::Routes => ("routes", "routes are generated"),
            Self::Receivers => ("receivers", "receivers are generated"),
            Self::Prober => ("prober", "the prober exists"),
            Self::Targets => ("targets", "there is something to discover"),
            Self::Service => ("service", "a Service is selected"),
            Self::Port => ("port", "the port exists"),
            Self::Pods => ("pods", "pods are selected"),
            Self::Endpoints => ("endpoints", "endpoints are ready"),
            Self::Relabeling => ("relabeling", "the relabeling rules keep a target"),
            Self::Permissions => ("permissions", "the service account may discover targets"),
            Self::NetworkPolicy => ("network-policy", "no NetworkPolicy is in the way"),
            Self::Running => ("running", "a pod of the workload answers"),
            Self::Configuration => ("configuration", "the running configuration has it"),
            Self::Discovery => ("discovery", "targets are discovered and kept"),
            Self::Connection => ("connection", "targets are reached"),
            Self::Scrape => ("scrape", "targets answer with samples"),
            Self::Evaluation => ("evaluation", "the rules are evaluated"),
        }
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub enum Outcome {
    /// It is so.
    Passed {
        /// What was found.
        detail: String,
    },
    /// It is not so.
    Failed {
        /// Why.
        why: String,
        /// What would change that.
        mend: String,
    },
    /// It may be what is wrong, should a later step fail.
    Hint {
        /// What was found.
        why: String,
        /// What would change that.
        mend: String,
    },
    /// It cannot be found out.
    Unknown {
        /// Why not.
        why: String,
    },
}

impl Outcome {
    /// It is so.
    pub fn passed(detail: impl Into<String>) -> Self {
        Self::Passed { detail: detail.into() }
    }

    /// It is not so.
    pub fn failed(why: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Failed {
            why: why.into(),
            mend: mend.into(),
        }
    }

    /// It may be what is wrong.
    pub fn hint(why: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Hint {
            why: why.into(),
            mend: mend.into(),
        }
    }

    /// It cannot be found out.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self::Unknown { why: why.into() }
    }
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Which one.
    pub step: Name,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// A step has failed, so that the ones after it are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended;

/// Steps in their order, up to the first that fails.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Steps(pub Vec<Step>);

impl Steps {
    /// Takes a step.
    ///
    /// # Errors
    /// When it fails.
    pub fn take(&mut self, step: Name, outcome: Outcome) -> Result<(), Ended> {
        let ended = matches!(outcome, Outcome::Failed { .. });
        self.0.push(Step { step, outcome });
        if ended { Err(Ended) } else { Ok(()) }
    }

    /// Whether none was taken.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The step that is to blame: the first that failed. Where targets are found and cannot be reached, a hint before comes first.
    pub fn failed(&self) -> Option<&Step> {
        let failed = self
            .0
            .iter()
            .find(|step| matches!(step.outcome, Outcome::Failed { .. }))?;
        let hint = self.0.iter().find(|step| matches!(step.outcome, Outcome::Hint { .. }));
        hint.filter(|_| failed.step == Name::Connection).or(Some(failed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_is_to_blame_only_where_targets_are_not_reached() {
        let walked = |last: Name| {
            let mut steps = Steps::default();
            assert!(steps.take(Name::Service, Outcome::passed("")).is_ok());
            assert!(steps.take(Name::NetworkPolicy, Outcome::hint("", "")).is_ok());
            assert_eq!(steps.failed(), None);
            assert_eq!(steps.take(last, Outcome::failed("", "")), Err(Ended));
            steps.failed().map(|step| step.step)
        };
        assert_eq!(walked(Name::Connection), Some(Name::NetworkPolicy));
        assert_eq!(walked(Name::Scrape), Some(Name::Scrape));
        assert_eq!(walked(Name::Discovery), Some(Name::Discovery));
    }
}
