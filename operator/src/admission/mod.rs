//! Admission and conversion webhooks: what the API server calls before it stores or shows an object. Responses are pure
//! functions of requests, by the checks by which the operator leaves objects out: one fault has one text, whether the object
//! is refused at the door or left out later.
//!
//! Served by the operator on its own web server, and by the program `admission-webhook`, which needs no API server. The answers
//! are those of the original, case by case, where its README does not say otherwise.

pub mod answers;
pub mod certificates;
pub mod conversion;
mod fault;
pub mod instances;
pub mod judge;
pub mod kinds;
mod lint;
pub mod metrics;
pub mod patch;
pub mod policies;
pub mod review;
pub mod routes;
mod workloads;

pub use instances::Instances;
pub use judge::Judge;
pub use metrics::Metrics;
pub use routes::Webhooks;
