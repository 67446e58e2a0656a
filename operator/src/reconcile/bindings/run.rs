//! One run for one workload: from what is wanted and what the watches see to writes.

use std::sync::Arc;

use futures::StreamExt;
use kube::Resource;
use twox_hash::XxHash64;

use super::entry::Workload as Binder;
use super::kinds::Place;
use super::writer::{CONCURRENCY, Error};
use super::{Verdicts, Wanted, finalizer};
use crate::object::ObjectKey;
use crate::reconcile::{Controller, Extent, Outcome, Workload};
use process::causes::Causes;

impl<W: Workload> Controller<W> {
    /// Brings the entries of one workload up to date, and says when to come back.
    pub(crate) async fn bind(&self, key: ObjectKey) -> Outcome {
        let Some(wanted) = self.bindings.wanted(&key) else {
            return Outcome::Done;
        };
        match self.bound(&key, &wanted).await {
            Ok(()) => {
                self.bindings.done(&key, &wanted);
                Outcome::Done
            }
            // It has changed meanwhile, and the watch will notify us.
            Err(error) if error.is_outdated() => Outcome::Failed(Extent::Everything),
            Err(error) => {
                tracing::error!(controller = W::CONTROLLER.controller, object = %key, error = %Causes(&error), "cannot write bindings, trying again");
                Outcome::Failed(Extent::Everything)
            }
        }
    }

    async fn bound(&self, key: &ObjectKey, wanted: &Arc<Wanted>) -> Result<(), Error> {
        let Some(resource) = self.resources.get(key) else {
            // Without the finalizer, somebody wanted it gone at any price.
            return Ok(());
        };
        let binder = Binder {
            resource: W::Resource::plural(&()).into_owned(),
            key: key.clone(),
        };
        match &**wanted {
            Wanted::Entries(verdicts) => {
                if !W::selects(&resource).is_empty() && resource.meta().deletion_timestamp.is_none() {
                    finalizer::set::<W>(&self.writer.client, &resource, true).await?;
                }
                self.write_entries(&binder, verdicts, wanted).await
            }
            Wanted::Gone => {
                match self.write_entries(&binder, &Verdicts::new(), wanted).await {
                    Err(error) if error.is_forbidden() => {
                        tracing::warn!(controller = W::CONTROLLER.controller, object = %key, error = %Causes(&error), "cannot remove the bindings of a deleted object");
                    }
                    outcome => outcome?,
                }
                if !self.is_due(key, wanted) {
                    return Ok(());
                }
                finalizer::set::<W>(&self.writer.client, &resource, false).await
            }
        }
    }

    /// Whether nothing else is wanted meanwhile, and there is time.
    fn is_due(&self, key: &ObjectKey, wanted: &Arc<Wanted>) -> bool {
        self.bindings.is_current(key, wanted) && !self.stop.is_cancelled()
    }

    /// Writes all that differs; gives the first error when everything was tried. Ends early where something else is wanted
    /// meanwhile.
    async fn write_entries(&self, binder: &Binder, verdicts: &Verdicts, wanted: &Arc<Wanted>) -> Result<(), Error> {
        let mut places = self.kinds.differing(binder, verdicts);
        start_elsewhere(&mut places, binder);
        let write = |place: Place| async move {
            let difference = || {
                let is_due = self.is_due(&binder.key, wanted);
                is_due
                    .then(|| self.kinds.difference(&place, binder, verdicts))
                    .flatten()
            };
            if let Some(version) = self.writer.write(binder, difference).await? {
                self.kinds.wrote(place, version);
            }
            Ok(())
        };
        let writes = futures::stream::iter(places).map(write);
        let mut writes = std::pin::pin!(writes.buffer_unordered(CONCURRENCY));
        let mut first = Ok(());
        while let Some(outcome) = writes.next().await {
            if let Err(error) = outcome
                && first.is_ok()
            {
                first = Err(error);
            }
        }
        first
    }
}

/// Two workloads that select the same objects begin at different ones, so that they seldom meet at one.
fn start_elsewhere(places: &mut [Place], binder: &Binder) {
    let hash = XxHash64::oneshot(0, format!("{}/{}", binder.resource, binder.key).as_bytes());
    if let Some(start) = usize::try_from(hash).unwrap_or(usize::MAX).checked_rem(places.len()) {
        places.rotate_left(start);
    }
}
