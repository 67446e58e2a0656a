//! Entry point of the operator: arguments, logs, signals; the rest is in the library.

use std::ffi::OsString;
use std::io::Write as _;
use std::iter;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::CommandFactory as _;
use operator::args::{Args, Command, WebhookArgs};
use operator::cli;
use operator::run::{self, run};
use process::causes::Causes;
use process::telemetry::{LogFormat, LogLevel};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Name under which this program runs the webhooks alone.
const WEBHOOK: &str = "admission-webhook";
/// Name under which kubectl finds this program as its command `kubectl monitoring`. Then it only answers questions.
const PLUGIN: &str = "kubectl-monitoring";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_default();
    // An image whose entry point has this name needs no argument.
    if Path::new(&name).file_name().is_some_and(|name| name == WEBHOOK) {
        return webhook(arguments.collect());
    }
    let is_plugin = Path::new(&name).file_name().is_some_and(|name| name == PLUGIN);
    let args = Args::parse();
    if args.program.version || args.program.short_version {
        return version(args.program.version, "prometheus-operator");
    }
    match args.command.clone() {
        Some(Command::Crds(definitions)) => return print(cli::crds(definitions)),
        Some(Command::FullCrds(definitions)) => return print(cli::full_crds(definitions)),
        Some(Command::AdmissionPolicies(policies)) => return print(Ok(cli::admission_policies(&policies))),
        Some(Command::Question(question)) => return cli::answer(&question, &args),
        Some(Command::AdmissionWebhook { flags }) => return webhook(flags),
        None if is_plugin => {
            // There is nothing else to do where help cannot be printed.
            let _ = Args::command().print_help();
            return ExitCode::from(2);
        }
        Some(Command::ApplyCrds(_) | Command::Start) | None => {}
    }
    let (level, format) = (args.program.log_level, args.program.log_format);
    if let Some(Command::ApplyCrds(definitions)) = args.command {
        return ended(start(level, format, async |_| {
            Ok(run::definitions::apply(&args.api_server, definitions).await?)
        }));
    }
    ended(start(level, format, async |stop| Ok(run(args, stop).await?)))
}

/// Runs the webhooks alone.
fn webhook(flags: Vec<OsString>) -> ExitCode {
    let arguments = iter::once(OsString::from(WEBHOOK)).chain(flags);
    let args = WebhookArgs::try_from_arguments(arguments).unwrap_or_else(|error| error.exit());
    if args.program.version || args.program.short_version {
        return version(args.program.version, WEBHOOK);
    }
    let (level, format) = (args.program.log_level, args.program.log_format);
    ended(start(level, format, async |stop| {
        Ok(run::webhook::run(args, stop).await?)
    }))
}

fn ended(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %Causes(&*error), "cannot run");
            ExitCode::FAILURE
        }
    }
}

/// All that is known of this build, or its version alone.
fn version(is_long: bool, program: &str) -> ExitCode {
    let text = if is_long {
        process::build::version_text(program)
    } else {
        process::build::VERSION.to_owned()
    };
    print(Ok(format!("{text}\n")))
}

#[expect(clippy::print_stderr, reason = "the log has not been started")]
fn print(text: Result<String, cli::Error>) -> ExitCode {
    let written = text
        .map_err(anyhow::Error::from)
        .and_then(|text| Ok(std::io::stdout().write_all(text.as_bytes())?));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("prometheus-operator: {}", Causes(&*error));
            ExitCode::FAILURE
        }
    }
}

// Two threads, also where there are many processors: each keeps memory of its own that it once used.
#[tokio::main(worker_threads = 2)]
async fn start(
    level: LogLevel,
    format: LogFormat,
    run: impl AsyncFnOnce(CancellationToken) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    process::telemetry::start(level, format).context("cannot start the log")?;
    let provider = rustls::crypto::ring::default_provider();
    provider
        .install_default()
        .map_err(|_| anyhow::anyhow!("a TLS provider is installed already"))?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "starting");
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let stopper = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        stopper.cancel();
    });
    run(stop).await
}
