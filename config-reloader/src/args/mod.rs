//! The command line: flags, defaults and exit codes of the original. Pure but for [`Args::parse`], which reads the
//! process' arguments and ends the process on bad ones (exit code 2) and on `--help`; and for the comparison of paths,
//! which follows links.

mod conflict;
mod healthcheck;
mod paths;

use std::convert::Infallible;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use process::flags::{InvalidDuration, normalise, parse_duration};
use process::telemetry::{LogFormat, LogLevel};

use crate::check::Check;
use crate::files::Root;
use crate::kubernetes::Object;
use crate::target::Address;

pub use healthcheck::Healthcheck;

/// Nothing that repeats itself does so more often.
pub const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);

const INPUT: &str = "What is read and written";
const CHECKS: &str = "Checks before anything is put in place";
const WATCHING: &str = "How changes are noticed";
const TARGETS: &str = "What is reloaded";
const KUBERNETES: &str = "Objects of the Kubernetes API";
const LISTENER: &str = "Metrics and probes";
const RUN: &str = "The program itself";

const EXAMPLE: &str = "\
Example, beside a Prometheus that runs with --web.enable-lifecycle:
  prometheus-config-reloader --config-file=/etc/prometheus/prometheus.yml --watched-files='/etc/prometheus/rules/*.yml' \
--verify-reload

SIGHUP forces a reload. Durations are written as 1m30s, 500ms or 0.";

/// Watches configuration files, decompresses them, expands environment variables in them, and makes the program that
/// uses them reload.
#[derive(Debug, Clone, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(
    name = "prometheus-config-reloader",
    args_override_self = true,
    disable_version_flag = true,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    after_help = EXAMPLE
)]
pub struct Args {
    /// Another task than watching.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// File to watch and to process; it may be gzip-compressed.
    #[arg(long, value_name = "FILE", default_value = "", hide_default_value = true, value_parser = path, help_heading = INPUT)]
    pub config_file: PathBuf,

    /// File to write: the content of --config-file, decompressed, with $(VAR) replaced by environment variables. In a
    /// Kubernetes pod everybody may read it; elsewhere it has the permissions of --config-file.
    #[arg(long, value_name = "FILE", default_value = "", hide_default_value = true, value_parser = path, help_heading = INPUT)]
    pub config_envsubst_file: PathBuf,

    /// Folder to watch, with its subfolders; may be repeated.
    #[arg(long, value_name = "FOLDER", help_heading = INPUT)]
    pub watched_dir: Vec<PathBuf>,

    /// Files to watch: a pattern with *, ?, [a-z], and ** for folders at any depth; may be repeated.
    #[arg(long, value_name = "PATTERN", value_parser = Root::pattern, help_heading = INPUT)]
    pub watched_files: Vec<Root>,

    /// Folder to write: the files that --watched-dir and --watched-files find, decompressed (without .gz) and expanded.
    /// Files that vanish there vanish here.
    #[arg(long, value_name = "FOLDER", default_value = "", hide_default_value = true, value_parser = path, help_heading = INPUT)]
    pub target_dir: PathBuf,

    /// Folder or pattern: only files found there are written to --target-dir, and the target reads the others where they
    /// are; may be repeated. By default all are written.
    #[arg(long, value_name = "FOLDER|PATTERN", value_parser = Root::folder_or_pattern, help_heading = INPUT)]
    pub target_dir_source: Vec<Root>,

    /// Folder or pattern: files found there are written to --target-dir without expanding variables; may be repeated.
    #[arg(long, value_name = "FOLDER|PATTERN", value_parser = Root::folder_or_pattern, help_heading = INPUT)]
    pub target_dir_verbatim: Vec<Root>,

    /// The only environment variables that are expanded, separated by commas; may be repeated. By default all are.
    #[arg(long, value_name = "NAME,...", value_delimiter = ',', help_heading = INPUT)]
    pub expand: Vec<String>,

    /// What happens if the configuration refers to an environment variable that is not set: the reference is kept, or the
    /// configuration is refused.
    #[arg(long, value_enum, default_value_t = Unset::Keep, help_heading = INPUT)]
    pub unset_variables: Unset,

    /// Environment variable whose trailing digits become `STATEFULSET_ORDINAL_NUMBER`; empty turns that off.
    #[arg(long, value_name = "NAME", default_value = "POD_NAME", help_heading = INPUT)]
    pub statefulset_ordinal_from_envvar: String,

    /// Command that must accept the configuration before it is put in place, such as "promtool check config {}"; {} is
    /// the file. It runs without a shell, for at most --reload-timeout. What it prints is logged if it fails.
    #[arg(long, value_name = "COMMAND", help_heading = CHECKS)]
    pub check_command: Option<Check>,

    /// The same for each new file of --target-dir, such as "promtool check rules {}".
    #[arg(long, value_name = "COMMAND", help_heading = CHECKS)]
    pub target_dir_check_command: Option<Check>,

