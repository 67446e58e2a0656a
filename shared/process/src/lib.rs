//! What the operator and the config-reloader are as processes: flags as Go programs take them, logs, metrics of the process, and
//! the web server. Everything here touches the process it runs in; formats, which do not, are in the crate `formats`. Nothing
//! here knows Kubernetes.

pub mod build;
pub mod causes;
pub mod flags;
pub mod http;
pub mod liveness;
pub mod metrics;
pub mod pace;
pub mod program;
pub mod register;
pub mod telemetry;
pub mod yaml_file;
