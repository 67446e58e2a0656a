//! Which objects are to be reconciled, and when: never two runs of one object at once, a storm of triggers costs one
//! run, a lone one waits for nothing, a failure comes back with growing pauses. Time comes from tokio and is under the
//! control of tests; nothing else is touched.

mod metrics;

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use process::liveness::Pulse;
use process::pace::Pace;
use tokio::sync::mpsc;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub(crate) use metrics::{QueueFamilies, QueueMetrics};

use crate::object::ObjectKey;

/// The pace of runs unless a queue says otherwise.
const PACE: Pace = Pace::spaced(Duration::from_millis(100));
/// Pause after the first failure; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_mins(2);
/// How long runs may go on after the stop was asked for.
const GRACE: Duration = Duration::from_secs(10);

/// How much of an object is to be looked at. The larger one wins when two triggers meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Extent {
    /// Its status only: the pods changed, the configuration did not.
    Status,
    /// Everything.
    Everything,
}

/// What a run asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing until the next trigger.
    Done,
    /// The same again after this time.
    Again(Duration, Extent),
    /// The same again after a pause that grows with each failure.
    Failed(Extent),
}

/// The sending half: triggers come from watch listeners, which must not wait.
#[derive(Debug, Clone)]
pub(crate) struct Trigger {
    sender: mpsc::UnboundedSender<(ObjectKey, Extent)>,
    metrics: QueueMetrics,
}

impl Trigger {
    /// Asks for a run of the object.
    pub(crate) fn send(&self, key: ObjectKey, extent: Extent) {
        self.metrics.added();
        // The queue is gone only when the process stops.
        let _ = self.sender.send((key, extent));
    }
}

/// How often the loop of a queue says that it runs.
const BEAT: Duration = Duration::from_secs(10);
/// After this time without a beat a queue counts as stuck.
pub(crate) const SILENCE: Duration = Duration::from_mins(1);
/// After this time a run counts as stuck, and its queue with it. The slowest honest one reads thousands of Secrets.
const LONGEST_RUN: Duration = Duration::from_mins(15);

/// The receiving half.
#[derive(Debug)]
pub(crate) struct Queue {
    receiver: mpsc::UnboundedReceiver<(ObjectKey, Extent)>,
    metrics: QueueMetrics,
    concurrency: usize,
    pace: Pace,
    pulse: Option<Pulse>,
}

/// A queue that runs at most `concurrency` objects at once.
pub(crate) fn queue(concurrency: usize, metrics: QueueMetrics) -> (Trigger, Queue) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (
        Trigger {
            sender,
            metrics: metrics.clone(),
        },
        Queue {
            receiver,
            metrics,
            concurrency,
            pace: PACE,
            pulse: None,
        },
    )
}

#[derive(Debug, Clone, Copy)]
struct Waiting {
    /// From when on a run is wanted.
    since: Instant,
    due: Instant,
    extent: Extent,
}

/// What is known of objects that wait, run, ran lately or failed.
struct State {
    pace: Pace,
    waiting: BTreeMap<ObjectKey, Waiting>,
    running: BTreeMap<ObjectKey, Instant>,
    /// Until when the runs of an object have used up what its pace allows.
    spent: BTreeMap<ObjectKey, Instant>,
    failures: BTreeMap<ObjectKey, u32>,
}

impl State {
    fn new(pace: Pace) -> Self {
        Self {
            pace,
            waiting: BTreeMap::new(),
            running: BTreeMap::new(),
            spent: BTreeMap::new(),
            failures: BTreeMap::new(),
        }
    }

    fn add(&mut self, key: ObjectKey, extent: Extent, due: Instant, now: Instant) {
        let since = due;
        let due = due.max(self.pace.next(self.spent.get(&key).copied(), now));
        let waiting = self.waiting.entry(key).or_insert(Waiting { since, due, extent });
        waiting.since = waiting.since.min(since);
        waiting.due = waiting.due.min(due);
        waiting.extent = waiting.extent.max(extent);
    }

    /// Notes that a run of the object begins.
    fn begun(&mut self, key: &ObjectKey, now: Instant) {
        self.waiting.remove(key);
        self.running.insert(key.clone(), now);
        let spent = self.pace.spent(self.spent.get(key).copied(), now);
        self.spent.insert(key.clone(), spent);
    }

    fn next(&self) -> Option<(&ObjectKey, Waiting)> {
        let idle = self.waiting.iter().filter(|(key, _)| !self.running.contains_key(key));
        idle.min_by_key(|(_, waiting)| waiting.due)
            .map(|(key, waiting)| (key, *waiting))
    }

    /// Whether a run takes longer than any should.
    fn is_stuck(&self, now: Instant) -> bool {
        self.running.values().any(|started| now - *started > LONGEST_RUN)
    }

    /// How many objects wait for their turn, and not for a later time.
    fn overdue(&self, now: Instant) -> usize {
        self.waiting.values().filter(|waiting| waiting.due <= now).count()
    }

