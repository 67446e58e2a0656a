//! The formats of Kubernetes, Prometheus and Alertmanager that the programs read and write: YAML, `PromQL`, templates, regular
//! expressions, matchers, URLs, durations, labels, versions with their gates, gzip. Pure: no I/O, no clock, no task.

pub mod byte_size;
pub mod changed_at;
pub mod duration;
mod escape;
pub mod excerpt;
mod float;
pub mod gzip;
pub mod label;
pub mod matcher;
pub mod promql;
mod quote;
pub mod regular_expression;
pub mod template;
pub mod url;
pub mod version;
pub mod yaml;
