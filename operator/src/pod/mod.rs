//! Builders that all workloads share: containers, volumes, probes, command lines, the config-reloader, and the pod template
//! around them.
//!
//! Pure functions over values of the API. Element order is part of the result: pod templates equal those of the original
//! operator, so that a takeover restarts no pod.

pub mod argument;
pub mod changed_at;
pub mod container;
pub mod governing;
pub mod image;
pub mod merge;
pub mod metadata;
pub mod name;
pub mod probe;
pub mod reloader;
pub mod requirements;
pub mod sharded_secret;
pub mod storage;
pub mod template;
pub mod thanos;
pub mod volume;
pub mod web;
