//! Prometheus servers: what is observed of one, and the objects and the configuration that are rendered from it.

pub mod config;
