//! Scrape jobs as a configuration has them, one that was generated or one that Prometheus has loaded. Pure.

use std::cell::OnceCell;

use serde_json::Value;

use super::relabel::{Labels, Rule};
use crate::cli::input::json;
use crate::cli::render::config_files;
use crate::cli::world::Outcome;
use crate::object::{ConfigKind, ObjectKey};
use crate::reconcile::Rendered;

/// What the reloader puts into a configuration for the shard of a pod.
const SHARD: [&str; 2] = ["$(SHARD)", "$(INZONE_SHARD)"];

/// A scrape job.
#[derive(Debug, Clone, Default)]
pub(super) struct Job {
    /// Its name.
    pub name: String,
    /// What it looks for in Kubernetes.
    pub discoveries: Vec<Discovery>,
    /// Targets that are written down, with their labels.
    pub statics: Vec<Labels>,
    /// Other ways in which it finds targets, by their keys.
    pub others: Vec<String>,
    /// Labels that every target has before relabeling.
    pub base: Labels,
    /// Its relabeling rules.
    relabeling: Vec<Value>,
}

/// Service discovery in Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Discovery {
    /// What is looked for.
    pub role: String,
    /// Where; empty: everywhere.
    pub namespaces: Vec<String>,
}

/// The jobs of the configurations that are generated. Each is read once, when its jobs are asked for: a Service can have
/// hundreds of monitors.
pub(super) struct Jobs<'a>(Vec<(&'a Rendered, OnceCell<Vec<Job>>)>);

impl<'a> Jobs<'a> {
    /// Those of the workloads that can be rendered.
    pub(super) fn new(outcomes: &'a [Outcome]) -> Self {
        let rendered = outcomes.iter().filter_map(|outcome| outcome.rendered.as_ref().ok());
        Self(rendered.map(|rendered| (rendered, OnceCell::new())).collect())
    }

    /// The jobs that were generated from an object, in the order of its endpoints. `rendered` is that of one of the outcomes.
    pub(super) fn of(&self, rendered: &Rendered, kind: ConfigKind, key: &ObjectKey) -> Vec<&Job> {
        let mut all = self.0.iter();
        let jobs = all.find(|(other, _)| std::ptr::eq(*other, rendered));
        let jobs = jobs.map(|(_, jobs)| jobs.get_or_init(|| Job::generated(rendered)));
        let jobs = jobs.into_iter().flatten();
        jobs.filter(|job| is_of(&job.name, kind, key)).collect()
    }
}

impl Discovery {
    /// Whether it looks into a namespace.
    pub(super) fn looks_into(&self, namespace: &str) -> bool {
        self.namespaces.is_empty() || self.namespaces.iter().any(|name| name == namespace)
    }
}

impl Job {
    fn generated(rendered: &Rendered) -> Vec<Self> {
        let files = config_files(rendered);
        let texts = files.iter().filter(|(name, _)| !name.starts_with("rules/"));
        texts.flat_map(|(_, text)| Self::all(text)).collect()
    }

    /// The jobs of a configuration.
    pub(super) fn all(text: &str) -> Vec<Self> {
        // Prometheus reads most scalars as the text that was written: `y` is a label, and no truth value.
        let Ok(document) = formats::yaml::parse_literal(text) else {
            return Vec::new();
        };
        let document = json(&document);
        let jobs = document["scrape_configs"].as_array().into_iter().flatten();
        jobs.map(|job| Self::read(job, &document["global"])).collect()
    }

    fn read(job: &Value, global: &Value) -> Self {
        let name = job["job_name"].as_str().unwrap_or_default();
        let mut read = Self {
            name: name.to_owned(),
            base: base(name, job, global),
            relabeling: job["relabel_configs"].as_array().cloned().unwrap_or_default(),
            ..Self::default()
        };
        for (key, entries) in job.as_object().into_iter().flatten() {
            let entries = entries.as_array().into_iter().flatten();
            match key.as_str() {
                "kubernetes_sd_configs" => read.discoveries.extend(entries.map(discovery)),
                "static_configs" => read.statics.extend(entries.flat_map(written)),
                key if key.ends_with("_sd_configs") => read.others.push(key.trim_end_matches("_configs").to_owned()),
                _ => {}
            }
        }
        read
    }

    /// Its relabeling rules, as the pods of a shard have them.
    ///
    /// # Errors
    /// When one of them cannot be evaluated; it is named.
    pub(super) fn rules(&self, shard: usize) -> Result<Vec<Rule>, String> {
        let number = shard.to_string();
        let read = |(place, rule): (usize, &Value)| {
            let mut rule = rule.clone();
            for (_, field) in rule.as_object_mut().into_iter().flatten() {
                if let Value::String(text) = field {
                    for variable in SHARD {
                        *text = text.replace(variable, &number);
                    }
                }
            }
            Rule::read(&rule).map_err(|error| format!("rule {place}: {error}"))
        };
        self.relabeling.iter().enumerate().map(read).collect()
    }

