//! The command line: flags, defaults and exit codes of the original. Pure but for [`Args::parse`], which reads the
//! process' arguments and ends the process on bad ones (exit code 2) and on `--help`.

use std::convert::Infallible;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, ValueEnum};
use hyper::Uri;
use shared::flags::{normalise, parse_duration};
use shared::telemetry::{LogFormat, LogLevel};

/// Watches configuration files, decompresses them, expands environment variables in them, and makes the program that
/// uses them reload.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "prometheus-config-reloader",
    args_override_self = true,
    disable_version_flag = true
)]
pub struct Args {
    /// File to watch and to process; it may be gzip-compressed.
    #[arg(long, value_name = "FILE", default_value = "", value_parser = path)]
    pub config_file: PathBuf,

    /// File to write: the content of --config-file, decompressed, with $(VAR) replaced by environment variables.
    #[arg(long, value_name = "FILE", default_value = "", value_parser = path)]
    pub config_envsubst_file: PathBuf,

    /// How often everything is checked even where no change was seen. 0 writes the output once, without a reload, and exits.
    #[arg(long, value_name = "DURATION", default_value = "3m", value_parser = parse_duration)]
    pub watch_interval: Duration,

    /// How long to wait after a change for further ones.
    #[arg(long, value_name = "DURATION", default_value = "1s", value_parser = parse_duration)]
    pub delay_interval: Duration,

    /// How long to wait before a failed reload is tried again.
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = parse_duration)]
    pub retry_interval: Duration,

    /// How long one reload may take.
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = parse_duration)]
    pub reload_timeout: Duration,

    /// Folder to watch, with its subfolders; may be repeated.
    #[arg(long, value_name = "FOLDER")]
    pub watched_dir: Vec<PathBuf>,

    /// How the target is told to reload.
    #[arg(long, value_enum, default_value_t = Method::Http)]
    pub reload_method: Method,

    /// Name of the target's executable, for --reload-method=signal.
    #[arg(long, value_name = "NAME", default_value = "prometheus")]
    pub process_executable_name: String,

    /// Address to which a POST is sent, for --reload-method=http. The certificate of an https address is not verified.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:9090/-/reload", value_parser = target)]
    pub reload_url: Uri,

    /// Address that tells whether a reload succeeded, for --reload-method=signal.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:9090/api/v1/status/runtimeinfo", value_parser = target)]
    pub runtimeinfo_url: Uri,

    /// Environment variable whose trailing digits become `STATEFULSET_ORDINAL_NUMBER`; empty turns that off.
    #[arg(long, value_name = "NAME", default_value = "POD_NAME")]
    pub statefulset_ordinal_from_envvar: String,

    /// Address on which /metrics and /healthz are served, such as :8080; empty serves nothing.
    #[arg(long, value_name = "ADDRESS", default_value = "")]
    pub listen_address: String,

    /// File with TLS settings and users of the listener, in the format that Prometheus' programs share.
    #[arg(long, value_name = "FILE", default_value = "", value_parser = path)]
    pub web_config_file: PathBuf,

    /// Accepted for compatibility, without effect: there is no garbage collector to limit.
    #[arg(long, value_name = "RATIO", default_value_t = 0.0)]
    pub auto_gomemlimit_ratio: f64,

    /// Format of log lines: logfmt or json.
    #[arg(long, value_name = "FORMAT", default_value_t)]
    pub log_format: LogFormat,

    /// Least severe level that is logged: all, debug, info, warn, error or none.
    #[arg(long, value_name = "LEVEL", default_value_t)]
    pub log_level: LogLevel,

    /// Print version and build, and exit.
    #[arg(long)]
    pub version: bool,

    /// Print the version alone, and exit.
    #[arg(long)]
    pub short_version: bool,
}

/// How the target is told to reload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// A POST to --reload-url.
    Http,
    /// SIGHUP to the process of --process-executable-name.
    Signal,
}

impl Method {
    /// The word of the flag, and the label of the metric.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Signal => "signal",
        }
    }
}

