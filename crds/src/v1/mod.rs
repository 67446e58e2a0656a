//! Kinds of version `v1`, a module each.

mod alertmanager;
mod endpoint;
mod pod_monitor;
mod probe;
mod prometheus;
mod prometheus_rule;
mod service_monitor;
mod thanos_ruler;

pub use alertmanager::*;
pub use endpoint::{Endpoint, PodMetricsEndpoint};
pub use pod_monitor::{PodMonitor, PodMonitorSpec};
pub use probe::*;
pub use prometheus::*;
pub use prometheus_rule::{PrometheusRule, PrometheusRuleSpec, Rule, RuleGroup};
pub use service_monitor::{ServiceMonitor, ServiceMonitorSpec};
pub use thanos_ruler::{ThanosRuler, ThanosRulerSpec};
