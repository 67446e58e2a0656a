//! Arguments of `test`. Plain values.

use std::path::PathBuf;

use super::Format;

/// `test`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Test {
    /// Files with tests in the format of promtool, whose `rule_files` name files with `PrometheusRule` objects or plain rule
    /// files; of a folder those that have `rule_files` and `tests`.
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// Namespace of objects that name none.
    #[arg(short = 'n', long, value_name = "NAME", default_value = "default")]
    pub namespace: String,
    /// The program promtool. Default: the one in PATH.
    #[arg(long, value_name = "PROGRAM", default_value = "promtool")]
    pub promtool: PathBuf,
    /// Features of Prometheus to enable, separated by commas, as the Prometheus that loads the rules has them.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub enable_feature: Vec<Box<str>>,
    /// Run the tests alone whose names match; may be given several times.
    #[arg(long, value_name = "REGEX")]
    pub run: Vec<String>,
    /// How the results are written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub output: Format,
}
