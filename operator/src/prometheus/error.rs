//! Why a Prometheus, server or agent, cannot be rendered. Each error names the field of the object for its user.

use std::sync::Arc;

use formats::version::ParseError;

use super::{config, pod};
use crate::check::invalid::Invalid;
use crate::{assets, pod::requirements};

/// Why an instance cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its version is none.
    #[error("spec.version")]
    Version(#[source] ParseError),
    /// A selector is wrong.
    #[error(transparent)]
    Selectors(Arc<Invalid>),
    /// A field is wrong, or refers to what is not there.
    #[error(transparent)]
    Specification(Invalid),
    /// A Secret with additional configuration cannot be read.
    #[error("{field}")]
    Additional {
        /// The field that refers to it.
        field: &'static str,
        /// What is missing.
        #[source]
        source: assets::Error,
    },
    /// The configuration cannot be made.
    #[error(transparent)]
    Configuration(config::Error),
    /// The pods cannot be made.
    #[error(transparent)]
    Pods(pod::Error),
    /// An agent on each node is asked for, and they are not let run.
    #[error("spec.mode: DaemonSet requires the feature gate PrometheusAgentDaemonSet of the operator")]
    DaemonSetGate,
    /// Something that the pods need is not there.
    #[error(transparent)]
    Requirements(#[from] requirements::Error),
}
