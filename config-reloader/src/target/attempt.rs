//! One attempt to make a target reload.

use std::time::Duration;

use tokio::time::timeout;

use super::error::Error;
use super::verify::Reloaded;
use super::{Target, Way, http};

impl Target {
    /// One attempt; ends when the target said, or is known, to have reloaded.
    pub async fn attempt(&self) -> Result<Reloaded, Error> {
        let limit = self.limit;
        let expected = match &self.verification {
            // A target that does not answer now will say so when it is told to reload.
            Some(verification) => within(limit, async { Ok(verification.expect().await) }).await.ok(),
            None => None,
        };
        within(limit, async {
            match &self.way {
                Way::Http(client) => http::post(client).await,
                Way::Signal(process) => process.reload().await,
            }
        })
        .await?;
        let Some(verification) = &self.verification else {
            return Ok(Reloaded::default());
        };
        within(limit, async {
            let confirmed = verification.confirm(expected.unwrap_or_default()).await;
            confirmed.map_err(Error::Unconfirmed)
        })
        .await
    }
}

/// Bounds the time of a step; none is unbounded by `None`.
async fn within<T>(limit: Option<Duration>, step: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match limit {
        Some(limit) => timeout(limit, step).await.unwrap_or(Err(Error::TimedOut(limit))),
        None => step.await,
    }
}
