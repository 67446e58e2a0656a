//! The Alertmanager kind: what is rendered for it.

pub mod arguments;
pub mod cluster_tls;
pub mod config;
pub mod convert;
pub mod names;
pub mod observe;
pub mod render;
pub mod service;
pub mod statefulset;
pub mod workload;
