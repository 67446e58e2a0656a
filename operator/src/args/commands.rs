//! The commands and their arguments. Those that answer questions have in common where the objects are and how the answer is
//! written. Plain values.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Subcommand, ValueEnum};
use process::flags::parse_duration;

use super::{Completions, Docs, Manual, Map, Rbac, Test};

/// What the program does.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Run the operator.
    Start,
    /// Print the custom resource definitions, each with the version that is stored, and exit.
    Crds(Definitions),
    /// Print the custom resource definitions with every version (`AlertmanagerConfig` v1beta1 needs the conversion webhook),
    /// and exit.
    FullCrds(Definitions),
    /// Apply the custom resource definitions to the cluster, each with the version that is stored, and exit.
    ApplyCrds(Definitions),
    /// Run the webhooks alone, without an API server; see its own `--help`.
    #[command(disable_help_flag = true)]
    AdmissionWebhook {
        /// Its flags.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        flags: Vec<OsString>,
    },
    /// Print `ValidatingAdmissionPolicy` objects that check what definitions cannot, for clusters without webhooks, and exit.
    AdmissionPolicies(Policies),
    /// Questions about objects.
    #[command(flatten)]
    Question(Question),
}

/// A question about objects, in files or in a cluster. Exit codes: 0 if nothing was found, 1 if something was, 2 if the command
/// could not run.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Question {
    /// Print what the operator would write for the workloads in files or in a cluster: configuration, rules and objects.
    ///
    /// Flags of the operator go before the command. Example: prometheus-operator render --only config -o out manifests/
    Render(Render),
    /// Check objects as the API server and the operator would, before they are applied.
    ///
    /// Example: kustomize build . | prometheus-operator lint -
    Lint(Lint),
    /// Compare two states by what the operator would write for them, and name the pods that would restart.
    ///
    /// Exits with 1 where they differ. Examples: prometheus-operator diff main:manifests manifests/; prometheus-operator diff
    /// cluster manifests/
    Diff(Diff),
    /// Follow an alert through the routes of the Alertmanagers: which receivers get it, and what mutes it.
    ///
    /// Example: prometheus-operator routes manifests/ -l alertname=Down -l namespace=shop -l severity=critical
    Routes(Routes),
    /// Find out why an object has not the effect that you expect: walk from it to its samples, and name the first step that fails.
    ///
    /// KIND is servicemonitor, podmonitor, probe, scrapeconfig, prometheusrule, alertmanagerconfig, service or pod, or short as for
    /// kubectl. Examples: prometheus-operator explain servicemonitor/shop -n team --cluster; prometheus-operator explain
    /// prometheusrule/shop -n team manifests/; prometheus-operator explain target 10.0.0.7:8080 --cluster
    Explain(Explain),
    /// Make objects of files of Prometheus and Alertmanager, or bring `AlertmanagerConfig`s to their other version.
    ///
    /// What an object cannot say is reported on standard error, and the exit code is 1. Example: prometheus-operator convert
    /// -n shop rules.yml > prometheusrule.yaml
    Convert(Convert),
    /// Run unit tests of rules, in the format of `promtool test rules`, on `PrometheusRule` objects as they are.
    ///
    /// Needs promtool. Exits with 1 if a test fails. Example: prometheus-operator test --output junit tests/ > results.xml
    Test(Test),
    /// Print the roles that the operator needs with the flags before the command, with the reason for each rule; or compare them
    /// with those of a cluster.
    ///
    /// With --check it exits with 1 if a permission is missing; what is not needed is noted. Examples: prometheus-operator
    /// --namespaces=shop --leader-elect rbac | kubectl apply -f -; prometheus-operator rbac --check --cluster
    Rbac(Rbac),
    /// Print the reference of this version as Markdown: fields of the API, flags, versions, permissions, events, metrics.
    ///
    /// Examples: prometheus-operator docs api servicemonitor; prometheus-operator docs --output-folder reference
    Docs(Docs),
    /// Write a man page for each command.
    ///
    /// Example: prometheus-operator man /usr/local/share/man/man1
    Man(Manual),
    /// Print the completions of a shell.
    ///
    /// Example: prometheus-operator completions bash > /etc/bash_completion.d/prometheus-operator
    Completions(Completions),
}

