//! What the parts of a configuration depend on. Plain values, shared by reference; building them costs next to nothing, so
//! that a job can be rendered alone.
//!
//! Three circles, each inside of the next: [`Format`] is what a value of the file depends on, [`Facts`] is all that a job can
//! read besides its object, and [`Context`] is both, with what follows from them. A job is given a context and nothing
//! else; so what came of it is the same for as long as the facts are, and the contents that its object refers to.

use crds::CommonPrometheusFields;
use formats::version::Version;

use super::{error::Error, scrape_class::ScrapeClasses, sharding::Sharding};
use crate::assets::Assets;
use crate::prometheus::instance::{Instance, Scraper, ScraperKind};
use crate::settings::Settings;

/// How values are written, and where the contents of Secrets and `ConfigMap`s come from.
#[derive(Clone, Copy)]
pub struct Format<'a> {
    /// The version of Prometheus that reads the file.
    pub version: Version,
    /// The contents of Secrets and `ConfigMap`s.
    pub assets: &'a Assets,
    /// How certificates get to the program.
    pub certificates: Certificates,
}

/// How the certificates and keys of Secrets and `ConfigMap`s get to the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificates {
    /// As files of the pod.
    Files,
    /// Within the configuration.
    Inline,
}

/// All that scrape jobs, and the checks of their objects, can read besides the object and the contents that it refers to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts<'a> {
    /// What scrapes.
    pub scraper: Scraper<'a>,
    /// Its version.
    pub version: Version,
    /// The operator's settings.
    pub settings: &'a Settings,
}

impl<'a> Facts<'a> {
    /// Those of `instance`.
    pub fn of(instance: Instance<'a>, version: Version, settings: &'a Settings) -> Self {
        Self {
            scraper: instance.into(),
            version,
            settings,
        }
    }
}

/// [`Facts`] of their own, to be compared with the next ones.
#[derive(Debug)]
pub(crate) struct OwnedFacts {
    namespace: Box<str>,
    name: Box<str>,
    common: Box<CommonPrometheusFields>,
    kind: ScraperKind,
    version: Version,
    settings: Settings,
}

impl From<Facts<'_>> for OwnedFacts {
    fn from(facts: Facts<'_>) -> Self {
        let Facts {
            scraper,
            version,
            settings,
        } = facts;
        let Scraper {
            namespace,
            name,
            common,
            kind,
        } = scraper;
        Self {
            namespace: namespace.into(),
            name: name.into(),
            common: Box::new(common.clone()),
            kind,
            version,
            settings: settings.clone(),
        }
    }
}

impl PartialEq<Facts<'_>> for OwnedFacts {
    fn eq(&self, other: &Facts<'_>) -> bool {
        let scraper = Scraper {
            namespace: &self.namespace,
            name: &self.name,
            common: &self.common,
            kind: self.kind,
        };
        let facts = Facts {
            scraper,
            version: self.version,
            settings: &self.settings,
        };
        facts == *other
    }
}

/// What all parts of one configuration depend on.
pub struct Context<'a> {
    /// How values are written.
    pub format: Format<'a>,
    /// What scrapes.
    pub(crate) scraper: Scraper<'a>,
    /// The operator's settings.
    pub(crate) settings: &'a Settings,
    /// How targets are distributed over shards.
    pub(crate) sharding: Sharding<'a>,
    /// The scrape classes.
    pub(crate) scrape_classes: ScrapeClasses<'a>,
}

impl<'a> Context<'a> {
    /// The context of `facts` and the contents of Secrets and `ConfigMap`s.
    ///
    /// # Errors
    /// When the version is not supported, or more than one scrape class is the default one.
    pub fn new(facts: Facts<'a>, assets: &'a Assets) -> Result<Self, Error> {
        let Facts {
            scraper,
            version,
            settings,
        } = facts;
        if !matches!(version.major, 2 | 3) {
            return Err(Error::UnsupportedVersion { version });
        }
        Ok(Self {
            format: Format {
                version,
                assets,
                certificates: Certificates::Files,
            },
            scraper,
            settings,
            sharding: Sharding::of(scraper, settings),
            scrape_classes: ScrapeClasses::of(&scraper.common.scrape_classes)?,
        })
    }

    /// The version of Prometheus.
    pub(crate) fn version(&self) -> Version {
        self.format.version
    }

    /// The fields that server and agent share.
    pub(crate) fn common(&self) -> &'a CommonPrometheusFields {
        self.scraper.common
    }

    /// Namespace of the object, where what it refers to is read from.
    pub(crate) fn namespace(&self) -> &'a str {
        self.scraper.namespace
    }
}
