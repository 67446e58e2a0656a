//! The config-reloader: watches mounted configuration, decompresses and expands it into plain files, and makes the
//! programs beside it reload. `main.rs` only parses and starts; everything else is here, so that tests can drive it.
//!
//! How data flows: [`watch`] says when to look. [`stage`] looks: it lists the [`files`], reads them ([`source`]),
//! replaces `$(VAR)` ([`expand`]), writes the result beside its place ([`output`]) and says what it is ([`fingerprint`]).
//! [`check`] lets a program of the user's judge it. [`run`] is the loop around these: it puts what is new in place
//! ([`update`]), and hands its fingerprint to each [`target`], which reloads until it runs that. [`metrics`], [`health`]
//! and [`notify_socket`] report on it. [`kubernetes`] may know of changes before the mounted files show them. [`oneshot`]
//! and [`healthcheck`] are the runs that end by themselves.

mod absence;
pub mod args;
mod changed_at;
pub mod check;
pub mod environment;
pub mod expand;
pub mod files;
pub mod fingerprint;
pub mod health;
pub mod healthcheck;
pub mod kubernetes;
pub mod metrics;
pub mod notify_socket;
pub mod oneshot;
pub mod output;
pub mod overlay;
pub mod run;
pub mod source;
pub mod stage;
pub mod target;
pub mod trouble;
pub mod update;
pub mod watch;