impl Args {
    /// The process' own arguments.
    pub fn parse() -> Self {
        Self::try_from_arguments(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    /// Reads `arguments`, the program's name first.
    pub fn try_from_arguments(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let command = Self::command();
        let arguments = normalise(&command, arguments);
        Self::from_arg_matches(&command.try_get_matches_from(arguments)?)
    }
}

/// Any path; an empty one stands for none, which clap's own parser refuses.
#[expect(clippy::unnecessary_wraps, reason = "the shape that clap asks for")]
fn path(text: &str) -> Result<PathBuf, Infallible> {
    Ok(text.into())
}

/// An absolute address that the reloader can call.
fn target(text: &str) -> Result<Uri, InvalidTarget> {
    let uri: Uri = text.parse().map_err(InvalidTarget::Syntax)?;
    match (uri.scheme_str(), uri.host()) {
        (Some("http" | "https"), Some(host)) if !host.is_empty() => Ok(uri),
        _ => Err(InvalidTarget::NotHttp),
    }
}

/// An address that cannot be called.
#[derive(Debug, thiserror::Error)]
enum InvalidTarget {
    #[error("not a URL: {0}")]
    Syntax(hyper::http::uri::InvalidUri),
    #[error("not an http:// or https:// URL with a host")]
    NotHttp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(arguments: &[&str]) -> Result<Args, clap::Error> {
        Args::try_from_arguments(["reloader"].iter().chain(arguments).map(OsString::from))
    }

    #[test]
    fn the_command_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn defaults_are_the_originals() {
        let args = args(&[]).expect("nothing is mandatory");
        let seconds = Duration::from_secs;
        assert_eq!(
            (
                args.watch_interval,
                args.delay_interval,
                args.retry_interval,
                args.reload_timeout
            ),
            (seconds(180), seconds(1), seconds(5), seconds(30))
        );
        assert_eq!(
            (args.reload_method, args.process_executable_name.as_str()),
            (Method::Http, "prometheus")
        );
        assert_eq!(args.reload_url, "http://127.0.0.1:9090/-/reload");
        assert_eq!(args.runtimeinfo_url, "http://127.0.0.1:9090/api/v1/status/runtimeinfo");
        assert_eq!(args.statefulset_ordinal_from_envvar, "POD_NAME");
        assert!(
            args.config_file.as_os_str().is_empty() && args.watched_dir.is_empty() && args.listen_address.is_empty()
        );
        assert_eq!((args.log_level, args.log_format), (LogLevel::Info, LogFormat::Logfmt));
    }

    #[test]
    fn reads_what_a_pod_passes() {
        let args = args(&[
            "--watch-interval=0",
            "--listen-address=:8081",
            "--config-file=/etc/prometheus/config/prometheus.yaml.gz",
            "--config-envsubst-file=/etc/prometheus/config_out/prometheus.env.yaml",
            "--watched-dir=/etc/prometheus/rules/main-0",
            "--watched-dir=/etc/prometheus/config",
            "--reload-method=signal",
            "--reload-url=https://localhost:9090/prefix/-/reload",
            "--log-level=debug",
            "--log-format=json",
            "--auto-gomemlimit-ratio=0.5",
        ])
        .expect("a pod's arguments");
        assert_eq!(args.watch_interval, Duration::ZERO);
        assert_eq!(args.watched_dir.len(), 2);
        assert_eq!(args.reload_method, Method::Signal);
        assert_eq!(args.reload_url.path(), "/prefix/-/reload");
    }

    #[test]
    fn one_dash_spaces_and_repetition_are_fine() {
        let args = args(&[
            "-delay-interval",
            "10ms",
            "--log-level=warn",
            "-log-level=error",
            "--version=false",
        ]);
        let args = args.expect("Go's ways of writing flags");
        assert_eq!(
            (args.delay_interval, args.log_level),
            (Duration::from_millis(10), LogLevel::Error)
        );
        assert!(!args.version);
    }

    #[test]
    fn bad_arguments_exit_with_2() {
        for bad in [
            "--unknown",
            "--watch-interval=3",
            "--reload-method=email",
            "--log-level=loud",
            "--reload-url=localhost:9090",
            "--reload-url=unix:///run/a",
            "stray",
        ] {
            assert_eq!(args(&[bad]).expect_err(bad).exit_code(), 2, "{bad}");
        }
        assert_eq!(args(&["--help"]).expect_err("it is no error").exit_code(), 0);
    }
}
