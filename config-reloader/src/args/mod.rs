//! The command line: flags, defaults and exit codes of the original. Pure but for [`Args::parse`], which reads the
//! process' arguments and ends the process on bad ones (exit code 2) and on `--help`.

use std::convert::Infallible;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, ValueEnum};
use process::flags::{normalise, parse_duration};
use process::telemetry::{LogFormat, LogLevel};

use crate::check::Check;
use crate::files::Root;
use crate::kubernetes::Object;
use crate::target::Address;
use crate::watch;

/// Watches configuration files, decompresses them, expands environment variables in them, and makes the program that
/// uses them reload.
#[derive(Debug, Clone, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
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

    /// How long to wait before a failed reload is tried again; up to twelve times as long where the target goes on refusing.
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = parse_duration)]
    pub retry_interval: Duration,

    /// How long one reload may take.
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = parse_duration)]
    pub reload_timeout: Duration,

    /// Folder to watch, with its subfolders; may be repeated.
    #[arg(long, value_name = "FOLDER")]
    pub watched_dir: Vec<PathBuf>,

    /// Files to watch: a pattern with *, ?, [a-z], and ** for folders at any depth; may be repeated.
    #[arg(long, value_name = "PATTERN", value_parser = Root::pattern)]
    pub watched_files: Vec<Root>,

    /// Folder to write: what is found by --watched-dir and --watched-files, decompressed (without .gz) and expanded. Files
    /// that vanish there vanish here.
    #[arg(long, value_name = "FOLDER", default_value = "", value_parser = path)]
    pub target_dir: PathBuf,

    /// Folder or pattern: what --watched-dir and --watched-files find there is written to --target-dir, and the target reads
    /// the rest where it is; may be repeated. Without it everything is written.
    #[arg(long, value_name = "FOLDER|PATTERN", value_parser = Root::folder_or_pattern)]
    pub target_dir_source: Vec<Root>,

    /// Secret to read from the API server, ahead of the file that it is mounted as; may be repeated. FOLDER is where it is
    /// mounted, the folder of --config-file if it is left out. For --config-file with --config-envsubst-file, and for
    /// --watched-dir with --target-dir.
    #[arg(long, value_name = "NAMESPACE/NAME[=FOLDER]", value_parser = Object::secret)]
    pub watch_secret: Vec<Object>,

    /// The same for a `ConfigMap`.
    #[arg(long, value_name = "NAMESPACE/NAME[=FOLDER]", value_parser = Object::config_map)]
    pub watch_configmap: Vec<Object>,

    /// How the API server is reached outside of a pod.
    #[arg(long, value_name = "FILE", default_value = "", value_parser = path)]
    pub kubeconfig: PathBuf,

    /// What happens where the configuration refers to an environment variable that is not set: the reference is kept, or
    /// the configuration is refused.
    #[arg(long, value_enum, default_value_t = Unset::Keep)]
    pub unset_variables: Unset,

    /// Command that must accept the configuration before it is put in place, such as "promtool check config {}"; {} stands
    /// for the file. No shell.
    #[arg(long, value_name = "COMMAND")]
    pub check_command: Option<Check>,

    /// The same for each new file of --target-dir, such as "promtool check rules {}".
    #[arg(long, value_name = "COMMAND")]
    pub target_dir_check_command: Option<Check>,

    /// How changes are noticed: auto uses inotify, and looks each --poll-interval where that is not enough (limits of the
    /// system, network file systems); poll always does that.
    #[arg(long, value_enum, default_value_t = watch::Choice::Auto)]
    pub watch_backend: watch::Choice,

    /// Time between two looks, where changes are noticed by looking.
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = parse_duration)]
    pub poll_interval: Duration,

    /// How the target is told to reload.
    #[arg(long, value_enum, default_value_t = Method::Http)]
    pub reload_method: Method,

    /// Name of the target's executable, for --reload-method=signal.
    #[arg(long, value_name = "NAME", default_value = "prometheus")]
    pub process_executable_name: String,

    /// Address to which a POST is sent, for --reload-method=http; may be repeated. http://, https:// (the certificate is
    /// verified unless the target is on this machine), or `unix:///SOCKET:/PATH`.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:9090/-/reload")]
    pub reload_url: Vec<Address>,

    /// File with targets that need more than an address: certificates, passwords, tokens. Without --reload-url these are
    /// all targets.
    #[arg(long, value_name = "FILE", default_value = "", value_parser = path)]
    pub targets_file: PathBuf,

    /// After a reload, ask the target whether it succeeded and whether the configuration that it runs is that of the file;
    /// and reload again when the target has restarted. For Prometheus and Alertmanager.
    #[arg(long)]
    pub verify_reload: bool,

    /// How often a target is asked whether it has restarted, with --verify-reload; 0 never asks.
    #[arg(long, value_name = "DURATION", default_value = "15s", value_parser = parse_duration)]
    pub verify_interval: Duration,

    /// Address that tells whether a reload succeeded, for --reload-method=signal.
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:9090/api/v1/status/runtimeinfo"
    )]
    pub runtimeinfo_url: Address,

    /// Environment variable whose trailing digits become `STATEFULSET_ORDINAL_NUMBER`; empty turns that off.
    #[arg(long, value_name = "NAME", default_value = "POD_NAME")]
    pub statefulset_ordinal_from_envvar: String,

    /// Address on which /metrics, /healthz and /readyz are served, such as :8080; empty serves nothing.
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

    /// Write the output and reload each target once, and exit: with 0 if all of that succeeded.
    #[arg(long)]
    pub once: bool,

    /// Read, decompress, expand and check everything, put nothing in place, and exit: with 0 if all of that succeeded.
    #[arg(long)]
    pub validate: bool,

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
        let mut command = Self::command();
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

    /// Why the flags do not go together.
    fn conflict(&self, named_urls: bool) -> Option<String> {
        let signal = self.reload_method == Method::Signal;
        let roots = self.roots();
        let mut watched = roots.iter().map(|root| &root.folder);
        let is_watched = |source: &&Root| {
            let meets =
                |root: &Root| root.folder.starts_with(&source.folder) || source.folder.starts_with(&root.folder);
            roots.iter().any(meets)
        };
        let unverifiable = || self.reload_url.iter().find(|url| url.elsewhere("").is_none());
        if signal && (named_urls || is_set(&self.targets_file)) {
            Some("--reload-method=signal takes neither --reload-url nor --targets-file".to_owned())
        } else if self.once && self.validate {
            Some("--once and --validate exclude each other".to_owned())
        } else if is_set(&self.target_dir) && self.roots().is_empty() {
            Some("--target-dir needs --watched-dir or --watched-files".to_owned())
        } else if is_set(&self.target_dir) && watched.any(|folder| self.target_dir.starts_with(folder)) {
            Some("--target-dir lies in a watched folder: what is written would be read again".to_owned())
        } else if !self.target_dir_source.is_empty() && !is_set(&self.target_dir) {
            Some("--target-dir-source needs --target-dir".to_owned())
        } else if let Some(source) = self.target_dir_source.iter().find(|source| !is_watched(source)) {
            let folder = source.folder.display();
            Some(format!("--target-dir-source: {folder} is not watched"))
        } else if self.target_dir_check_command.is_some() && !is_set(&self.target_dir) {
            Some("--target-dir-check-command needs --target-dir".to_owned())
        } else if self.check_command.is_some() && !is_set(&self.config_file) {
            Some("--check-command needs --config-file".to_owned())
        } else if let Some((object, folder)) = self.objects().into_iter().find(|(_, folder)| !self.uses(folder)) {
            let folder = folder.display();
            Some(format!(
                "{object}: nothing that is read from {folder} is written elsewhere"
            ))
        } else if self.poll_interval.is_zero() {
            Some("--poll-interval must be above 0".to_owned())
        } else if self.verify_reload && !signal {
            unverifiable().map(|url| format!("--verify-reload needs addresses that end with /-/reload, not {url}"))
        } else {
            None
        }
    }

    /// The objects that are read from the API server, and the folders that they are mounted on.
    pub fn objects(&self) -> Vec<(Object, PathBuf)> {
        let of_config = self.config_file.parent().unwrap_or(Path::new(""));
        let objects = self.watch_secret.iter().chain(&self.watch_configmap).cloned();
        objects
            .map(|object| {
                let folder = object.folder.clone().unwrap_or_else(|| of_config.to_owned());
                (object, folder)
            })
            .collect()
    }

    /// Whether what is in `folder` becomes something that is written.
    fn uses(&self, folder: &Path) -> bool {
        let is_of_config = is_set(&self.config_file) && self.config_file.parent() == Some(folder);
        let sources = &self.target_dir_source;
        let is_copied = sources.is_empty() || sources.iter().any(|source| folder.starts_with(&source.folder));
        let is_of_roots = is_copied && self.roots().iter().any(|root| root.folder == folder);
        is_of_config && is_set(&self.config_envsubst_file) || is_of_roots && is_set(&self.target_dir)
    }

    /// What is watched besides the configuration file.
    pub fn roots(&self) -> Vec<Root> {
        let folders = self.watched_dir.iter().cloned().map(Root::folder);
        folders.chain(self.watched_files.iter().cloned()).collect()
    }
}

/// Whether the user wrote the flag.
fn is_given(matches: &ArgMatches, flag: &str) -> bool {
    matches.value_source(flag) == Some(ValueSource::CommandLine)
}

/// An empty path stands for none.
pub fn is_set(path: &Path) -> bool {
    !path.as_os_str().is_empty()
}

/// Any path; an empty one stands for none, which clap's own parser refuses.
#[expect(clippy::unnecessary_wraps, reason = "the shape that clap asks for")]
fn path(text: &str) -> Result<PathBuf, Infallible> {
    Ok(text.into())
}

#[cfg(test)]
mod tests;
