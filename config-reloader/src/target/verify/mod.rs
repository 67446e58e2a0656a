//! Whether a target runs what it should after a reload: whether its last reload succeeded, whether its configuration is
//! that of the file, and when it was started. Uses the network, and reads the file.
//!
//! A target does not give back the file: it fills in defaults, hides secrets and has its own spellings. [`compare`] knows
//! these by a [`table`] for each program. Where it finds a difference all the same, what the target said before the reload
//! decides: a reload that changed nothing left an old configuration in place. Everything else is a [`Doubt`], which is
//! reported and never a reason to reload again.

mod compare;
mod meaning;
mod program;
mod table;

use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use formats::yaml::{self, MAX_BYTES, Yaml};
use tokio::time::{sleep, timeout};
use tracing::{debug, info};

use self::compare::Difference;
use self::program::{Error as CallError, Program, Running};
use self::table::Table;
use super::client::Client;
use crate::fingerprint::{self, Fingerprint};
use crate::source;

/// How a target is asked.
pub struct Verification {
    program: Program,
    /// The file that the target reads, if there is one.
    file: Option<PathBuf>,
    interval: Duration,
    memory: Mutex<Memory>,
}

/// What is known of former reloads.
#[derive(Default)]
struct Memory {
    /// What the target ran after the last one.
    running: Option<Fingerprint>,
    /// A file, and what the target made of it.
    accepted: Option<(Fingerprint, Fingerprint)>,
    /// Whether it was said that the configuration is not compared.
    said_uncompared: bool,
}

/// What is known after a reload.
#[derive(Debug, Default)]
pub struct Reloaded {
    /// When the target was started, where it was asked.
    pub started: Option<String>,
    /// Why it may still run something else.
    pub doubt: Option<Doubt>,
}

/// What there was before a reload.
#[derive(Debug, Default)]
pub struct Expected {
    file: Option<Fingerprint>,
    running: Option<Fingerprint>,
}

/// Why a reload is not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The target does not say what it runs.
    #[error("cannot query what the target runs")]
    Call(#[from] CallError),
    /// It says that the last reload failed.
    #[error("its last reload failed; its log says why")]
    Failed,
    /// It runs something else.
    #[error(
        "the reload changed nothing, and {difference} its configuration is not that of {path} (is the file mounted by \
         itself? mount its folder)"
    )]
    Different {
        /// The file.
        path: PathBuf,
        /// The first difference.
        difference: Difference,
    },
}

impl Error {
    /// Whether the target was not reached.
    pub fn is_about_the_call(&self) -> bool {
        matches!(self, Self::Call(error) if error.is_about_the_call())
    }
}

/// Why a target may run something else than the file.
#[derive(Debug, PartialEq, Eq)]
pub enum Doubt {
    /// What it runs looks otherwise.
    Different(Difference),
    /// The file changed, and what it runs did not. Nothing else is known, since it is too long to be compared.
    Unchanged,
}

impl fmt::Display for Doubt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Different(difference) => write!(formatter, "{difference} what it runs looks different from the file"),
            Self::Unchanged => formatter.write_str("the file changed, and what it runs did not"),
        }
    }
}

