//! Arguments of the commands that are about this program: `completions`, `man` and `docs`. Plain values.

use std::path::PathBuf;

use clap::ValueEnum;
use clap_complete::Shell;

/// `completions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args)]
pub struct Completions {
    /// The shell.
    #[arg(value_enum)]
    pub shell: Shell,
}

/// `man`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Manual {
    /// Folder to write to, created if it does not exist.
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// `docs`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Docs {
    /// What about. Without it, the pages are listed.
    #[arg(value_enum)]
    pub topic: Option<Topic>,
    /// One page of the topic: a kind for api, a program for flags and versions.
    #[arg(value_name = "PAGE", requires = "topic")]
    pub page: Option<String>,
    /// Folder to write the pages to, each as a file; without a topic, all of them.
    #[arg(short = 'o', long, value_name = "FOLDER")]
    pub output_folder: Option<PathBuf>,
}

/// What pages are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Topic {
    /// Fields of the custom resources.
    Api,
    /// Flags of the programs.
    Flags,
    /// What `/metrics` shows.
    Metrics,
    /// What the operator may do, and why.
    Permissions,
    /// Events and conditions.
    Reasons,
    /// Which version of Prometheus and Alertmanager gets what.
    Versions,
}
