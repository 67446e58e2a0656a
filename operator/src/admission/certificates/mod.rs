//! Certificates that look after themselves: a Secret with what is served and what is trusted, made once and replaced in time
//! ([`bundle`], pure), and the API server told whom to trust ([`injection`], pure). [`keep`] does both, in the one operator that
//! works; [`follow()`] serves what the Secret holds, in every operator. Both touch the API server, nothing else does.
//!
//! No key of an authority is ever stored: each certificate has an authority of its own, whose key is forgotten once it has
//! signed. The authorities of all certificates that are still valid are trusted, so that it does not matter which operator
//! serves which one.

mod authority;
pub mod bundle;
mod follow;
pub mod injection;
mod keeper;

use std::collections::BTreeSet;
use std::time::Duration;

use crate::args;
use crate::watch::Scope;

pub use follow::follow;
pub use keeper::{Keeper, keep};

/// What is wanted of the certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Namespace of the Secret and of the Services.
    pub namespace: String,
    /// Name of the Secret.
    pub secret: String,
    /// Names and addresses that the certificates are for.
    pub names: BTreeSet<String>,
    /// How long a certificate is valid.
    pub lifetime: Duration,
    /// How long an authority is trusted before a certificate of it is served.
    pub overlap: Duration,
    /// Configurations of webhooks that name the authorities.
    pub configurations: BTreeSet<String>,
    /// The namespaces that they ask about.
    pub scope: Scope,
    /// The Service that converts objects, and its port; none where somebody else sees to that.
    pub conversion: Option<(String, u16)>,
}

impl Wanted {
    /// What the flags want for an operator in `namespace` whose objects are in `scope`; `None` where they want no certificates.
    pub fn of(flags: &args::Certificates, namespace: &str, scope: &Scope) -> Option<Self> {
        let secret = flags.admission_certificate_secret.clone();
        let services = &flags.admission_services;
        let of_services = services.iter().map(|service| format!("{service}.{namespace}.svc"));
        let first = services.first().filter(|_| flags.admission_conversion);
        (!secret.is_empty()).then(|| Self {
            namespace: namespace.to_owned(),
            secret,
            names: of_services.chain(flags.admission_certificate_names.clone()).collect(),
            lifetime: flags.admission_certificate_lifetime,
            overlap: flags.admission_certificate_overlap,
            configurations: flags.admission_webhook_configurations.clone(),
            scope: scope.clone(),
            conversion: first.map(|service| (service.clone(), flags.admission_service_port)),
        })
    }
}
