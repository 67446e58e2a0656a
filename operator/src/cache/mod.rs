//! Incremental rendering: what came of an object the last time is kept, so that a change renders that object alone. Pure; a
//! cache is in memory only, never shows in what is rendered, and is empty after a start.
//!
//! [`Outcomes`] is what came of each object of a kind, and [`Render`] how one of them is rendered. What they depend on besides
//! their objects is a [`Basis`]; it says which of them are [`Stale`]. Texts are compressed in the pieces of
//! [`gzip_members`], so that few of them are compressed again. [`shares`] says who goes
//! where there is not enough for all. [`ReferenceCache`] keeps what the objects refer to, and
//! [`Caches`] has a cache for each workload.

mod basis;
mod caches;
pub(crate) mod gzip_members;
mod outcomes;
mod references;
pub(crate) mod shares;
mod stale;

pub(crate) use basis::Basis;
pub(crate) use caches::Caches;
pub(crate) use outcomes::{Outcomes, Render};
pub(crate) use references::ReferenceCache;
pub(crate) use stale::Stale;
