//! What is counted of reviews: how many, of which kind, with which verdict, and how long they took.

use std::time::Duration;

use process::register::Register;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;

/// Upper bounds of the classes of durations, in seconds: what is usual, what is slow, and what the API server waits for.
const BUCKETS: [f64; 8] = [0.0005, 0.001, 0.0025, 0.005, 0.025, 0.1, 1.0, 10.0];

/// The metrics of the webhooks.
#[derive(Debug, Clone)]
pub struct Metrics {
    reviews: Family<ReviewLabels, Counter>,
    seconds: Family<KindLabel, Histogram>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReviewLabels {
    kind: &'static str,
    verdict: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabel {
    kind: &'static str,
}

/// What came of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The object may be stored, or was converted.
    Allowed,
    /// It may be stored with changes.
    Patched,
    /// It must not be stored, or was not converted.
    Refused,
    /// The request itself cannot be read.
    Unreadable,
    /// There was no answer in time.
    Failed,
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Patched => "patched",
            Self::Refused => "refused",
            Self::Unreadable => "unreadable",
            Self::Failed => "failed",
        }
    }
}

impl Metrics {
    /// Registers the metrics below the registry's prefix.
    pub fn register(registry: &mut impl Register) -> Self {
        let metrics = Self {
            reviews: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
        };
        registry.register(
            "admission_reviews",
            "Requests of the API server, by kind of object and verdict; conversions are of kind Conversion",
            metrics.reviews.clone(),
        );
        registry.register(
            "admission_review_duration_seconds",
            "Time from a complete request to its response",
            metrics.seconds.clone(),
        );
        metrics
    }

    /// Counts a review.
    pub(super) fn count(&self, kind: &'static str, verdict: Outcome, took: Duration) {
        let verdict = verdict.as_str();
        self.reviews.get_or_create(&ReviewLabels { kind, verdict }).inc();
        self.seconds
            .get_or_create(&KindLabel { kind })
            .observe(took.as_secs_f64());
    }
}
