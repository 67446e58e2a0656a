//! Names of the objects that belong to a Prometheus, and of the files in its containers. Pure.

use crds::{CommonPrometheusFields, Prometheus};
use kube::ResourceExt;

/// Directory of the compressed configuration.
pub const CONFIG_DIRECTORY: &str = "/etc/prometheus/config";
/// The compressed configuration.
pub const CONFIG_FILE: &str = "/etc/prometheus/config/prometheus.yaml.gz";
/// Directory of the configuration that Prometheus reads.
pub const CONFIG_OUT_DIRECTORY: &str = "/etc/prometheus/config_out";
/// The configuration that Prometheus reads.
pub const CONFIG_OUT_FILE: &str = "/etc/prometheus/config_out/prometheus.env.yaml";
/// Directory of the compressed files with jobs that the configuration has no room for.
pub const JOB_FILES_DIRECTORY: &str = "/etc/prometheus/scrape_configs";
/// Directory of what is unpacked for Prometheus: files of jobs, and large rule files.
pub const UNPACKED_DIRECTORY: &str = "/etc/prometheus/config_out/unpacked";
/// The files of jobs, as Prometheus finds them. Rule files are named after their namespace, which has no underscore.
pub const JOB_FILES_PATTERN: &str = "/etc/prometheus/config_out/unpacked/scrape_configs_*.yaml";
/// Large rule files as they are mounted, and as Prometheus finds them.
pub const LARGE_RULES: (&str, &str) = (
    "/etc/prometheus/rules/*/*.rules.yaml.gz",
    "/etc/prometheus/config_out/unpacked/*.rules.yaml",
);
/// Directory of TLS files that the configuration refers to.
pub const TLS_ASSETS_DIRECTORY: &str = "/etc/prometheus/certs";
/// Directory with a directory of rule files for each ConfigMap.
pub const RULES_DIRECTORY: &str = "/etc/prometheus/rules";
/// Directory of the web configuration.
pub const WEB_CONFIG_DIRECTORY: &str = "/etc/prometheus/web_config";
/// Directory of the data.
pub const STORAGE_DIRECTORY: &str = "/prometheus";
/// Directory of log files that the user gave a name without a directory.
pub const LOG_DIRECTORY: &str = "/var/log/prometheus";
/// Label of pods with the number of their shard.
pub const SHARD_LABEL: &str = "operator.prometheus.io/shard";

/// Name of everything that belongs to the Prometheus `name` and needs no more exact one: configuration Secret and first shard.
pub fn prefixed(name: &str) -> String {
    format!("prometheus-{name}")
}

/// Name of the StatefulSet of a shard.
pub fn stateful_set(name: &str, shard: i32) -> String {
    if shard == 0 {
        prefixed(name)
    } else {
        format!("prometheus-{name}-shard-{shard}")
    }
}

/// Most shards of one object, a limit of our own: each is a StatefulSet, and without a limit a slip of the finger would take
/// all memory. Validation refuses more.
pub const MOST_SHARDS: i32 = 1_000;

/// Number of shards: one where the user gives none or less, and never more than [`MOST_SHARDS`].
pub fn shards(fields: &CommonPrometheusFields) -> i32 {
    fields.shards.unwrap_or(1).clamp(1, MOST_SHARDS)
}

/// Names of the StatefulSets of all shards, in order.
pub fn stateful_sets(prometheus: &Prometheus) -> Vec<String> {
    let name = prometheus.name_any();
    (0..shards(&prometheus.spec.common))
        .map(|shard| stateful_set(&name, shard))
        .collect()
}

/// Name of the Secret with a file of jobs.
pub fn job_file_secret(name: &str, number: usize) -> String {
    format!("prometheus-{name}-scrape-configs-{number}")
}

/// Key of the file in that Secret; another one in each, because all of them are mounted in one directory.
pub fn job_file(number: usize) -> String {
    format!("scrape_configs_{number}.yaml.gz")
}

/// Label of the ConfigMaps with rule files: name of the Prometheus.
pub const RULES_LABEL: &str = "prometheus-name";

/// Name of the ConfigMaps with rule files, without their number.
pub fn rule_files(name: &str) -> String {
    format!("prometheus-{name}-rulefiles")
}

/// Name of the Secrets with TLS assets, without their number.
pub fn tls_assets(name: &str) -> String {
    format!("prometheus-{name}-tls-assets")
}

/// Name of the Secret with the web configuration.
pub fn web_config(name: &str) -> String {
    format!("prometheus-{name}-web-config")
}

/// Name of the Secret that tells the Thanos sidecar how to reach Prometheus.
pub fn thanos_http_client(name: &str) -> String {
    format!("prometheus-{name}-{}", super::statefulset::thanos::HTTP_CLIENT_VOLUME)
}

/// Name of the volume with the data.
pub fn storage_volume(name: &str) -> String {
    format!("prometheus-{name}-db")
}
