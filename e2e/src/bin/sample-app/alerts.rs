//! What Alertmanager's webhook sent, the newest first.

use std::collections::VecDeque;

use anyhow::Context as _;
use hyper::StatusCode;
use hyper::body::Incoming;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::answer::{Answer, refusal, text, whole};

/// Notifications kept; older ones are forgotten.
const KEPT: usize = 100;

/// The notifications.
#[derive(Default)]
pub(crate) struct Notifications(Mutex<VecDeque<Value>>);

impl Notifications {
    /// All that are kept.
    pub(crate) async fn all(&self) -> Value {
        self.0.lock().await.iter().cloned().collect()
    }

    /// Keeps one.
    pub(crate) async fn take(&self, body: Incoming) -> Answer {
        match notification(body).await {
            Ok(notification) => {
                let mut kept = self.0.lock().await;
                kept.truncate(KEPT - 1);
                kept.push_front(notification);
                text(StatusCode::OK, "")
            }
            Err(error) => refusal(&error),
        }
    }
}

async fn notification(body: Incoming) -> anyhow::Result<Value> {
    serde_json::from_slice(&whole(body).await?).context("the notification is not JSON")
}
