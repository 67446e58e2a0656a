//! Entry point of the operator: arguments, logs, signals; the rest is in the library.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use operator::args::{Args, Command};
use operator::cli;
use operator::run::run;
use process::causes::Causes;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

#[expect(clippy::print_stdout, reason = "what was asked for on the command line")]
fn main() -> ExitCode {
    let args = Args::parse();
    if args.version || args.short_version {
        let short = env!("CARGO_PKG_VERSION").to_owned();
        println!(
            "{}",
            if args.version {
                process::build::version_text("prometheus-operator")
            } else {
                short
            }
        );
        return ExitCode::SUCCESS;
    }
    match args.command {
        Some(Command::Crds(definitions)) => return print(cli::crds(definitions)),
        Some(Command::FullCrds(definitions)) => return print(cli::full_crds(definitions)),
        Some(Command::Start) | None => {}
    }
    match start(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %Causes(&*error), "cannot run");
            ExitCode::FAILURE
        }
    }
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
async fn start(args: Args) -> anyhow::Result<()> {
    process::telemetry::start(args.log_level, args.log_format).context("cannot start the log")?;
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
    Ok(Box::pin(run(args, stop)).await?)
}
