//! References of the project's own images: the only place where they are named. The registry is the variable
//! `IMAGE_REGISTRY` at compile time, whose default is in `.cargo/config.toml`. Constants.

macro_rules! image {
    ($name:literal) => {
        concat!(env!("IMAGE_REGISTRY"), "/", $name, ":", env!("CARGO_PKG_VERSION"))
    };
}

/// The operator.
pub const OPERATOR: &str = image!("operator");
/// The config-reloader, which runs beside every Prometheus and Alertmanager.
pub const CONFIG_RELOADER: &str = image!("config-reloader");
/// The webhooks alone: the operator's program, started under another name.
pub const ADMISSION_WEBHOOK: &str = image!("admission-webhook");