    fn finished(&mut self, key: ObjectKey, outcome: Outcome, now: Instant) {
        self.running.remove(&key);
        match outcome {
            Outcome::Done => {
                self.failures.remove(&key);
            }
            Outcome::Again(pause, extent) => {
                self.failures.remove(&key);
                self.add(key, extent, now + pause, now);
            }
            Outcome::Failed(extent) => {
                let failures = self.failures.entry(key.clone()).or_default();
                let pause = FIRST_PAUSE.saturating_mul(1 << (*failures).min(16)).min(LONGEST_PAUSE);
                *failures += 1;
                self.add(key, extent, now + pause, now);
            }
        }
        self.spent.retain(|_, spent| *spent > now);
    }
}

impl Queue {
    /// The same with another pace of the runs of one object.
    #[must_use]
    pub(crate) fn paced(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    /// The same, beating as long as it runs and no run is stuck.
    #[must_use]
    pub(crate) fn beating(self, pulse: Pulse) -> Self {
        Self {
            pulse: Some(pulse),
            ..self
        }
    }

    /// From `start` on, runs `handler` for each triggered object until `stop`; then waits for the runs that are under way. The
    /// handler gets to know since when the run has been wanted.
    pub(crate) async fn run<F, R>(mut self, start: CancellationToken, stop: CancellationToken, handler: F)
    where
        F: Fn(ObjectKey, Extent, Instant) -> R,
        R: Future<Output = Outcome> + Send + 'static,
    {
        let mut state = State::new(self.pace);
        let mut runs: JoinSet<Outcome> = JoinSet::new();
        let mut keys: BTreeMap<Id, (ObjectKey, Extent)> = BTreeMap::new();
        let mut beats = tokio::time::interval(BEAT);
        loop {
            self.metrics.depth(state.overdue(Instant::now()));
            let free = start.is_cancelled() && runs.len() < self.concurrency;
            let next = if free {
                state.next().map(|(key, waiting)| (key.clone(), waiting))
            } else {
                None
            };
            let due = next.as_ref().map_or_else(Instant::now, |(_, waiting)| waiting.due);
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                () = start.cancelled(), if !start.is_cancelled() => {}
                now = beats.tick() => {
                    if let Some(pulse) = self.pulse.as_ref().filter(|_| !state.is_stuck(now)) {
                        pulse.beat();
                    }
                }
                Some(joined) = runs.join_next_with_id() => self.joined(&joined, &mut keys, &mut state),
                Some((key, extent)) = self.receiver.recv() => {
                    let now = Instant::now();
                    state.add(key, extent, now, now);
                }
                () = tokio::time::sleep_until(due), if next.is_some() => {
                    let Some((key, waiting)) = next else { continue };
                    let now = Instant::now();
                    state.begun(&key, now);
                    self.metrics.begun(&key, now - waiting.since);
                    let id = runs.spawn(handler(key.clone(), waiting.extent, waiting.since)).id();
                    keys.insert(id, (key, waiting.extent));
                }
            }
        }
        let _ = tokio::time::timeout(GRACE, async { while runs.join_next().await.is_some() {} }).await;
    }

