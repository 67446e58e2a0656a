//! What all parts of one configuration depend on. Pure values, shared by reference between jobs; building it costs next to
//! nothing, so that a job can be rendered alone.

use crds::CommonPrometheusFields;
use formats::version::Version;

use super::{error::Error, scrape_class::ScrapeClasses, sharding::Sharding};
use crate::{assets::Assets, prometheus::instance::Instance, settings::Settings};

/// What all parts of one configuration depend on.
pub struct Context<'a> {
    /// The object that the configuration is for.
    pub(crate) instance: Instance<'a>,
    /// Its version.
    pub(crate) version: Version,
    /// The contents of Secrets and `ConfigMap`s.
    pub(crate) assets: &'a Assets,
    /// The operator's settings.
    pub(crate) settings: &'a Settings,
    /// How targets are distributed over shards.
    pub(crate) sharding: Sharding<'a>,
    /// The scrape classes.
    pub(crate) scrape_classes: ScrapeClasses<'a>,
    /// How certificates get to the program.
    pub(crate) certificates: Certificates,
}

/// How the certificates and keys of Secrets and `ConfigMap`s get to the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificates {
    /// As files of the pod.
    Files,
    /// Within the configuration.
    Inline,
}

impl<'a> Context<'a> {
    /// The context of `instance`.
    ///
    /// # Errors
    /// When the version is not supported, or more than one scrape class is the default one.
    pub fn new(
        instance: Instance<'a>,
        version: Version,
        assets: &'a Assets,
        settings: &'a Settings,
    ) -> Result<Self, Error> {
        if !matches!(version.major, 2 | 3) {
            return Err(Error::UnsupportedVersion { version });
        }
        Ok(Self {
            instance,
            version,
            assets,
            settings,
            sharding: Sharding::of(&instance, settings),
            scrape_classes: ScrapeClasses::of(&instance.common.scrape_classes)?,
            certificates: Certificates::Files,
        })
    }

    /// The same, with certificates that get to the program in another way.
    #[must_use]
    pub fn with_certificates(self, certificates: Certificates) -> Self {
        Self { certificates, ..self }
    }

    /// The fields that server and agent share.
    pub(crate) fn common(&self) -> &'a CommonPrometheusFields {
        self.instance.common
    }

    /// Namespace of the object, where what it refers to is read from.
    pub(crate) fn namespace(&self) -> &'a str {
        self.instance.namespace()
    }
}
