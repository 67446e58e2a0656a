//! What the configuration is without the objects that are selected: the user's Secret, or an `AlertmanagerConfig` that is
//! the root, with the global settings of the Alertmanager. Pure.

use crds::AlertmanagerConfiguration;
use crds::v1alpha1::AlertmanagerConfig;
use formats::matcher::Mode;
use formats::version::Version;
use formats::yaml::Yaml;

use super::gate::{Dropped, Gate, Reason};
use super::object;
use super::read;
use super::scope::Scope;
use super::{FILE, load};
use crate::alertmanager::names::TEMPLATES_DIRECTORY;
use crate::assets::TlsFiles;
use crate::check::invalid::{Field, Invalid, Within};

/// The configuration where the user has none: a receiver that tells nobody.
pub const DEFAULT: &str = "route:\n  receiver: 'null'\nreceivers:\n- name: 'null'";

/// The base of a configuration.
#[derive(Debug)]
pub struct Base {
    /// The file, fitted to the version.
    pub file: Yaml,
    /// Certificates and keys that it needs as files of the pod.
    pub tls_files: TlsFiles,
    /// What the version does not know of it.
    pub dropped: Vec<Dropped>,
}

/// The object that is the root has no route.
#[derive(Debug, thiserror::Error)]
#[error("the root of a configuration needs one")]
struct NoRoute;

/// The base out of the text of a Secret, which Alertmanager would load.
///
/// # Errors
/// When Alertmanager would not load it, or the version cannot do what it asks for.
pub fn from_text(text: &[u8], scope: &Scope<'_>, mode: Mode) -> Result<Base, read::Error> {
    let file = checked(text, mode)?;
    Ok(fitted(file, scope)?)
}

/// Checks a text that a version of Alertmanager shall load as it is, without anything left out.
///
/// # Errors
/// When it would not.
pub fn check_unchanged(text: &[u8], version: Version, mode: Mode) -> Result<(), read::Error> {
    let file = checked(text, mode)?;
    let global = file.value_of("global").cloned().unwrap_or(Yaml::Null);
    let gate = Gate::new(version, &global).lenient();
    gate.fitted(&FILE, file, "")?;
    match gate
        .into_dropped()
        .into_iter()
        .find(|dropped| matches!(dropped.reason, Reason::Version(_)))
    {
        Some(Dropped { path, reason, .. }) => Err(Invalid::new(path, reason).into()),
        None => Ok(()),
    }
}

/// The tree of a text that Alertmanager would load.
///
/// # Errors
/// When it would not.
pub fn checked(text: &[u8], mode: Mode) -> Result<Yaml, read::Error> {
    let file = read::read(&FILE, text)?;
    load::check(&file, mode)?;
    Ok(file)
}

/// The base out of the object that an Alertmanager names as its configuration.
///
/// # Errors
/// When the object or the global settings cannot make a configuration.
pub fn from_object(
    configuration: &AlertmanagerConfiguration,
    object: &AlertmanagerConfig,
    scope: &Scope<'_>,
) -> Result<Base, Invalid> {
    let global = configuration.global.as_deref();
    let global = global.map(|global| scope.global(global)).transpose().within("global")?;
    let part = object::root(object, scope)?;
    if part.route.is_none() {
        return Err(NoRoute).field("route");
    }
    let templates = configuration.templates.iter().filter_map(template);
    let file = FILE.tree([
        ("global", global),
        ("route", part.route),
        ("inhibit_rules", Some(Yaml::Seq(part.inhibit_rules))),
        ("receivers", Some(Yaml::Seq(part.receivers))),
        ("mute_time_intervals", Some(Yaml::Seq(part.intervals))),
        ("templates", Some(templates.collect())),
    ]);
    fitted(file, scope)
}

fn fitted(file: Yaml, scope: &Scope<'_>) -> Result<Base, Invalid> {
    let global = file.value_of("global").cloned().unwrap_or(Yaml::Null);
    let gate = Gate::new(scope.version, &global);
    let file = gate.fitted(&FILE, file, "")?;
    Ok(Base {
        file,
        tls_files: scope.tls_files(),
        dropped: gate.into_dropped(),
    })
}

/// The file of a template that the Alertmanager names.
fn template(selector: &crds::SecretOrConfigMap) -> Option<String> {
    let secret = selector.secret.as_ref().map(|secret| &secret.key);
    let key = secret.or(selector.config_map.as_ref().map(|config_map| &config_map.key))?;
    Some(format!("{TEMPLATES_DIRECTORY}/{key}"))
}
