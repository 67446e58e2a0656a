//! Scrape classes: settings that jobs take over by name, and how they are merged with a job's own. Pure.

use std::collections::BTreeMap;

use crds::{
    AttachMetadata, Authorization, AuthorizationOptions, RelabelConfig, ScrapeClass, ScrapeProtocol, TlsOptions,
};

use super::error::Error;

/// The scrape classes of an object.
#[derive(Debug, Clone, Default)]
pub(crate) struct ScrapeClasses<'a> {
    by_name: BTreeMap<&'a str, &'a ScrapeClass>,
    default: Option<&'a ScrapeClass>,
}

impl<'a> ScrapeClasses<'a> {
    /// The classes by name.
    pub(crate) fn of(classes: &'a [ScrapeClass]) -> Result<Self, Error> {
        let mut defaults = classes.iter().filter(|class| class.default == Some(true));
        let default = defaults.next();
        if let (Some(first), Some(second)) = (default, defaults.next()) {
            return Err(Error::DefaultScrapeClasses {
                first: first.name.clone(),
                second: second.name.clone(),
            });
        }
        Ok(Self {
            by_name: classes.iter().map(|class| (&*class.name, class)).collect(),
            default,
        })
    }

    /// The class called `name`, else the default one. (Objects that name an unknown class are refused at selection.)
    pub(crate) fn class(&self, name: Option<&str>) -> Class<'a> {
        let named = name.and_then(|name| self.by_name.get(name).copied());
        Class(named.or(self.default))
    }
}

/// The class of a job, or none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Class<'a>(Option<&'a ScrapeClass>);

/// Settings, and whether the references in them are the class's, which name objects beside the Prometheus object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Merged<T> {
    pub(crate) value: T,
    pub(crate) from_class: bool,
}

impl<'a> Class<'a> {
    /// TLS settings: the job's own, with the class's files for what the job leaves open; else the class's.
    pub(crate) fn tls(self, own: Option<TlsOptions<'a>>) -> Option<Merged<TlsOptions<'a>>> {
        let class = self.0.and_then(|class| class.tls_config.as_deref());
        let Some(mut tls) = own.filter(|own| !is_unset(own)) else {
            return Some(Merged {
                value: class?.into(),
                from_class: true,
            });
        };
        if let Some(class) = class {
            if tls.ca.is_empty() {
                tls.ca_file = tls.ca_file.or(class.ca_file.as_deref());
            }
            if tls.cert.is_empty() {
                tls.cert_file = tls.cert_file.or(class.cert_file.as_deref());
            }
            if tls.key_secret.is_none() {
                tls.key_file = tls.key_file.or(class.key_file.as_deref());
            }
        }
        Some(Merged {
            value: tls,
            from_class: false,
        })
    }

    /// Authorization: the job's own, with the class's credentials where it has none; else the class's.
    pub(crate) fn authorization(
        self,
        own: Option<AuthorizationOptions<'a>>,
    ) -> Option<Merged<AuthorizationOptions<'a>>> {
        let class = self.0.and_then(|class| class.authorization.as_deref());
        let set = |own: &AuthorizationOptions<'_>| {
            own.type_.is_some() || own.credentials.is_some() || own.credentials_file.is_some()
        };
        let Some(own) = own.filter(set) else {
            return Some(Merged {
                value: class?.into(),
                from_class: true,
            });
        };
        match class {
            Some(class) if own.credentials.is_none() => Some(with_credentials(own, class)),
            _ => Some(Merged {
                value: own,
                from_class: false,
            }),
        }
    }

    /// What is attached to targets: the job's own, else the class's.
    pub(crate) fn attach_metadata(self, own: Option<&'a AttachMetadata>) -> Option<&'a AttachMetadata> {
        own.or_else(|| self.0?.attach_metadata.as_ref())
    }

    /// The protocol where a target names none: the job's own, else the class's.
    pub(crate) fn fallback_scrape_protocol(self, own: Option<ScrapeProtocol>) -> Option<ScrapeProtocol> {
        own.or_else(|| self.0?.fallback_scrape_protocol)
    }

    /// Rules that stand before the user's.
    pub(crate) fn relabelings(self) -> &'a [RelabelConfig] {
        self.0.map_or(&[], |class| &class.relabelings)
    }

    /// Rules for samples that stand before the user's.
    pub(crate) fn metric_relabelings(self) -> &'a [RelabelConfig] {
        self.0.map_or(&[], |class| &class.metric_relabelings)
    }
}

fn is_unset(tls: &TlsOptions<'_>) -> bool {
    tls.ca.is_empty()
        && tls.cert.is_empty()
        && tls.key_secret.is_none()
        && [tls.ca_file, tls.cert_file, tls.key_file, tls.server_name] == [None; 4]
        && tls.insecure_skip_verify.is_none()
        && [tls.min_version, tls.max_version] == [None; 2]
}

fn with_credentials<'a>(own: AuthorizationOptions<'a>, class: &'a Authorization) -> Merged<AuthorizationOptions<'a>> {
    let file = match class.credentials {
        None => own.credentials_file.or(class.credentials_file.as_deref()),
        Some(_) => own.credentials_file,
    };
    Merged {
        value: AuthorizationOptions {
            credentials: class.credentials.as_deref(),
            credentials_file: file,
            ..own
        },
        from_class: true,
    }
}
