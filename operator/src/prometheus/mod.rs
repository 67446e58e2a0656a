//! Prometheus servers and agents: what is observed of one, and the objects and the configuration that are rendered from it.

pub mod arguments;
pub mod cache;
pub mod compaction;
pub mod config;
pub mod daemonset;
pub mod error;
pub mod incremental;
pub mod instance;
mod judged;
pub mod names;
pub mod observe;
pub mod pod;
pub mod render;
pub mod retention;
pub mod rollout;
pub mod scrape_object;
mod secrets;
pub mod select;
pub mod service;
pub mod statefulset;
pub mod validate;
pub mod workload;
pub mod zone;
