//! The `monitoring.coreos.com` API as Rust types.
