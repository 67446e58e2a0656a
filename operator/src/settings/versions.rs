//! The versions that run where the user names none. They are part of the API: a new one here upgrades those workloads.

use formats::version::Version;

/// Prometheus.
pub const PROMETHEUS: Version = Version::new(3, 16, 0);
/// Alertmanager.
pub const ALERTMANAGER: Version = Version::new(0, 35, 0);
/// Thanos.
pub const THANOS: Version = Version::new(0, 42, 4);
