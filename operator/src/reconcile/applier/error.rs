//! Why a child could not be written, and which answers of the API server mean something to the one who writes. Pure.

use std::fmt;

use kube::api::ObjectMeta;

use crate::object::ObjectKey;
use crate::reconcile::child::Child;
use crate::watch::controller;

/// What is done to a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Ask for it.
    Read,
    /// Make a new one.
    Create,
    /// Put another one in its place.
    Replace,
    /// Set an annotation of it.
    Annotate,
    /// Take it away.
    Delete,
}

impl fmt::Display for Verb {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Replace => "replace",
            Self::Annotate => "annotate",
            Self::Delete => "delete",
        })
    }
}

/// Why a child could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API server refused or did not answer.
    #[error("cannot {verb} {kind} {object}")]
    Write {
        /// What was tried.
        verb: Verb,
        /// Kind of the child.
        kind: String,
        /// Which one.
        object: ObjectKey,
        /// The answer.
        #[source]
        source: Box<kube::Error>,
    },
    /// The object belongs to somebody else.
    #[error("{kind} {object} is controlled by {owner}: rename one of the two")]
    Foreign {
        /// Kind of the child.
        kind: String,
        /// Which one.
        object: ObjectKey,
        /// Kind and name of its controller.
        owner: String,
    },
}

impl Error {
    /// Whether the namespace is being deleted: then there is nothing to write any more.
    pub fn is_end_of_namespace(&self) -> bool {
        let Self::Write { source, .. } = self else { return false };
        let kube::Error::Api(status) = &**source else {
            return false;
        };
        let causes = status.details.iter().flat_map(|details| &details.causes);
        causes.into_iter().any(|cause| cause.reason == "NamespaceTerminating")
    }
}

/// How a child is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Write {
    /// As a new object.
    Create,
    /// In the place of the live one.
    Replace,
}

impl Write {
    /// What it is called.
    pub(super) const fn verb(self) -> Verb {
        match self {
            Self::Create => Verb::Create,
            Self::Replace => Verb::Replace,
        }
    }
}

/// # Errors
/// When the object has another controller than the one with this identity.
pub(super) fn foreign<K: Child>(meta: &ObjectMeta, key: &ObjectKey, owner: &str) -> Result<(), Error> {
    match controller(meta) {
        Some(other) if other.uid != owner => Err(Error::Foreign {
            kind: K::kind(&()).into_owned(),
            object: key.clone(),
            owner: format!("{} {}", other.kind, other.name),
        }),
        _ => Ok(()),
    }
}

/// The error of a write that failed.
pub(super) fn failed<K: Child>(verb: Verb, key: &ObjectKey) -> impl FnOnce(kube::Error) -> Error {
    let (kind, object) = (K::kind(&()).into_owned(), key.clone());
    move |source| Error::Write {
        verb,
        kind,
        object,
        source: Box::new(source),
    }
}

/// Whether somebody else wrote or deleted the object since it was read.
pub(super) fn is_overtaken(write: Write, error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.code == 409 || (status.code == 404 && write == Write::Replace))
}

/// Whether the API server takes the object for invalid, as where an immutable field changed.
pub(super) fn is_invalid(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.code == 422)
}
