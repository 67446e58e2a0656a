//! Incremental rendering: what came of an object the last time is kept, so that a change renders that object alone. Pure; the
//! cache is in memory only, never shows in what is rendered, and is empty after a start.

pub(crate) mod gzip_members;
pub mod renderings;