/// What the policies forbid.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Policies {
    /// Least time between two scrapes of a monitor.
    #[arg(long, value_name = "DURATION", default_value = "15s", value_parser = parse_duration)]
    pub least_interval: Duration,
    /// What becomes of objects that a policy is against.
    #[arg(long, value_enum, default_value_t = PolicyAction::Deny)]
    pub action: PolicyAction,
    /// Label of the namespaces in which the policies hold, as key=value; empty: in all.
    #[arg(long, value_name = "LABEL", default_value = "operator.prometheus.io/tenant=true")]
    pub namespace_label: Map,
}

/// What becomes of objects that a policy is against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PolicyAction {
    /// They are not stored.
    Deny,
    /// Who writes them is warned.
    Warn,
    /// The audit log says so.
    Audit,
}

/// How definitions are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args)]
pub struct Definitions {
    /// Leave the descriptions out: for clients that cannot apply on the server side, and for `kubectl explain` without
    /// answers.
    #[arg(long)]
    pub without_descriptions: bool,
}

/// Where the objects are.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Sources {
    /// File or folder with objects (YAML or JSON; several documents and lists are fine), or `-` for standard input; may be
    /// given several times.
    #[arg(short = 'f', long = "filename", value_name = "PATH")]
    pub filenames: Vec<PathBuf>,
    /// Ask the cluster, too: objects of the files go before those of the same name in the cluster. Nothing is written.
    #[arg(long)]
    pub cluster: bool,
    /// Namespace of objects in files that name none.
    #[arg(short = 'n', long, value_name = "NAME", default_value = "default")]
    pub namespace: String,
}

impl Sources {
    /// The same, with `paths` before the named files.
    #[must_use]
    pub fn with_paths(&self, paths: &[PathBuf]) -> Self {
        Self {
            filenames: paths.iter().chain(&self.filenames).cloned().collect(),
            ..self.clone()
        }
    }
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people; coloured on a terminal, unless `NO_COLOR` is set.
    Human,
    /// One JSON document.
    Json,
    /// One YAML document.
    Yaml,
    /// SARIF 2.1.0, which code hosts show beside the code.
    Sarif,
    /// `JUnit` XML, which build servers show as tests.
    Junit,
    /// Workflow commands of GitHub Actions, which it shows beside the code.
    Github,
}

/// `render`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Render {
    /// Files and folders with objects, or `-`.
    #[arg(value_name = "PATH", required_unless_present_any = ["filenames", "cluster"])]
    pub paths: Vec<PathBuf>,
    /// Where else the objects are.
    #[command(flatten)]
    pub sources: Sources,
    /// Folder to write one file for each to, created if it does not exist. Without it, everything goes to standard output.
    #[arg(short = 'o', long, value_name = "FOLDER")]
    pub output_folder: Option<PathBuf>,
    /// What to render.
    #[arg(long, value_enum, default_value_t = Part::All)]
    pub only: Part,
    /// Files and folders with Secrets and `ConfigMap`s that the objects refer to.
    #[arg(long, value_name = "PATH")]
    pub secrets_from: Vec<PathBuf>,
    /// Show what is in Secrets. Without it, `<secret>` is in their place.
    #[arg(long)]
    pub show_secrets: bool,
}

/// A part of what is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Everything.
    All,
    /// The files that the programs read: configuration and rules.
    Config,
    /// The Kubernetes objects.
    Objects,
}

