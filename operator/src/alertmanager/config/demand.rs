//! What sections demand of their values in the same words: addresses, keys of which one is needed or one excludes the
//! other. Pure.

use shared::template::{self, Functions};
use shared::url::{Url, WebError};
use shared::yaml::Yaml;

use super::schema::{has, text_of};
use crate::invalid::{Field, Invalid};

/// What is wrong with a value. Never holds the value, which may be a secret.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("this is not a URL of the web: {0}")]
    Url(#[from] WebError),
    #[error("this is not a template: {0}")]
    Template(#[from] template::Error),
    #[error("it is needed")]
    Missing,
    #[error("it or {0} is needed")]
    Neither(&'static str),
    #[error("it excludes {0}")]
    Both(&'static str),
}

/// Demands that `key`, where it is set, is an address of the web.
pub fn url(section: &Yaml, key: &'static str) -> Result<(), Invalid> {
    match text_of(section, key) {
        "" => Ok(()),
        text => web(text).field(key),
    }
}

/// Demands that `key`, where it is set, is an address of the web or a template.
pub fn template_url(section: &Yaml, key: &'static str) -> Result<(), Invalid> {
    let text = text_of(section, key);
    if text.contains("{{") {
        // Addresses are templates without functions of their own.
        return template::check(text, &Functions::BUILTIN)
            .map_err(Cause::from)
            .field(key);
    }
    url(section, key)
}

fn web(text: &str) -> Result<(), Cause> {
    Url::parse_web(text).map(drop).map_err(Cause::from)
}

/// Demands that `key` is set.
pub fn key(section: &Yaml, key: &'static str) -> Result<(), Invalid> {
    if has(section, key) {
        Ok(())
    } else {
        Err(Cause::Missing).field(key)
    }
}

/// Demands that one of two keys is set, unless a third party stands in for them.
pub fn one_of(section: &Yaml, key: &'static str, other: &'static str) -> Result<(), Invalid> {
    if has(section, key) || has(section, other) {
        Ok(())
    } else {
        Err(Cause::Neither(other)).field(key)
    }
}

/// Demands that not both of two keys are set.
pub fn not_both(section: &Yaml, key: &'static str, other: &'static str) -> Result<(), Invalid> {
    if has(section, key) && has(section, other) {
        Err(Cause::Both(other)).field(key)
    } else {
        Ok(())
    }
}
