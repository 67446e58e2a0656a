//! Entry point of the config-reloader: arguments, logs, signals, exit codes.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use config_reloader::args::Args;
use config_reloader::run::{self, Daemon};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

fn main() -> ExitCode {
    let args = Args::parse();
    if args.version || args.short_version {
        let long = shared::build::version_text("prometheus-config-reloader");
        let text = if args.version {
            long.as_str()
        } else {
            shared::build::VERSION
        };
        return if writeln!(std::io::stdout(), "{text}").is_ok() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        };
    }
    match start(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "failed");
            match error.downcast_ref() {
                Some(run::Error::WebConfig(_)) => ExitCode::from(2),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn start(args: &Args) -> anyhow::Result<()> {
    shared::telemetry::start(args.log_level, args.log_format)?;
    if args.watch_interval.is_zero() {
        return Ok(run::once(args)?);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start")?;
    runtime.block_on(async {
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let mut hang_up = signal(SignalKind::hangup())?;
        let (force, forced) = mpsc::channel(1);
        tokio::spawn(async move {
            while hang_up.recv().await.is_some() {
                // A full channel holds a request already.
                let _ = force.try_send(());
            }
        });
        let stop = async {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        };
        Daemon::start(args).await?.run(stop, forced).await;
        Ok(())
    })
}
