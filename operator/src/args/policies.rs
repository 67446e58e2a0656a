//! Flags that say what becomes of pods, and which of several operators works.

use std::time::Duration;

use clap::ValueEnum;
use process::flags::parse_duration;

/// What to do with pods of a `StatefulSet` that neither the old nor the new template made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RepairPolicy {
    /// Nothing.
    None,
    /// Evict them, one at a time.
    Evict,
    /// Delete them, one at a time.
    Delete,
}

/// What becomes of the pods when a `StatefulSet` is recreated because a field changed that cannot change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RecreationPolicy {
    /// They are deleted, all at once, and recreated.
    Foreground,
    /// They stay, and the new `StatefulSet` takes them over. It replaces them one by one if its template differs.
    Orphan,
}

/// Name of the Lease, unless a flag names another one.
pub const LEASE_NAME: &str = "prometheus-operator";

/// Which of several operators works. The names are those of the components of Kubernetes.
#[derive(Debug, Clone, clap::Args)]
pub struct LeaderElection {
    /// Work only while holding a Lease; several operators can stand by. Off: work at once.
    #[arg(long)]
    pub leader_elect: bool,
    /// How long another operator waits for the holder of the Lease to show up again.
    #[arg(long, value_name = "DURATION", default_value = "15s", value_parser = parse_duration)]
    pub leader_elect_lease_duration: Duration,
    /// How long the holder tries to renew the Lease before the process ends. Less than the above.
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = parse_duration)]
    pub leader_elect_renew_deadline: Duration,
    /// How often the Lease is renewed, and how long the others wait between two looks at it.
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = parse_duration)]
    pub leader_elect_retry_period: Duration,
    /// Name of the Lease.
    #[arg(long, value_name = "NAME", default_value = LEASE_NAME)]
    pub leader_elect_resource_name: String,
    /// Namespace of the Lease; empty: that of the operator.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub leader_elect_resource_namespace: String,
}
