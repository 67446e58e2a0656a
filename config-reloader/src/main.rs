//! Entry point of the config-reloader: arguments, logs, signals, exit codes.

use std::io::Write as _;
use std::process::ExitCode;

use config_reloader::args::{Args, Command};
use config_reloader::oneshot;
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
        let long = process::build::version_text("prometheus-config-reloader");
        let text = if args.version {
            long.as_str()
        } else {
            process::build::VERSION
        };
        return if writeln!(std::io::stdout(), "{text}").is_ok() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        };
    }
    if let Some(Command::Healthcheck(check)) = &args.command {
        return match runtime.executor.block_on(check.run()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let _ = writeln!(std::io::stderr(), "{:#}", anyhow::Error::from(error));
                ExitCode::FAILURE
            }
        };
    }
    match start(&args, runtime) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "failed");
            if is_about_arguments(&error) {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// Files that belong to the command line fail like the command line.
fn is_about_arguments(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref(),
        Some(run::Error::WebConfig(_) | run::Error::Targets(_))
    ) || matches!(error.downcast_ref(), Some(oneshot::Error::Targets(_)))
}

/// What runs the program, and the signals that it listens for.
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
    process::telemetry::start(args.log_level, args.log_format)?;
    let Runtime {
        executor,
        mut terminate,
        mut interrupt,
        mut hang_up,
    } = runtime;
    let ended = executor.block_on(async {
        let stop = async {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        };
        if oneshot::is_asked_for(args) {
            return tokio::select! {
                ended = oneshot::run(args) => Ok(ended?),
                () = stop => Err(anyhow::anyhow!("stopped before the end")),
            };
        }
        let (force, forced) = mpsc::channel(1);
        tokio::spawn(async move {
            while hang_up.recv().await.is_some() {
                // A full channel holds a request already.
                let _ = force.try_send(());
            }
        });
        Daemon::start(args).await?.run(stop, forced).await;
        Ok(())
    });
    // A thread that waits for a file system that hangs must not be waited for.
    executor.shutdown_background();
    ended
}
