//! What the controllers are started with, session after session. Plain values.

use std::sync::Arc;

use kube::Client;
use process::liveness::Liveness;
use tokio_util::sync::CancellationToken;

use super::AllMetrics;
use super::server::Readiness;
use crate::admission::Instances;
use crate::args::Args;
use crate::reconcile::judgement::Readers;
use crate::settings::Settings;
use crate::watch::Scopes;

/// What controllers are started with.
pub(super) struct Start {
    pub(super) args: Args,
    pub(super) client: Client,
    pub(super) settings: Arc<Settings>,
    /// What generated files are judged by, where that is wanted.
    pub(super) readers: Option<Arc<Readers>>,
    pub(super) scopes: Scopes,
    pub(super) metrics: AllMetrics,
    pub(super) readiness: Readiness,
    pub(super) liveness: Liveness,
    /// Whom the webhooks ask about objects.
    pub(super) instances: Instances,
    /// Is cancelled when this process may write.
    pub(super) elected: CancellationToken,
    pub(super) stop: CancellationToken,
}
