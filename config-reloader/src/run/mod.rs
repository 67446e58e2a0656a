//! The program that keeps running: the [`cycle`] of looking at the files, the targets, the objects of the API server and
//! the listener, side by side. Uses the clock, the file system and the network through its parts.

mod cycle;
mod schedule;

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
use tracing::info;

use self::cycle::Cycle;
use crate::args::{Args, is_set};
use crate::health::Health;
use crate::kubernetes::{self, Access, AccessError, Known, Object, Objects};
use crate::metrics::Metrics;
use crate::notify_socket::NotifySocket;
use crate::target::{SettingsError, Targets};

/// A look at the files that takes longer than this and a check does hangs.
const LONGEST_LOOK: Duration = Duration::from_mins(2);
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
}

/// Objects of the API server, and where what is known of them goes.
struct Followed {
    access: Access,
    objects: Vec<(Object, PathBuf)>,
    known: watch::Sender<Known>,
}

impl Daemon {
    /// Reads the web config and the targets file, and binds the listener; watched files are not looked at yet. Must be
    /// called within a runtime.
    pub async fn start(args: &Args) -> Result<Self, Error> {
        let mut registry = Registry::default();
        let metrics = Metrics::register(&mut registry, args.reload_method.as_str());
        let health = Health::new(LONGEST_LOOK + args.reload_timeout);
        let targets = Targets::start(args, metrics.clone(), health.clone()).map_err(Error::Targets)?;
        let known = watch::Sender::new(Known::new());
        let objects = Objects::new(known.subscribe());
        let followed = followed(args, known)?;
        let server = listen(args, registry, &health).await?;
        Ok(Self {
            server,
            cycle: Cycle::new(args, objects, targets, &metrics, health),
            followed,
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
        let follow = async {
            match &self.followed {
                Some(followed) => followed.run().await,
                None => std::future::pending().await,
            }
        };
        let supervisor = NotifySocket::of_process();
        tokio::select! {
            () = stop => {
                supervisor.stopping();
                info!("stopped");
            }
            () = serve => {}
            () = follow => {}
            () = self.cycle.run(force, &supervisor) => {}
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
