//! Which targets there are: those of the command line, and those of the targets file, which may change. Reads that file.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tracing::{error, info};

use super::settings::{self, Described, Error};
use super::{Address, Client, Credentials, Revision, Target, Verification, Way, signal};
use crate::args::{Args, Method, is_set};
use crate::fingerprint::{self, Fingerprint};
use crate::health::Health;
use crate::metrics::Metrics;

/// All targets at work. Dropped, they stop.
pub struct Targets {
    args: Args,
    file: Option<Fingerprint>,
    revisions: watch::Sender<Option<Revision>>,
    metrics: Metrics,
    health: Health,
    running: BTreeMap<String, (Described, AbortHandle)>,
    tasks: JoinSet<()>,
}

impl Targets {
    /// Starts the targets that the command line names; each waits for the first revision.
    pub fn start(args: &Args, metrics: Metrics, health: Health) -> Result<Self, Error> {
        let mut targets = Self {
            args: args.clone(),
            file: digest(args),
            revisions: watch::Sender::new(None),
            metrics,
            health,
            running: BTreeMap::new(),
            tasks: JoinSet::new(),
        };
        if args.reload_method == Method::Signal {
            let target = by_signal(args);
            targets.health.add(&target.name);
            targets.spawn(target);
        } else {
            targets.replace(described(args)?);
        }
        Ok(targets)
    }

    /// The names of all targets.
    pub fn names(&self) -> Vec<&str> {
        if self.args.reload_method == Method::Signal {
            return vec![&self.args.process_executable_name];
        }
        self.running.keys().map(String::as_str).collect()
    }

    /// Gives every target a revision to run.
    pub fn run(&self, revision: Revision) {
        self.revisions.send_replace(Some(revision));
    }

    /// What the targets were last given.
    pub fn revision(&self) -> Option<Revision> {
        *self.revisions.borrow()
    }

    /// Takes over a targets file that changed. One that is wrong leaves the targets as they are.
    pub fn refresh(&mut self) {
        let file = digest(&self.args);
        if file == self.file {
            return;
        }
        self.file = file;
        match described(&self.args) {
            Ok(targets) => {
                self.replace(targets);
                info!(targets = self.names().join(" "), "the targets file changed");
            }
            Err(error) => {
                let error: &(dyn std::error::Error + 'static) = &error;
                error!(error, "the targets file cannot be used, keeping the current targets");
            }
        }
    }

    fn replace(&mut self, targets: Vec<Described>) {
        let targets: BTreeMap<_, _> = targets.into_iter().map(|target| (name(&target), target)).collect();
        let is_gone = |name: &String, known: &Described| targets.get(name) != Some(known);
        let gone = self.running.extract_if(.., |name, (known, _)| is_gone(name, known));
        for (name, (_, task)) in gone {
            task.abort();
            self.health.remove(&name);
            self.metrics.remove(&name);
        }
        for (name, described) in targets {
            if !self.running.contains_key(&name) {
                self.health.add(&name);
                let task = self.spawn(by_http(&self.args, &described));
                self.running.insert(name, (described, task));
            }
        }
    }

    fn spawn(&mut self, target: Target) -> AbortHandle {
        let revisions = self.revisions.subscribe();
        self.tasks
            .spawn(target.run(revisions, self.metrics.clone(), self.health.clone()))
    }
}

/// The targets that the command line names, each ready for an attempt.
pub fn of_arguments(args: &Args) -> Result<Vec<Target>, Error> {
    if args.reload_method == Method::Signal {
        return Ok(vec![by_signal(args)]);
    }
    Ok(described(args)?.iter().map(|target| by_http(args, target)).collect())
}

fn described(args: &Args) -> Result<Vec<Described>, Error> {
    let of_flags = args.reload_url.iter().map(|address| Described {
        client: of_flags(args, address),
        config_file: None,
    });
    let mut targets: Vec<_> = of_flags.collect();
    if is_set(&args.targets_file) {
        targets.extend(settings::read(&args.targets_file)?);
    }
    Ok(targets)
}

/// A client for an address of the command line.
fn of_flags(args: &Args, address: &Address) -> Client {
    let login = args
        .basic_auth_username
        .as_ref()
        .zip(args.basic_auth_password_file.as_ref());
    let credentials = login.map(|(username, password_file)| Credentials::Basic {
        username: username.clone(),
        password_file: password_file.clone(),
    });
    let mut client = Client::new(address.clone());
    client.credentials = credentials.unwrap_or_default();
    client
}

fn name(target: &Described) -> String {
    target.client.address.to_string()
}

fn by_http(args: &Args, target: &Described) -> Target {
    let verification = verification(args, &target.client, target.config_file.clone());
    new(args, name(target), Way::Http(target.client.clone()), verification)
}

fn by_signal(args: &Args) -> Target {
    let runtime_info = of_flags(args, &args.runtimeinfo_url);
    let verification = verification(args, &runtime_info, None);
    let executable = args.process_executable_name.clone();
    let way = Way::Signal(signal::Process {
        executable: executable.clone(),
        runtime_info,
    });
    new(args, executable, way, verification)
}

fn new(args: &Args, name: String, way: Way, verification: Option<Arc<Verification>>) -> Target {
    Target {
        name,
        way,
        verification,
        limit: args.reload_limit(),
        retry: args.retry_interval,
    }
}

fn verification(args: &Args, client: &Client, file: Option<PathBuf>) -> Option<Arc<Verification>> {
    let file = file.or_else(|| args.effective_config().map(PathBuf::from));
    let wanted = args
        .verify_reload
        .then(|| Verification::new(client, file, args.verify_interval));
    wanted.flatten().map(Arc::new)
}

fn digest(args: &Args) -> Option<Fingerprint> {
    let path = is_set(&args.targets_file).then_some(&args.targets_file)?;
    fingerprint::digest(path, u64::MAX).ok().map(|(digest, _)| digest)
}