    /// How often everything is checked even if no change was noticed. 0 writes the output once, without a reload, and exits.
    #[arg(long, value_name = "DURATION", default_value = "3m", value_parser = off_or_interval, help_heading = WATCHING)]
    pub watch_interval: Duration,

    /// How long changes are gathered before they are applied together. Up to three changes in a row that are complete at once
    /// (a rename over a file, an update of a Kubernetes volume) are each applied immediately, and one more in each interval.
    #[arg(long, value_name = "DURATION", default_value = "1s", value_parser = parse_duration, help_heading = WATCHING)]
    pub delay_interval: Duration,

    /// How changes are noticed: auto waits for events of the system, and looks every --poll-interval where that is not
    /// enough (limits of the system, network file systems); poll only looks.
    #[arg(long, value_enum, default_value_t = WatchBackend::Auto, help_heading = WATCHING)]
    pub watch_backend: WatchBackend,

    /// Time between two looks, where changes are noticed by looking.
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = an_interval, help_heading = WATCHING)]
    pub poll_interval: Duration,

    /// How the target is made to reload.
    #[arg(long, value_enum, default_value_t = Method::Http, help_heading = TARGETS)]
    pub reload_method: Method,

    /// Address to which a POST is sent, for --reload-method=http; may be repeated. http://, https:// (the certificate is
    /// verified unless the target is on this machine), or `unix:///SOCKET:/PATH`.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:9090/-/reload", help_heading = TARGETS)]
    pub reload_url: Vec<Address>,

    /// File with targets that need more than an address: certificates, passwords, tokens, a configuration file of their
    /// own. It is read again when it changes. Without --reload-url these are all targets.
    #[arg(long, value_name = "FILE", default_value = "", hide_default_value = true, value_parser = path, help_heading = TARGETS)]
    pub targets_file: PathBuf,

    /// Name of the target's executable, for --reload-method=signal.
    #[arg(long, value_name = "NAME", default_value = "prometheus", help_heading = TARGETS)]
    pub process_executable_name: String,

    /// Address that says whether a reload succeeded, for --reload-method=signal.
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:9090/api/v1/status/runtimeinfo",
        help_heading = TARGETS
    )]
    pub runtimeinfo_url: Address,

    /// User as whom --reload-url and --runtimeinfo-url are called, by HTTP basic authentication. The targets of --targets-file
    /// have users of their own.
    #[arg(long, value_name = "NAME", requires = "basic_auth_password_file", help_heading = TARGETS)]
    pub basic_auth_username: Option<String>,

    /// File with the password of that user. It is read at each request.
    #[arg(long, value_name = "FILE", requires = "basic_auth_username", help_heading = TARGETS)]
    pub basic_auth_password_file: Option<PathBuf>,

    /// How long one reload may take; 0 is no limit.
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = parse_duration, help_heading = TARGETS)]
    pub reload_timeout: Duration,

    /// How long to wait before a failed reload is tried again; up to twelve times as long if the target keeps refusing.
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = an_interval, help_heading = TARGETS)]
    pub retry_interval: Duration,

    /// After a reload, ask the target whether it succeeded and whether it runs the configuration of the file; and reload
    /// again when the target has restarted. For Prometheus, Alertmanager and Thanos Ruler.
    #[arg(long, help_heading = TARGETS)]
    pub verify_reload: bool,

    /// How often a target is asked whether it has restarted, with --verify-reload; 0 is never.
    #[arg(long, value_name = "DURATION", default_value = "15s", value_parser = off_or_interval, help_heading = TARGETS)]
    pub verify_interval: Duration,

    /// Secret to read from the API server, before the file that it is mounted as shows the change; may be repeated. FOLDER
    /// is where it is mounted, by default the folder of --config-file. For --config-file with --config-envsubst-file, and
    /// for --watched-dir with --target-dir.
    #[arg(long, value_name = "NAMESPACE/NAME[=FOLDER]", value_parser = Object::secret, help_heading = KUBERNETES)]
    pub watch_secret: Vec<Object>,

    /// The same for a `ConfigMap`.
    #[arg(long, value_name = "NAMESPACE/NAME[=FOLDER]", value_parser = Object::config_map, help_heading = KUBERNETES)]
    pub watch_configmap: Vec<Object>,

    /// How the API server is reached outside of a pod.
    #[arg(long, value_name = "FILE", default_value = "", hide_default_value = true, value_parser = path, help_heading = KUBERNETES)]
    pub kubeconfig: PathBuf,

    /// Address on which /metrics, /healthz and /readyz are served, such as :8080; empty serves nothing.
    #[arg(long, value_name = "ADDRESS", default_value = "", hide_default_value = true, help_heading = LISTENER)]
    pub listen_address: String,

    /// File with TLS settings and users of the listener, in the format of Prometheus' own programs.
    #[arg(long, value_name = "FILE", default_value = "", hide_default_value = true, value_parser = path, help_heading = LISTENER)]
    pub web_config_file: PathBuf,

    /// Write the output and reload each target once, and exit: with 0 if all of that succeeded.
    #[arg(long, help_heading = RUN)]
    pub once: bool,

    /// Read, decompress, expand and check everything, put nothing in place, and exit: with 0 if all of that succeeded.
    #[arg(long, help_heading = RUN)]
    pub validate: bool,

    /// Format of log lines: logfmt or json.
    #[arg(long, value_name = "FORMAT", default_value_t, help_heading = RUN)]
    pub log_format: LogFormat,

    /// Least severe level that is logged: all, debug, info, warn, error or none.
    #[arg(long, value_name = "LEVEL", default_value_t, help_heading = RUN)]
    pub log_level: LogLevel,

    /// Accepted for compatibility, without effect: there is no garbage collector to limit.
    #[arg(long, value_name = "RATIO", default_value_t = 0.0, help_heading = RUN)]
    pub auto_gomemlimit_ratio: f64,

    /// Print version and build, and exit.
    #[arg(long, help_heading = RUN)]
    pub version: bool,

    /// Print the version alone, and exit.
    #[arg(long, help_heading = RUN)]
    pub short_version: bool,
}

