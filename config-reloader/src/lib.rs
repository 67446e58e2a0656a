//! The config-reloader: watches mounted configuration, decompresses and expands it into a plain file, and makes the
//! program beside it reload. `main.rs` only parses and starts; everything else is here, so that tests can drive it.
//!
//! The way of the data: [`source`] (read, gunzip) → [`expand`] (`$(VAR)`) → [`output`] (atomic write), which
//! [`config`] does in one pass; [`fingerprint`] tells whether anything changed; [`reload`] triggers the target;
//! [`watch`] says when to look; [`run`] is the loop around all of them.

pub mod args;
pub mod config;
pub mod environment;
pub mod expand;
pub mod fingerprint;
pub mod metrics;
pub mod output;
pub mod reload;
pub mod run;
pub mod source;
pub mod watch;
