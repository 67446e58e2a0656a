//! The operator as a library: the binary, the tests and the offline commands call the same functions.
//!
//! The folders show the flow of the data: `watch` keeps what is in the cluster, `reconcile` is the one pipeline that
//! every workload goes through (observe → render → apply → report), `prometheus`, `alertmanager` and `thanos_ruler` say what
//! each of them observes and renders, and `assets`, `pod` and `rules` are what they share.

pub mod admission;
pub mod alertmanager;
pub mod api;
#[cfg(test)]
mod api_server;
pub mod args;
pub mod assets;
pub mod cache;
pub mod check;
pub mod cli;
pub mod election;
pub mod kubelet;
pub mod name;
pub mod object;
pub mod permissions;
pub mod pod;
pub mod prometheus;
pub mod reconcile;
pub mod rules;
pub mod run;
pub mod selector;
pub mod settings;
pub mod thanos_ruler;
pub mod watch;
