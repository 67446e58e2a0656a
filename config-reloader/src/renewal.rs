//! One look at the files: stage, check, put in place. What the loop does again and again, and the single runs once.
//! Reads and writes files on a blocking thread, so that a file system that hangs does not hang the program.

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tracing::{info, warn};

use crate::args::{Args, Unset, is_set};
use crate::check::{self, Check};
use crate::environment::Environment;
use crate::fingerprint::Fingerprint;
use crate::metrics::Metrics;
use crate::overlay::Overlay;
use crate::stage::{self, Config, Plan, Staged, TargetFolder};

/// What is renewed, and by what rules.
pub struct Renewal {
    /// What is read and written.
    pub plan: Arc<Plan>,
    check: Option<Check>,
    check_files: Option<Check>,
    limit: Duration,
    metrics: Metrics,
}

/// What is in place now.
pub struct Renewed {
    /// Of all that the targets read.
    pub fingerprint: Fingerprint,
    /// The watched folders, as they were walked.
    pub folders: Vec<PathBuf>,
}

/// Why what was in place stays there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Reading or writing.
    #[error("cannot apply the configuration")]
    Stage(#[from] stage::Error),
    /// The user's command says no.
    #[error("the configuration was refused by its check")]
    Check(#[from] check::Error),
}

impl Error {
    /// A word for probes.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Stage(_) => "cannot_apply",
            Self::Check(_) => "check_failed",
        }
    }
}

impl Renewal {
    /// What the command line asks for.
    pub fn new(args: &Args, metrics: Metrics) -> Self {
        let named = |path: &PathBuf| is_set(path).then(|| path.clone());
        let plan = Plan {
            config: named(&args.config_file).map(|source| Config {
                source,
                output: named(&args.config_envsubst_file),
            }),
            roots: args.roots(),
            target_folder: named(&args.target_dir).map(|path| TargetFolder {
                path,
                sources: args.target_dir_source.clone(),
            }),
            environment: Environment::of_process(&args.statefulset_ordinal_from_envvar),
            unset_is_fatal: args.unset_variables == Unset::Fail,
        };
        Self {
            plan: Arc::new(plan),
            check: args.check_command.clone(),
            check_files: args.target_dir_check_command.clone(),
            limit: args.reload_timeout,
            metrics,
        }
    }

    /// Puts in place what the sources say, unless the check refuses it. What has the fingerprint `good` is known to pass.
    pub async fn renew(&self, overlay: &Overlay, good: Option<Fingerprint>) -> Result<Renewed, Error> {
        self.metrics.applies.inc();
        let result = self.try_to_renew(overlay, good).await;
        if result.is_err() {
            self.metrics.applies_failed.inc();
        }
        result
    }

    async fn try_to_renew(&self, overlay: &Overlay, good: Option<Fingerprint>) -> Result<Renewed, Error> {
        let mut staged = self.stage(overlay).await?;
        if staged.is_new() || good != Some(staged.fingerprint) {
            self.check(&staged).await?;
        }
        let renewed = Renewed {
            fingerprint: staged.fingerprint,
            folders: std::mem::take(&mut staged.folders),
        };
        if staged.is_new() {
            blocking(move || staged.commit()).await?;
            info!("the configuration is in place");
        } else {
            staged.commit()?;
        }
        Ok(renewed)
    }

    /// Reads and checks everything, and puts nothing in place.
    pub async fn validate(&self) -> Result<(), Error> {
        let staged = self.stage(&Overlay::default()).await?;
        self.check(&staged).await
    }

    async fn stage(&self, overlay: &Overlay) -> Result<Staged, Error> {
        let (plan, overlay) = (self.plan.clone(), overlay.clone());
        let staged = blocking(move || plan.stage(&overlay)).await?;
        let references = staged.unset.references;
        self.metrics
            .unset_references
            .set(i64::try_from(references).unwrap_or(i64::MAX));
        if references > 0 {
            let names = staged.unset.listed();
            warn!(
                references,
                names, "references to unset environment variables stay as they are"
            );
        }
        Ok(staged)
    }

    async fn check(&self, staged: &Staged) -> Result<(), Error> {
        // What is in place already is checked as well: it may refer to files that are new.
        let config = self.plan.config.as_ref();
        let in_place = config.map(|config| config.output.as_deref().unwrap_or(&config.source));
        if let (Some(check), Some(path)) = (&self.check, staged.config().or(in_place)) {
            self.run(check, path).await?;
        }
        if let Some(check) = &self.check_files {
            for path in staged.files() {
                self.run(check, path).await?;
            }
        }
        Ok(())
    }

    async fn run(&self, check: &Check, path: &Path) -> Result<(), Error> {
        self.metrics.checks.inc();
        let result = check.run(path, self.limit).await;
        self.metrics.last_check_successful.set(i64::from(result.is_ok()));
        if result.is_err() {
            self.metrics.checks_failed.inc();
        }
        Ok(result?)
    }
}

/// Runs `work` where it may block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await {
        Ok(result) => result,
        // Nobody cancels it, so it panicked.
        Err(error) => resume_unwind(error.into_panic()),
    }
}
