//! Events about objects that were rejected, as `kubectl describe` shows them. Each message is sent once per object and
//! generation; a server that refuses events costs a log line, never a reconciliation.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use formats::excerpt::beginning;
use k8s_openapi::api::core::v1::ObjectReference;
use kube::Client;
use kube::runtime::events::{Event, EventType, Recorder, Reporter};
use tokio_util::sync::CancellationToken;

/// Longest note that the API server accepts, in bytes.
const NOTE_LIMIT: usize = 1024;

/// Sends events in the name of one controller.
#[derive(Clone)]
pub(crate) struct Events {
    elected: CancellationToken,
    recorder: Option<Recorder>,
    sent: std::sync::Arc<Mutex<BTreeMap<(String, String), String>>>,
}

/// Whether the operator may do something that can be done without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// It may.
    Permitted,
    /// It may not.
    Forbidden,
}

/// What to report about an object.
#[derive(Debug, Clone)]
pub(crate) struct Warning {
    /// The object that it is about.
    pub regarding: ObjectReference,
    /// The workload that was being reconciled, if another object.
    pub related: Option<ObjectReference>,
    /// `PascalCase` word for machines.
    pub reason: &'static str,
    /// What the controller was doing, in `PascalCase`.
    pub action: &'static str,
    /// Sentence for people. Holds no secret.
    pub note: String,
}

impl Events {
    /// A sender that reports as `controller`; silent where `sending` is forbidden, and until it is `elected`.
    pub(crate) fn new(client: &Client, controller: &str, sending: Access, elected: &CancellationToken) -> Self {
        let reporter = Reporter {
            controller: controller.to_owned(),
            instance: std::env::var("POD_NAME").ok(),
        };
        Self {
            elected: elected.clone(),
            recorder: (sending == Access::Permitted).then(|| Recorder::new(client.clone(), reporter)),
            sent: std::sync::Arc::default(),
        }
    }

    /// Sends `warning` unless its object got the same note in the name of the same workload last time, and says whether
    /// it is news.
    pub(crate) async fn warn(&self, warning: Warning) -> bool {
        if !self.elected.is_cancelled() {
            return false;
        }
        let related = warning.related.as_ref().map(name).unwrap_or_default();
        let slot = (name(&warning.regarding), related);
        if self.lock().insert(slot.clone(), warning.note.clone()).as_ref() == Some(&warning.note) {
            return false;
        }
        let Some(recorder) = &self.recorder else { return true };
        let event = Event {
            type_: EventType::Warning,
            reason: warning.reason.to_owned(),
            note: Some(beginning(&warning.note, NOTE_LIMIT).to_owned()),
            action: warning.action.to_owned(),
            secondary: warning.related,
        };
        if let Err(error) = recorder.publish(&event, &warning.regarding).await {
            self.lock().remove(&slot);
            tracing::warn!(%error, "cannot send event");
        }
        true
    }

    /// Forgets what was said in the name of `workload`, except about `still`, and about `workload` itself where it is
    /// well again, so that the same trouble is reported again when it comes back.
    pub(crate) fn resolved(&self, workload: &ObjectReference, still: &[ObjectReference], well: bool) {
        let (workload, still) = (name(workload), still.iter().map(name).collect::<Vec<_>>());
        self.lock().retain(|(regarding, related), _| {
            let about_itself = *regarding == workload && related.is_empty();
            (*related != workload || still.contains(regarding)) && !(about_itself && well)
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<(String, String), String>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(reference: &ObjectReference) -> String {
    format!("{:?}/{:?}/{:?}", reference.kind, reference.namespace, reference.name)
}
