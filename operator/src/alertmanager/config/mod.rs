//! The configuration of Alertmanager: read from what users wrote, generated from `AlertmanagerConfig`s, and fitted to a
//! version. Pure; the format is that of Alertmanager, the order of keys and their gates those of the original.

mod address;
pub mod admission;
pub mod base;
mod condition;
mod constraints;
pub mod context;
mod event_recorder;
mod fault;
pub mod file;
pub mod fit;
pub mod fragments;
pub mod gates;
mod global;
mod http;
mod interval;
pub mod load;
mod naming;
pub mod object;
pub mod outline;
pub mod part;
pub(crate) mod range;
pub mod read;
mod receiver;
mod references;
mod route;
pub mod schema;
mod scope;
pub mod secret;
mod tracing;

pub use address::template_or_url;
pub use http::{Client, HTTP_CONFIG};
pub use route::ROUTE;
pub use scope::ObjectScope;
