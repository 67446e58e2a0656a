//! What is kept of a Prometheus, server or agent, from one reconciliation to the next. It makes the next one cheaper and
//! never shows in what is rendered, but for the places of the rule files. Plain values.

use super::incremental::JobCache;
use super::scrape_object::ReferenceCaches;
use crate::assets::Assets;
use crate::rules::RuleFileCache;

/// All that is kept.
#[derive(Debug, Default)]
pub struct Cache {
    /// What the selected objects refer to.
    pub references: ReferenceCaches,
    /// What was read of Secrets and `ConfigMap`s, as long as the instance refers to them.
    pub assets: Assets,
    /// What was rendered.
    pub rendered: RenderCache,
}

/// What was rendered.
#[derive(Debug, Default)]
pub struct RenderCache {
    /// The configuration.
    pub configuration: JobCache,
    /// The rule files.
    pub rules: RuleFileCache,
}
