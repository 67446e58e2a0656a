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

pub use children::Children;
pub use config_stores::ConfigStores;
pub use guard::Malformed;
pub use index::{Interest, Interests};
pub use namespaces::Namespaces;
pub(crate) use scope::NAME_LABEL;
pub use scope::{Scope, ScopeError};
pub use scopes::Scopes;
pub use seen::{Edition, Owned, Seen, controller};
pub use store::{Change, Listed, Store};
pub use stream::{Source, Watch, WatchMetrics};
