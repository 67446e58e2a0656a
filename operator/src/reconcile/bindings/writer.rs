//! Writes entries: a patch from what the watch saw, and where that was not the latest, one from what the API server says.
//! A limited number at once, over all controllers.

use std::fmt::Debug;

use jiff::Timestamp;
use kube::Client;
use kube::api::{DynamicObject, Patch, PatchParams};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::entry::{Workload, operations};
use super::kinds::Difference;
use crate::api::Objects;
use crate::object::ObjectKey;
use crate::reconcile::FIELD_MANAGER;

/// Writes at the same time. More would not be faster on a small API server, and would be in the way of configurations.
pub(super) const CONCURRENCY: usize = 8;
/// How often a write that another writer overtook is tried again at once.
const RETRIES: usize = 4;

/// Why something could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {verb} {what} {object}")]
pub(crate) struct Error {
    verb: &'static str,
    what: String,
    object: ObjectKey,
    #[source]
    source: Cause,
}

#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error(transparent)]
    Api(Box<kube::Error>),
    #[error("not a patch")]
    Patch(#[source] serde_json::Error),
}

impl Error {
    pub(super) fn api(verb: &'static str, what: &str, object: &ObjectKey, source: kube::Error) -> Self {
        Self {
            verb,
            what: what.to_owned(),
            object: object.clone(),
            source: Cause::Api(Box::new(source)),
        }
    }

    fn code(&self) -> Option<u16> {
        match &self.source {
            Cause::Api(error) => match &**error {
                kube::Error::Api(status) => Some(status.code),
                _ => None,
            },
            Cause::Patch(_) => None,
        }
    }

    /// Whether it is not permitted.
    pub(super) fn is_forbidden(&self) -> bool {
        self.code() == Some(403)
    }

    /// Whether the object is not there any more.
    pub(super) fn is_absence(&self) -> bool {
        self.code() == Some(404)
    }

    /// Whether the object is not as the patch relied on: a failed test, or a write at the same time.
    pub(super) fn is_outdated(&self) -> bool {
        matches!(self.code(), Some(409 | 422))
    }
}

/// Writes the entries of all workloads.
pub(crate) struct Writer {
    pub(super) client: Client,
    permits: Semaphore,
}

impl Writer {
    /// A writer through `client`.
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client,
            permits: Semaphore::new(CONCURRENCY),
        }
    }

    /// Makes the entry of `workload` as it is wanted, where `difference` finds one when its turn comes. Gives the version of
    /// the object that this made.
    pub(super) async fn write(
        &self,
        workload: &Workload,
        difference: impl FnOnce() -> Option<Difference>,
    ) -> Result<Option<String>, Error> {
        // It is never closed.
        let _permit = self.permits.acquire().await;
        let Some(difference) = &difference() else {
            return Ok(None);
        };
        let Difference { object, resource, .. } = difference;
        let api = Objects::<DynamicObject>::of_kind(&self.client, &object.namespace, resource);
        let outcome = match self.first(&api, difference, workload).await {
            Err(error) if error.is_outdated() => self.again(&api, difference, workload).await,
            outcome => outcome,
        };
        match outcome {
            Err(error) if error.is_absence() => Ok(None),
            outcome => outcome,
        }
    }

    /// From what the watch saw.
    async fn first(
        &self,
        api: &Objects<DynamicObject>,
        difference: &Difference,
        workload: &Workload,
    ) -> Result<Option<String>, Error> {
        let Difference {
            resource,
            object,
            uid,
            status,
            verdict,
        } = difference;
        let is_empty = |status: &Value| status["bindings"].as_array().is_none_or(Vec::is_empty);
        // There may be entries that this version does not know, and does not see.
        let Some(status) = status.as_ref().filter(|status| status.is_null() || !is_empty(status)) else {
            return self.again(api, difference, workload).await;
        };
        let Some(operations) = operations(status, workload, verdict.as_ref(), &now()) else {
            return Ok(None);
        };
        let test = json!({"op": "test", "path": "/metadata/uid", "value": uid});
        let patched = patch(api, &resource.kind, object, Part::Status, test, operations).await?;
        Ok(patched.metadata.resource_version)
    }

    /// From what is there.
    async fn again(
        &self,
        api: &Objects<DynamicObject>,
        difference: &Difference,
        workload: &Workload,
    ) -> Result<Option<String>, Error> {
        let Difference {
            resource,
            object,
            uid,
            verdict,
            ..
        } = difference;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let live = api.get(&object.name).await;
            let live = live.map_err(|error| Error::api("read", &resource.kind, object, error))?;
            if live.metadata.uid.as_ref() != Some(uid) {
                // Another object, with verdicts of its own.
                return Ok(None);
            }
            let Some(operations) = operations(&live.data["status"], workload, verdict.as_ref(), &now()) else {
                return Ok(None);
            };
            let version = live.metadata.resource_version;
            let test = json!({"op": "test", "path": "/metadata/resourceVersion", "value": version});
            match patch(api, &resource.kind, object, Part::Status, test, operations).await {
                Err(error) if error.is_outdated() && attempt <= RETRIES => {}
                outcome => return outcome.map(|patched| patched.metadata.resource_version),
            }
        }
    }
}

/// Which part of an object is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Status,
    Object,
}

/// Sends a JSON patch that does nothing unless `test` holds.
pub(super) async fn patch<K>(
    api: &Objects<K>,
    kind: &str,
    object: &ObjectKey,
    part: Part,
    test: Value,
    operations: Vec<Value>,
) -> Result<K, Error>
where
    K: Clone + DeserializeOwned + Debug,
{
    let operations: Vec<Value> = [test].into_iter().chain(operations).collect();
    let patch = serde_json::from_value(json!(operations)).map_err(|error| Error {
        verb: "patch",
        what: kind.to_owned(),
        object: object.clone(),
        source: Cause::Patch(error),
    })?;
    let params = PatchParams {
        field_manager: Some(FIELD_MANAGER.to_owned()),
        ..PatchParams::default()
    };
    let patch = Patch::Json::<()>(patch);
    let patched = match part {
        Part::Status => api.patch_status(&object.name, &params, &patch).await,
        Part::Object => api.patch(&object.name, &params, &patch).await,
    };
    let verb = match part {
        Part::Status => "update the status of",
        Part::Object => "update",
    };
    patched.map_err(|error| Error::api(verb, kind, object, error))
}

fn now() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "the transition times of conditions are the time of the report"
    )]
    let now = Timestamp::now();
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
