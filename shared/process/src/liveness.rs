//! Whether the parts of a process still run, for `/healthz`: each beats from time to time, and one that has been silent for
//! too long is named. Touches nothing but the monotonic clock.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::time::Instant;

/// The parts of a process that beat.
#[derive(Debug, Clone, Default)]
pub struct Liveness(Arc<Mutex<BTreeMap<String, Weak<Beat>>>>);

/// The beat of one part. A part that ends in order drops it, and is not asked any more.
#[derive(Debug, Clone)]
pub struct Pulse(Arc<Beat>);

#[derive(Debug)]
struct Beat {
    last: Mutex<Instant>,
    limit: Duration,
}

impl Liveness {
    /// A part that beats at least once in `limit`. It takes the place of an earlier one of its name.
    pub fn pulse(&self, name: impl Into<String>, limit: Duration) -> Pulse {
        let beat = Arc::new(Beat {
            last: Mutex::new(Instant::now()),
            limit,
        });
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        parts.insert(name.into(), Arc::downgrade(&beat));
        Pulse(beat)
    }

    /// The parts that have been silent for longer than they may be.
    pub fn silent(&self) -> Vec<String> {
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        parts.retain(|_, beat| beat.strong_count() > 0);
        let is_silent = |beat: &Weak<Beat>| beat.upgrade().is_some_and(|beat| beat.age() > beat.limit);
        let silent = parts.iter().filter(|(_, beat)| is_silent(beat));
        silent.map(|(name, _)| name.clone()).collect()
    }
}

impl Pulse {
    /// Says that the part still runs.
    pub fn beat(&self) {
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

impl Beat {
    fn age(&self) -> Duration {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_part_that_is_silent_for_too_long_is_named() {
        let liveness = Liveness::default();
        let (quick, slow) = (
            liveness.pulse("quick", Duration::from_secs(10)),
            liveness.pulse("slow", Duration::from_mins(1)),
        );
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(liveness.silent(), ["quick"]);
        quick.beat();
        assert!(liveness.silent().is_empty());
        tokio::time::advance(Duration::from_mins(2)).await;
        assert_eq!(liveness.silent(), ["quick", "slow"]);
        drop(slow);
        assert_eq!(liveness.silent(), ["quick"]);
        let again = liveness.pulse("quick", Duration::from_secs(10));
        assert!(liveness.silent().is_empty(), "a new one of its name");
        drop((quick, again));
    }
}
