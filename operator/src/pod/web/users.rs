//! Users of a workload's web server: who may log in, whether they can, and what the web configuration says of them. Pure.

use std::collections::{BTreeMap, BTreeSet};

use bcrypt::HashParts;
use crds::{WebConfigFileFields, WebUser};
use formats::version::Version;
use formats::yaml::Yaml;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::SecretKeySelector;

use super::{FILE, config, own_user};
use crate::assets::{Assets, Reference, References};
use crate::check::invalid::{Field, Invalid};
use crate::object::ObjectKey;
use crate::settings::Settings;

const FIELD: &str = "web.basicAuthUsers";

/// Why users cannot log in as they shall.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Without users anybody could read everything.
    #[error("{program} {version} knows no users: it must be {since} or later")]
    TooOld {
        /// The program.
        program: &'static str,
        /// Its version.
        version: Version,
        /// The first version that knows users.
        since: Version,
    },
    /// The config-reloader could not log in.
    #[error("the config-reloader {0} cannot log in: --prometheus-config-reloader must name that of this operator")]
    Reloader(String),
    /// A name that cannot be sent.
    #[error("the name {0:?} must not be empty and must not contain a colon")]
    Name(Box<str>),
    /// Two users of one name.
    #[error("there are two users {0:?}")]
    Twice(Box<str>),
    /// Our own user.
    #[error(
        "the name {:?} is that of a user which the operator makes: choose another one",
        own_user::NAME
    )]
    Reserved,
    /// No hash, or none that the server could have made. Holds nothing of it.
    #[error("key {key:?} in secret {secret:?} is not a bcrypt hash, such as `htpasswd -nBC 10 \"\" | tr -d ':'` makes")]
    Hash {
        /// Name of the Secret.
        secret: Box<str>,
        /// The key.
        key: Box<str>,
    },
}

impl Error {
    fn of_hash(selector: &SecretKeySelector) -> Self {
        Self::Hash {
            secret: selector.name.as_str().into(),
            key: selector.key.as_str().into(),
        }
    }
}

/// A program whose web server asks for passwords.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: Version,
    /// The first version that has a web configuration.
    pub since: Version,
}

/// The users of a server, with the hashes of their passwords, and our own password. Its `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Users<'a> {
    hashes: BTreeMap<&'a str, &'a str>,
    password: &'a str,
}

impl std::fmt::Debug for Users<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.hashes.keys()).finish()
    }
}

impl<'a> Users<'a> {
    /// The users of `fields`, if there are any, of a workload whose web configuration is in the Secret `own`. The error names the
    /// field.
    pub fn of(
        fields: Option<&'a WebConfigFileFields>,
        program: Program,
        own: &ObjectKey,
        assets: &'a Assets,
        settings: &Settings,
    ) -> Result<Option<Self>, Invalid> {
        let Some(fields) = fields.filter(|fields| are_given(Some(fields))) else {
            return Ok(None);
        };
        check_pod(program, settings).field(FIELD)?;
        check_names(&fields.basic_auth_users)?;
        let mut hashes = BTreeMap::new();
        for (number, user) in fields.basic_auth_users.iter().enumerate() {
            let field = || format!("{FIELD}[{number}].passwordHash");
            let Some(hash) = (assets.optional_secret(&own.namespace, &user.password_hash)).field(field())? else {
                continue;
            };
            // Files end with a line break.
            let hash = hash.trim_end();
            if !is_made_up(assets, &own.namespace, user) && !is_hash(hash) {
                return Err(Error::of_hash(&user.password_hash)).field(field());
            }
            hashes.insert(&*user.username, hash);
        }
        let password = assets.secret(&own.namespace, &own_user::key(own)).field(FIELD)?;
        Ok(Some(Self { hashes, password }))
    }

    /// What the web configuration says of them.
    pub(super) fn section(&self) -> Yaml {
        let mut hashes = self.hashes.clone();
        let own = own_user::hash(self.password);
        hashes.insert(own_user::NAME, &own);
        let pairs = (hashes.into_iter()).map(|(name, hash)| (name.to_owned().into(), hash.to_owned().into()));
        Yaml::Map(pairs.collect())
    }
}

/// Whether anybody must log in.
pub fn are_given(fields: Option<&WebConfigFileFields>) -> bool {
    fields.is_some_and(|fields| !fields.basic_auth_users.is_empty())
}

/// The content of the Secret of the web configuration.
pub fn data(
    fields: Option<&WebConfigFileFields>,
    users: Option<&Users<'_>>,
    directory: &str,
) -> BTreeMap<String, ByteString> {
    let mut data = BTreeMap::from([(FILE, config(fields, users, directory))]);
    if let Some(users) = users {
        data.insert(own_user::PASSWORD_FILE, users.password.to_owned());
        data.insert(own_user::CLIENT_FILE, own_user::http_client(fields, directory));
    }
    let bytes = |(key, text): (&str, String)| (key.to_owned(), ByteString(text.into_bytes()));
    data.into_iter().map(bytes).collect()
}

/// Adds what the users of `fields` need to `references`: their Secrets, and `own`, with our own password.
pub fn refer(fields: Option<&WebConfigFileFields>, own: &ObjectKey, references: &mut References) {
    if let Some(fields) = fields.filter(|fields| are_given(Some(fields))) {
        references.add(&own.namespace, fields);
        references.add(&own.namespace, &own_user::key(own));
    }
}

fn check_pod(program: Program, settings: &Settings) -> Result<(), Error> {
    let Program { name, version, since } = program;
    if version < since {
        return Err(Error::TooOld {
            program: name,
            version,
            since,
        });
    }
    if settings.reloader.is_of_original() {
        return Err(Error::Reloader(settings.reloader.image.clone()));
    }
    Ok(())
}

fn check_names(users: &[WebUser]) -> Result<(), Invalid> {
    let mut known = BTreeSet::new();
    for (number, user) in users.iter().enumerate() {
        let name = &user.username;
        let checked = if name.is_empty() || name.contains(':') || name.contains(char::is_control) {
            Err(Error::Name(name.clone()))
        } else if &**name == own_user::NAME {
            Err(Error::Reserved)
        } else if !known.insert(name) {
            Err(Error::Twice(name.clone()))
        } else {
            Ok(())
        };
        checked.field(format!("{FIELD}[{number}].username"))?;
    }
    Ok(())
}

/// Whether the place of the hash is taken by something else on purpose.
fn is_made_up(assets: &Assets, namespace: &str, user: &WebUser) -> bool {
    let secret = Reference::secret(ObjectKey::new(namespace, user.password_hash.name.as_str()));
    assets.is_unread() || secret.is_ok_and(|secret| assets.is_placeholder(&secret))
}

/// Whether it is a hash by which somebody can log in.
fn is_hash(text: &str) -> bool {
    let is_known = ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix));
    let parts = text.parse::<HashParts>();
    is_known && parts.is_ok_and(|parts| (4..=31).contains(&parts.get_cost()))
}

#[cfg(test)]
mod tests;
