//! What the configuration is without the objects that are selected: the user's Secret, or an `AlertmanagerConfig` that is
//! the root, with the global settings of the Alertmanager. Pure.

use crds::AlertmanagerConfiguration;
use crds::v1alpha1::AlertmanagerConfig;
use formats::matcher::Mode;
use formats::version::Version;
use formats::yaml::Yaml;

use super::context::{Context, Words};
use super::file::{Contents, FILE};
use super::fit::{Dropped, Fitting, Reason};
use super::global::GLOBAL;
use super::part::Part;
use super::scope::ObjectScope;
use super::{load, read};
use crate::alertmanager::names::TEMPLATES_DIRECTORY;
use crate::assets::TlsFiles;
use crate::check::invalid::{Field, Invalid, Within};

/// The configuration where the user has none: a receiver that notifies nobody.
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
#[error("the root of a configuration requires a route")]
struct NoRoute;

/// The base out of the text of a Secret, which Alertmanager would load.
///
/// # Errors
/// When Alertmanager would not load it, or the version cannot do what it asks for.
pub fn from_text(text: &[u8], version: Version, matchers: Mode) -> Result<Base, read::Error> {
    let file = checked(text, Some(version), matchers)?;
    Ok(fitted(file, version, matchers, Words::File)?)
}

/// Checks a text that a version of Alertmanager shall load as it is, without anything left out.
///
/// # Errors
/// When it would not.
pub fn check_unchanged(text: &[u8], version: Version, matchers: Mode) -> Result<(), read::Error> {
    let file = checked(text, Some(version), matchers)?;
    let whole = file.clone();
    let context = Context::of(&whole, matchers).for_version(version).lenient();
    let mut fitting = Fitting::new(&context);
    fitting.fitted(&FILE, file, "")?;
    let mut dropped = fitting.into_dropped().into_iter();
    match dropped.find(|dropped| matches!(dropped.reason, Reason::Version(_))) {
        Some(Dropped { path, reason }) => Err(Invalid::new(path, reason).into()),
        None => Ok(()),
    }
}

/// The tree of a text that Alertmanager would load, in a version; `None`: any.
///
/// # Errors
/// When it would not.
pub fn checked(text: &[u8], version: Option<Version>, matchers: Mode) -> Result<Yaml, read::Error> {
    let file = read::read(&FILE, text)?;
    load::check_file(&file, version, matchers)?;
    Ok(file)
}

/// The base out of the object that an Alertmanager names as its configuration.
///
/// # Errors
/// When the object or the global settings cannot make a configuration.
pub fn from_object(
    configuration: &AlertmanagerConfiguration,
    object: &AlertmanagerConfig,
    scope: &ObjectScope<'_>,
    version: Version,
    matchers: Mode,
) -> Result<Base, Invalid> {
    let part = Part::of(object, scope)?;
    if part.route.is_none() {
        return Err(NoRoute).field("route");
    }
    let contents = Contents {
        global: GLOBAL
            .of_option(configuration.global.as_deref(), scope)
            .within("global")?,
        part,
        templates: configuration.templates.iter().filter_map(template).collect(),
    };
    let base = fitted(FILE.of(&contents, scope)?, version, matchers, Words::Api)?;
    Ok(Base {
        tls_files: scope.tls_files(),
        ..base
    })
}

impl Base {
    /// The base, if Alertmanager would load it.
    ///
    /// # Errors
    /// When it would not.
    pub fn loaded(self, version: Version, matchers: Mode, words: Words) -> Result<Self, Invalid> {
        let context = Context {
            words,
            ..Context::of(&self.file, matchers).for_version(version)
        };
        load::check(&FILE, &self.file, "", &context)?;
        Ok(self)
    }
}

fn fitted(file: Yaml, version: Version, matchers: Mode, words: Words) -> Result<Base, Invalid> {
    let whole = file.clone();
    let context = Context {
        words,
        ..Context::of(&whole, matchers).for_version(version)
    };
    let mut fitting = Fitting::new(&context);
    let file = fitting.fitted(&FILE, file, "")?;
    Ok(Base {
        file,
        tls_files: TlsFiles::default(),
        dropped: fitting.into_dropped(),
    })
}

/// The file of a template that the Alertmanager names.
fn template(selector: &crds::SecretOrConfigMap) -> Option<String> {
    let secret = selector.secret.as_ref().map(|secret| &secret.key);
    let key = secret.or(selector.config_map.as_ref().map(|config_map| &config_map.key))?;
    Some(format!("{TEMPLATES_DIRECTORY}/{key}"))
}
