//! How the service discoveries of a type are checked: that the version knows it, then each on its own. Pure.

use crds::v1alpha1::{DnsRecordType, ScrapeConfigSpec};
use formats::excerpt::Excerpt;
use formats::url::Url;
use formats::version::Version;

use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid, Within};
use crate::prometheus::config::Discovery;
use crate::prometheus::select::Checks;

/// A service discovery that cannot be served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum DiscoveryError {
    /// The version does not know it.
    #[error("requires Prometheus {since} or newer")]
    Version {
        /// The first version that does.
        since: Version,
    },
    /// No label may have this name.
    #[error("invalid label {name:?}")]
    Label {
        /// The name.
        name: Excerpt,
    },
    /// Not the address of a server.
    #[error("{url:?} is not a valid URL of the form http://host or https://host: {source}")]
    Server {
        /// What is given.
        url: Excerpt,
        /// What is wrong with it.
        source: formats::url::WebError,
    },
    /// Not the address of a daemon.
    #[error("{url:?} is not a valid URL: {source}")]
    Daemon {
        /// What is given.
        url: Excerpt,
        /// What is wrong with it.
        source: formats::url::Error,
    },
    /// Only one type of records says which port to scrape.
    #[error("required for DNS records of type {record_type}")]
    Port {
        /// The type.
        record_type: DnsRecordType,
    },
    /// A client of its own, for the API server of the pod itself.
    #[error("required where the HTTP client is configured; without its settings, the API server of the pod is used")]
    NoApiServer,
    /// Two selectors for objects of a kind.
    #[error("another selector has the same role")]
    RepeatedRole,
    /// A key of another form than Scaleway gives out.
    #[error("must be {form}")]
    Scaleway {
        /// The form.
        form: &'static str,
    },
    /// Not the path of a file that Prometheus reads targets from.
    #[error("must end in .json, .yml or .yaml, with at most one * in the last path segment")]
    Path,
    /// Spaces alone.
    #[error("must not be blank")]
    Blank,
    /// A user proves who it is with all of these.
    #[error("required by the authentication method ApiKey")]
    OciUser,
    /// A machine proves who it is with none of these.
    #[error("excluded by the authentication method InstancePrincipal")]
    OciMachine,
    /// A client of OAuth has all three: a tenant, an identifier and a secret.
    #[error("required by the OAuth authentication method")]
    OAuthField,
}

/// A service discovery of which something can be wrong.
pub(super) trait Checked: Discovery {
    /// Checks it, and what it refers to.
    fn check(&self, checks: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid>;
}

impl Checks<'_> {
    /// Checks the service discoveries of one type. Where there is none, no version is too old for it.
    pub(super) fn discoveries<D: Checked>(
        &self,
        spec: &ScrapeConfigSpec,
        credentials: &mut Credentials<'_>,
    ) -> Result<(), Invalid> {
        let all = D::all(spec);
        if let Some(since) = D::SINCE {
            self.since(since, !all.is_empty()).field(D::FIELD)?;
        }
        for (index, discovery) in all.iter().enumerate() {
            discovery
                .check(self, credentials)
                .within(format!("{}[{index}]", D::FIELD))?;
        }
        Ok(())
    }

    /// Checks that the version knows what is used.
    pub(super) fn since(&self, since: Version, is_used: bool) -> Result<(), DiscoveryError> {
        if is_used && self.version < since {
            return Err(DiscoveryError::Version { since });
        }
        Ok(())
    }
}

/// Checks that `url` names a server, which all of these speak HTTP with.
pub(super) fn check_server(url: &str) -> Result<(), DiscoveryError> {
    match Url::parse_web(url) {
        Ok(_) => Ok(()),
        Err(source) => Err(DiscoveryError::Server {
            url: url.into(),
            source,
        }),
    }
}

/// Checks an address of any kind: that of a daemon of Docker may be a socket and have no host.
pub(super) fn check_daemon(url: &str) -> Result<(), DiscoveryError> {
    match Url::parse(url) {
        Ok(_) => Ok(()),
        Err(source) => Err(DiscoveryError::Daemon {
            url: url.into(),
            source,
        }),
    }
}
