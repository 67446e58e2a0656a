//! What all outcomes of one rendering depend on besides their own objects. Plain values.

use super::Stale;
use crate::assets::{Assets, References};

/// The facts of type `F` that concern every object, and the contents of Secrets and `ConfigMap`s, each of which concerns
/// those that refer to it.
#[derive(Debug)]
pub(crate) struct Basis<F> {
    facts: F,
    assets: Assets,
}

impl<F> Basis<F> {
    /// The basis of `facts` and `assets`, and what they make stale of what came of `last`. All objects depend on the
    /// contents that `own` refers to.
    pub(crate) fn next<N>(last: Option<Self>, facts: N, assets: &Assets, own: &References) -> (Self, Stale)
    where
        N: Into<F>,
        F: PartialEq<N>,
    {
        let assets = assets.clone();
        match last {
            Some(last) if last.facts == facts => {
                let stale = Stale::between(&last.assets, &assets, own);
                (Self { assets, ..last }, stale)
            }
            _ => {
                let facts = facts.into();
                (Self { facts, assets }, Stale::Everything)
            }
        }
    }
}
