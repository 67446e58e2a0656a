//! One look at the files: stage, check, put in place. What the loop repeats, and a run that ends by itself does once.
//! Reads and writes files on a blocking thread, so that a file system that hangs does not hang the program.

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::task::spawn_blocking;
use tracing::{info, warn};

use crate::args::{Args, Unset, is_set};
use crate::changed_at;
use crate::check::{self, Check};
use crate::environment::Environment;
use crate::files::Listing;
use crate::fingerprint::Fingerprint;
use crate::metrics::Metrics;
use crate::overlay::Overlay;
use crate::stage::{self, Config, Plan, Staged, TargetFolder};

/// What is kept up to date, and by what rules.
pub struct Update {
    /// What is read and written.
    pub plan: Arc<Plan>,
    check: Option<Check>,
    check_files: Option<Check>,
    limit: Option<Duration>,
    metrics: Metrics,
}

/// What is in place now.
pub struct Updated {
    /// Of all that the targets read.
    pub fingerprint: Fingerprint,
    /// What is watched, as it was found.
    pub listing: Listing,
    /// When the newest change in it was made, where that is said.
    pub changed_at: Option<SystemTime>,
}

/// Why what was in place stays there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Reading or writing.
    #[error("cannot apply the configuration")]
    Stage(#[from] stage::Error),
    /// The user's command says no.
    #[error("the check refused the configuration")]
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

impl Update {
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
                sources: args.target_dir_sources(),
                verbatim: args.target_dir_verbatim(),
            }),
            environment: Environment::of_process(&args.statefulset_ordinal_from_envvar).only(&args.expand),
            unset_is_fatal: args.unset_variables == Unset::Fail,
            // In a pod the target runs as another user, and what is written is for it alone.
            keeps_mode: std::env::var_os("KUBERNETES_SERVICE_HOST").is_none_or(|host| host.is_empty()),
            unpacks_everything: args.validate || args.once,
        };
        Self {
            plan: Arc::new(plan),
            check: args.check_command.clone(),
            check_files: args.target_dir_check_command.clone(),
            limit: args.reload_limit(),
            metrics,
        }
    }

    /// Puts in place what the sources say, unless the check refuses it. What has the fingerprint `good` is known to pass.
    pub async fn apply(&self, overlay: &Overlay, good: Option<Fingerprint>) -> Result<Updated, Error> {
        self.metrics.applies.inc();
        let result = self.try_to_apply(overlay, good).await;
        if result.is_err() {
            self.metrics.applies_failed.inc();
        }
        result
    }

    async fn try_to_apply(&self, overlay: &Overlay, good: Option<Fingerprint>) -> Result<Updated, Error> {
        let (mut staged, changed_at) = self.stage(overlay).await?;
        if staged.is_new() || good != Some(staged.fingerprint) {
            self.check(&staged).await?;
        }
        let updated = Updated {
            fingerprint: staged.fingerprint,
            listing: std::mem::take(&mut staged.listing),
            changed_at,
        };
        if staged.is_new() {
            blocking(move || staged.commit()).await?;
            info!("the configuration is in place");
        } else {
            staged.commit()?;
        }
        Ok(updated)
    }

    /// Reads and checks everything, and puts nothing in place.
    pub async fn validate(&self) -> Result<(), Error> {
        let (staged, _) = self.stage(&Overlay::default()).await?;
        self.check(&staged).await
    }

    /// What is to be put in place, and when its newest change was made.
    async fn stage(&self, overlay: &Overlay) -> Result<(Staged, Option<SystemTime>), Error> {
        let (plan, overlay) = (self.plan.clone(), overlay.clone());
        // The time first: a change that comes in between has a later one.
        let (changed_at, staged) = blocking(move || (changed_at::newest(&plan), plan.stage(&overlay))).await;
        let staged = staged?;
        let references = staged.unset.references;
        self.metrics
            .unset_references
            .set(i64::try_from(references).unwrap_or(i64::MAX));
        if references > 0 {
            let names = staged.unset.listed();
            warn!(
                references,
                names, "keeping references to unset environment variables as they are"
            );
        }
        for path in &staged.left_out {
            warn!(path = %path.display(), "skipping a file that would have no name without .gz");
        }
        Ok((staged, changed_at))
    }

    async fn check(&self, staged: &Staged) -> Result<(), Error> {
        // What is in place already is checked as well: it may refer to files that are new.
        let config = self.plan.config.as_ref();
        let in_place = config.map(|config| config.output.as_ref().unwrap_or(&config.source).clone());
        if let (Some(check), Some(path)) = (&self.check, staged.config().or(in_place)) {
            self.run(check, &path).await?;
        }
        if let Some(check) = &self.check_files {
            for path in staged.files() {
                self.run(check, &path).await?;
            }
        }
        Ok(())
    }

    async fn run(&self, check: &Check, path: &Path) -> Result<(), Error> {
        let result = check.run(path, self.limit).await;
        self.metrics.checked(result.is_ok());
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