/// `lint`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Lint {
    /// Files and folders with objects, or `-`.
    #[arg(value_name = "PATH", required_unless_present_any = ["filenames", "cluster", "list_rules"])]
    pub paths: Vec<PathBuf>,
    /// Where else the objects are.
    #[command(flatten)]
    pub sources: Sources,
    /// How findings are written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub output: Format,
    /// Rules that are not applied, by their ids, separated by commas. An object turns rules off for itself by the annotation
    /// `lint.operator.prometheus.io/disable`, which holds such a list.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub disable: Vec<String>,
    /// Least severity of a finding that makes the command fail.
    #[arg(long, value_enum, default_value_t = Severity::Warning)]
    pub fail_on: Severity,
    /// Print the rules and exit.
    #[arg(long)]
    pub list_rules: bool,
}

/// `diff`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Diff {
    /// The old and the new state: a file or folder; `REVISION:PATH` of the git repository around; or `cluster`. Where the old
    /// one is the cluster, the files of the new one are held over it, as if they were applied.
    #[arg(value_name = "STATE", num_args = 1..=2, required = true)]
    pub states: Vec<String>,
    /// Another operator: compares what it and this one make of one state.
    #[arg(long, value_name = "PROGRAM")]
    pub operator_upgrade: Option<PathBuf>,
    /// Namespace of objects in files that name none.
    #[arg(short = 'n', long, value_name = "NAME", default_value = "default")]
    pub namespace: String,
    /// How differences are written: human, json or yaml.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub output: Format,
    /// Show what is in Secrets. Without it, `<secret>` is in their place.
    #[arg(long)]
    pub show_secrets: bool,
}

/// `routes`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Routes {
    /// Files and folders with objects, or `-`.
    #[arg(value_name = "PATH", required_unless_present_any = ["filenames", "cluster"])]
    pub paths: Vec<PathBuf>,
    /// Where else the objects are.
    #[command(flatten)]
    pub sources: Sources,
    /// A label of the alert; may be given several times.
    #[arg(short, long = "label", value_name = "NAME=VALUE", required = true, value_parser = label)]
    pub labels: Vec<(String, String)>,
    /// Time for which time intervals are looked at, as in 2026-11-30T12:00:00Z. Default: now.
    #[arg(long, value_name = "TIME")]
    pub at: Option<jiff::Timestamp>,
    /// How the answer is written: human, json or yaml.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub output: Format,
}

/// `explain`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Explain {
    /// KIND/NAME, or `target` and a URL; then files and folders with objects, or `-`.
    #[arg(value_name = "KIND/NAME", required = true, num_args = 1..)]
    pub words: Vec<String>,
    /// Where else the objects are.
    #[command(flatten)]
    pub sources: Sources,
    /// Show the labels of targets before relabeling, the effect of each rule, and the labels after.
    #[arg(long)]
    pub trace: bool,
    /// Address of Prometheus or Alertmanager, such as `http://localhost:9090`. Default: its pods, through the API server's proxy.
    #[arg(long, value_name = "URL", requires = "cluster")]
    pub prometheus_url: Option<String>,
    /// How the answer is written: human, json or yaml.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub output: Format,
}

/// Something that is no label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not NAME=VALUE")]
struct NoLabel(String);

fn label(text: &str) -> Result<(String, String), NoLabel> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    pair.map(owned).ok_or_else(|| NoLabel(text.to_owned()))
}

/// `convert`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Convert {
    /// Files to convert, or `-`: rule files and scrape configurations of Prometheus, configurations of Alertmanager, and
    /// `AlertmanagerConfig` objects.
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// Version of `AlertmanagerConfig`s. Default: of objects the one that they have not, else v1alpha1.
    #[arg(long, value_enum)]
    pub to: Option<Target>,
    /// Name of the object. Default: that of the file, or of the job.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Namespace of the objects. Default: none.
    #[arg(short = 'n', long, value_name = "NAME")]
    pub namespace: Option<String>,
    /// Show the values of the Secrets that are made. Without it, `<secret>` is in their place.
    #[arg(long)]
    pub show_secrets: bool,
}

/// A version of `AlertmanagerConfig`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// The version that is stored.
    V1alpha1,
    /// The newer one.
    V1beta1,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Works, and hardly as it is meant.
    Warning,
    /// Does not work.
    Error,
}

impl Severity {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}
