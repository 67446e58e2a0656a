//! What the checks of single objects share: what they depend on, and what all kinds of monitors have. Pure.

use crds::RelabelConfig;
use formats::version::Version;

use super::interval::{IntervalError, check_timeout};
use crate::assets::{Assets, TlsFiles};
use crate::check::invalid::{Field, Invalid};
use crate::check::relabel;
use crate::object::ObjectKey;
use crate::prometheus::config::Facts;
use crate::prometheus::instance::Scraper;
use crate::prometheus::scrape_object::ScrapeObject;

/// A monitor that the Prometheus cannot serve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MonitorError {
    /// Filtering by the API server came with this version.
    #[error("RoleSelector selectorMechanism is only supported in Prometheus 2.17.0 and newer")]
    SelectorMechanism,
    /// The operator forbids files.
    #[error("it accesses the file system via {via}, which the operator denies (--deny-file-access)")]
    FileSystemDenied {
        /// What names the file.
        via: &'static str,
    },
    /// The specification forbids files.
    #[error("it accesses file system via {via} which Prometheus specification prohibits")]
    FileSystemAccess {
        /// What names the file.
        via: &'static str,
    },
    /// No such class.
    #[error("scrapeClass {name:?} not found in Prometheus scrapeClasses")]
    ScrapeClass {
        /// The name.
        name: Box<str>,
    },
}

/// What the checks of one object depend on.
#[derive(Clone, Copy)]
pub struct Checks<'a> {
    pub(super) scraper: Scraper<'a>,
    pub(super) version: Version,
    pub(super) relabeling: relabel::Rules,
    pub(super) assets: &'a Assets,
    pub(super) denies_files: bool,
}

impl<'a> Checks<'a> {
    /// The checks against what is known of an instance.
    pub fn new(facts: Facts<'a>, assets: &'a Assets) -> Self {
        let Facts {
            scraper,
            version,
            settings,
        } = facts;
        Self {
            scraper,
            version,
            relabeling: relabel::Rules::of(version),
            assets,
            denies_files: settings.tenancy.denies_files,
        }
    }

    /// Checks an object of any kind, and gives the TLS files that it needs.
    pub(in crate::prometheus) fn object<K: ScrapeObject>(
        &self,
        key: &ObjectKey,
        object: &K,
    ) -> Result<TlsFiles, Invalid> {
        self.assets.admit(&key.namespace, object).field("spec")?;
        object.check(key, self)
    }

    pub(super) fn selector_mechanism(&self, mechanism: Option<crds::SelectorMechanism>) -> Result<(), MonitorError> {
        if mechanism == Some(crds::SelectorMechanism::RoleSelector) && self.version < Version::new(2, 17, 0) {
            return Err(MonitorError::SelectorMechanism);
        }
        Ok(())
    }

    pub(super) fn timeout(&self, timeout: Option<&str>, interval: Option<&str>) -> Result<(), IntervalError> {
        let default = self.scraper.common.scrape_interval.as_deref();
        check_timeout(timeout, interval.or(default))
    }

    pub(super) fn relabelings(&self, targets: &[RelabelConfig], metrics: &[RelabelConfig]) -> Result<(), Invalid> {
        self.relabeling.check_all(targets, "relabelings")?;
        self.relabeling.check_all(metrics, "metricRelabelings")
    }

    pub(super) fn scrape_class(&self, name: Option<&str>) -> Result<(), MonitorError> {
        let classes = &self.scraper.common.scrape_classes;
        match name {
            Some(name) if !name.is_empty() && classes.iter().all(|class| *class.name != *name) => {
                Err(MonitorError::ScrapeClass { name: name.into() })
            }
            _ => Ok(()),
        }
    }
}
