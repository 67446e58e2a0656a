//! What a queue counts and times. Names are the original's.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use process::register::Register;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use tokio::time::Instant;

use crate::object::ObjectKey;

/// Which queue a sample is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct QueueLabel {
    name: Cow<'static, str>,
}

/// The families of all queues.
#[derive(Debug, Clone)]
pub(crate) struct QueueFamilies {
    depth: Family<QueueLabel, Gauge>,
    adds: Family<QueueLabel, Counter>,
    latency: Family<QueueLabel, Histogram, fn() -> Histogram>,
    work: Family<QueueLabel, Histogram, fn() -> Histogram>,
    retries: Family<QueueLabel, Counter>,
    running: Running,
}

impl QueueFamilies {
    /// Registers the families below the registry's prefix.
    pub(crate) fn register(registry: &mut impl Register) -> Self {
        let families = Self::default();
        registry.register("workqueue_depth", "Objects in the queue", families.depth.clone());
        registry.register("workqueue_adds", "Objects that were queued", families.adds.clone());
        registry.register(
            "workqueue_latency_seconds",
            "Time in the queue",
            families.latency.clone(),
        );
        registry.register(
            "workqueue_work_duration_seconds",
            "Time of a run",
            families.work.clone(),
        );
        registry.register(
            "workqueue_retries",
            "Runs that were retried after a failure",
            families.retries.clone(),
        );
        registry.register_collector(Box::new(families.running.clone()));
        families
    }

    /// The metrics of the queue called `name`.
    pub(crate) fn queue(&self, name: impl Into<Cow<'static, str>>) -> QueueMetrics {
        let label = QueueLabel { name: name.into() };
        // From zero on, as in `Metrics::begin`.
        drop(self.adds.get_or_create(&label));
        drop(self.retries.get_or_create(&label));
        drop(self.latency.get_or_create(&label));
        drop(self.work.get_or_create(&label));
        QueueMetrics {
            families: self.clone(),
            label,
        }
    }
}

impl Default for QueueFamilies {
    fn default() -> Self {
        let seconds: fn() -> Histogram = || Histogram::new([0.001, 0.01, 0.1, 1.0, 10.0, 60.0]);
        Self {
            depth: Family::default(),
            adds: Family::default(),
            latency: Family::new_with_constructor(seconds),
            work: Family::new_with_constructor(seconds),
            retries: Family::default(),
            running: Running::default(),
        }
    }
}

/// The metrics of one queue.
#[derive(Debug, Clone)]
pub(crate) struct QueueMetrics {
    families: QueueFamilies,
    label: QueueLabel,
}

impl Default for QueueMetrics {
    fn default() -> Self {
        QueueFamilies::default().queue("unnamed")
    }
}

impl QueueMetrics {
    pub(super) fn added(&self) {
        self.families.adds.get_or_create(&self.label).inc();
    }

    pub(super) fn depth(&self, waiting: usize) {
        self.families
            .depth
            .get_or_create(&self.label)
            .set(i64::try_from(waiting).unwrap_or(i64::MAX));
    }

    pub(super) fn begun(&self, key: &ObjectKey, waited: Duration) {
        self.families
            .latency
            .get_or_create(&self.label)
            .observe(waited.as_secs_f64());
        self.families
            .running
            .lock()
            .insert((self.label.name.clone(), key.clone()), Instant::now());
    }

    pub(super) fn ended(&self, key: &ObjectKey, took: Duration, failed: bool) {
        self.families
            .work
            .get_or_create(&self.label)
            .observe(took.as_secs_f64());
        self.families
            .running
            .lock()
            .remove(&(self.label.name.clone(), key.clone()));
        if failed {
            self.families.retries.get_or_create(&self.label).inc();
        }
    }
}

/// The sum and the longest of the times of runs under way, and which of the two a family shows.
type Seconds = fn(&(f64, f64)) -> f64;

type RunningSince = BTreeMap<(Cow<'static, str>, ObjectKey), Instant>;

/// Since when runs are under way; read when the metrics are.
#[derive(Debug, Clone, Default)]
struct Running(Arc<Mutex<RunningSince>>);

impl Running {
    fn lock(&self) -> std::sync::MutexGuard<'_, RunningSince> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Collector for Running {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let mut seconds: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        let running = self.lock();
        for ((queue, _), since) in running.iter() {
            let elapsed = since.elapsed().as_secs_f64();
            let (sum, longest) = seconds.entry(queue).or_default();
            *sum += elapsed;
            *longest = longest.max(elapsed);
        }
        let families: [(&str, &str, Seconds); 2] = [
            (
                "workqueue_unfinished_work_seconds",
                "Total time of the runs in progress",
                |(sum, _)| *sum,
            ),
            (
                "workqueue_longest_running_processor_seconds",
                "Time of the longest run in progress",
                |(_, longest)| *longest,
            ),
        ];
        for (name, help, value) in families {
            let kind = ConstGauge::new(0.0).metric_type();
            let mut family = encoder.encode_descriptor(name, help, None, kind)?;
            for (queue, times) in &seconds {
                let label = [("name", *queue)];
                ConstGauge::new(value(times)).encode(family.encode_family(&label)?)?;
            }
        }
        Ok(())
    }
}
