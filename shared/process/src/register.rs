//! Where metrics are registered: the registry that is served, or a catalogue of the families that there are, which
//! documents are made from. Pure.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text;
use prometheus_client::metrics::{MetricType, TypedMetric};
use prometheus_client::registry::{Metric, Registry};

/// Takes the metrics of a part of the program.
pub trait Register {
    /// Takes a family.
    fn register(&mut self, name: &str, help: &str, metric: impl Metric + TypedMetric);
    /// Takes families whose values are looked up when they are asked for.
    fn register_collector(&mut self, collector: Box<dyn Collector>);
    /// A place for families whose names begin with `prefix`.
    fn sub_registry_with_prefix(&mut self, prefix: &str) -> &mut Self;
}

impl Register for Registry {
    fn register(&mut self, name: &str, help: &str, metric: impl Metric + TypedMetric) {
        Self::register(self, name, help, metric);
    }

    fn register_collector(&mut self, collector: Box<dyn Collector>) {
        Self::register_collector(self, collector);
    }

    fn sub_registry_with_prefix(&mut self, prefix: &str) -> &mut Self {
        Self::sub_registry_with_prefix(self, prefix)
    }
}

/// What is known of a family.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Family {
    /// Its name, as Prometheus shows it.
    pub name: String,
    /// Its type: `counter`, `gauge`, `histogram`.
    pub kind: &'static str,
    /// What it says.
    pub help: String,
}

/// Remembers the families and no values; a registry leaves out families that have none yet.
#[derive(Debug, Default)]
pub struct Catalogue {
    prefix: String,
    families: Vec<Family>,
    collectors: Registry,
    below: Vec<Self>,
}

impl Catalogue {
    /// All families, by name.
    #[must_use]
    pub fn families(&self) -> Vec<Family> {
        let mut found = self.families.clone();
        found.extend(self.collected());
        found.extend(self.below.iter().flat_map(Self::families));
        found.sort();
        found
    }

    /// What collectors describe, read from what they write.
    fn collected(&self) -> Vec<Family> {
        let mut written = String::new();
        // Writing to a string fails where a collector fails; what it wrote until then counts.
        let _ = text::encode(&mut written, &self.collectors);
        let mut helps = written
            .lines()
            .filter_map(|line| line.strip_prefix("# HELP ")?.split_once(' '));
        let types = written
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
        types
            .map(|(name, kind)| {
                let help = helps.find(|(of, _)| *of == name).map_or("", |(_, help)| help);
                self.family(
                    name,
                    [COUNTER, GAUGE, HISTOGRAM].into_iter().find(|known| *known == kind),
                    help,
                )
            })
            .collect()
    }

    fn family(&self, name: &str, kind: Option<&'static str>, help: &str) -> Family {
        let kind = kind.unwrap_or("untyped");
        let suffix = if kind == COUNTER { "_total" } else { "" };
        Family {
            name: format!("{}{name}{suffix}", self.prefix),
            kind,
            help: help.to_owned(),
        }
    }
}

const COUNTER: &str = "counter";
const GAUGE: &str = "gauge";
const HISTOGRAM: &str = "histogram";

impl Register for Catalogue {
    fn register(&mut self, name: &str, help: &str, metric: impl Metric + TypedMetric) {
        let family = self.family(name, kind_of(&metric), help);
        self.families.push(family);
    }

    fn register_collector(&mut self, collector: Box<dyn Collector>) {
        self.collectors.register_collector(collector);
    }

    fn sub_registry_with_prefix(&mut self, prefix: &str) -> &mut Self {
        let below = Self {
            prefix: format!("{}{prefix}_", self.prefix),
            ..Self::default()
        };
        self.below.push(below);
        let last = self.below.len() - 1;
        &mut self.below[last]
    }
}

fn kind_of<M: TypedMetric>(_: &M) -> Option<&'static str> {
    match M::TYPE {
        MetricType::Counter => Some(COUNTER),
        MetricType::Gauge => Some(GAUGE),
        MetricType::Histogram => Some(HISTOGRAM),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::metrics::counter::Counter;
    use prometheus_client::metrics::family::Family as Values;
    use prometheus_client::metrics::gauge::Gauge;

    use super::*;

    #[test]
    fn families_without_values_are_listed() {
        let mut catalogue = Catalogue::default();
        let below = catalogue.sub_registry_with_prefix("program");
        below.register("runs", "Runs", Values::<Vec<(String, String)>, Counter>::default());
        catalogue.register("up", "Whether it is up", Gauge::<i64>::default());
        crate::metrics::register(&mut catalogue);
        let families = catalogue.families();
        let family = |name: &str| families.iter().find(|family| family.name == name);
        let found = |name: &str| family(name).map(|family| (family.kind, family.help.as_str()));
        assert_eq!(found("program_runs_total"), Some(("counter", "Runs")));
        assert_eq!(found("up"), Some(("gauge", "Whether it is up")));
        assert_eq!(
            found("process_open_fds"),
            Some(("gauge", "Number of open file descriptors"))
        );
        assert_eq!(
            found("process_cpu_seconds_total").map(|(kind, _)| kind),
            Some("counter")
        );
    }
}
