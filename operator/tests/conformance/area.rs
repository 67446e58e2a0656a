//! What an area is.

use crate::case::Case;
use crate::verdict::Verdict;

/// A part of the recordings and the code that answers for it.
#[derive(Clone, Copy)]
pub(crate) struct Area {
    /// Name of its folder.
    pub(crate) name: &'static str,
    /// Runs our code on a case and compares.
    pub(crate) run: fn(&Case) -> Verdict,
}

impl Area {
    /// The area `name`.
    pub(crate) const fn new(name: &'static str, run: fn(&Case) -> Verdict) -> Self {
        Self { name, run }
    }
}
