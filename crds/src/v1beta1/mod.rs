//! Kinds of version `v1beta1`, a module each. None of them is stored in this version: the API server converts what is
//! written in it.

mod alertmanager_config;

pub use alertmanager_config::{AlertmanagerConfig, AlertmanagerConfigSpec, Matcher};
