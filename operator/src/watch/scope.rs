//! Which namespaces are watched. Behaviour: an allow list, a deny list, or all (`--namespaces`, `--deny-namespaces`
//! and the flags that narrow them per kind).

use std::collections::BTreeSet;

use kube::api::ApiResource;
use kube::core::DynamicResourceScope;
use kube::runtime::watcher::Config;
use kube::{Api, Client, Resource};

/// Label of every namespace, with its name.
pub(crate) const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// A set of namespaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of the cluster.
    All,
    /// These alone: one watch per namespace, so that permissions in these namespaces are enough.
    Only(BTreeSet<String>),
    /// All but these.
    Except(BTreeSet<String>),
}

/// Both an allow list and a deny list were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("namespaces are either allowed or denied, not both: give only one of --namespaces and --deny-namespaces")]
pub struct ScopeError;

impl Scope {
    /// The scope of an allow list and a deny list; an empty list, or one that holds an empty name, means "all".
    ///
    /// # Errors
    /// When both lists name namespaces.
    pub fn new(allowed: &BTreeSet<String>, denied: &BTreeSet<String>) -> Result<Self, ScopeError> {
        let every = allowed.is_empty() || allowed.contains("");
        match (every, denied.is_empty()) {
            (true, true) => Ok(Self::All),
            (true, false) => Ok(Self::Except(denied.clone())),
            (false, true) => Ok(Self::Only(allowed.clone())),
            (false, false) => Err(ScopeError),
        }
    }

    /// Whether `namespace` is in the set.
    pub fn contains(&self, namespace: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(namespace),
            Self::Except(names) => !names.contains(namespace),
        }
    }

    /// The namespaces that are in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::Only(one), Self::Only(two)) => Self::Only(one | two),
            (Self::Except(one), Self::Except(two)) => Self::except(one & two),
            (Self::Only(allowed), Self::Except(denied)) | (Self::Except(denied), Self::Only(allowed)) => {
                Self::except(denied - allowed)
            }
        }
    }

    fn except(denied: BTreeSet<String>) -> Self {
        if denied.is_empty() {
            Self::All
        } else {
            Self::Except(denied)
        }
    }

    /// The clients and list options that cover the set for a namespaced kind, the objects of which are read as a `K`.
    pub(super) fn apis<K>(&self, client: &Client, kind: &ApiResource) -> Vec<(Api<K>, Config)>
    where
        K: Resource<DynamicType = ApiResource, Scope = DynamicResourceScope>,
    {
        let all = || Api::all_with(client.clone(), kind);
        match self {
            Self::All => vec![(all(), Config::default())],
            Self::Only(names) => {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "the names were checked where the flags were read"
                )]
                let api = |name| Api::namespaced_with(client.clone(), name, kind);
                names.iter().map(|name| (api(name), Config::default())).collect()
            }
            Self::Except(names) => {
                let fields: Vec<String> = names.iter().map(|name| format!("metadata.namespace!={name}")).collect();
                vec![(all(), Config::default().fields(&fields.join(",")))]
            }
        }
    }

    /// The list options that cover the set for `Namespace` objects themselves.
    pub fn namespace_objects(&self) -> Config {
        let joined = |names: &BTreeSet<String>| names.iter().map(String::as_str).collect::<Vec<_>>().join(",");
        match self {
            Self::All => Config::default(),
            Self::Only(names) => Config::default().labels(&format!("{NAME_LABEL} in ({})", joined(names))),
            Self::Except(names) => Config::default().labels(&format!("{NAME_LABEL} notin ({})", joined(names))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn lists_become_a_scope() {
        assert_eq!(Scope::new(&set(&[]), &set(&[])), Ok(Scope::All));
        assert_eq!(Scope::new(&set(&["", "a"]), &set(&[])), Ok(Scope::All));
        assert_eq!(Scope::new(&set(&["a"]), &set(&[])), Ok(Scope::Only(set(&["a"]))));
        assert_eq!(Scope::new(&set(&[]), &set(&["b"])), Ok(Scope::Except(set(&["b"]))));
        assert_eq!(Scope::new(&set(&["a"]), &set(&["b"])), Err(ScopeError));
    }

    #[test]
    fn a_union_holds_what_either_holds() {
        let only = Scope::Only(set(&["a", "b"]));
        let except = Scope::Except(set(&["b", "c"]));
        for (one, two) in [
            (&only, &except),
            (&except, &only),
            (&only, &only),
            (&except, &except),
            (&only, &Scope::All),
        ] {
            let union = one.union(two);
            for name in ["a", "b", "c", "d"] {
                assert_eq!(
                    union.contains(name),
                    one.contains(name) || two.contains(name),
                    "{one:?} {two:?} {name}"
                );
            }
        }
        assert_eq!(only.union(&Scope::Except(set(&["a"]))), Scope::All);
    }
}
