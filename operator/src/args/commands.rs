//! Arguments of the commands that answer questions: where the objects are, and how the answer is written.

use std::path::PathBuf;

use clap::ValueEnum;

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
    /// Folder to write to, one file for each; it is made if need be. Without it, everything goes to standard output.
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
