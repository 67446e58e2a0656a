//! Kinds of version `v1alpha1`, a module each.

mod prometheus_agent;

pub use prometheus_agent::{PrometheusAgent, PrometheusAgentMode, PrometheusAgentSpec};
