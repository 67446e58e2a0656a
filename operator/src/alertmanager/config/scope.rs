//! Where the values of a generated part come from: the Secrets and `ConfigMap`s of one namespace. Pure.

#![expect(clippy::unnecessary_wraps, reason = "the rows of a table take values of one type")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;

use crds::{KeyValue, SafeTlsConfig, SecretOrConfigMap, TlsOptions};
use formats::duration::{GoDuration, PrometheusDuration};
use formats::version::Version;
use formats::yaml::{Yaml, natural_map};
use k8s_openapi::api::core::v1::SecretKeySelector;

use super::address::{self, AddressError, SecretAddressError};
use crate::alertmanager::names::TLS_ASSETS_DIRECTORY;
use crate::assets::{
    self, Assets, References, TlsError, TlsFiles, check_tls, key_file_name, tls_selector_file_name, without_absent,
};
use crate::check::invalid::{Field, Invalid};
use crate::object::ObjectKey;

/// A value that comes out of an object of the API, where it is set.
pub(super) type Taken = Result<Option<Yaml>, Invalid>;

/// What a part of the configuration is generated with. It notes what was asked for.
pub struct ObjectScope<'a> {
    /// Namespace of the object that the part comes from, whose Secrets and `ConfigMap`s it may name.
    pub namespace: &'a str,
    /// The version of Alertmanager; `None`: any.
    pub version: Option<Version>,
    /// `namespace/name/` of the object, in front of every name that it gives.
    prefix: String,
    /// What was read of Secrets and `ConfigMap`s; `None`: nothing was.
    assets: Option<&'a Assets>,
    tls_files: RefCell<TlsFiles>,
    references: RefCell<References>,
}

/// What a value is taken for that was not read: a text that passes the checks of every text.
pub(super) const UNREAD: &str = "http://unread.invalid";

/// An address in a Secret that is none.
#[derive(Debug, thiserror::Error)]
enum SecretUrl {
    #[error(transparent)]
    Asset(#[from] assets::Error),
    #[error(transparent)]
    Address(#[from] SecretAddressError),
}

impl<'a> ObjectScope<'a> {
    /// The scope of the object `owner`, for a version.
    pub fn new(owner: &'a ObjectKey, assets: &'a Assets, version: Version) -> Self {
        Self {
            version: Some(version),
            assets: Some(assets),
            ..Self::unread(owner)
        }
    }

    /// A scope in which nothing of Secrets and `ConfigMap`s is known, and no version.
    pub fn unread(owner: &'a ObjectKey) -> Self {
        Self {
            namespace: &owner.namespace,
            version: None,
            prefix: format!("{owner}/"),
            assets: None,
            tls_files: RefCell::default(),
            references: RefCell::default(),
        }
    }

    /// The certificates and keys that the parts generated so far need as files of the pod.
    pub fn tls_files(&self) -> TlsFiles {
        self.tls_files.borrow().clone()
    }

    /// The Secrets and `ConfigMap`s that were asked for.
    pub fn into_references(self) -> References {
        self.references.into_inner()
    }

    /// A name that no other object gives.
    pub fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// What is in front of the names that the object gives.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The text of a Secret, where a selector is given. What is optional and missing is left out.
    ///
    /// # Errors
    /// When the value cannot be had.
    pub fn secret(&self, selector: Option<&SecretKeySelector>) -> Taken {
        let Some(selector) = selector else { return Ok(None) };
        self.content(selector).map(|value| value.map(text)).field("")
    }

    /// The same, unless the selector selects nothing, as those do that old clients wrote.
    ///
    /// # Errors
    /// When the value cannot be had.
    pub fn secret_if_named(&self, selector: Option<&SecretKeySelector>) -> Taken {
        self.secret(selector.filter(|selector| !selector.name.is_empty()))
    }

    /// The same, of a Secret that may be a `ConfigMap`.
    ///
    /// # Errors
    /// When the value cannot be had.
    pub fn secret_or_config_map(&self, selector: &SecretOrConfigMap) -> Taken {
        self.references.borrow_mut().add(self.namespace, selector);
        let value = self
            .assets
            .map(|assets| assets.optional_secret_or_config_map(self.namespace, selector));
        value.unwrap_or(Ok(Some(UNREAD))).map(|value| value.map(text)).field("")
    }

    /// An HTTP URL that is the text of a Secret; spaces around it do not count.
    ///
    /// # Errors
    /// When the value cannot be had, or is no such URL.
    pub fn secret_url(&self, selector: Option<&SecretKeySelector>) -> Taken {
        self.secret_address(selector, address::http_url).field("")
    }

    /// The same, but it may be a template.
    ///
    /// # Errors
    /// When the value cannot be had, or is neither.
    pub fn secret_template_url(&self, selector: Option<&SecretKeySelector>) -> Taken {
        self.secret_address(selector, address::template_or_url).field("")
    }

    fn secret_address(
        &self,
        selector: Option<&SecretKeySelector>,
        check: fn(&str) -> Result<(), AddressError>,
    ) -> Result<Option<Yaml>, SecretUrl> {
        let Some(selector) = selector else { return Ok(None) };
        let Some(value) = self.content(selector)? else {
            return Ok(None);
        };
        let value = value.trim();
        check(value).map_err(|error| error.hidden())?;
        Ok(Some(text(value)))
    }

    fn content(&self, selector: &SecretKeySelector) -> Result<Option<&'a str>, assets::Error> {
        self.references.borrow_mut().add(self.namespace, selector);
        let value = self
            .assets
            .map(|assets| assets.optional_secret(self.namespace, selector));
        value.unwrap_or(Ok(Some(UNREAD)))
    }

    /// Notes that the pod needs the files of TLS settings.
    ///
    /// # Errors
    /// When the settings contradict each other, or a certificate or key cannot be had or does not fit.
    pub fn keep(&self, tls: &SafeTlsConfig) -> Result<(), TlsError> {
        let options = TlsOptions::from(tls);
        self.references.borrow_mut().add(self.namespace, &options);
        match self.assets {
            Some(assets) => {
                let files = TlsFiles::of(self.namespace, options, assets)?;
                self.tls_files.borrow_mut().extend(files);
                Ok(())
            }
            None => check_tls(&options),
        }
    }

    /// What of TLS settings is there: a pair of certificate and key that is optional and missing is left out.
    pub fn present<'t>(&self, tls: &'t SafeTlsConfig) -> TlsOptions<'t> {
        let options = TlsOptions::from(tls);
        match self.assets {
            Some(assets) => without_absent(options, self.namespace, assets),
            None => options,
        }
    }

    /// Path in the pod of the file with a certificate.
    pub fn certificate_file(&self, selector: &SecretOrConfigMap) -> Option<Yaml> {
        tls_selector_file_name(self.namespace, selector).map(|name| tls_file(&name))
    }

    /// Path in the pod of the file with a key.
    pub fn key_file(&self, selector: Option<&SecretKeySelector>) -> Option<Yaml> {
        selector.map(|selector| tls_file(&key_file_name(self.namespace, selector)))
    }
}

