//! Kinds of version `v1alpha1`, a module each.

mod alertmanager_config;

pub use alertmanager_config::{AlertmanagerConfig, AlertmanagerConfigSpec, Matcher};
