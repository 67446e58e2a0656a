//! How fast runs may follow each other: a bucket of tokens. A run takes one, and a new one comes in each interval. The bucket is kept as one point in time, up to which its tokens are spent (the generic cell rate algorithm). Pure.

use std::time::Duration;

use tokio::time::Instant;

/// A bucket: how many runs it allows in a row, and how often one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pace {
    interval: Duration,
    /// What the tokens beyond the first are worth.
    credit: Duration,
}

impl Pace {
    /// Runs that start at least `interval` apart, so that a storm of triggers costs few runs.
    pub const fn spaced(interval: Duration) -> Self {
        Self {
            interval,
            credit: Duration::ZERO,
        }
    }

    /// `burst` runs in a row, and one more in each `interval`: single changes are all acted upon at once, and a storm of them
    /// once in each interval.
    pub fn bursts(burst: u32, interval: Duration) -> Self {
        Self {
            interval,
            credit: interval.saturating_mul(burst.saturating_sub(1)),
        }
    }

    /// When the next run may start, whose tokens are `spent` up to then; `now` where nothing keeps it.
    pub fn next(self, spent: Option<Instant>, now: Instant) -> Instant {
        let next = spent.and_then(|spent| spent.checked_sub(self.credit));
        next.map_or(now, |next| next.max(now))
    }

    /// Up to when the tokens are spent after a run that starts `now`.
    pub fn spent(self, spent: Option<Instant>, now: Instant) -> Instant {
        spent.map_or(now, |spent| spent.max(now)) + self.interval
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(5);

    /// Seconds at which runs start that are wanted at the given ones, each as soon as it may.
    fn starts(pace: Pace, wanted: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let zero = Instant::now() + Duration::from_hours(1);
        let mut spent = None;
        let start = |second| {
            let now = zero + Duration::from_secs(second);
            let start = pace.next(spent, now);
            spent = Some(pace.spent(spent, start));
            (start - zero).as_secs()
        };
        wanted.into_iter().map(start).collect()
    }

    #[test]
    fn a_burst_runs_at_once_and_the_rest_once_in_an_interval() {
        let pace = Pace::bursts(3, INTERVAL);
        assert_eq!(starts(pace, [0; 6]), [0, 0, 0, 5, 10, 15]);
        assert_eq!(starts(pace, [0, 1, 2, 3, 4]), [0, 1, 2, 5, 10]);
    }

    #[test]
    fn tokens_come_back_and_no_more_than_fit() {
        let pace = Pace::bursts(3, INTERVAL);
        assert_eq!(starts(pace, [0, 0, 0, 5, 5]), [0, 0, 0, 5, 10]);
        assert_eq!(
            starts(pace, [0, 0, 0, 1000, 1000, 1000, 1000]),
            [0, 0, 0, 1000, 1000, 1000, 1005]
        );
        // What comes more slowly than tokens do never waits.
        assert_eq!(
            starts(pace, (0..50).map(|n| n * 5)),
            (0..50).map(|n| n * 5).collect::<Vec<_>>()
        );
    }

    #[test]
    fn without_a_burst_runs_are_apart() {
        for pace in [
            Pace::spaced(INTERVAL),
            Pace::bursts(1, INTERVAL),
            Pace::bursts(0, INTERVAL),
        ] {
            assert_eq!(starts(pace, [0, 0, 7, 30]), [0, 5, 10, 30]);
        }
    }
}
