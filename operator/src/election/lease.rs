//! The Lease in the API server: asking for it, renewing it, giving it back. Each write names the version that it replaces,
//! so of two candidates only one succeeds.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{ObjectMeta, PostParams};
use kube::{Client, ResourceExt};
use tokio::time::Instant;

use super::observed_record::ObservedRecord;
use crate::api::Objects;
use crate::args::LeaderElection;
use crate::reconcile::FIELD_MANAGER;

/// Why the Lease could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {verb} lease {name}")]
pub(super) struct Error {
    verb: &'static str,
    name: String,
    #[source]
    source: Box<kube::Error>,
}

/// Who holds the Lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// We do.
    Holder,
    /// Somebody else.
    Other(String),
    /// Somebody wrote it at the same time.
    Unclear,
}

/// One of those who ask for the Lease.
pub(super) struct Candidate {
    api: Objects<Lease>,
    name: String,
    identity: String,
    duration: Duration,
    seen: Option<ObservedRecord>,
    /// The Lease as our last write left it.
    held: Option<Lease>,
}

impl Candidate {
    /// A candidate for the Lease that `flags` name.
    pub(super) fn new(client: &Client, flags: &LeaderElection) -> Self {
        let namespace = match flags.leader_elect_resource_namespace.as_str() {
            "" => client.default_namespace().to_owned(),
            namespace => namespace.to_owned(),
        };
        Self {
            api: Objects::in_namespace(client, &namespace),
            name: flags.leader_elect_resource_name.clone(),
            identity: identity(),
            duration: flags.leader_elect_lease_duration,
            seen: None,
            held: None,
        }
    }

    /// Name of the Lease.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Takes the Lease if it is free.
    pub(super) async fn acquire(&mut self) -> Result<Standing, Error> {
        let live = self.api.get_opt(&self.name).await;
        let live = live.map_err(|error| self.failed("read", error))?;
        let spec = live.as_ref().and_then(|lease| lease.spec.clone()).unwrap_or_default();
        let now = Instant::now();
        let seen = ObservedRecord::next(self.seen.take(), spec, now);
        let holder = seen.holder(&self.identity, self.duration, now).map(str::to_owned);
        self.seen = Some(seen);
        match (holder, live) {
            (Some(holder), Some(_)) => Ok(Standing::Other(holder)),
            (_, live) => self.take(live).await,
        }
    }

    /// Says that we are still there.
    pub(super) async fn renew(&mut self) -> Result<Standing, Error> {
        if let Some(held) = self.held.take() {
            let standing = self.take(Some(held)).await?;
            if standing == Standing::Holder {
                return Ok(standing);
            }
        }
        // Somebody wrote meanwhile, or our last write came to nothing that we know of.
        let live = self.api.get_opt(&self.name).await;
        let live = live.map_err(|error| self.failed("read", error))?;
        let spec = live.as_ref().and_then(|lease| lease.spec.as_ref());
        match spec.and_then(|spec| spec.holder_identity.clone()) {
            Some(holder) if holder != self.identity && !holder.is_empty() => Ok(Standing::Other(holder)),
            _ => self.take(live).await,
        }
    }

    /// Leaves the Lease to whoever asks first.
    pub(super) async fn release(&mut self) -> Result<(), Error> {
        let Some(mut held) = self.held.take() else {
            return Ok(());
        };
        let spec = held.spec.get_or_insert_default();
        spec.holder_identity = Some(String::new());
        spec.lease_duration_seconds = Some(1);
        let replaced = self.api.replace(&self.name, &params(), &held).await;
        replaced.map(drop).map_err(|error| self.failed("release", error))
    }

    /// Writes the Lease in our name over `live`.
    async fn take(&mut self, live: Option<Lease>) -> Result<Standing, Error> {
        let is_new = live.is_none();
        let mut lease = live.unwrap_or_else(|| Lease {
            metadata: ObjectMeta {
                name: Some(self.name.clone()),
                ..ObjectMeta::default()
            },
            ..Lease::default()
        });
        self.sign(lease.spec.get_or_insert_default());
        let (verb, written) = if is_new {
            ("create", self.api.create(&params(), &lease).await)
        } else {
            ("update", self.api.replace(&lease.name_any(), &params(), &lease).await)
        };
        match written {
            Ok(lease) => {
                self.held = Some(lease);
                Ok(Standing::Holder)
            }
            Err(kube::Error::Api(status)) if status.code == 409 => Ok(Standing::Unclear),
            Err(error) => Err(self.failed(verb, error)),
        }
    }

    fn sign(&self, spec: &mut LeaseSpec) {
        #[expect(
            clippy::disallowed_methods,
            reason = "for people: nobody compares these times with a clock"
        )]
        let now = MicroTime(Timestamp::now());
        if spec.holder_identity.as_ref() != Some(&self.identity) {
            // As others count: the first holder is no transition.
            let transitions = spec
                .lease_transitions
                .map_or(0, |transitions| transitions.saturating_add(1));
            spec.lease_transitions = Some(transitions);
            spec.acquire_time = Some(now.clone());
            spec.holder_identity = Some(self.identity.clone());
        }
        spec.renew_time = Some(now);
        spec.lease_duration_seconds = Some(whole_seconds(self.duration));
    }

    fn failed(&self, verb: &'static str, error: kube::Error) -> Error {
        Error {
            verb,
            name: self.name.clone(),
            source: Box::new(error),
        }
    }
}

/// A part of a second counts as a whole one: others must never wait for less time than the holder counts on.
fn whole_seconds(duration: Duration) -> i32 {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

fn params() -> PostParams {
    PostParams {
        field_manager: Some(FIELD_MANAGER.to_owned()),
        ..PostParams::default()
    }
}

/// Name of the pod or the machine, and a number, since a restarted container is another candidate.
fn identity() -> String {
    let name = ["POD_NAME", "HOSTNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok());
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    format!("{}_{:016x}", name.unwrap_or_default(), hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_for_less_than_the_duration() {
        let seconds = |milliseconds: u64| whole_seconds(Duration::from_millis(milliseconds));
        assert_eq!([1, 1000, 1001, 15_000].map(seconds), [1, 1, 2, 15]);
    }
}
