//! What is known of the certificate that a server serves: until when it is valid, and what came of reading it again.

use std::time::SystemTime;

use crate::register::Register;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;

/// The metrics of a server's certificate.
#[derive(Debug, Clone, Default)]
pub struct CertificateMetrics {
    valid_until: Gauge,
    reloads: Family<ReloadLabel, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReloadLabel {
    result: &'static str,
}

/// What came of reading changed files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reload {
    /// They are served.
    Succeeded,
    /// They cannot be; what was served before still is.
    Failed,
}

impl Reload {
    const fn label(self) -> ReloadLabel {
        let result = match self {
            Self::Succeeded => "success",
            Self::Failed => "failure",
        };
        ReloadLabel { result }
    }
}

impl CertificateMetrics {
    /// Registers the metrics below the registry's prefix.
    pub fn register(registry: &mut impl Register) -> Self {
        let metrics = Self::default();
        for result in [Reload::Succeeded, Reload::Failed] {
            drop(metrics.reloads.get_or_create(&result.label()));
        }
        registry.register(
            "tls_certificate_expiration_timestamp_seconds",
            "When the certificate that is served expires, in seconds since 1970; 0 without one",
            metrics.valid_until.clone(),
        );
        registry.register(
            "tls_certificate_reloads",
            "How often changed certificate files were read, by result; after a failure the last good ones are served",
            metrics.reloads.clone(),
        );
        metrics
    }

    /// A certificate is served that is valid so long.
    pub fn serves(&self, valid_until: Option<SystemTime>) {
        let since_epoch = valid_until.and_then(|end| end.duration_since(SystemTime::UNIX_EPOCH).ok());
        let seconds = since_epoch.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
        self.valid_until.set(seconds);
    }

    /// Counts a reading.
    pub fn count(&self, result: Reload) {
        self.reloads.get_or_create(&result.label()).inc();
    }
}
