//! The `ThanosRuler` kind: what is rendered for it. It evaluates `PrometheusRule`s and asks others for the samples.

pub mod arguments;
pub mod config_file;
pub mod names;
pub mod observe;
pub mod remote_write;
pub mod render;
pub mod service;
pub mod statefulset;
pub mod workload;
