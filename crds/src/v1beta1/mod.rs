//! Kinds of version `v1beta1`, a module each. None of them is stored in this version, so they are not among the types
//! of the crate's root.

mod alertmanager_config;

pub use alertmanager_config::{AlertmanagerConfig, AlertmanagerConfigSpec, Matcher};
