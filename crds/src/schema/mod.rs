//! From Rust types to CustomResourceDefinitions: a structural schema per kind, and the manifest around it. Pure: reads
//! and writes no files. What a structural schema may contain is in the Kubernetes documentation of
//! CustomResourceDefinitions; our choice of keywords follows controller-gen.

mod core_types;
mod manifest;
mod marker;
mod structural;
pub mod types;
mod v1beta1;
mod validation;

pub use manifest::{
    COMPATIBLE_VERSION, custom_resource_definitions, full_custom_resource_definitions, full_manifests, manifest,
    manifests,
};
pub use marker::{Integer, Unknown};
pub(crate) use validation::{PERCENTAGE_RULE, TOPOLOGY_MESSAGE, TOPOLOGY_RULE, agent_validations};
