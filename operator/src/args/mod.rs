//! The command line: every flag of the original with its default, as Go's flag package reads it. Pure but for
//! [`Args::parse`], which reads the process' arguments and ends the process on bad ones and on `--help`.

mod admission;
mod caps;
mod check;
mod commands;
mod documentation;
mod gates;
mod map;
mod policies;
mod program;
mod quantity;
mod rbac;
mod tenancy;
mod test;
mod webhook;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, ValueEnum};
use process::flags::{normalise, parse_duration};

pub use admission::{Certificates, Judgement, NameScheme, PromqlOptions, UnknownOption};
pub use caps::Caps;
pub use check::{ConfigurationCheck, NotAReader, Programs, Reader};
pub use commands::{
    Command, Convert, Definitions, Diff, Explain, Format, Lint, Part, Policies, PolicyAction, Question, Render, Routes,
    Severity, Sources, Target,
};
pub use documentation::{Completions, Docs, Manual, Topic};
pub use gates::{FeatureGates, UnknownGate};
pub use map::Map;
pub use policies::{LEASE_NAME, LeaderElection, RecreationPolicy, RepairPolicy};
pub use program::Program;
pub use quantity::Quantity;
pub use rbac::{AccountName, Rbac};
pub use tenancy::Tenancy;
pub use test::Test;
pub use webhook::{WebhookArgs, command as webhook_command};

use crate::name::{InvalidName, PathSegment};
use crate::settings::{self, Cluster, Gates, Reloader, Settings};

/// Runs Prometheus and Alertmanager from custom resources of the group `monitoring.coreos.com`.
#[derive(Debug, Clone, Parser)]
#[command(name = "prometheus-operator", args_override_self = true, disable_version_flag = true)]
pub struct Args {
    /// What to do; without a word: `start`.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// The HTTP server of the operator.
    #[command(flatten)]
    pub web: Web,

    /// How the API server is reached.
    #[command(flatten)]
    pub api_server: ApiServer,

    /// The Service and Endpoints of the kubelets.
    #[command(flatten)]
    pub kubelet: Kubelet,

    /// Which objects the operator looks at.
    #[command(flatten)]
    pub watch: Watch,

    /// Which of several operators works.
    #[command(flatten)]
    pub leader_election: LeaderElection,

    /// What objects are judged by before they are stored.
    #[command(flatten)]
    pub judgement: Judgement,

    /// Certificates of the webhooks.
    #[command(flatten)]
    pub certificates: Certificates,

    /// What the pods are made of.
    #[command(flatten)]
    pub pods: Pods,

    /// What those who write configuration objects are kept from.
    #[command(flatten)]
    pub tenancy: Tenancy,

    /// How much configuration objects may add to a workload.
    #[command(flatten)]
    pub caps: Caps,

    /// Whether generated files are judged by the programs that read them.
    #[command(flatten)]
    pub check: ConfigurationCheck,

    /// Feature gates to turn on or off: Name=true,Other=false.
    #[arg(long, value_name = "GATES", default_value = "")]
    pub feature_gates: FeatureGates,

    /// What both programs have.
    #[command(flatten)]
    pub program: Program,

    /// The flags as they were given, for another program of this kind.
    #[arg(skip)]
    pub given: Vec<OsString>,
}