    fn joined(
        &self,
        joined: &Result<(Id, Outcome), tokio::task::JoinError>,
        keys: &mut BTreeMap<Id, (ObjectKey, Extent)>,
        state: &mut State,
    ) {
        let (id, outcome) = match joined {
            Ok((id, outcome)) => (*id, Some(*outcome)),
            Err(error) => (error.id(), None),
        };
        let Some((key, extent)) = keys.remove(&id) else { return };
        if outcome.is_none() {
            tracing::error!(object = %key, "reconciliation panicked, which is a bug; trying again");
        }
        let outcome = outcome.unwrap_or(Outcome::Failed(extent));
        let now = Instant::now();
        let took = state.running.get(&key).map_or(Duration::ZERO, |started| now - *started);
        self.metrics.ended(&key, took, matches!(outcome, Outcome::Failed(_)));
        state.finished(key, outcome, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use process::liveness::Liveness;
    use std::sync::{Arc, Mutex};

    fn key(name: &str) -> ObjectKey {
        ObjectKey::new("ns", name)
    }

    fn started() -> CancellationToken {
        let start = CancellationToken::new();
        start.cancel();
        start
    }

    fn milliseconds(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    /// Starts what is due first, as the loop does, and says when.
    fn start(state: &mut State, zero: Instant) -> (String, Extent, u128) {
        let (key, waiting) = state
            .next()
            .map(|(key, waiting)| (key.clone(), waiting))
            .expect("something waits");
        state.begun(&key, waiting.due);
        (key.name.to_string(), waiting.extent, (waiting.due - zero).as_millis())
    }

    #[test]
    fn a_lone_trigger_runs_at_once_and_a_storm_costs_one_run_more() {
        let (zero, mut state) = (Instant::now(), State::new(PACE));
        state.add(key("a"), Extent::Status, zero, zero);
        assert_eq!(start(&mut state, zero), ("a".to_owned(), Extent::Status, 0));
        state.finished(key("a"), Outcome::Done, zero + milliseconds(2));
        for at in 3..100 {
            let extent = if at == 50 { Extent::Everything } else { Extent::Status };
            let now = zero + milliseconds(at);
            state.add(key("a"), extent, now, now);
        }
        assert_eq!(start(&mut state, zero), ("a".to_owned(), Extent::Everything, 100));
        assert!(state.next().is_none());
    }

    #[test]
    fn an_object_that_runs_waits_for_its_end_and_others_do_not() {
        let (zero, mut state) = (Instant::now(), State::new(PACE));
        state.add(key("a"), Extent::Everything, zero, zero);
        start(&mut state, zero);
        state.add(key("a"), Extent::Everything, zero, zero);
        assert!(state.next().is_none(), "a runs");
        state.add(key("b"), Extent::Everything, zero, zero);
        assert_eq!(start(&mut state, zero).0, "b");
        state.finished(key("a"), Outcome::Done, zero + milliseconds(900));
        assert_eq!(start(&mut state, zero).0, "a");
    }

    #[test]
    fn failures_come_back_with_growing_pauses_until_a_success() {
        let (zero, mut state) = (Instant::now(), State::new(PACE));
        let mut now = zero;
        let mut pauses = Vec::new();
        for _ in 0..12 {
            state.finished(key("a"), Outcome::Failed(Extent::Status), now);
            let due = state.waiting.remove(&key("a")).expect("waits").due;
            pauses.push((due - now).as_millis());
            now = due;
        }
        assert_eq!(pauses[..4], [250, 500, 1000, 2000]);
        assert_eq!(pauses[11], LONGEST_PAUSE.as_millis());
        state.finished(key("a"), Outcome::Done, now);
        state.finished(key("a"), Outcome::Failed(Extent::Status), now);
        assert_eq!(state.waiting[&key("a")].due - now, FIRST_PAUSE);
    }

    #[tokio::test]
    async fn what_came_before_the_start_runs_once_then() {
        let (trigger, queue) = queue(1, QueueMetrics::default());
        let (ran, mut runs) = mpsc::unbounded_channel();
        let (start, stop) = (CancellationToken::new(), CancellationToken::new());
        let handler = move |key: ObjectKey, _, _| {
            ran.send(key.name.to_string()).unwrap();
            std::future::ready(Outcome::Done)
        };
        let runner = tokio::spawn(queue.run(start.clone(), stop.clone(), handler));
        for _ in 0..3 {
            trigger.send(key("a"), Extent::Everything);
        }
        trigger.send(key("b"), Extent::Everything);
        // The queue has taken all that it can take, and run nothing.
        tokio::task::yield_now().await;
        assert_eq!(runs.try_recv().ok(), None);
        start.cancel();
        let names = [runs.recv().await, runs.recv().await];
        assert_eq!(names, ["a", "b"].map(|name| Some(name.to_owned())));
        stop.cancel();
        runner.await.unwrap();
        assert_eq!(runs.recv().await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_that_does_not_end_silences_the_queue() {
        let liveness = Liveness::default();
        let (trigger, queue) = queue(1, QueueMetrics::default());
        let queue = queue.beating(liveness.pulse("queue", SILENCE));
        let stop = CancellationToken::new();
        let runner = tokio::spawn(queue.run(started(), stop.clone(), |_, _, _| std::future::pending()));
        tokio::time::sleep(LONGEST_RUN * 2).await;
        assert!(liveness.silent().is_empty(), "an idle queue beats");
        trigger.send(key("a"), Extent::Status);
        tokio::time::sleep(LONGEST_RUN).await;
        assert!(liveness.silent().is_empty(), "it may take that long");
        tokio::time::sleep(SILENCE * 2).await;
        assert_eq!(liveness.silent(), ["queue"]);
        runner.abort();
    }

    #[tokio::test]
    async fn a_panic_is_a_failure_of_that_object_alone() {
        let (trigger, queue) = queue(1, QueueMetrics::default());
        let (done, mut finished) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let runs = Arc::new(Mutex::new(0));
        let handler = move |_, _, _| {
            let (done, runs) = (done.clone(), Arc::clone(&runs));
            async move {
                let run = {
                    let mut runs = runs.lock().unwrap();
                    *runs += 1;
                    *runs
                };
                assert!(run > 1, "the first run panics");
                done.send(run).unwrap();
                Outcome::Done
            }
        };
        let runner = tokio::spawn(queue.run(started(), stop.clone(), handler));
        trigger.send(key("a"), Extent::Everything);
        assert_eq!(finished.recv().await, Some(2));
        stop.cancel();
        runner.await.unwrap();
    }
}
