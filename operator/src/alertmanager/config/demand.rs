//! What sections demand of their values in the same words: addresses, words, keys of which one is needed or one excludes
//! the other. Pure.

use formats::yaml::Yaml;

use super::schema::{has, text_of};
use crate::alertmanager::validate::{AddressError, web, web_or_template};
use crate::check::invalid::{Field, Invalid};

/// What is wrong with a value or with several. Never holds one.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("it is needed")]
    Missing,
    #[error("one of {} is needed", .0.join(", "))]
    None(&'static [&'static str]),
    #[error("it or, in the global section, {0} is needed")]
    NoneGlobal(&'static str),
    #[error("it excludes {0}")]
    Both(&'static str),
    #[error("it must be one of {}", .0.join(", "))]
    Word(&'static [&'static str]),
    #[error("it must not be below 0")]
    Count,
}

/// Demands that a text, unless it is empty, is an address of the web.
pub(super) fn address(value: &Yaml) -> Result<(), AddressError> {
    match value.as_str().unwrap_or_default() {
        "" => Ok(()),
        text => web(text),
    }
}

/// The same, but it may be a template.
pub(super) fn template_address(value: &Yaml) -> Result<(), AddressError> {
    match value.as_str().unwrap_or_default() {
        "" => Ok(()),
        text => web_or_template(text),
    }
}

/// Demands that `key` is set.
pub(super) fn key(section: &Yaml, key: &'static str) -> Result<(), Invalid> {
    if has(section, key) {
        Ok(())
    } else {
        Err(Cause::Missing).field(key)
    }
}

/// Demands that one of `keys` is set.
pub(super) fn any_of(section: &Yaml, keys: &'static [&'static str]) -> Result<(), Invalid> {
    if has_any(section, keys) {
        Ok(())
    } else {
        Err(Cause::None(keys)).field("")
    }
}

/// Demands that one of `keys` is set, or one of `fallbacks` in the `global` section.
pub(super) fn any_of_or_global(
    section: &Yaml,
    keys: &'static [&'static str],
    global: &Yaml,
    fallbacks: &'static [&'static str],
) -> Result<(), Invalid> {
    match (keys, fallbacks) {
        ([key, ..], [fallback, ..]) if !has_any(section, keys) && !has_any(global, fallbacks) => {
            Err(Cause::NoneGlobal(fallback)).field(*key)
        }
        _ => Ok(()),
    }
}

/// Whether one of `keys` is set.
pub(super) fn has_any(section: &Yaml, keys: &[&str]) -> bool {
    keys.iter().any(|key| has(section, key))
}

/// Demands that not both of two keys are set.
pub(super) fn not_both(section: &Yaml, key: &'static str, other: &'static str) -> Result<(), Invalid> {
    if has(section, key) && has(section, other) {
        Err(Cause::Both(other)).field(key)
    } else {
        Ok(())
    }
}

/// Demands that `key` is one of `words`; where these include the empty one, it need not be set.
pub(super) fn word(section: &Yaml, key: &'static str, words: &'static [&'static str]) -> Result<(), Invalid> {
    if words.contains(&text_of(section, key)) {
        Ok(())
    } else {
        Err(Cause::Word(words)).field(key)
    }
}

/// Demands that `key`, where it is set, is a number of alerts.
pub(super) fn count(section: &Yaml, key: &'static str) -> Result<(), Invalid> {
    match section.value_of(key) {
        None | Some(Yaml::Int(0..)) => Ok(()),
        Some(_) => Err(Cause::Count).field(key),
    }
}