/// The HTTP server of the operator.
#[derive(Debug, Clone, clap::Args)]
pub struct Web {
    /// Address on which /metrics and /healthz are served.
    #[arg(
        id = "web_listen_address",
        long = "web.listen-address",
        value_name = "ADDRESS",
        default_value = ":8080"
    )]
    pub listen_address: String,
    /// Accepted for compatibility: the server speaks HTTP/1.1 only, which every client of it does.
    #[arg(id = "web_enable_http2", long = "web.enable-http2")]
    pub enable_http2: bool,
    /// Serve HTTPS instead of HTTP.
    #[arg(id = "web_enable_tls", long = "web.enable-tls")]
    pub enable_tls: bool,
    /// Certificate of the server.
    #[arg(
        id = "web_cert_file",
        long = "web.cert-file",
        value_name = "FILE",
        value_parser = path(),
        default_value = "/etc/tls/private/tls.crt"
    )]
    pub cert_file: PathBuf,
    /// Private key of the server.
    #[arg(
        id = "web_key_file",
        long = "web.key-file",
        value_name = "FILE",
        value_parser = path(),
        default_value = "/etc/tls/private/tls.key"
    )]
    pub key_file: PathBuf,
    /// Certificates of the authorities that sign clients; clients must present a
    /// certificate. Without the default file they need none; while a file that is named here does not exist, none is let in.
    #[arg(
        id = "web_client_ca_file",
        long = "web.client-ca-file",
        value_name = "FILE",
        value_parser = path(),
        default_value = "/etc/tls/private/tls-ca.crt"
    )]
    pub client_ca_file: PathBuf,
    /// Whether the file of authorities was named, and is not the default.
    #[arg(skip)]
    pub is_client_ca_named: bool,
    /// How often the files are read again; they are also read again when a handshake finds them changed.
    #[arg(id = "web_tls_reload_interval", long = "web.tls-reload-interval", value_name = "DURATION", default_value = "1m", value_parser = parse_duration)]
    pub tls_reload_interval: Duration,
    /// Least TLS version: `VersionTLS12` or `VersionTLS13`.
    #[arg(id = "web_tls_min_version", long = "web.tls-min-version", value_name = "VERSION", default_value = "VersionTLS13", value_parser = ["VersionTLS12", "VersionTLS13"])]
    pub tls_min_version: String,
    /// Cipher suites of TLS 1.2, in Go's names, separated by commas; empty: all that are safe.
    #[arg(
        id = "web_tls_cipher_suites",
        long = "web.tls-cipher-suites",
        value_name = "NAMES",
        default_value = ""
    )]
    pub tls_cipher_suites: String,
    /// Key exchanges, in Go's names, separated by commas; empty: all that are safe.
    #[arg(
        id = "web_tls_curves",
        long = "web.tls-curves",
        value_name = "NAMES",
        default_value = ""
    )]
    pub tls_curves: String,
}

/// How the API server is reached, where the operator runs outside of the cluster.
#[derive(Debug, Clone, clap::Args)]
pub struct ApiServer {
    /// URL of the API server; empty: KUBECONFIG, or the cluster that the operator runs in.
    #[arg(long, value_name = "URL", default_value = "")]
    pub apiserver: String,
    /// Client certificate for --apiserver.
    #[arg(long, value_name = "FILE")]
    pub cert_file: Option<PathBuf>,
    /// Client key for --apiserver.
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Certificate of the authority of --apiserver.
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Do not verify the certificate of --apiserver.
    #[arg(long)]
    pub tls_insecure: bool,
    /// User to act as.
    #[arg(long = "as", value_name = "USER", default_value = "")]
    pub impersonate: String,
}

/// The Service and Endpoints of the kubelets.
#[derive(Debug, Clone, clap::Args)]
pub struct Kubelet {
    /// Service to keep for the kubelets, as namespace/name; empty: none.
    #[arg(long, value_name = "OBJECT", default_value = "")]
    pub kubelet_service: String,
    /// Label selector of the nodes.
    #[arg(long, value_name = "SELECTOR", default_value = "")]
    pub kubelet_selector: String,
    /// Which addresses of a node are preferred.
    #[arg(long, value_enum, default_value_t = NodeAddress::Internal)]
    pub kubelet_node_address_priority: NodeAddress,
    /// Keep an Endpoints object.
    #[arg(long, action = clap::ArgAction::Set, default_value_t = true)]
    pub kubelet_endpoints: bool,
    /// Keep `EndpointSlice` objects.
    #[arg(long, action = clap::ArgAction::Set, default_value_t = false)]
    pub kubelet_endpointslice: bool,
    /// How often the nodes are looked at.
    #[arg(long, value_name = "DURATION", default_value = "3m", value_parser = parse_duration)]
    pub kubelet_sync_period: Duration,
    /// Include the kubelets' read-only port 10255.
    #[arg(long, action = clap::ArgAction::Set, default_value_t = true)]
    pub kubelet_http_metrics: bool,
}

/// Addresses of nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NodeAddress {
    /// Those within the cluster's network.
    Internal,
    /// Those that are reachable from outside.
    External,
}

