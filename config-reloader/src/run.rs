//! The loop: look at the files at the start, after changes (with a short delay, so that one change is not seen in
//! parts), at each tick of the watch interval, and when asked; tell the targets where the content is new. Uses the
//! clock, the file system and the network through its parts.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use process::http::web_config::{self, WebConfig};
use process::http::{BindError, Limits, Routes, Server};
use prometheus_client::registry::Registry;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tracing::{debug, error, info, warn};

use crate::args::{Args, is_set};
use crate::fingerprint::Fingerprint;
use crate::health::Health;
use crate::kubernetes::{self, Access, AccessError, Known, Object, Objects};
use crate::metrics::Metrics;
use crate::renewal::{self, Renewal};
use crate::target::{self, Revision, SettingsError, Target};
use crate::watch::{Interest, Noticed, Watch, mounted_alone};

/// A look at the files that takes longer than this and a check does hangs.
const LONGEST_LOOK: Duration = Duration::from_mins(2);
/// Files that cannot be applied are looked at again after so many retry intervals: a full disk causes no event.
const RETRIES_APART: u32 = 12;

/// Why the reloader does not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The web config file; the original exits with 2 for this one.
    #[error("invalid web config file")]
    WebConfig(#[source] web_config::Error),
    /// The targets file.
    #[error("invalid targets file")]
    Targets(#[source] SettingsError),
    /// The API server.
    #[error("cannot read objects from the API server")]
    Access(#[source] AccessError),
    /// The listener.
    #[error("cannot serve metrics")]
    Listen(#[source] BindError),
}

/// A reloader that is ready to run.
pub struct Daemon {
    server: Option<Server>,
    cycle: Cycle,
    followed: Option<Followed>,
    targets: Vec<Target>,
    metrics: Metrics,
    health: Health,
}

/// Objects of the API server, and whom to tell of them.
struct Followed {
    access: Access,
    objects: Vec<(Object, PathBuf)>,
    known: watch::Sender<Known>,
}

/// What the loop knows.
struct Cycle {
    renewal: Renewal,
    objects: Objects,
    watch: Watch,
    health: Health,
    intervals: Intervals,
    /// The watched folders, as they were last walked.
    folders: Vec<PathBuf>,
    /// What is in place.
    good: Option<Fingerprint>,
    forced: u64,
    revisions: watch::Sender<Option<Revision>>,
}

struct Intervals {
    watch: Duration,
    delay: Duration,
    retry: Duration,
}

impl Daemon {
    /// Reads the web config and the targets file, and binds the listener; watched files are not looked at yet. Must be
    /// called within a runtime.
    pub async fn start(args: &Args) -> Result<Self, Error> {
        let targets = target::of_arguments(args).map_err(Error::Targets)?;
        let mut registry = Registry::default();
        let metrics = Metrics::register(&mut registry, args.reload_method);
        let names = targets.iter().map(|target| target.name.clone());
        let health = Health::new(names, LONGEST_LOOK + args.reload_timeout);
        let known = watch::Sender::new(Known::new());
        let objects = Objects::new(known.subscribe());
        let followed = followed(args, known)?;
        let server = listen(args, registry, &health).await?;
        let cycle = Cycle {
            renewal: Renewal::new(args, metrics.clone()),
            objects,
            watch: Watch::new(args.watch_backend, args.poll_interval, metrics.clone()),
            health: health.clone(),
            intervals: Intervals {
                watch: args.watch_interval,
                delay: args.delay_interval,
                retry: args.retry_interval,
            },
            folders: Vec::new(),
            good: None,
            forced: 0,
            revisions: watch::Sender::new(None),
        };
        Ok(Self {
            server,
            cycle,
            followed,
            targets,
            metrics,
            health,
        })
    }

    /// Where it listens, if it does.
    pub fn local_address(&self) -> Option<io::Result<SocketAddr>> {
        self.server.as_ref().map(Server::local_address)
    }

    /// Runs until `stop` ends; what is under way then is broken off. Each message on `force` causes a reload.
    pub async fn run(self, stop: impl Future<Output = ()>, force: mpsc::Receiver<()>) {
        let serve = async {
            match self.server {
                Some(server) => server.run(std::future::pending()).await,
                None => std::future::pending().await,
            }
        };
        let targets = self.targets.into_iter().map(|target| {
            let revisions = self.cycle.revisions.subscribe();
            target.run(revisions, self.metrics.clone(), self.health.clone())
        });
        let targets = join_all(targets);
        let follow = async {
            match &self.followed {
                Some(followed) => followed.run().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop => info!("stopped"),
            () = serve => {}
            () = follow => {}
            _ = targets => {}
            () = self.cycle.run(force) => {}
        }
    }
}

impl Followed {
    async fn run(&self) {
        let objects = self.objects.iter();
        let follow =
            objects.map(|(object, folder)| kubernetes::follow(&self.access, object, folder.clone(), &self.known));
        join_all(follow).await;
    }
}

fn followed(args: &Args, known: watch::Sender<Known>) -> Result<Option<Followed>, Error> {
    let objects = args.objects();
    if objects.is_empty() {
        return Ok(None);
    }
    let access = if is_set(&args.kubeconfig) {
        Access::of_kubeconfig(&args.kubeconfig)
    } else {
        Access::of_pod()
    };
    Ok(Some(Followed {
        access: access.map_err(Error::Access)?,
        objects,
        known,
    }))
}

async fn listen(args: &Args, registry: Registry, health: &Health) -> Result<Option<Server>, Error> {
    let web = if is_set(&args.web_config_file) {
        WebConfig::load(&args.web_config_file).map_err(Error::WebConfig)?
    } else {
        WebConfig::none()
    };
    if args.listen_address.is_empty() {
        return Ok(None);
    }
    let routes = health.routes(Routes::new().metrics(Arc::new(registry)));
    // Scrapes and probes need few connections, and each costs memory.
    let limits = Limits {
        connections: 32,
        ..Limits::default()
    };
    let bound = Server::bind(&args.listen_address, routes, limits, web).await;
    let server = bound.map_err(Error::Listen)?;
    info!(address = %args.listen_address, "listening");
    Ok(Some(server))
}

impl Cycle {
    async fn run(mut self, mut force: mpsc::Receiver<()>) {
        self.say_what_cannot_be_seen();
        let mut ticks = interval(self.intervals.watch);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The change that is waited behind, and when to look again whatever happens.
        let (mut changed, mut again) = (None::<Instant>, None::<Instant>);
        loop {
            let settled = changed.map(|changed| changed + self.intervals.delay);
            let next = settled.into_iter().chain(again).min();
            tokio::select! {
                _ = ticks.tick() => {}
                () = sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {}
                Some(()) = force.recv() => self.forced += 1,
                // An object changes as a whole, so there is nothing to wait for.
                () = self.objects.changed() => {}
                noticed = self.watch.noticed() => match noticed {
                    Noticed::Change => {
                        // The first change counts: a stream of changes must not put off the reload for ever.
                        changed.get_or_insert_with(Instant::now);
                        continue;
                    }
                    Noticed::PollTime => {}
                },
            }
            let noticed = changed.take().unwrap_or_else(Instant::now);
            again = self.look(noticed).await;
        }
    }

    /// Renews the files, and tells the targets if the content is new. The result is when to look again.
    async fn look(&mut self, noticed: Instant) -> Option<Instant> {
        // Watching comes before reading: what changes in between is seen again, not missed.
        self.watch.follow(&self.interest());
        self.health.looking();
        let result = self.renewal.renew(self.objects.overlay(), self.good).await;
        self.health
            .looked(result.as_ref().err().map(renewal::Error::reason), self.watch.backend());
        let renewed = match result {
            Ok(renewed) => renewed,
            Err(error) => {
                let error: &(dyn std::error::Error + 'static) = &error;
                error!(error, "the last good configuration stays");
                return Some(Instant::now() + self.intervals.retry * RETRIES_APART);
            }
        };
        if self.good == Some(renewed.fingerprint)
            && self.revisions.borrow().is_some_and(|last| last.forced == self.forced)
        {
            debug!("nothing changed");
        } else {
            self.good = Some(renewed.fingerprint);
            self.health.reloading();
            self.revisions.send_replace(Some(Revision {
                fingerprint: renewed.fingerprint,
                noticed,
                forced: self.forced,
            }));
        }
        if self.folders == renewed.folders {
            return None;
        }
        // What is in a new folder may have changed between being read and being watched.
        self.folders = renewed.folders;
        Some(Instant::now())
    }

    fn interest(&self) -> Interest {
        let plan = &self.renewal.plan;
        Interest {
            file: plan.config.as_ref().map(|config| config.source.clone()),
            roots: plan.roots.iter().map(|root| root.folder.clone()).collect(),
            folders: self.folders.clone(),
            own: plan.own(),
        }
    }

    fn say_what_cannot_be_seen(&self) {
        let plan = &self.renewal.plan;
        let Some(config) = &plan.config else {
            if plan.roots.is_empty() {
                info!("there is nothing to watch");
            }
            return;
        };
        let folder: Vec<_> = config.source.parent().into_iter().collect();
        if mounted_alone(&folder).contains(&config.source) {
            let file = config.source.display();
            warn!(%file, "the file is mounted by itself: one that replaces it outside is not seen; mount its folder");
        }
    }
}
