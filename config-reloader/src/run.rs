//! The loop: look at the files at the start, after changes (with a short delay, so that one change is not seen in
//! parts), at each tick of the watch interval, and when asked; reload where the content differs from what the target
//! was last told; try failed reloads again. Uses the clock, the file system and the network through its parts.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use std::{io, mem};

use prometheus_client::registry::Registry;
use shared::http::web_config::{self, WebConfig};
use shared::http::{BindError, Limits, Routes, Server};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tracing::{debug, error, info, warn};

use crate::args::Args;
use crate::config::{self, Config};
use crate::environment::Environment;
use crate::fingerprint::{self, Fingerprint};
use crate::metrics::Metrics;
use crate::output;
use crate::reload::Reloader;
use crate::watch::{Interest, Watch};

/// Why the reloader does not start, or why a single run failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The web config file; the original exits with 2 for this one.
    #[error("invalid web config file")]
    WebConfig(#[source] web_config::Error),
    /// The listener.
    #[error("cannot serve metrics")]
    Listen(#[source] BindError),
    /// The single run.
    #[error("cannot apply the configuration")]
    Apply(#[source] config::Error),
}

/// A reloader that is ready to run.
pub struct Daemon {
    server: Option<Server>,
    cycle: Cycle,
}

/// What the loop knows.
struct Cycle {
    config: Option<Config>,
    roots: Vec<PathBuf>,
    environment: Environment,
    reloader: Reloader,
    watch: Watch,
    metrics: Metrics,
    intervals: Intervals,
    /// Content that the target was last told to load, with success.
    loaded: Option<Fingerprint>,
    /// Whether a reload is due even if the content is the same.
    forced: bool,
}

struct Intervals {
    watch: Duration,
    delay: Duration,
    retry: Duration,
}

/// How a look at the files ended.
#[derive(PartialEq, Eq)]
enum Looked {
    /// Nothing more to do until something changes.
    Done,
    /// The target has to be asked again.
    Pending,
}

/// Writes the output once, without watching or reloading: the init container's part.
pub fn once(args: &Args) -> Result<(), Error> {
    let Some(config) = config(args) else { return Ok(()) };
    let environment = Environment::of_process(&args.statefulset_ordinal_from_envvar);
    let unset = config.apply(&environment).map_err(Error::Apply)?;
    warn_of(&unset);
    info!(file = %config.effective().display(), "configuration applied");
    Ok(())
}

impl Daemon {
    /// Reads the web config and binds the listener; files are not looked at yet. Must be called within a runtime.
    pub async fn start(args: &Args) -> Result<Self, Error> {
        let mut registry = Registry::default();
        let metrics = Metrics::register(&mut registry, args.reload_method);
        let web = if args.web_config_file.as_os_str().is_empty() {
            WebConfig::none()
        } else {
            WebConfig::load(&args.web_config_file).map_err(Error::WebConfig)?
        };
        let mut server = None;
        if !args.listen_address.is_empty() {
            let routes = Routes::new().health().metrics(Arc::new(registry));
            // Scrapes and probes need few connections, and each costs memory.
            let limits = Limits {
                connections: 32,
                ..Limits::default()
            };
            let bound = Server::bind(&args.listen_address, routes, limits, web)
                .await
                .map_err(Error::Listen)?;
            info!(address = %args.listen_address, "listening");
            server = Some(bound);
        }
        let cycle = Cycle {
            config: config(args),
            roots: args.watched_dir.clone(),
            environment: Environment::of_process(&args.statefulset_ordinal_from_envvar),
            reloader: Reloader::new(args),
            watch: Watch::new(metrics.clone()),
            metrics,
            intervals: Intervals {
                watch: args.watch_interval,
                delay: args.delay_interval,
                retry: args.retry_interval,
            },
            loaded: None,
            forced: false,
        };
        Ok(Self { server, cycle })
    }

    /// Where it listens, if it does.
    pub fn local_address(&self) -> Option<io::Result<SocketAddr>> {
        self.server.as_ref().map(Server::local_address)
    }

    /// Runs until `stop` ends; what is under way then is broken off. Each message on `force` causes a reload.
    pub async fn run(self, stop: impl Future<Output = ()>, force: mpsc::Receiver<()>) {
        let Self { server, cycle } = self;
        let serve = async {
            match server {
                Some(server) => server.run(std::future::pending()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop => info!("stopped"),
            () = serve => {}
            () = cycle.run(force) => {}
        }
    }
}

impl Cycle {
    async fn run(mut self, mut force: mpsc::Receiver<()>) {
        if self.config.is_none() && self.roots.is_empty() {
            info!("there is nothing to watch");
        }
        let mut ticks = interval(self.intervals.watch);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // When to look next, other than at a tick: after a change, or to try a reload again.
        let (mut settled, mut retry) = (None::<Instant>, None::<Instant>);
        loop {
            let next = settled.into_iter().chain(retry).min();
            tokio::select! {
                _ = ticks.tick() => {}
                () = sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {}
                Some(()) = force.recv() => self.forced = true,
                () = self.watch.changed() => {
                    // The first change counts: a stream of changes must not put off the reload for ever.
                    settled.get_or_insert_with(|| Instant::now() + self.intervals.delay);
                    continue;
                }
            }
            settled = None;
            retry = match self.look().await {
                Looked::Done => None,
                Looked::Pending => Some(Instant::now() + self.intervals.retry),
            };
        }
    }

    /// Renews the output, and reloads if the content is new to the target.
    async fn look(&mut self) -> Looked {
        // Watching comes before reading: what changes in between is seen again, not missed.
        self.watch.follow(&self.interest(Vec::new()));
        if !self.apply() {
            return Looked::Done;
        }
        let file = self.config.as_ref().map(Config::effective);
        let walked = match fingerprint::walk(file, &self.roots) {
            Ok(walked) => walked,
            Err(error) => {
                self.metrics.applies_failed.inc();
                error!(
                    error = &error as &(dyn std::error::Error + 'static),
                    "cannot read the watched files"
                );
                return Looked::Done;
            }
        };
        self.watch.follow(&self.interest(walked.folders));
        if self.loaded == Some(walked.fingerprint) && !self.forced {
            debug!("nothing changed");
            return Looked::Done;
        }
        self.reload(walked.fingerprint).await
    }

    fn interest(&self, folders: Vec<PathBuf>) -> Interest {
        let output = self.config.as_ref().and_then(|config| config.output.as_ref());
        Interest {
            file: self.config.as_ref().map(|config| config.source.clone()),
            roots: self.roots.clone(),
            folders,
            own: output
                .map(|path| vec![path.clone(), output::temporary(path)])
                .unwrap_or_default(),
        }
    }

    /// Whether the output is what the source asks for.
    fn apply(&mut self) -> bool {
        let Some(config) = &self.config else { return true };
        self.metrics.applies.inc();
        match config.apply(&self.environment) {
            Ok(unset) => {
                warn_of(&unset);
                self.metrics
                    .unset_references
                    .set(i64::try_from(unset.references).unwrap_or(i64::MAX));
                true
            }
            Err(error) => {
                self.metrics.applies_failed.inc();
                let error: &(dyn std::error::Error + 'static) = &error;
                error!(error, "cannot apply the configuration, the last good one stays");
                false
            }
        }
    }

    async fn reload(&mut self, fingerprint: Fingerprint) -> Looked {
        // Set before waiting: if this attempt is broken off, the next look tries again.
        let was_forced = mem::replace(&mut self.forced, true);
        let started = Instant::now();
        let result = self.reloader.trigger().await;
        self.metrics.reloaded(result.is_ok(), SystemTime::now());
        match result {
            Ok(()) => {
                self.loaded = Some(fingerprint);
                self.forced = false;
                info!(
                    forced = was_forced,
                    seconds = started.elapsed().as_secs_f64(),
                    "reloaded"
                );
                Looked::Done
            }
            Err(error) => {
                error!(
                    error = &error as &(dyn std::error::Error + 'static),
                    "reload failed, it will be tried again"
                );
                Looked::Pending
            }
        }
    }
}

/// The files that the command line names, if it names any.
fn config(args: &Args) -> Option<Config> {
    let named = |path: &PathBuf| (!path.as_os_str().is_empty()).then(|| path.clone());
    Some(Config {
        source: named(&args.config_file)?,
        output: named(&args.config_envsubst_file),
    })
}

fn warn_of(unset: &crate::expand::Unset) {
    if unset.references > 0 {
        let names = unset.names.iter().map(String::as_str).collect::<Vec<_>>().join(",");
        warn!(
            references = unset.references,
            names, "references to unset environment variables stay as they are"
        );
    }
}