/// Which objects the operator looks at.
#[derive(Debug, Clone, clap::Args)]
pub struct Watch {
    /// Namespaces of configuration objects, separated by commas; empty: all.
    #[arg(long, value_name = "NAMES", default_value = "", value_parser = names)]
    pub namespaces: Names,
    /// Namespaces that are left out, separated by commas.
    #[arg(long, value_name = "NAMES", default_value = "", value_parser = names)]
    pub deny_namespaces: Names,
    /// Namespaces of Prometheus and `PrometheusAgent` objects; empty: as --namespaces.
    #[arg(long, value_name = "NAMES", default_value = "", value_parser = names)]
    pub prometheus_instance_namespaces: Names,
    /// Namespaces of Alertmanager objects; empty: as --namespaces.
    #[arg(long, value_name = "NAMES", default_value = "", value_parser = names)]
    pub alertmanager_instance_namespaces: Names,
    /// Namespaces of `AlertmanagerConfig` objects; empty: as --namespaces.
    #[arg(long, value_name = "NAMES", default_value = "", value_parser = names)]
    pub alertmanager_config_namespaces: Names,
    /// Namespaces of `ThanosRuler` objects; empty: as --namespaces.
    #[arg(long, value_name = "NAMES", default_value = "", value_parser = names)]
    pub thanos_ruler_instance_namespaces: Names,
    /// Follow Secrets and ConfigMaps in all of --namespaces, not just beside the workloads.
    #[arg(long)]
    pub watch_referenced_objects_in_all_namespaces: bool,
    /// Label selector of Prometheus and `PrometheusAgent` objects.
    #[arg(long, value_name = "SELECTOR", default_value = "")]
    pub prometheus_instance_selector: String,
    /// Label selector of Alertmanager objects.
    #[arg(long, value_name = "SELECTOR", default_value = "")]
    pub alertmanager_instance_selector: String,
    /// Label selector of `ThanosRuler` objects.
    #[arg(long, value_name = "SELECTOR", default_value = "")]
    pub thanos_ruler_instance_selector: String,
    /// Field selector of the Secrets that are followed.
    #[arg(long, value_name = "SELECTOR", default_value = "")]
    pub secret_field_selector: String,
    /// Label selector of the Secrets that are followed.
    #[arg(long, value_name = "SELECTOR", default_value = "")]
    pub secret_label_selector: String,
    /// Field selector of the ConfigMaps that are followed.
    #[arg(long, value_name = "SELECTOR", default_value = "")]
    pub configmap_field_selector: String,
    /// Label selector of the ConfigMaps that are followed.
    #[arg(long, value_name = "SELECTOR", default_value = "")]
    pub configmap_label_selector: String,
    /// Reconcile only objects whose annotation operator.prometheus.io/controller-id has this value.
    #[arg(long, value_name = "ID", default_value = "")]
    pub controller_id: String,
    /// What to do with pods that a failed update left behind.
    #[arg(long, value_enum, default_value_t = RepairPolicy::None)]
    pub repair_policy_for_statefulsets: RepairPolicy,
    /// What becomes of the pods when a `StatefulSet` is recreated because a field changed that cannot change.
    #[arg(long, value_enum, default_value_t = RecreationPolicy::Foreground)]
    pub recreation_policy_for_statefulsets: RecreationPolicy,
    /// Have changed Secrets and ConfigMaps brought into running pods at once, by an annotation of the pods: ten changes of a
    /// workload in a row, then one in this time. The config-reloaders then measure how long a change took to be live. 0: the
    /// kubelets bring them, every minute or so.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = parse_duration)]
    pub pod_refresh_interval: Duration,
}

