//! Kinds of version `v1alpha1`, a module each. Their types are not at the root of the crate, where some names would
//! collide.

mod scrape_config;

pub use scrape_config::*;
