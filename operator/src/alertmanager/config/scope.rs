//! Where the values of a generated part come from: the Secrets and `ConfigMap`s of one namespace. Pure.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;

use crds::{KeyValue, SafeTlsConfig, SecretOrConfigMap, TlsOptions};
use formats::duration::{GoDuration, PrometheusDuration};
use formats::version::Version;
use formats::yaml::{Yaml, natural_map};
use k8s_openapi::api::core::v1::SecretKeySelector;

use super::read::in_units_of_go;
use crate::alertmanager::validate::{AddressError, web, web_or_template};
use crate::assets::{self, Assets, TlsError, TlsFiles};
use crate::check::invalid::{Field, Invalid};

/// What a part of the configuration is generated with.
pub struct Scope<'a> {
    /// Namespace of the object that the part comes from, whose Secrets and `ConfigMap`s it may name.
    pub namespace: &'a str,
    /// What was read of them.
    pub assets: &'a Assets,
    /// The version of Alertmanager.
    pub version: Version,
    tls_files: RefCell<TlsFiles>,
}

/// An address in a Secret that is none.
#[derive(Debug, thiserror::Error)]
enum SecretUrl {
    #[error(transparent)]
    Asset(#[from] assets::Error),
    /// Of the address only the kind of the fault is shown: it is a secret.
    #[error("the value is not a URL of the web")]
    Url(#[from] AddressError),
}

impl<'a> Scope<'a> {
    /// A scope in `namespace`.
    pub fn new(namespace: &'a str, assets: &'a Assets, version: Version) -> Self {
        Self {
            namespace,
            assets,
            version,
            tls_files: RefCell::default(),
        }
    }

    /// The certificates and keys that the parts generated so far need as files of the pod.
    pub fn tls_files(&self) -> TlsFiles {
        self.tls_files.borrow().clone()
    }

    /// The text of a Secret at the field `path`, where a selector is given.
    ///
    /// # Errors
    /// When the value cannot be had.
    pub fn secret(&self, selector: Option<&SecretKeySelector>, path: &str) -> Result<Option<Yaml>, Invalid> {
        let text = |selector| self.assets.secret(self.namespace, selector).map(text);
        selector.map(text).transpose().field(path)
    }

    /// The same, of a Secret that may be a `ConfigMap`.
    ///
    /// # Errors
    /// When the value cannot be had.
    pub fn secret_or_config_map(&self, selector: &SecretOrConfigMap, path: &str) -> Result<Yaml, Invalid> {
        let value = self.assets.secret_or_config_map(self.namespace, selector);
        value.map(text).field(path)
    }

    /// An address of the web that is the text of a Secret; spaces around it do not count.
    ///
    /// # Errors
    /// When the value cannot be had, or is no such address.
    pub fn secret_url(&self, selector: Option<&SecretKeySelector>, path: &str) -> Result<Option<Yaml>, Invalid> {
        self.secret_address(selector, web).field(path)
    }

    /// The same, but it may be a template.
    ///
    /// # Errors
    /// When the value cannot be had, or is neither.
    pub fn secret_template_url(
        &self,
        selector: Option<&SecretKeySelector>,
        path: &str,
    ) -> Result<Option<Yaml>, Invalid> {
        self.secret_address(selector, web_or_template).field(path)
    }

    fn secret_address(
        &self,
        selector: Option<&SecretKeySelector>,
        check: fn(&str) -> Result<(), AddressError>,
    ) -> Result<Option<Yaml>, SecretUrl> {
        let Some(selector) = selector else { return Ok(None) };
        let value = self.assets.secret(self.namespace, selector)?.trim();
        check(value)?;
        Ok(Some(text(value)))
    }

    /// TLS settings, whose certificates and keys become files of the pod.
    ///
    /// # Errors
    /// When a certificate or key cannot be had, or does not fit.
    pub fn tls<'b>(&self, config: Option<&'b SafeTlsConfig>, path: &str) -> Result<Option<TlsOptions<'b>>, Invalid> {
        let Some(options) = config.map(TlsOptions::from) else {
            return Ok(None);
        };
        self.keep(&options).field(path)?;
        Ok(Some(options))
    }

    /// Remembers that the pod needs the files of `options`.
    pub(super) fn keep(&self, options: &TlsOptions<'_>) -> Result<(), TlsError> {
        let files = TlsFiles::of(self.namespace, *options, self.assets)?;
        self.tls_files.borrow_mut().extend(files);
        Ok(())
    }
}

/// A text of the API.
pub(super) fn text(text: &str) -> Yaml {
    Yaml::from(text.to_owned())
}

/// A text of the API, where there is one.
pub(super) fn optional<T: Deref<Target = str>>(value: Option<&T>) -> Option<Yaml> {
    value.map(|value| text(value))
}

/// A list of texts.
pub(super) fn texts<T: AsRef<str>>(items: &[T]) -> Yaml {
    items.iter().map(|item| text(item.as_ref())).collect()
}

/// A value of the API that is a boolean or a number, where there is one.
pub(super) fn value<T: Copy + Into<Yaml>>(value: Option<T>) -> Option<Yaml> {
    value.map(Into::into)
}

/// A duration of the API in its shortest form, where there is one.
///
/// # Errors
/// When it is none.
pub(super) fn duration<T: Deref<Target = str>>(value: Option<&T>, path: &str) -> Result<Option<Yaml>, Invalid> {
    let shortest = |value: &T| PrometheusDuration::parse(value).map(|duration| duration.to_string().into());
    value.map(shortest).transpose().field(path)
}

/// The same, in units that Go knows.
///
/// # Errors
/// When it is none.
pub(super) fn go_duration<T: Deref<Target = str>>(value: Option<&T>, path: &str) -> Result<Option<Yaml>, Invalid> {
    let in_units_of_go =
        |duration: PrometheusDuration| in_units_of_go(GoDuration::from_nanoseconds(duration.nanoseconds()));
    let shortest = |value: &T| PrometheusDuration::parse(value).map(in_units_of_go);
    value.map(shortest).transpose().field(path)
}

/// Texts by name, sorted.
pub(super) fn text_map<T: AsRef<str>>(pairs: impl IntoIterator<Item = (T, T)>) -> Yaml {
    let pair = |(name, value): (T, T)| (text(name.as_ref()), text(value.as_ref()));
    natural_map(pairs.into_iter().map(pair).collect())
}

/// The same, out of pairs of the API, of which the last of a name counts.
pub(super) fn key_values(pairs: &[KeyValue]) -> Yaml {
    let by_name: BTreeMap<&str, &str> = pairs.iter().map(|pair| (&*pair.key, &*pair.value)).collect();
    text_map(by_name)
}
