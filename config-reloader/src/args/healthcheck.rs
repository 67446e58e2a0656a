//! The flags of the command `healthcheck`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use process::flags::parse_duration;

use super::path;

/// The flags of the command.
#[derive(Debug, Clone, Args)]
pub struct Healthcheck {
    /// Ask whether the configuration is in place and every target runs it (/readyz), and not only whether the reloader is
    /// alive (/healthz).
    #[arg(long)]
    pub ready: bool,

    /// The --listen-address of the reloader that is asked.
    #[arg(long, value_name = "ADDRESS", default_value = ":8080")]
    pub listen_address: String,

    /// The --web-config-file of the reloader that is asked, if it has one: it says whether to use TLS.
    #[arg(long, value_name = "FILE", default_value = "", hide_default_value = true, value_parser = path)]
    pub web_config_file: PathBuf,

    /// Another path than /healthz or /readyz.
    #[arg(long, value_name = "PATH")]
    pub path: Option<String>,

    /// How long the answer may take.
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = parse_duration)]
    pub timeout: Duration,
}
