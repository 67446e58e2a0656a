//! What all commands share while they run: the flags, a runtime, standard error, and the cluster if one is asked. The edge of
//! the commands.
//!
//! A failure is one of any command, and commands run in a session: so `render`, `diff` and this file import each other.

use std::cell::RefCell;
use std::future::Future;
use std::io::{self, IsTerminal as _};

use kube::Client;
use prometheus_client::registry::Registry;
use tokio::runtime::{self, Runtime};

use super::definitions;
use super::diff::UpgradeError;
use super::input::{self, Input};
use super::render::WriteError;
use super::test;
use super::world::{ClusterError, World, cluster_objects};
use crate::alertmanager::convert;
use crate::args::{Args, Sources};
use crate::run::client;
use crate::watch::{ScopeError, Scopes};

/// A command that runs.
pub struct Session<'a> {
    args: &'a Args,
    scopes: Scopes,
    runtime: Runtime,
    cluster: RefCell<Option<Client>>,
}

/// What a command found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Nothing that the user must look at.
    Nothing,
    /// Something.
    Findings,
}

impl Answer {
    /// Findings if there are any.
    pub const fn of(found: bool) -> Self {
        if found { Self::Findings } else { Self::Nothing }
    }
}

/// Why a command could not run.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Flags that exclude each other.
    #[error(transparent)]
    Scopes(#[from] ScopeError),
    /// The input.
    #[error(transparent)]
    Input(#[from] input::Error),
    /// There is nothing to run.
    #[error("no Prometheus, PrometheusAgent, Alertmanager or ThanosRuler is in the input")]
    NoWorkload,
    /// Nothing is named in which an object could be.
    #[error("name files or folders with the objects, - for standard input, or --cluster")]
    NoSources,
    /// Something that is not explained.
    #[error(transparent)]
    Subject(#[from] super::explain::subject::Error),
    /// Something else than two states is to be compared.
    #[error("name two states to compare, or one with --operator-upgrade")]
    States,
    /// Another operator.
    #[error(transparent)]
    Upgrade(#[from] UpgradeError),
    /// A document that is nothing that is converted.
    #[error(
        "{0} is not converted: it is neither a file of rules, nor scrape jobs, nor a configuration of Alertmanager, nor an \
         AlertmanagerConfig"
    )]
    Unconvertible(String),
    /// An `AlertmanagerConfig` of a version that does not exist.
    #[error("{file}")]
    Version {
        /// Where it is.
        file: String,
        /// What is wrong.
        #[source]
        source: convert::Error,
    },
    /// Tests of rules.
    #[error(transparent)]
    Test(#[from] test::Error),
    /// A page of the reference that does not exist.
    #[error("there is no page {0:?} about that: docs alone lists them")]
    Page(String),
    /// A part of the program.
    #[error(transparent)]
    Damaged(#[from] definitions::Error),
    /// A rule of `lint` that does not exist.
    #[error("there is no rule {0:?}: --list-rules prints them")]
    Rule(String),
    /// A file of the answer.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Standard output.
    #[error("cannot write the answer")]
    Output(#[from] io::Error),
    /// How the cluster is reached.
    #[error(transparent)]
    Client(#[from] client::Error),
    /// What the cluster shows.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
}

impl<'a> Session<'a> {
    /// A session of a program with these flags.
    ///
    /// # Errors
    /// When the flags exclude each other, or the system gives no runtime.
    pub fn new(args: &'a Args) -> Result<Self, Failure> {
        Ok(Self {
            args,
            scopes: Scopes::of(&args.watch)?,
            runtime: runtime::Builder::new_current_thread().enable_all().build()?,
            cluster: RefCell::new(None),
        })
    }

    /// The flags of the operator, which the answer is for.
    pub const fn args(&self) -> &'a Args {
        self.args
    }

    /// Reads what `sources` name.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn input(&self, sources: &Sources) -> Result<Input, Failure> {
        let files = Input::read(sources)?;
        if !sources.cluster {
            return Ok(files);
        }
        let cluster = self.cluster()?;
        Ok(self.wait(cluster_objects(&cluster, files))?)
    }

    /// The cluster that the flags or the environment name. Asked once.
    ///
    /// # Errors
    /// When nobody says how it is reached.
    pub fn cluster(&self) -> Result<Client, Failure> {
        if let Some(client) = &*self.cluster.borrow() {
            return Ok(client.clone());
        }
        // One that is installed already is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let metrics = client::ClientMetrics::register(&mut Registry::default());
        let client = self.wait(client::client(&self.args.api_server, metrics))?;
        *self.cluster.borrow_mut() = Some(client.clone());
        Ok(client)
    }

    /// The objects of `input` as the operator would see them.
    pub fn world(&self, input: &Input) -> World {
        let _inside = self.runtime.enter();
        World::new(self.args, self.scopes.clone(), input, self.cluster.borrow().clone())
    }

    /// The end of `future`.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Tells the user something beside the answer.
    #[expect(clippy::print_stderr, reason = "commands have no log")]
    pub fn remark(&self, text: &str) {
        eprintln!("{text}");
    }

    /// Whether standard output may be coloured.
    pub fn is_coloured(&self) -> bool {
        io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
    }
}
