//! The content of the generated Secret, from one of the three sources that an Alertmanager may name: the user's Secret as it
//! is, the user's Secret with what selected objects add, or an object as the root. Pure.

use std::collections::BTreeMap;

use crds::v1alpha1::AlertmanagerConfig;
use formats::gzip;
use formats::version::Version;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;

use super::base::{self, Base, DEFAULT};
use super::context::{Words, mode};
use super::fit::Dropped;
use super::fragments::{Input, PartCache, Rendering};
use super::read;
use super::scope::ObjectScope;
use crate::alertmanager::names;
use crate::alertmanager::observe::{Observed, Root};
use crate::assets::TlsFiles;
use crate::check::invalid::Invalid;
use crate::object::{ByKey, ObjectKey, Rejection};
use crate::pod::sharded_secret::LIMIT;
use crate::reconcile::Notice;
use crate::settings::Caps;

/// Key of the configuration in the user's Secret.
const USER_KEY: &str = "alertmanager.yaml";
/// Key of the compressed configuration in the generated Secret.
const GENERATED_KEY: &str = "alertmanager.yaml.gz";
/// Versions whose configuration we know: from the first on, below the second. What is passed through for others is not
/// checked.
const KNOWN: (Version, Version) = (Version::new(0, 22, 0), Version::new(0, 36, 0));

/// The data of a Secret.
pub type Data = BTreeMap<String, ByteString>;

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The user's Secret does not hold a configuration that Alertmanager would load.
    #[error("secret {object}, key {USER_KEY:?}")]
    Secret {
        /// Which one.
        object: ObjectKey,
        /// Why.
        #[source]
        source: read::Error,
    },
    /// The object that the configuration begins with does not exist.
    #[error("spec.alertmanagerConfiguration: AlertmanagerConfig {0} does not exist")]
    NoRoot(ObjectKey),
    /// It cannot be one, or the global settings beside it are wrong.
    #[error("spec.alertmanagerConfiguration")]
    Root(#[source] Invalid),
    /// More than a Secret holds.
    #[error(
        "the configuration has {0} bytes when compressed, but a Secret holds at most {LIMIT}: select fewer objects"
    )]
    TooLarge(usize),
}

/// What goes into the Secret, and what is reported of it.
#[derive(Debug, Default)]
pub struct Configuration {
    /// The data.
    pub data: Data,
    /// Certificates and keys that it needs as files of the pod.
    pub tls_files: TlsFiles,
    /// Objects that are left out.
    pub rejections: Vec<Rejection>,
    /// What the version does not know.
    pub dropped: Vec<String>,
    /// How many selected objects are in it.
    pub accepted: usize,
}

/// The configuration of what was observed, with what `objects` add.
///
/// # Errors
/// When the Alertmanager has no configuration that can be loaded; then the last one stays.
pub fn configuration(
    observed: &Observed,
    objects: &ByKey<AlertmanagerConfig>,
    version: Version,
    caps: Caps,
    cache: &mut PartCache,
) -> Result<Configuration, Error> {
    let spec = &observed.alertmanager.spec;
    // Where an object is the root, nothing of the user's Secret counts.
    let user = observed
        .configuration
        .iter()
        .filter(|_| matches!(observed.root, Root::NotNamed));
    let mut data: Data = user
        .flat_map(|user| &user.0)
        .map(|(key, value)| (key.clone(), ByteString(value.clone())))
        .collect();
    let text = data.remove(USER_KEY).map_or_else(|| DEFAULT.into(), |value| value.0);
    let mut made = if let (Root::NotNamed, None) = (&observed.root, &spec.alertmanager_config_selector) {
        passed_through(observed, &text, version)?
    } else {
        let templates: usize = data.values().map(|value| value.0.len()).sum();
        let limits = (caps, LIMIT.saturating_sub(templates));
        generated(observed, &text, objects, version, limits, cache)?
    };
    data.append(&mut made.data);
    let size = data.values().map(|value| value.0.len()).sum();
    if size > LIMIT {
        return Err(Error::TooLarge(size));
    }
    Ok(Configuration { data, ..made })
}

