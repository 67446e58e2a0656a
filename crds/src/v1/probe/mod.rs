//! The Probe kind: let an exporter such as the blackbox exporter look at targets from outside, and scrape its answers.

mod prober;
mod spec;
mod targets;

pub use self::prober::{ProbeParam, ProberSpec};
pub use self::spec::{Probe, ProbeSpec};
pub use self::targets::{ProbeTargetIngress, ProbeTargetStaticConfig, ProbeTargets};
