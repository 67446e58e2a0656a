//! Entry point of the config-reloader: arguments, logs, signals, exit codes.

use std::io::Write as _;
use std::process::ExitCode;

use config_reloader::args::Args;
use config_reloader::run::{self, Daemon};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

fn main() -> ExitCode {
    // Before all else: the first process of a container never gets a signal that came before it was listened for, and would
    // then run on until the end of the pod's grace period.
    let runtime = match Runtime::start() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
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
    match start(&args, runtime) {
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

/// What runs the program, and the signals that it listens for. The init container's part is short and done to its end.
struct Runtime {
    executor: tokio::runtime::Runtime,
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Runtime {
    fn start() -> std::io::Result<Self> {
        let executor = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let context = executor.enter();
        let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let hang_up = signal(SignalKind::hangup())?;
        drop(context);
        Ok(Self {
            executor,
            terminate,
            interrupt,
            hang_up,
        })
    }
}

fn start(args: &Args, runtime: Runtime) -> anyhow::Result<()> {
    shared::telemetry::start(args.log_level, args.log_format)?;
    if args.watch_interval.is_zero() {
        return Ok(run::once(args)?);
    }
    let Runtime {
        executor,
        mut terminate,
        mut interrupt,
        mut hang_up,
    } = runtime;
    executor.block_on(async {
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
