//! The runs that end by themselves: the init container's, `--once` and `--validate`. Each does a part of what the loop
//! does, once.

use futures::future::join_all;
use prometheus_client::registry::Registry;
use tracing::{error, info};

use crate::args::{Args, is_set};
use crate::metrics::Metrics;
use crate::overlay::Overlay;
use crate::renewal::{self, Renewal};
use crate::target::{self, SettingsError};

/// Why a single run failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The targets file.
    #[error("invalid targets file")]
    Targets(#[source] SettingsError),
    /// The files.
    #[error(transparent)]
    Renewal(renewal::Error),
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
    let metrics = Metrics::register(&mut Registry::default(), args.reload_method);
    let mut args = args.clone();
    if !args.once && !args.validate && !is_set(&args.target_dir) {
        // In an init container the watched folders are of no interest.
        args.watched_dir.clear();
        args.watched_files.clear();
    }
    let renewal = Renewal::new(&args, metrics);
    if args.validate {
        renewal.validate().await.map_err(Error::Renewal)?;
        info!("the configuration is valid");
        return Ok(());
    }
    renewal.renew(&Overlay::default(), None).await.map_err(Error::Renewal)?;
    if !args.once {
        return Ok(());
    }
    let attempts = targets.iter().map(|target| async {
        let result = target.attempt().await;
        match &result {
            Ok(_) => info!(target = target.name, "reloaded"),
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
