//! What was seen of a Lease, and whether it is free. Pure: times are given.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::LeaseSpec;
use tokio::time::Instant;

/// A Lease as it was seen, and since when it is so.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ObservedRecord {
    spec: LeaseSpec,
    since: Instant,
}

impl ObservedRecord {
    /// What is known after `spec` was read at `now`, from what was known `before`. Only a change makes the wait start over.
    pub(super) fn next(before: Option<Self>, spec: LeaseSpec, now: Instant) -> Self {
        match before {
            Some(before) if before.spec == spec => before,
            _ => Self { spec, since: now },
        }
    }

    /// Who holds it against `identity`; `None`: it may be taken. `default` is how long a Lease is held that does not say so.
    pub(super) fn holder(&self, identity: &str, default: Duration, now: Instant) -> Option<&str> {
        let holder = self.spec.holder_identity.as_deref()?;
        let seconds = self.spec.lease_duration_seconds;
        let duration = seconds.and_then(|seconds| u64::try_from(seconds).ok());
        let end = self.since + duration.map_or(default, Duration::from_secs);
        (!holder.is_empty() && holder != identity && now < end).then_some(holder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(holder: &str, transitions: i32) -> LeaseSpec {
        LeaseSpec {
            holder_identity: Some(holder.to_owned()),
            lease_duration_seconds: Some(15),
            lease_transitions: Some(transitions),
            ..LeaseSpec::default()
        }
    }

    const DEFAULT: Duration = Duration::from_secs(5);

    #[test]
    fn a_lease_is_held_as_long_as_it_changes() {
        let zero = Instant::now();
        let at = |seconds: u64| zero + Duration::from_secs(seconds);
        let first = ObservedRecord::next(None, spec("other", 0), zero);
        assert_eq!(first.holder("me", DEFAULT, at(14)), Some("other"));
        // ObservedRecord again, unchanged: the wait goes on.
        let again = ObservedRecord::next(Some(first), spec("other", 0), at(14));
        assert_eq!(again.holder("me", DEFAULT, at(15)), None);
        let renewed = ObservedRecord::next(Some(again), spec("other", 1), at(15));
        assert_eq!(renewed.holder("me", DEFAULT, at(29)), Some("other"));
        assert_eq!(renewed.holder("me", DEFAULT, at(30)), None);
    }

    #[test]
    fn what_is_given_back_or_ours_may_be_taken_at_once() {
        let now = Instant::now();
        for holder in ["", "me"] {
            let seen = ObservedRecord::next(None, spec(holder, 0), now);
            assert_eq!(seen.holder("me", DEFAULT, now), None);
        }
        let silent = ObservedRecord::next(None, LeaseSpec::default(), now);
        assert_eq!(silent.holder("me", DEFAULT, now), None);
        let endless = LeaseSpec {
            lease_duration_seconds: None,
            ..spec("other", 0)
        };
        let seen = ObservedRecord::next(None, endless, now);
        assert_eq!(seen.holder("me", DEFAULT, now + Duration::from_secs(4)), Some("other"));
        assert_eq!(seen.holder("me", DEFAULT, now + DEFAULT), None);
    }
}
