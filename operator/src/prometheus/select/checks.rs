//! What the checks of single objects share: what they depend on, and what all kinds of monitors have. Pure.

use crds::{HttpAuth, RelabelConfig, ScrapeClass};
use formats::excerpt::Excerpt;
use formats::version::Version;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::interval::{IntervalError, check_timeout};
use crate::assets::Assets;
use crate::check::http_client;
use crate::check::invalid::{Field, Invalid};
use crate::check::name_scheme::{self, NameSchemes};
use crate::check::relabel;
use crate::prometheus::config::Facts;
use crate::prometheus::instance::Scraper;
use crate::settings::Caps;

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
        name: Excerpt,
    },
}

/// What the checks of one object depend on.
#[derive(Clone, Copy)]
pub struct Checks<'a> {
    pub(super) scraper: Scraper<'a>,
    pub(super) version: Version,
    pub(super) relabeling: relabel::Rules,
    pub(in crate::prometheus) assets: &'a Assets,
    pub(super) denies_files: bool,
    pub(super) caps: Caps,
}

impl<'a> Checks<'a> {
    /// The checks against what is known of an instance.
    pub fn new(facts: Facts<'a>, assets: &'a Assets) -> Self {
        let Facts {
            scraper,
            version,
            settings,
        } = facts;
        // Schemes that exclude each other fail the instance.
        let scheme = name_scheme::scheme(version, scraper.common.into(), NameSchemes::NONE);
        let scheme = scheme.unwrap_or(name_scheme::of_version(version));
        Self {
            scraper,
            version,
            relabeling: relabel::Rules::new(version, scheme),
            assets,
            denies_files: settings.tenancy.denies_files,
            caps: settings.caps,
        }
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

    /// Checks the ways of authentication of a job together with those that come from its class. `file` is a token that is
    /// not among `auth`.
    pub(super) fn job_auth(&self, auth: &HttpAuth<'_>, file: Option<&str>, class: Option<&str>) -> Result<(), Invalid> {
        let own = [
            ("basicAuth", auth.basic_auth.is_some()),
            ("bearerTokenFile", file.is_some_and(|file| !file.is_empty())),
            (
                "bearerTokenSecret",
                auth.bearer_token_secret.is_some_and(|token| !token.name.is_empty()),
            ),
            ("oauth2", auth.oauth2.is_some()),
        ];
        let of_class = self.class(class).is_some_and(|class| class.authorization.is_some());
        let authorization = match auth.authorization {
            Some(_) => Some("authorization"),
            None => of_class.then_some("the authorization of the scrape class"),
        };
        let mut set = own.iter().filter(|(_, is_set)| *is_set).map(|(field, _)| *field);
        match (set.next(), set.next().or(authorization)) {
            (Some(first), Some(second)) => Err(http_client::Error::Exclusive(first, second)).field(first),
            _ => Ok(()),
        }
    }

    /// The class that an object uses: the named one, else the default.
    pub(super) fn class(&self, name: Option<&str>) -> Option<&'a ScrapeClass> {
        let classes = &self.scraper.common.scrape_classes;
        let named = name.and_then(|name| classes.iter().find(|class| *class.name == *name));
        named.or_else(|| classes.iter().find(|class| class.default == Some(true)))
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

/// Checks the name or number of a port, which Prometheus matches as an expression. `port` has precedence.
pub(super) fn check_port(port: Option<&str>, target_port: Option<&IntOrString>) -> Result<(), Invalid> {
    match (port.filter(|port| !port.is_empty()), target_port) {
        (Some(port), _) => relabel::check_expression(port).field("port"),
        (None, Some(IntOrString::String(port))) => relabel::check_expression(port).field("targetPort"),
        (None, _) => Ok(()),
    }
}
