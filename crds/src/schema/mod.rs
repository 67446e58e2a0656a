//! From Rust types to CustomResourceDefinitions: a structural schema per kind, and the manifest around it.

mod marker;

pub use marker::{Integer, Unknown};
