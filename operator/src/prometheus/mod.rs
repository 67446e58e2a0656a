//! Prometheus servers: what is observed of one, and the objects and the configuration that are rendered from it.

pub mod arguments;
pub mod compaction;
pub mod names;
pub mod service;
pub mod statefulset;
pub mod zone;
