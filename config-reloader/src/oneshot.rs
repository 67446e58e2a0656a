//! The runs that end by themselves: the init container's, `--once` and `--validate`. Each does once a part of what the
//! loop does.

use futures::future::join_all;
use prometheus_client::registry::Registry;
use tracing::{error, info, warn};

use crate::args::{Args, is_set};
use crate::metrics::Metrics;
use crate::overlay::Overlay;
use crate::target::{self, SettingsError};
use crate::update::{self, Update};

/// Why such a run failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The targets file.
    #[error("invalid targets file")]
    Targets(#[source] SettingsError),
    /// The files.
    #[error(transparent)]
    Update(update::Error),
    /// The targets.
    #[error("{failed} of {all} targets did not reload")]
    Reload {
        /// Those that did not.
        failed: usize,
        /// Those that were to.
        all: usize,
    },
}

/// Whether the command line asks for a run that ends by itself.
pub fn is_asked_for(args: &Args) -> bool {
    args.once || args.validate || args.watch_interval.is_zero()
}

/// Does what the command line asks for.
pub async fn run(args: &Args) -> Result<(), Error> {
    let targets = target::of_arguments(args).map_err(Error::Targets)?;
    // Nobody reads these.
    let metrics = Metrics::register(&mut Registry::default(), args.reload_method.as_str());
    let mut args = args.clone();
    if !args.once && !args.validate && !is_set(&args.target_dir) {
        // In an init container the watched folders are of no interest.
        args.watched_dir.clear();
        args.watched_files.clear();
    }
    let update = Update::new(&args, metrics);
    if args.validate {
        update.validate().await.map_err(Error::Update)?;
        info!("the configuration is valid");
        return Ok(());
    }
    update.apply(&Overlay::default(), None).await.map_err(Error::Update)?;
    if !args.once {
        return Ok(());
    }
    let attempts = targets.iter().map(|target| async {
        let result = target.attempt().await;
        match &result {
            Ok(reloaded) => {
                info!(target = target.name, "reloaded");
                if let Some(doubt) = &reloaded.doubt {
                    warn!(target = target.name, %doubt, "the target reloaded, but may run something else than the file");
                }
            }
            Err(error) => {
                let error = error as &(dyn std::error::Error + 'static);
                error!(target = target.name, error, "reload failed");
            }
        }
        result.is_ok()
    });
    let results = join_all(attempts).await;
    let failed = results.iter().filter(|succeeded| !**succeeded).count();
    let all = results.len();
    if failed == 0 {
        Ok(())
    } else {
        Err(Error::Reload { failed, all })
    }
}