/// How the file and what runs compare.
enum Comparison {
    Same,
    Different(Difference),
    /// Not compared, and why not.
    None(&'static str),
}

impl Verification {
    /// Asks the program that `client` belongs to, about `file`; looks for a restart each `interval`. `None` if the address
    /// does not say where the program's other paths are.
    pub fn new(client: &Client, file: Option<PathBuf>, interval: Duration) -> Option<Self> {
        Some(Self {
            program: Program::new(client)?,
            file,
            interval,
            memory: Mutex::default(),
        })
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn digest(&self) -> Option<Fingerprint> {
        let (digest, _) = fingerprint::digest(self.file.as_deref()?, u64::MAX).ok()?;
        Some(digest)
    }

    /// What the target is to read, and what it runs as long as it did not. The caller bounds the time.
    pub async fn expect(&self) -> Expected {
        let file = self.digest();
        let known = self.memory().running;
        let running = match known {
            None if file.is_some() => self
                .program
                .running()
                .await
                .ok()
                .flatten()
                .map(|running| running.digest),
            known => known,
        };
        Expected { file, running }
    }

    /// Whether the target runs what it should. Where the file is another one by now than `expected`, it is not compared.
    /// The caller bounds the time.
    pub async fn confirm(&self, expected: Expected) -> Result<Reloaded, Error> {
        let state = self.program.state().await?;
        if !state.succeeded {
            return Err(Error::Failed);
        }
        let mut doubt = None;
        if let Some(path) = &self.file
            && let Some(running) = self.program.running_of(state.kind).await?
        {
            doubt = self.judge(path, &running, expected).await?;
        }
        Ok(Reloaded {
            started: Some(state.started),
            doubt,
        })
    }

    async fn judge(&self, path: &Path, running: &Running, expected: Expected) -> Result<Option<Doubt>, Error> {
        let Some(file) = self.digest().filter(|digest| Some(*digest) == expected.file) else {
            return Ok(None);
        };
        let table = running.kind.table();
        let comparison = compared(path, running, &table);
        let (accepted, known) = {
            let memory = self.memory();
            (memory.accepted == Some((file, running.digest)), memory.accepted)
        };
        let has_changed = expected.running.is_some_and(|before| before != running.digest);
        let doubt = match comparison {
            Comparison::Same => None,
            Comparison::Different(difference) => {
                // It was said before, or the target read the file and has another way of writing it.
                let is_proven = !has_changed && !accepted && self.is_certain(&difference, &table).await;
                if is_proven {
                    let path = path.to_owned();
                    return Err(Error::Different { path, difference });
                }
                Some(Doubt::Different(difference))
            }
            Comparison::None(reason) => {
                self.say_uncompared(reason);
                known
                    .filter(|(former, _)| *former != file && !has_changed)
                    .map(|_| Doubt::Unchanged)
            }
        };
        let mut memory = self.memory();
        memory.running = Some(running.digest);
        memory.accepted = Some((file, running.digest));
        Ok(doubt.filter(|_| !accepted))
    }

    /// Defaults change between versions: what only the target has counts where its version is one of the table's.
    async fn is_certain(&self, difference: &Difference, table: &Table) -> bool {
        if !difference.depends_on_version() {
            return true;
        }
        let version = self.program.version(table.kind).await;
        version.is_some_and(|version| table.knows(&version))
    }

    fn say_uncompared(&self, reason: &'static str) {
        let mut memory = self.memory();
        if !memory.said_uncompared {
            memory.said_uncompared = true;
            info!(reason, "the configuration is not compared with what the target runs");
        }
    }

    /// Ends when the target says that it was started at another time than `known`, which is then up to date. A target
    /// that does not answer within `limit` is asked again.
    pub async fn restarted(&self, known: &mut Option<String>, limit: Duration) {
        if self.interval.is_zero() {
            return std::future::pending().await;
        }
        loop {
            sleep(self.interval).await;
            match timeout(limit, self.program.state()).await {
                Ok(Ok(state)) => {
                    let former = known.replace(state.started.clone());
                    if former.is_some_and(|former| former != state.started) {
                        self.memory().running = None;
                        return;
                    }
                }
                Ok(Err(error)) => debug!(
                    error = &error as &(dyn std::error::Error + 'static),
                    "the target does not answer"
                ),
                Err(_) => debug!("the target takes too long to answer"),
            }
        }
    }
}

fn compared(path: &Path, running: &Running, table: &Table) -> Comparison {
    let Some(text) = &running.text else {
        return Comparison::None("what the target runs is too long");
    };
    let mut file = Vec::new();
    let read = source::open(path).and_then(|input| input.take(MAX_BYTES as u64 + 1).read_to_end(&mut file));
    if read.is_err() || file.len() > MAX_BYTES {
        return Comparison::None("the file cannot be read, or is too long");
    }
    let (Ok(file), Ok(running)) = (yaml::parse_literal(&file), yaml::parse_literal(text)) else {
        return Comparison::None("the file, or what the target runs, is not one YAML document that can be read here");
    };
    if !is_for(&file, table) {
        return Comparison::None("the file is not that of this program");
    }
    match compare::difference(&file, &running, table) {
        None => Comparison::Same,
        Some(difference) => Comparison::Different(difference),
    }
}

/// Whether a file can be that of the program, and not that of another target's.
fn is_for(file: &Yaml, table: &Table) -> bool {
    let has = |keys: &[&str]| keys.iter().any(|key| file.value_of(key).is_some());
    has(table.own_keys()) || !has(table.foreign_keys())
}

#[cfg(test)]
mod tests;
