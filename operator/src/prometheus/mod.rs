//! The Prometheus kind: what is rendered for it.

pub mod arguments;
pub mod compaction;
pub mod names;
pub mod service;
pub mod statefulset;
pub mod zone;
