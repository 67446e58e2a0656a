//! Faults in the words of whoever wrote the configuration: the keys of the file, or the fields of the API. Pure.

use std::error::Error;

use super::context::Words;
use super::fault::{Cause, Fault};
use super::schema::{Kind, Table};
use crate::check::invalid::Invalid;

/// A reason that names keys.
#[derive(Debug, thiserror::Error)]
enum Stated {
    #[error("a value is required")]
    Required,
    #[error("{0} is required")]
    OneOf(String),
    #[error("exactly one of {0} is required")]
    OnlyOneOf(String),
    #[error("{0} is required, here or in the global section ({1})")]
    OneOfOrGlobal(String, String),
    #[error("must not be set together with {0}")]
    NotWith(String),
    #[error("has no effect unless {0} is set")]
    OnlyWith(String),
    #[error("must be one of {0}")]
    NoneOf(String),
    #[error("must not be negative")]
    Negative,
}

impl Fault {
    /// The fault of a section of `table` at `path`.
    pub(super) fn stated(self, table: &dyn Table, words: Words, path: &str) -> Invalid {
        let field = renamed(table, words, &self.key);
        let dot = if path.is_empty() || field.is_empty() { "" } else { "." };
        Invalid::caused_by(format!("{path}{dot}{field}"), stated(self.cause, table, words))
    }
}

fn stated(cause: Cause, table: &dyn Table, words: Words) -> Box<dyn Error + Send + Sync> {
    let named = |keys: &[&str]| alternatives(&names(table, words, keys));
    Box::new(match cause {
        Cause::Required => Stated::Required,
        Cause::OneOf(keys) => Stated::OneOf(named(keys)),
        Cause::OnlyOneOf(keys) => Stated::OnlyOneOf(named(keys)),
        Cause::OneOfOrGlobal(keys, global) => Stated::OneOfOrGlobal(named(keys), alternatives(global)),
        Cause::NotWith(keys) => Stated::NotWith(named(keys)),
        Cause::OnlyWith(keys) => Stated::OnlyWith(named(keys)),
        Cause::NoneOf(words) => {
            let words = words.iter().filter(|word| !word.is_empty());
            Stated::NoneOf(words.copied().collect::<Vec<_>>().join(", "))
        }
        Cause::Negative => Stated::Negative,
        Cause::Own(cause) => return cause,
    })
}

/// What keys are called. In the words of the API, those that it does not have are left out.
fn names<'a>(table: &dyn Table, words: Words, keys: &[&'a str]) -> Vec<&'a str> {
    let names = |key: &&'a str| match (words, table.key(key)) {
        (Words::Api, Some(key)) => [key.field, key.preferred_field],
        _ => [Some(*key), None],
    };
    keys.iter().flat_map(names).flatten().collect()
}

fn alternatives(names: &[&str]) -> String {
    names.join(" or ")
}

/// A path of keys in other words: `fields[0].short` of Slack, say.
fn renamed(table: &dyn Table, words: Words, path: &str) -> String {
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (name, rest) = path.split_at(end);
    let Some(key) = table.key(name) else {
        return path.to_owned();
    };
    let called = key.called(words);
    match (key.kind, rest.split_once('.')) {
        (Kind::Section(inner) | Kind::TextOr(inner) | Kind::Sections(inner), Some((index, rest))) => {
            format!("{called}{index}.{}", renamed(inner, words, rest))
        }
        _ => format!("{called}{rest}"),
    }
}