/// The configuration in the generated Secret of the Alertmanager called `name`, unpacked.
pub fn text(name: &str, secrets: &[Secret]) -> Option<Vec<u8>> {
    let generated = names::generated_config(name);
    let own = secrets
        .iter()
        .find(|secret| secret.metadata.name.as_ref() == Some(&generated))?;
    gzip::decompress(&*own.data.as_ref()?.get(GENERATED_KEY)?.0, u64::MAX).ok()
}

/// That the default configuration is in force, where the user has named another one or has written one under another key.
pub fn default_notice(observed: &Observed) -> Option<Notice> {
    if !matches!(observed.root, Root::NotNamed) {
        return None;
    }
    let is_named = observed.alertmanager.spec.config_secret.is_some();
    let fault = match &observed.configuration {
        None if is_named => "does not exist".to_owned(),
        Some(configuration) if !configuration.0.contains_key(USER_KEY) => format!("has no key {USER_KEY:?}"),
        _ => return None,
    };
    let object = user_secret(observed);
    let message = format!("secret {object} {fault}: the default configuration is used, which notifies nobody");
    Some(Notice::event("DefaultConfiguration", message))
}

/// The user's configuration, byte for byte.
fn passed_through(observed: &Observed, text: &[u8], version: Version) -> Result<Configuration, Error> {
    let (first, end) = KNOWN;
    if version >= first && version < end {
        let mode = mode(version, &observed.alertmanager.spec.enable_features);
        base::check_unchanged(text, version, mode).map_err(|source| in_secret(observed, source))?;
    }
    Ok(Configuration {
        data: compressed(gzip::compress(text)),
        ..Configuration::default()
    })
}

fn generated(
    observed: &Observed,
    text: &[u8],
    objects: &ByKey<AlertmanagerConfig>,
    version: Version,
    (caps, room): (Caps, usize),
    cache: &mut PartCache,
) -> Result<Configuration, Error> {
    let spec = &observed.alertmanager.spec;
    let key = ObjectKey::of(&*observed.alertmanager);
    let matchers = mode(version, &spec.enable_features);
    let base = match (&observed.root, &spec.alertmanager_configuration) {
        (Root::Found(object), Some(configuration)) => {
            let owner = ObjectKey::of(&**object);
            let scope = ObjectScope::new(&owner, &observed.assets, version);
            base::from_object(configuration, object, &scope, version, matchers)
                .and_then(|base| base.loaded(version, matchers, Words::Api))
                .map_err(Error::Root)?
        }
        (Root::Missing(object), _) => return Err(Error::NoRoot(object.clone())),
        _ => base::from_text(text, version, matchers)
            .and_then(|base| Ok(base.loaded(version, matchers, Words::File)?))
            .map_err(|source| in_secret(observed, source))?,
    };
    let input = Input {
        base: &base.file,
        version,
        matchers,
        strategy: (spec.alertmanager_config_matcher_strategy.as_ref()).and_then(|strategy| strategy.type_),
        files: spec.alertmanager_config_file_system_mode,
        namespace: &key.namespace,
        assets: &observed.assets,
        caps,
        room,
    };
    let rendering = cache.render(&input, objects);
    Ok(together(base, rendering))
}

fn together(base: Base, rendering: Rendering) -> Configuration {
    let Base {
        mut tls_files, dropped, ..
    } = base;
    tls_files.extend(rendering.tls_files);
    let dropped = dropped.iter().map(Dropped::to_string);
    Configuration {
        data: compressed(rendering.gzip),
        tls_files,
        rejections: rendering.rejections,
        dropped: dropped.chain(rendering.dropped).collect(),
        accepted: rendering.accepted,
    }
}

fn compressed(gzip: Vec<u8>) -> Data {
    [(GENERATED_KEY.to_owned(), ByteString(gzip))].into()
}

fn in_secret(observed: &Observed, source: read::Error) -> Error {
    Error::Secret {
        object: user_secret(observed),
        source,
    }
}

fn user_secret(observed: &Observed) -> ObjectKey {
    let namespace = observed.alertmanager.metadata.namespace.as_deref().unwrap_or_default();
    ObjectKey::new(namespace, names::user_config(&observed.alertmanager))
}

#[cfg(test)]
mod tests;