/// What the pods are made of.
#[derive(Debug, Clone, clap::Args)]
pub struct Pods {
    /// Image of the config-reloader.
    #[arg(long, value_name = "IMAGE", default_value = crate::settings::images::CONFIG_RELOADER)]
    pub prometheus_config_reloader: String,
    /// CPU request of the config-reloader; 0 sets none.
    #[arg(long, value_name = "QUANTITY", default_value = "10m")]
    pub config_reloader_cpu_request: Quantity,
    /// CPU limit of the config-reloader; 0 sets none.
    #[arg(long, value_name = "QUANTITY", default_value = "10m")]
    pub config_reloader_cpu_limit: Quantity,
    /// Memory request of the config-reloader; 0 sets none.
    #[arg(long, value_name = "QUANTITY", default_value = "50Mi")]
    pub config_reloader_memory_request: Quantity,
    /// Memory limit of the config-reloader; 0 sets none.
    #[arg(long, value_name = "QUANTITY", default_value = "50Mi")]
    pub config_reloader_memory_limit: Quantity,
    /// Add probes to the config-reloader container.
    #[arg(long)]
    pub enable_config_reloader_probes: bool,
    /// Image of Alertmanager, without tag, where the object names none.
    #[arg(long, value_name = "IMAGE", default_value = "quay.io/prometheus/alertmanager")]
    pub alertmanager_default_base_image: String,
    /// Image of Prometheus, without tag, where the object names none.
    #[arg(long, value_name = "IMAGE", default_value = "quay.io/prometheus/prometheus")]
    pub prometheus_default_base_image: String,
    /// Image of Thanos, without tag, where the object names none.
    #[arg(long, value_name = "IMAGE", default_value = "quay.io/thanos/thanos")]
    pub thanos_default_base_image: String,
    /// Labels on all objects: key=value,key=value.
    #[arg(long, value_name = "MAP", default_value = "")]
    pub labels: Map,
    /// Annotations on all objects: key=value,key=value.
    #[arg(long, value_name = "MAP", default_value = "")]
    pub annotations: Map,
    /// Host by which a sidecar reaches its neighbour in the pod.
    #[arg(long, value_name = "HOST", default_value = "localhost")]
    pub localhost: String,
    /// Suffix of the cluster's names, such as cluster.local; empty: names stay relative.
    #[arg(long, value_name = "DOMAIN", default_value = "")]
    pub cluster_domain: String,
    /// Generate the configuration of a Prometheus that has no selector, too.
    #[arg(long)]
    pub disable_unmanaged_prometheus_configuration: bool,
    /// Compress rule files of Prometheuses that are larger than 512 KiB, which are refused otherwise. Pods unpack them in
    /// memory; each of them restarts once when this is turned on or off.
    #[arg(long)]
    pub compress_large_rules: bool,
}

/// Reads a path that may be empty: then there is no such file.
fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

/// Names separated by commas.
pub type Names = BTreeSet<String>;

fn names(text: &str) -> Result<Names, InvalidName> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| PathSegment::new(name).map(|name| name.as_str().to_owned()))
        .collect()
}