    /// Where `rules`, which are part of an object, are among those of the job.
    pub(super) fn place_of(&self, rules: &[Value]) -> Option<usize> {
        let shape = |rules: &[Value]| rules.iter().map(Rule::read).collect::<Result<Vec<_>, _>>().ok();
        let (all, wanted) = (shape(&self.relabeling)?, shape(rules)?);
        if wanted.is_empty() {
            return None;
        }
        all.windows(wanted.len()).rposition(|window| window == wanted)
    }
}

/// Whether a job was generated from an object.
pub(super) fn is_of(job: &str, kind: ConfigKind, key: &ObjectKey) -> bool {
    let prefix = prefix(kind);
    let rest = job.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/'));
    let rest = rest.and_then(|rest| rest.strip_prefix(&key.to_string()));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What the names of the jobs of a kind begin with.
pub(super) const fn prefix(kind: ConfigKind) -> &'static str {
    match kind {
        ConfigKind::ServiceMonitor => "serviceMonitor",
        ConfigKind::PodMonitor => "podMonitor",
        ConfigKind::Probe => "probe",
        ConfigKind::ScrapeConfig => "scrapeConfig",
        ConfigKind::PrometheusRule | ConfigKind::AlertmanagerConfig => "",
    }
}

fn base(name: &str, job: &Value, global: &Value) -> Labels {
    let text = |key: &str, default: &str| {
        job[key]
            .as_str()
            .filter(|text| !text.is_empty())
            .unwrap_or(default)
            .to_owned()
    };
    let interval = |key: &str, default: &str| text(key, global[key].as_str().unwrap_or(default));
    let mut labels = Labels::from([
        ("job".to_owned(), name.to_owned()),
        ("__scheme__".to_owned(), text("scheme", "http")),
        ("__metrics_path__".to_owned(), text("metrics_path", "/metrics")),
        ("__scrape_interval__".to_owned(), interval("scrape_interval", "1m")),
        ("__scrape_timeout__".to_owned(), interval("scrape_timeout", "10s")),
    ]);
    for (name, values) in job["params"].as_object().into_iter().flatten() {
        if let Some(value) = values[0].as_str() {
            labels.insert(format!("__param_{name}"), value.to_owned());
        }
    }
    labels
}

fn discovery(entry: &Value) -> Discovery {
    let names = entry["namespaces"]["names"].as_array().into_iter().flatten();
    Discovery {
        role: entry["role"].as_str().unwrap_or_default().to_owned(),
        namespaces: names.filter_map(Value::as_str).map(str::to_owned).collect(),
    }
}

/// The targets of a static configuration.
fn written(entry: &Value) -> Vec<Labels> {
    let labels = entry["labels"].as_object().into_iter().flatten();
    let pair = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    let labels: Labels = labels.filter_map(pair).collect();
    let addresses = entry["targets"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let target = |address: &str| {
        let mut labels = labels.clone();
        labels.insert("__address__".to_owned(), address.to_owned());
        labels
    };
    addresses.map(target).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "
global: {scrape_interval: 30s}
scrape_configs:
- job_name: probe/a/b
  metrics_path: /probe
  params: {module: [http]}
  static_configs: [{targets: ['x:1', 'y:2'], labels: {team: z}}]
  relabel_configs:
  - {source_labels: [x], target_label: y}
  - {source_labels: [__tmp_hash], regex: $(SHARD), action: keep}
  - {source_labels: [x], target_label: z, modulus: 7, action: hashmod}
- job_name: probe/a/bc
  kubernetes_sd_configs: [{role: ingress, namespaces: {names: [n]}}]
  dns_sd_configs: []
";

    #[test]
    fn a_job_is_read_with_its_targets_and_rules() {
        let jobs = Job::all(TEXT);
        assert_eq!(jobs[0].statics.len(), 2);
        assert_eq!(jobs[0].statics[1]["__address__"], "y:2");
        assert_eq!(jobs[0].base["__param_module"], "http");
        assert_eq!(jobs[0].base["__scrape_interval__"], "30s");
        assert_eq!(
            jobs[0].rules(3).unwrap()[1].to_string(),
            "keep if __tmp_hash matches \"3\""
        );
        assert!(jobs[0].rules(3).unwrap()[2].to_string().ends_with("modulo 7"));
        let own = [serde_json::json!({"source_labels": ["x"], "target_label": "y", "action": "replace"})];
        assert_eq!(jobs[0].place_of(&own), Some(0));
        assert!(jobs[1].discoveries[0].looks_into("n") && !jobs[1].discoveries[0].looks_into("m"));
        assert_eq!(jobs[1].others, ["dns_sd"]);
    }

    #[test]
    fn jobs_belong_to_the_object_that_they_are_named_after() {
        let key = ObjectKey::new("a", "b");
        for (name, expected) in [("probe/a/b", true), ("probe/a/bc", false), ("podMonitor/a/b/0", false)] {
            assert_eq!(is_of(name, ConfigKind::Probe, &key), expected, "{name}");
        }
        assert!(is_of("podMonitor/a/b/0", ConfigKind::PodMonitor, &key));
    }
}
