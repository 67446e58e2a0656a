//! The flags that the operator and the program `admission-webhook` share. Plain values.

use process::telemetry::{LogFormat, LogLevel};

/// What any program of ours may be told.
#[derive(Debug, Clone, clap::Args)]
pub struct Program {
    /// Accepted for compatibility, without effect: there is no garbage collector to limit.
    #[arg(long, value_name = "RATIO", default_value_t = 0.0)]
    pub auto_gomemlimit_ratio: f64,

    /// Least severe level that is logged: all, debug, info, warn, error or none.
    #[arg(long, value_name = "LEVEL", default_value_t)]
    pub log_level: LogLevel,

    /// Format of log lines: logfmt or json.
    #[arg(long, value_name = "FORMAT", default_value_t)]
    pub log_format: LogFormat,

    /// Print version and build, and exit.
    #[arg(long)]
    pub version: bool,

    /// Print the version alone, and exit.
    #[arg(long)]
    pub short_version: bool,
}
