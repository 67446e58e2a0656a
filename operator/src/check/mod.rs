//! Checks that several kinds share: of HTTP clients, of relabeling rules, and where in an object a value is wrong. Pure.

pub mod http_client;
pub mod invalid;
pub mod relabel;
