//! Checks that several kinds share: of HTTP clients, of names, of relabeling rules, and where in an object a value is wrong.
//! Pure.

pub mod caps;
pub mod feature;
pub mod format;
pub mod http_client;
pub mod invalid;
pub mod name_scheme;
pub mod relabel;