/// Tasks besides watching.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Ask a running reloader how it is, and exit with 0 if it is well. For probes in an image without a shell.
    Healthcheck(Healthcheck),
}

/// How changes are to be noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WatchBackend {
    /// By events of the system; by polling as well where that is not enough.
    Auto,
    /// By polling alone.
    Poll,
}

/// How the target is made to reload.
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

/// What happens to references to unset variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Unset {
    /// They stay as they are.
    Keep,
    /// The file that holds them is refused.
    Fail,
}

impl Args {
    /// The process' own arguments.
    pub fn parse() -> Self {
        Self::try_from_arguments(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    /// Reads `arguments`, the program's name first.
    pub fn try_from_arguments(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut command = command();
        let arguments = normalise(&command, arguments);
        let matches = command.clone().try_get_matches_from(arguments)?;
        let mut args = Self::from_arg_matches(&matches)?;
        let named_urls = is_given(&matches, "reload_url");
        if !named_urls && is_set(&args.targets_file) {
            args.reload_url.clear();
        }
        match args.conflict(named_urls) {
            Some(conflict) => Err(command.error(ErrorKind::ArgumentConflict, conflict)),
            None => Ok(args),
        }
    }

    /// How long a reload may take, if that is limited.
    pub fn reload_limit(&self) -> Option<Duration> {
        (!self.reload_timeout.is_zero()).then_some(self.reload_timeout)
    }

    /// The file that the targets read, if there is one.
    pub fn effective_config(&self) -> Option<&Path> {
        [&self.config_envsubst_file, &self.config_file]
            .into_iter()
            .map(PathBuf::as_path)
            .find(|path| is_set(path) && is_set(&self.config_file))
    }

    /// Whether there is anything to watch.
    pub fn watches_anything(&self) -> bool {
        is_set(&self.config_file) || !self.watched_dir.is_empty() || !self.watched_files.is_empty()
    }
}

/// The command line, its help without the marks that the documentation of the code needs.
pub fn command() -> clap::Command {
    let plain = |text: &clap::builder::StyledStr| text.to_string().replace('`', "");
    Args::command().mut_args(|argument| {
        let help = argument.get_help().map(plain);
        match help {
            Some(help) => argument.help(help),
            None => argument,
        }
    })
}

/// Whether the user wrote the flag.
fn is_given(matches: &ArgMatches, flag: &str) -> bool {
    matches.value_source(flag) == Some(ValueSource::CommandLine)
}

/// An empty path is none.
pub fn is_set(path: &Path) -> bool {
    !path.as_os_str().is_empty()
}

/// Any path; an empty one is none, which clap's own parser refuses.
#[expect(clippy::unnecessary_wraps, reason = "the signature that clap asks for")]
pub(crate) fn path(text: &str) -> Result<PathBuf, Infallible> {
    Ok(text.into())
}

/// A duration that is no interval.
#[derive(Debug, thiserror::Error)]
enum NoInterval {
    #[error(transparent)]
    Syntax(#[from] InvalidDuration),
    #[error("must be greater than 0")]
    Zero,
}

/// An interval, which is never too short to be one.
fn an_interval(text: &str) -> Result<Duration, NoInterval> {
    let interval = parse_duration(text)?;
    if interval.is_zero() {
        return Err(NoInterval::Zero);
    }
    Ok(interval.max(SHORTEST_INTERVAL))
}

/// The same, where 0 has a meaning of its own.
fn off_or_interval(text: &str) -> Result<Duration, InvalidDuration> {
    let interval = parse_duration(text)?;
    Ok(if interval.is_zero() {
        interval
    } else {
        interval.max(SHORTEST_INTERVAL)
    })
}

#[cfg(test)]
mod tests;
