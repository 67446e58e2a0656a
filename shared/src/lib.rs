//! What the operator and the config-reloader have in common: versions and their gates, the YAML that we generate, the
//! languages of its fields, gzip, logs and the small HTTP server. Nothing here knows Kubernetes.

pub mod build;
pub mod duration;
mod escape;
pub mod flags;
mod float;
pub mod gzip;
pub mod http;
pub mod label;
pub mod matcher;
pub mod process;
pub mod promql;
mod quote;
pub mod regular_expression;
pub mod telemetry;
pub mod template;
pub mod url;
pub mod version;
pub mod yaml;
