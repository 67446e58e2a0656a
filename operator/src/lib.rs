//! The operator as a library: the binary, the tests and the offline commands call the same functions.
//!
//! The folders show the flow of the data: `watch` keeps what is in the cluster, `reconcile` is the one pipeline that
//! every workload goes through (observe → render → apply → report), `prometheus`, `alertmanager` and `thanos_ruler` say what
//! each of them observes and renders, and `assets`, `pod` and `rules` are what they share.
//!
//! Public is what can be asked without a cluster, for the tests, the benchmarks and the generator; and `run`, `admission` and
//! `cli`, which the program starts. How the cluster is watched and written to (`api`, `cache`, `election`, `reconcile`, `watch`)
//! is nobody's business outside.

pub mod admission;
pub mod alertmanager;
mod api;
#[cfg(test)]
mod api_server;
pub mod args;
pub mod assets;
mod cache;
pub mod check;
pub mod cli;
mod election;
pub mod kubelet;
mod name;
pub mod object;
pub mod permissions;
pub mod pod;
pub mod prometheus;
mod reconcile;
pub mod rules;
pub mod run;
mod selector;
pub mod settings;
pub mod thanos_ruler;
mod watch;

pub use reconcile::reasons;
