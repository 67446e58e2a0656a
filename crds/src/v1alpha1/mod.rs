//! Kinds of version `v1alpha1`, a module each. Their types are not at the root of the crate, where some names would
//! collide.

mod alertmanager_config;
mod prometheus_agent;
mod scrape_config;

pub use alertmanager_config::{AlertmanagerConfig, AlertmanagerConfigSpec, Matcher};
pub use prometheus_agent::{PrometheusAgent, PrometheusAgentMode, PrometheusAgentSpec};
pub use scrape_config::*;
