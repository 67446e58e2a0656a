//! References of the project's own images: the only place where they are named. Constants.

/// The operator.
pub const OPERATOR: &str = concat!("localhost/prometheus-operator-rs/operator:", env!("CARGO_PKG_VERSION"));
/// The config-reloader, which runs beside every Prometheus and Alertmanager.
pub const CONFIG_RELOADER: &str = concat!(
    "localhost/prometheus-operator-rs/config-reloader:",
    env!("CARGO_PKG_VERSION")
);
/// The webhooks alone: the operator's program, started under another name.
pub const ADMISSION_WEBHOOK: &str = concat!(
    "localhost/prometheus-operator-rs/admission-webhook:",
    env!("CARGO_PKG_VERSION")
);
