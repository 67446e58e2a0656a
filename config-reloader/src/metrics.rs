//! The metrics: those of the original, by its names, and what more there is to see.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use process::register::Register;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

use crate::fingerprint::Fingerprint;
use crate::trouble::Trouble;

/// Upper bounds in seconds: from the delay-less case to a target that starts slowly.
const DELAYS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0,
];

/// A metric that is there once it has a value.
type NoLabels = Vec<(&'static str, &'static str)>;

/// Handles to what is counted; clones count the same.
#[derive(Debug, Clone)]
pub struct Metrics {
    reloads: Counter,
    reloads_failed: Counter,
    last_successful: Gauge,
    last_success: Gauge<f64, AtomicU64>,
    /// Times that the output was to be updated.
    pub applies: Counter,
    /// Times that it could not be.
    pub applies_failed: Counter,
    /// References to unset variables in the configuration as it is.
    pub unset_references: Gauge,
    /// Folders and files under watch.
    pub watches: Gauge,
    /// Events that concerned watched content.
    pub watch_events: Counter,
    /// Folders that could not be watched, and events that were lost.
    pub watch_errors: Counter,
    backends: Family<Backend, Gauge>,
    checks: Counter,
    checks_failed: Counter,
    last_check_successful: Family<NoLabels, Gauge>,
    config_hash: Gauge<f64, AtomicU64>,
    delay: Histogram,
    age: Histogram,
    target_successful: Family<Target, Gauge>,
    target_failures: Family<Failure, Counter>,
    target_restarts: Family<Target, Counter>,
    target_doubts: Family<Target, Counter>,
    /// Whether the last attempt at each target succeeded.
    targets: Arc<Mutex<BTreeMap<String, bool>>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Info {
    method: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Backend {
    backend: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Target {
    target: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Failure {
    target: String,
    reason: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            reloads: Counter::default(),
            reloads_failed: Counter::default(),
            last_successful: Gauge::default(),
            last_success: Gauge::default(),
            applies: Counter::default(),
            applies_failed: Counter::default(),
            unset_references: Gauge::default(),
            watches: Gauge::default(),
            watch_events: Counter::default(),
            watch_errors: Counter::default(),
            backends: Family::default(),
            checks: Counter::default(),
            checks_failed: Counter::default(),
            last_check_successful: Family::default(),
            config_hash: Gauge::default(),
            delay: Histogram::new(DELAYS),
            age: Histogram::new(DELAYS),
            target_successful: Family::default(),
            target_failures: Family::default(),
            target_restarts: Family::default(),
            target_doubts: Family::default(),
            targets: Arc::default(),
        }
    }
}

impl Metrics {
    /// Registers everything; `method` becomes the label of `reloader_info`.
    pub fn register(registry: &mut impl Register, method: &'static str) -> Self {
        process::build::register_info(registry, "prometheus_config_reloader");
        process::metrics::register(registry);
        let metrics = Self::default();
        let info = Family::<Info, Gauge>::default();
        info.get_or_create(&Info { method }).set(1);
        registry.register("reloader_info", "How the target is made to reload", info);
        metrics.register_counters(registry);
        metrics.register_gauges(registry);
        metrics.register_targets(registry);
        metrics
    }

    fn register_counters(&self, registry: &mut impl Register) {
        let counters = [
            ("reloader_reloads", "Reload attempts", &self.reloads),
            (
                "reloader_reloads_failed",
                "Reload attempts that failed",
                &self.reloads_failed,
            ),
            (
                "reloader_config_apply_operations",
                "Times that the configuration was processed",
                &self.applies,
            ),
            (
                "reloader_config_apply_operations_failed",
                "Times that the configuration could not be processed",
                &self.applies_failed,
            ),
            (
                "reloader_watch_events",
                "File system events that concerned watched content",
                &self.watch_events,
            ),
            (
                "reloader_watch_errors",
                "Folders that could not be watched, and lost events",
                &self.watch_errors,
            ),
            (
                "reloader_config_checks",
                "Times that the check command ran",
                &self.checks,
            ),
            (
                "reloader_config_checks_failed",
                "Times that the check command refused the files or could not run",
                &self.checks_failed,
            ),
        ];
        for (name, help, counter) in counters {
            registry.register(name, help, counter.clone());
        }
    }

    fn register_gauges(&self, registry: &mut impl Register) {
        let gauges = [
            (
                "reloader_last_reload_successful",
                "1 if the last reload attempt of every target succeeded",
                &self.last_successful,
            ),
            (
                "reloader_config_environment_variable_expansion_errors",
                "References to unset environment variables in the configuration",
                &self.unset_references,
            ),
            ("reloader_watches", "Folders and files under watch", &self.watches),
        ];
        for (name, help, gauge) in gauges {
            registry.register(name, help, gauge.clone());
        }
        let help = "Time of the last reload that succeeded, in seconds since 1970";
        registry.register(
            "reloader_last_reload_success_timestamp_seconds",
            help,
            self.last_success.clone(),
        );
        let help = "Hash of the files that a target loaded last with success";
        registry.register("reloader_last_successful_config_hash", help, self.config_hash.clone());
        // Without a check there is no last one.
        registry.register(
            "reloader_config_last_check_successful",
            "1 if the check command accepted the files the last time",
            self.last_check_successful.clone(),
        );
        let help = "1 for each method by which changes are noticed";
        registry.register("reloader_watch_backend", help, self.backends.clone());
        let help = "Seconds from a noticed change to the end of the reload that succeeded, the delay included";
        registry.register("reloader_detection_to_reload_seconds", help, self.delay.clone());
        let help =
            "Seconds from the moment at which the operator noticed a change to the end of the reload that succeeded";
        registry.register("reloader_change_to_loaded_seconds", help, self.age.clone());
    }

    fn register_targets(&self, registry: &mut impl Register) {
        let help = "1 if the last reload attempt of the target succeeded";
        registry.register(
            "reloader_target_last_reload_successful",
            help,
            self.target_successful.clone(),
        );
        let help = "Reload attempts of the target that failed, by the kind of failure";
        registry.register("reloader_target_reloads_failed", help, self.target_failures.clone());
        let help = "Restarts of the target that were noticed";
        registry.register("reloader_target_restarts", help, self.target_restarts.clone());
        let help = "Reloads of the target after which it may run something else than the file";
        registry.register("reloader_target_reloads_doubtful", help, self.target_doubts.clone());
    }

    /// Counts a reload attempt that ended now.
    pub fn reloaded(&self, target: &str, trouble: Option<Trouble>) {
        self.reloads.inc();
        let label = Target {
            target: target.to_owned(),
        };
        self.target_successful
            .get_or_create(&label)
            .set(i64::from(trouble.is_none()));
        if let Some(trouble) = trouble {
            self.reloads_failed.inc();
            let failure = Failure {
                target: target.to_owned(),
                reason: trouble.as_str(),
            };
            self.target_failures.get_or_create(&failure).inc();
        } else {
            let age = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            self.last_success.set(age.as_secs_f64());
        }
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        targets.insert(target.to_owned(), trouble.is_none());
        let all = targets.values().all(|successful| *successful);
        self.last_successful.set(i64::from(all));
    }

    /// Counts a run of the check command.
    pub fn checked(&self, accepted: bool) {
        self.checks.inc();
        self.last_check_successful
            .get_or_create(&NoLabels::new())
            .set(i64::from(accepted));
        if !accepted {
            self.checks_failed.inc();
        }
    }

    /// A target runs what was noticed `delay` ago, and was made `age` ago if somebody said when.
    pub fn loaded(&self, fingerprint: Fingerprint, delay: Duration, age: Option<Duration>) {
        self.config_hash.set(fingerprint.number());
        self.delay.observe(delay.as_secs_f64());
        if let Some(age) = age {
            self.age.observe(age.as_secs_f64());
        }
    }

    /// Counts a restart of a target.
    pub fn restarted(&self, target: &str) {
        let target = target.to_owned();
        self.target_restarts.get_or_create(&Target { target }).inc();
    }

    /// Counts a reload that is not quite confirmed.
    pub fn doubted(&self, target: &str) {
        let target = target.to_owned();
        self.target_doubts.get_or_create(&Target { target }).inc();
    }

    /// A target is none any more.
    pub fn remove(&self, target: &str) {
        let label = Target {
            target: target.to_owned(),
        };
        self.target_successful.remove(&label);
        self.target_restarts.remove(&label);
        self.target_doubts.remove(&label);
        for reason in Trouble::ALL.map(Trouble::as_str) {
            let target = target.to_owned();
            self.target_failures.remove(&Failure { target, reason });
        }
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        targets.remove(target);
        let all = !targets.is_empty() && targets.values().all(|successful| *successful);
        self.last_successful.set(i64::from(all));
    }

    /// How changes are noticed: by `events` as the system calls them, by polling.
    pub fn watching(&self, events: &'static str, by_events: bool, by_polling: bool) {
        for (backend, active) in [(events, by_events), ("polling", by_polling)] {
            self.backends.get_or_create(&Backend { backend }).set(i64::from(active));
        }
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::registry::Registry;

    use super::*;

    /// The dashboard and the alerts ask for nothing that is not registered.
    #[test]
    fn what_is_asked_for_exists() {
        let mut registry = Registry::default();
        let metrics = Metrics::register(&mut registry, "http");
        // Of a target there is nothing to say before it was reloaded, nor of a check before it ran.
        metrics.doubted("a");
        metrics.checked(true);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).expect("a String takes every write");
        let families: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
            .collect();
        let mut asked = 0;
        for file in ["deploy/mixin/dashboard.json", "deploy/mixin/alerts.yaml"] {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
            let content = std::fs::read_to_string(&path).expect(file);
            let words = content.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            for name in words.filter(|word| word.starts_with("reloader_")) {
                asked += 1;
                let is_registered = ["", "_total", "_bucket"]
                    .iter()
                    .filter_map(|suffix| name.strip_suffix(suffix))
                    .any(|family| families.contains(&family));
                assert!(is_registered, "{file} asks for {name}");
            }
        }
        assert!(asked > 8, "{asked}");
    }

    #[test]
    fn names_are_the_originals_and_ours() {
        let mut registry = Registry::default();
        let metrics = Metrics::register(&mut registry, "signal");
        metrics.reloaded("a", None);
        metrics.reloaded("b", Some(Trouble::Refused));
        metrics.reloaded("a", None);
        metrics.loaded(Fingerprint([0; 32]), Duration::from_millis(7), None);
        metrics.loaded(
            Fingerprint([0; 32]),
            Duration::from_secs(7),
            Some(Duration::from_secs(8)),
        );
        metrics.restarted("a");
        metrics.doubted("a");
        metrics.checked(true);
        metrics.watching("inotify", true, false);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).expect("a String takes every write");
        for line in [
            "reloader_info{method=\"signal\"} 1",
            "reloader_reloads_total 3",
            "reloader_reloads_failed_total 1",
            "reloader_last_reload_successful 0",
            "reloader_config_apply_operations_total 0",
            "reloader_config_apply_operations_failed_total 0",
            "reloader_config_environment_variable_expansion_errors 0",
            "reloader_watches 0",
            "reloader_watch_events_total 0",
            "reloader_watch_errors_total 0",
            "reloader_watch_backend{backend=\"inotify\"} 1",
            "reloader_watch_backend{backend=\"polling\"} 0",
            "reloader_config_checks_total 1",
            "reloader_config_checks_failed_total 0",
            "reloader_config_last_check_successful{} 1",
            "reloader_last_successful_config_hash 0.0",
            "reloader_detection_to_reload_seconds_bucket{le=\"0.01\"} 1",
            "reloader_change_to_loaded_seconds_count 1",
            "reloader_change_to_loaded_seconds_bucket{le=\"10.0\"} 1",
            "reloader_target_last_reload_successful{target=\"b\"} 0",
            "reloader_target_reloads_failed_total{target=\"b\",reason=\"refused\"} 1",
            "reloader_target_restarts_total{target=\"a\"} 1",
            "reloader_target_reloads_doubtful_total{target=\"a\"} 1",
        ] {
            assert!(text.contains(&format!("\n{line}\n")), "{line} is not in\n{text}");
        }
        metrics.remove("b");
        assert_eq!(metrics.last_successful.get(), 1);
        text.clear();
        prometheus_client::encoding::text::encode(&mut text, &registry).expect("a String takes every write");
        assert!(!text.contains("target=\"b\""), "{text}");
        assert!(text.contains("prometheus_config_reloader_build_info{"));
        assert!(text.contains("\nreloader_last_reload_success_timestamp_seconds 1"));
    }
}
