//! Names of the objects that belong to a Prometheus, server or agent, of its port, and of the files in its containers. Pure.

use crds::CommonPrometheusFields;

use super::incremental::JOB_FILES;
use super::instance::{Instance, Mode};

/// Port that Prometheus serves on.
pub const PORT: i32 = 9090;
/// Name of that port, where the user gives none.
pub const DEFAULT_PORT_NAME: &str = "web";
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

/// The words by which the objects of servers and of agents differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// Begins the names of all objects.
    pub prefix: &'static str,
    /// The program, in the label for it.
    pub application: &'static str,
    /// Value of the label `operator.prometheus.io/mode`.
    pub mode: &'static str,
    /// The governing Service.
    pub governing_service: &'static str,
    /// A label of the kind's own with the name of the custom resource.
    pub own_label: Option<&'static str>,
}

/// Those of servers.
const SERVER: Words = Words {
    prefix: "prometheus",
    application: "prometheus",
    mode: "server",
    governing_service: "prometheus-operated",
    own_label: Some("prometheus"),
};

/// Those of agents.
const AGENT: Words = Words {
    prefix: "prom-agent",
    application: "prometheus-agent",
    mode: "agent",
    governing_service: "prometheus-agent-operated",
    own_label: None,
};

/// The words for `mode`.
pub fn words(mode: Mode<'_>) -> &'static Words {
    match mode {
        Mode::Server(_) => &SERVER,
        Mode::Agent | Mode::DaemonSetAgent => &AGENT,
    }
}

/// Name of everything that belongs to an instance and needs no more exact one: configuration Secret, first shard, DaemonSet.
pub fn prefixed(instance: &Instance<'_>) -> String {
    format!("{}-{}", words(instance.mode).prefix, instance.name())
}

fn suffixed(instance: &Instance<'_>, suffix: &str) -> String {
    format!("{}-{suffix}", prefixed(instance))
}

/// Name of the StatefulSet of a shard.
pub fn stateful_set(instance: &Instance<'_>, shard: i32) -> String {
    if shard == 0 {
        prefixed(instance)
    } else {
        suffixed(instance, &format!("shard-{shard}"))
    }
}

/// Most shards of one object, a limit of our own: each is a StatefulSet, and without a limit a slip of the finger would take
/// all memory. Validation refuses more.
pub const MOST_SHARDS: i32 = 1_000;

/// Number of shards: one where the user gives none or less, and never more than [`MOST_SHARDS`].
pub fn shards(fields: &CommonPrometheusFields) -> i32 {
    fields.shards.unwrap_or(1).clamp(1, MOST_SHARDS)
}

/// Names of the StatefulSets of all shards, in order. None of an instance on each node.
pub fn stateful_sets(instance: &Instance<'_>) -> Vec<String> {
    if instance.is_daemon_set() {
        return Vec::new();
    }
    (0..shards(instance.common))
        .map(|shard| stateful_set(instance, shard))
        .collect()
}

/// Name of the DaemonSet of an instance on each node.
pub fn daemon_set(instance: &Instance<'_>) -> Option<String> {
    instance.is_daemon_set().then(|| prefixed(instance))
}

/// Name of the Secret with a file of jobs.
pub fn job_file_secret(instance: &Instance<'_>, number: usize) -> String {
    suffixed(instance, &format!("scrape-configs-{number}"))
}

/// Key of the file in that Secret; another one in each, because all of them are mounted in one directory.
pub fn job_file(number: usize) -> String {
    format!("scrape_configs_{number}.yaml.gz")
}

/// Whether that is the key of a file of jobs.
pub fn is_job_file(key: &str) -> bool {
    (0..JOB_FILES).any(|number| job_file(number) == key)
}

/// Label of the `ConfigMap`s with rule files: name of the Prometheus.
pub const RULES_LABEL: &str = "prometheus-name";

/// Name of the Secrets with TLS assets, without their number.
pub fn tls_assets(instance: &Instance<'_>) -> String {
    suffixed(instance, "tls-assets")
}

/// Name of the `ConfigMap`s with rule files, without their number.
pub fn rule_files(instance: &Instance<'_>) -> String {
    suffixed(instance, "rulefiles")
}

/// Name of the Secret with the web configuration.
pub fn web_config(instance: &Instance<'_>) -> String {
    suffixed(instance, "web-config")
}

/// Volume with the file that tells the Thanos sidecar how to reach Prometheus, and the end of its Secret's name.
pub const THANOS_HTTP_CLIENT_VOLUME: &str = "thanos-prometheus-http-client-file";
/// Key of that Secret, and name of the file.
pub const THANOS_HTTP_CLIENT_FILE: &str = "prometheus.http-client-file.yaml";

/// Name of the Secret that tells the Thanos sidecar how to reach Prometheus.
pub fn thanos_http_client(instance: &Instance<'_>) -> String {
    suffixed(instance, THANOS_HTTP_CLIENT_VOLUME)
}

/// Name of the volume with the data.
pub fn storage_volume(instance: &Instance<'_>) -> String {
    suffixed(instance, "db")
}

/// Name of the port that Prometheus serves on.
pub fn port_name(fields: &CommonPrometheusFields) -> &str {
    fields.port_name.as_deref().unwrap_or(DEFAULT_PORT_NAME)
}

/// Path below which Prometheus serves.
pub fn route_prefix(fields: &CommonPrometheusFields) -> &str {
    fields.route_prefix.as_deref().unwrap_or("/")
}