impl Args {
    /// The process' own arguments.
    pub fn parse() -> Self {
        Self::try_from_arguments(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    /// Reads `arguments`, the program's name first. As in Go, flags come before the command.
    ///
    /// # Errors
    /// An unknown flag, a bad value, or `--help`.
    pub fn try_from_arguments(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let command = Self::command();
        let arguments = with_joined_gates(normalise(&command, arguments));
        let is_flag = |argument: &&OsString| argument.to_str().is_some_and(|argument| argument.starts_with("--"));
        let given = arguments.iter().skip(1).take_while(is_flag).cloned().collect();
        let matches = command.try_get_matches_from(arguments)?;
        let mut args = Self::from_arg_matches(&matches)?;
        args.given = given;
        args.web.is_client_ca_named = matches.value_source("web_client_ca_file") == Some(ValueSource::CommandLine);
        Ok(args)
    }

    /// What the flags mean for the objects that are rendered in a cluster that can do `cluster`.
    pub fn settings(&self, cluster: Cluster) -> Settings {
        let pods = self.pods.clone();
        Settings {
            local_host: pods.localhost,
            cluster_domain: pods.cluster_domain,
            reloader: Reloader {
                image: pods.prometheus_config_reloader,
                cpu_request: pods.config_reloader_cpu_request.set(),
                cpu_limit: pods.config_reloader_cpu_limit.set(),
                memory_request: pods.config_reloader_memory_request.set(),
                memory_limit: pods.config_reloader_memory_limit.set(),
                probes: pods.enable_config_reloader_probes,
                restricts_expansion: self.tenancy.restrict_variable_expansion,
            },
            prometheus_base_image: pods.prometheus_default_base_image,
            alertmanager_base_image: pods.alertmanager_default_base_image,
            thanos_base_image: pods.thanos_default_base_image,
            labels: pods.labels.0,
            annotations: pods.annotations.0,
            unmanaged_configuration_disabled: pods.disable_unmanaged_prometheus_configuration,
            large_rules_compressed: pods.compress_large_rules,
            changes_timed: !self.watch.pod_refresh_interval.is_zero(),
            tenancy: settings::Tenancy {
                binds_templates: self.tenancy.strict_namespace_enforcement,
                denies_files: self.tenancy.deny_file_access,
            },
            caps: self.caps.settings(),
            controller_id: self.watch.controller_id.clone(),
            gates: Gates {
                topology_sharding: self.feature_gates.is_on("PrometheusTopologySharding"),
                shard_retention: self.feature_gates.is_on("PrometheusShardRetentionPolicy"),
                agent_daemon_sets: self.feature_gates.is_on("PrometheusAgentDaemonSet"),
                bindings: self.feature_gates.is_on("StatusForConfigurationResources"),
            },
            cluster,
        }
    }
}

/// The last of several equal flags counts; gates add up, as in the components of Kubernetes, so that each of several
/// overlays may turn one on.
fn with_joined_gates(mut arguments: Vec<OsString>) -> Vec<OsString> {
    const FLAG: &str = "--feature-gates=";
    let gates: Vec<&str> = (arguments.iter())
        .filter_map(|argument| argument.to_str()?.strip_prefix(FLAG))
        .collect();
    if gates.len() > 1 {
        let joined = format!("{FLAG}{}", gates.join(","));
        arguments.retain(|argument| !argument.to_str().is_some_and(|argument| argument.starts_with(FLAG)));
        arguments.insert(1, joined.into());
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(arguments: &[&str]) -> Result<Args, clap::Error> {
        Args::try_from_arguments(["prometheus-operator"].iter().chain(arguments).map(OsString::from))
    }

    /// What kube-prometheus and the chart pass, in both of Go's spellings.
    #[test]
    fn the_flags_of_the_usual_deployments_are_read() {
        let args = args(&[
            "--kubelet-service=kube-system/kubelet",
            "-kubelet-endpoints=true",
            "--kubelet-endpointslice=false",
            "--prometheus-config-reloader=example.com/reloader:v1",
            "--config-reloader-cpu-request=0",
            "--config-reloader-memory-limit=0",
            "--watch-referenced-objects-in-all-namespaces=true",
            "--disable-unmanaged-prometheus-configuration=true",
            "--localhost=127.0.0.1",
            "--log-format=json",
            "-namespaces=one,two",
            "--secret-field-selector=type!=kubernetes.io/dockercfg,type!=helm.sh/release.v1",
            "--web.enable-tls=true",
            "--web.tls-min-version=VersionTLS13",
            "--labels=team=a,tier=b",
        ])
        .unwrap();
        let settings = args.settings(Settings::default().cluster);
        assert_eq!(settings.reloader.image, "example.com/reloader:v1");
        assert_eq!(
            (settings.reloader.cpu_request, settings.reloader.cpu_limit.as_deref()),
            (None, Some("10m"))
        );
        assert_eq!(settings.reloader.memory_limit, None);
        assert_eq!(settings.local_host, "127.0.0.1");
        assert_eq!(settings.labels["tier"], "b");
        assert!(settings.unmanaged_configuration_disabled && settings.gates.topology_sharding);
        assert_eq!(args.watch.namespaces.len(), 2);
        assert!(args.watch.watch_referenced_objects_in_all_namespaces && args.web.enable_tls);
        assert!(args.kubelet.kubelet_endpoints && !args.kubelet.kubelet_endpointslice);
    }

    #[test]
    fn bad_values_are_refused() {
        for bad in [
            &["--no-such-flag"][..],
            &["--labels=team"],
            &["--feature-gates=Unknown=true"],
            &["--feature-gates=PrometheusTopologySharding"],
            &["--config-reloader-cpu-request=many"],
            &["--kubelet-node-address-priority=hostname"],
            &["--log-level=loud"],
            &["--namespaces=a,b?x"],
            &["--deny-namespaces=metadata.namespace!=a"],
            &["explode"],
        ] {
            assert!(args(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn gates_add_up_and_the_last_word_on_each_counts() {
        let first = "--feature-gates=PrometheusAgentDaemonSet=true,StatusForConfigurationResources=true";
        let second = ["-feature-gates", "StatusForConfigurationResources=false"];
        let args = args(&[first, second[0], second[1], "start"]).unwrap();
        assert!(args.feature_gates.is_on("PrometheusAgentDaemonSet"));
        assert!(!args.feature_gates.is_on("StatusForConfigurationResources"));
        assert_eq!(args.command, Some(Command::Start));
    }

    #[test]
    fn a_command_follows_the_flags() {
        let described = Definitions {
            without_descriptions: false,
        };
        let bare = Definitions {
            without_descriptions: true,
        };
        assert_eq!(args(&["crds"]).unwrap().command, Some(Command::Crds(described)));
        let full = args(&["full-crds", "--without-descriptions"]).unwrap();
        assert_eq!(full.command, Some(Command::FullCrds(bare)));
        assert_eq!(
            args(&["--log-level=debug", "start"]).unwrap().command,
            Some(Command::Start)
        );
        assert_eq!(args(&[]).unwrap().command, None);
    }
}
