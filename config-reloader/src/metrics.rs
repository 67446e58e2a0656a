//! The metrics of the original, by its names; those of the watcher and of the build included.

use std::sync::atomic::AtomicU64;
use std::time::{SystemTime, UNIX_EPOCH};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::args::Method;

/// Handles to what is counted; clones count the same.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    /// Reload attempts.
    pub reloads: Counter,
    /// Reload attempts that failed.
    pub reloads_failed: Counter,
    last_successful: Gauge,
    last_success: Gauge<f64, AtomicU64>,
    /// Times that the output was to be renewed.
    pub applies: Counter,
    /// Times that it could not be.
    pub applies_failed: Counter,
    /// References to unset variables in the configuration as it is.
    pub unset_references: Gauge,
    /// Folders under watch.
    pub watches: Gauge,
    /// Events that concerned watched content.
    pub watch_events: Counter,
    /// Folders that could not be watched, and events that were lost.
    pub watch_errors: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Info {
    method: &'static str,
}

impl Metrics {
    /// Registers everything; `method` becomes the label of `reloader_info`.
    pub fn register(registry: &mut Registry, method: Method) -> Self {
        shared::build::register_info(registry, "prometheus_config_reloader");
        shared::process::register(registry);
        let metrics = Self::default();
        let info = Family::<Info, Gauge>::default();
        info.get_or_create(&Info {
            method: method.as_str(),
        })
        .set(1);
        registry.register("reloader_info", "How the target is told to reload", info);
        let counters = [
            ("reloader_reloads", "Reload attempts", &metrics.reloads),
            (
                "reloader_reloads_failed",
                "Reload attempts that failed",
                &metrics.reloads_failed,
            ),
            (
                "reloader_config_apply_operations",
                "Times that the configuration was processed",
                &metrics.applies,
            ),
            (
                "reloader_config_apply_operations_failed",
                "Times that the configuration could not be processed",
                &metrics.applies_failed,
            ),
            (
                "reloader_watch_events",
                "File system events that concerned watched content",
                &metrics.watch_events,
            ),
            (
                "reloader_watch_errors",
                "Folders that could not be watched, and lost events",
                &metrics.watch_errors,
            ),
        ];
        for (name, help, counter) in counters {
            registry.register(name, help, counter.clone());
        }
        let gauges = [
            (
                "reloader_last_reload_successful",
                "1 if the last reload attempt succeeded",
                &metrics.last_successful,
            ),
            (
                "reloader_config_environment_variable_expansion_errors",
                "References to unset environment variables in the configuration",
                &metrics.unset_references,
            ),
            ("reloader_watches", "Folders under watch", &metrics.watches),
        ];
        for (name, help, gauge) in gauges {
            registry.register(name, help, gauge.clone());
        }
        registry.register(
            "reloader_last_reload_success_timestamp_seconds",
            "Time of the last reload that succeeded, in seconds since 1970",
            metrics.last_success.clone(),
        );
        metrics
    }

    /// Counts a reload attempt that ended at `now`.
    pub fn reloaded(&self, succeeded: bool, now: SystemTime) {
        self.reloads.inc();
        self.last_successful.set(i64::from(succeeded));
        if succeeded {
            let age = now.duration_since(UNIX_EPOCH).unwrap_or_default();
            self.last_success.set(age.as_secs_f64());
        } else {
            self.reloads_failed.inc();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn names_are_the_originals() {
        let mut registry = Registry::default();
        let metrics = Metrics::register(&mut registry, Method::Signal);
        metrics.reloaded(true, UNIX_EPOCH + Duration::from_millis(1500));
        metrics.reloaded(false, UNIX_EPOCH + Duration::from_secs(9));
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).expect("a String takes every write");
        for line in [
            "reloader_info{method=\"signal\"} 1",
            "reloader_reloads_total 2",
            "reloader_reloads_failed_total 1",
            "reloader_last_reload_successful 0",
            "reloader_last_reload_success_timestamp_seconds 1.5",
            "reloader_config_apply_operations_total 0",
            "reloader_config_apply_operations_failed_total 0",
            "reloader_config_environment_variable_expansion_errors 0",
            "reloader_watches 0",
            "reloader_watch_events_total 0",
            "reloader_watch_errors_total 0",
        ] {
            assert!(text.contains(&format!("\n{line}\n")), "{line} is not in\n{text}");
        }
        assert!(text.contains("prometheus_config_reloader_build_info{"));
    }
}
