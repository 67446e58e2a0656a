//! What is in the cluster: one watch per kind, shared by all controllers, and a store of what it saw.
//!
//! `scope` says which namespaces, `stream` follows the API server into a [`Store`], and each change goes, once and in
//! order, to the listeners of its kind. Listeners are synchronous and touch no client: they update indexes and queue
//! work.

mod children;
mod config_stores;
mod guard;
mod index;
mod namespaces;
mod scope;
mod scopes;
mod seen;
mod store;
mod stream;

#[cfg(test)]
mod tests;

pub(crate) use children::Children;
pub(crate) use config_stores::ConfigStores;
pub(crate) use guard::Malformed;
pub(crate) use index::Interests;
pub(crate) use namespaces::Namespaces;
pub(crate) use scope::NAME_LABEL;
pub(crate) use scope::{Scope, ScopeError};
pub(crate) use scopes::Scopes;
pub(crate) use seen::{Edition, Owned, Seen, controller};
pub(crate) use store::{Change, Listed, Store};
pub(crate) use stream::{Source, Watch, WatchMetrics};