fn tls_file(name: &str) -> Yaml {
    format!("{TLS_ASSETS_DIRECTORY}/{name}").into()
}

/// A text of the API.
pub(super) fn text(text: &str) -> Yaml {
    Yaml::from(text.to_owned())
}

/// A text of the API, where there is one.
pub(super) fn optional<T: Deref<Target = str>>(value: Option<&T>) -> Taken {
    Ok(value.map(|value| text(value)))
}

/// A list of texts.
pub(super) fn texts<T: AsRef<str>>(items: &[T]) -> Taken {
    Ok(Some(items.iter().map(|item| text(item.as_ref())).collect()))
}

/// A value of the API that is a boolean or a number, where there is one.
pub(super) fn value<T: Copy + Into<Yaml>>(value: Option<T>) -> Taken {
    Ok(value.map(Into::into))
}

/// An HTTP URL or a template, where there is one: what the API takes only so, though Alertmanager takes any text.
///
/// # Errors
/// When it is neither.
pub(super) fn template_url<T: Deref<Target = str>>(value: Option<&T>) -> Taken {
    checked(value, address::template_or_url)
}

/// `host:port`, where there is one.
///
/// # Errors
/// When it is not.
pub(super) fn host_and_port<T: Deref<Target = str>>(value: Option<&T>) -> Taken {
    checked(value, address::host_and_port)
}

fn checked<T: Deref<Target = str>>(value: Option<&T>, check: fn(&str) -> Result<(), AddressError>) -> Taken {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        check(value).field("")?;
    }
    optional(value)
}

/// A duration of the API in its shortest form, where there is one.
///
/// # Errors
/// When it is none.
pub(super) fn duration<T: Deref<Target = str>>(value: Option<&T>) -> Taken {
    let shortest = |value: &T| PrometheusDuration::parse(value).map(|duration| duration.to_string().into());
    value.map(shortest).transpose().field("")
}

/// The same, in units that Go knows.
///
/// # Errors
/// When it is none.
pub(super) fn go_duration<T: Deref<Target = str>>(value: Option<&T>) -> Taken {
    let in_units_of_go =
        |duration: PrometheusDuration| in_units_of_go(GoDuration::from_nanoseconds(duration.nanoseconds()));
    let shortest = |value: &T| PrometheusDuration::parse(value).map(in_units_of_go);
    value.map(shortest).transpose().field("")
}

/// A duration in the shortest form that Go can read, too: it knows no days.
pub(super) fn in_units_of_go(duration: GoDuration) -> Yaml {
    let shortest = PrometheusDuration::from_nanoseconds(duration.nanoseconds()).to_string();
    if GoDuration::parse(&shortest) == Ok(duration) {
        shortest.into()
    } else {
        duration.to_string().into()
    }
}

/// Texts by name, sorted.
pub(super) fn text_map<T: AsRef<str>>(pairs: impl IntoIterator<Item = (T, T)>) -> Taken {
    let pair = |(name, value): (T, T)| (text(name.as_ref()), text(value.as_ref()));
    Ok(Some(natural_map(pairs.into_iter().map(pair).collect())))
}

/// The same, out of pairs of the API, of which the last of a name counts.
pub(super) fn key_values(pairs: &[KeyValue]) -> Taken {
    let by_name: BTreeMap<&str, &str> = pairs.iter().map(|pair| (&*pair.key, &*pair.value)).collect();
    text_map(by_name)
}
