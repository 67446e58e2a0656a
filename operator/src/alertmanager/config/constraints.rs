//! What many sections demand of their values: keys of which one is required, or of which one excludes the other, and values
//! out of a list. Pure.

use formats::yaml::Yaml;

use super::context::Context;
use super::fault::{Cause, Fault};
use super::schema::{has, text_of};

/// Demands that `key` is set.
pub(super) fn required(section: &Yaml, key: &'static str) -> Result<(), Fault> {
    unless(has(section, key), key, Cause::Required)
}

/// Demands that one of `keys` is set.
pub(super) fn one_of(section: &Yaml, keys: &'static [&'static str]) -> Result<(), Fault> {
    unless(has_any(section, keys), "", Cause::OneOf(keys))
}

/// Demands that one of `keys` is set, or one of `fallbacks` in the global section.
pub(super) fn one_of_or_global(
    section: &Yaml,
    keys: &'static [&'static str],
    fallbacks: &'static [&'static str],
    context: &Context<'_>,
) -> Result<(), Fault> {
    let is_global = context.global.is_none_or(|global| has_any(global, fallbacks));
    let is_set = is_global || has_any(section, keys);
    unless(is_set, "", Cause::OneOfOrGlobal(keys, fallbacks))
}

/// Whether one of `keys` is set.
pub(super) fn has_any(section: &Yaml, keys: &[&str]) -> bool {
    keys.iter().any(|key| has(section, key))
}

/// Demands that `key` is not set together with one of `others`.
pub(super) fn not_with(section: &Yaml, key: &'static str, others: &'static [&'static str]) -> Result<(), Fault> {
    let is_both = has(section, key) && has_any(section, others);
    unless(!is_both, key, Cause::NotWith(others))
}

/// Demands that `key` is set only together with one of `others`.
pub(super) fn only_with(section: &Yaml, key: &'static str, others: &'static [&'static str]) -> Result<(), Fault> {
    let is_alone = has(section, key) && !has_any(section, others);
    unless(!is_alone, key, Cause::OnlyWith(others))
}

/// Demands that the value of `key` is one of `words`; where these include the empty one, it need not be set.
pub(super) fn word(section: &Yaml, key: &'static str, words: &'static [&'static str]) -> Result<(), Fault> {
    unless(words.contains(&text_of(section, key)), key, Cause::NoneOf(words))
}

/// Demands that `key`, where it is set, is not negative.
pub(super) fn count(section: &Yaml, key: &'static str) -> Result<(), Fault> {
    let is_count = matches!(section.value_of(key), None | Some(Yaml::Int(0..)));
    unless(is_count, key, Cause::Negative)
}

fn unless(holds: bool, key: &'static str, cause: Cause) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(Fault::new(key, cause)) }
}
