//! When to look at the files after a change. The first few changes that are complete are looked at at once, and further ones
//! are gathered; one that may go on is waited for. Pure.

use std::time::Duration;

use process::pace::Pace;
use tokio::time::Instant;

use crate::args::SHORTEST_INTERVAL;
use crate::watch::Nature;

/// Complete changes that are each looked at at once: what a person edits in a row, or the volumes of one pod.
const BURST: u32 = 3;

/// What is due.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    delay: Duration,
    /// The first change since the last look.
    changed: Option<Instant>,
    /// The first of these that may go on.
    unfinished: Option<Instant>,
    /// When to look because of these.
    due: Option<Instant>,
    /// How fast looks may follow each other, and up to when that is used up.
    pace: Pace,
    spent: Option<Instant>,
    /// The same before the last look.
    spent_before: Option<Instant>,
    /// No look before, since the last one found nothing.
    rest: Option<Instant>,
    /// When to look whatever happens.
    again: Option<Instant>,
}

impl Schedule {
    pub(super) fn new(delay: Duration) -> Self {
        Self {
            delay,
            pace: Pace::bursts(BURST, delay),
            ..Self::default()
        }
    }

    /// A change was noticed.
    pub(super) fn change(&mut self, nature: Nature, now: Instant) {
        self.changed.get_or_insert(now);
        let ready = match nature {
            Nature::Whole => {
                self.unfinished = None;
                now
            }
            // The first one counts: a stream of changes must not put off the look for ever.
            Nature::Parts => *self.unfinished.get_or_insert(now) + self.delay,
        };
        self.due = Some(self.pace.next(self.spent, ready).max(self.rest.unwrap_or(ready)));
    }

    /// When to look next.
    pub(super) fn next(&self) -> Option<Instant> {
        self.due.into_iter().chain(self.again).min()
    }

    /// A look begins; since when what it finds was waiting for it.
    pub(super) fn look(&mut self, now: Instant) -> Instant {
        let changed = self.changed.take();
        self.spent_before = self.spent;
        if changed.is_some() {
            self.spent = Some(self.pace.spent(self.spent, now));
        }
        (self.unfinished, self.due, self.again) = (None, None, None);
        changed.unwrap_or(now)
    }

    /// The look found nothing new, so the next change may be looked at as if it had not been: one change often causes further
    /// events. Such looks are kept apart all the same, since whatever causes one must not cause many.
    pub(super) fn found_nothing(&mut self, now: Instant) {
        self.spent = self.spent_before;
        self.rest = Some(now + SHORTEST_INTERVAL);
    }

    /// Look again after a time.
    pub(super) fn again(&mut self, now: Instant, after: Duration) {
        self.again = Some(now + after.max(SHORTEST_INTERVAL));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn few_whole_changes_are_looked_at_at_once_and_further_ones_are_gathered() {
        let (mut schedule, start) = (Schedule::new(SECOND), Instant::now() + SECOND * 3600);
        for step in 0..BURST {
            let now = start + SECOND / 8 * step;
            schedule.change(Nature::Whole, now);
            assert_eq!(schedule.next(), Some(now));
            assert_eq!(schedule.look(now), now);
            assert_eq!(schedule.next(), None);
        }
        let soon = start + SECOND / 2;
        schedule.change(Nature::Whole, soon);
        schedule.change(Nature::Whole, soon + SECOND / 4);
        assert_eq!(schedule.next(), Some(start + SECOND));
        assert_eq!(schedule.look(start + SECOND), soon);
        let later = start + SECOND * 9;
        schedule.change(Nature::Whole, later);
        assert_eq!(schedule.next(), Some(later));
    }

    #[test]
    fn changes_as_far_apart_as_the_delay_do_not_wait_for_each_other() {
        let (mut schedule, start) = (Schedule::new(SECOND), Instant::now() + SECOND * 3600);
        for step in 0..20 {
            // Each comes a little earlier or later than the second.
            let now = start + SECOND * step + SECOND / 5 * (step % 3);
            schedule.change(Nature::Whole, now);
            assert_eq!(schedule.next(), Some(now), "{step}");
            schedule.look(now);
        }
    }

    #[test]
    fn what_is_left_of_a_change_costs_the_next_one_nothing() {
        let (mut schedule, start) = (Schedule::new(SECOND), Instant::now() + SECOND * 3600);
        for step in 0..20 {
            let now = start + SECOND * step;
            for after in [Duration::ZERO, SECOND / 4, SECOND / 2] {
                schedule.change(Nature::Whole, now + after);
                assert_eq!(schedule.next(), Some(now + after), "{step}");
                schedule.look(now + after);
                if !after.is_zero() {
                    schedule.found_nothing(now + after);
                }
            }
        }
    }

    #[test]
    fn what_may_go_on_is_waited_for_but_not_for_ever() {
        let (mut schedule, start) = (Schedule::new(SECOND), Instant::now());
        for step in 0..5 {
            schedule.change(Nature::Parts, start + SECOND / 2 * step);
        }
        assert_eq!(schedule.next(), Some(start + SECOND));
        // A temporary file that was written, and is in place now.
        schedule.change(Nature::Whole, start + SECOND / 8);
        assert_eq!(schedule.next(), Some(start + SECOND / 8));
    }

    #[test]
    fn a_look_that_finds_nothing_puts_off_the_next() {
        let (mut schedule, start) = (Schedule::new(Duration::ZERO), Instant::now());
        schedule.change(Nature::Whole, start);
        schedule.look(start);
        schedule.found_nothing(start);
        schedule.change(Nature::Whole, start);
        assert_eq!(schedule.next(), Some(start + SHORTEST_INTERVAL));
        schedule.look(start + SHORTEST_INTERVAL);
        schedule.again(start, Duration::ZERO);
        assert_eq!(schedule.next(), Some(start + SHORTEST_INTERVAL));
    }
}
