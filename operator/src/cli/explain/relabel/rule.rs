//! A rule of relabeling: read from a configuration, shown in words, and applied to labels. Pure.

use std::fmt;

use formats::excerpt::Excerpt;
use formats::label::Scheme;
use md5::{Digest as _, Md5};
use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

use super::Labels;

/// The expression of a rule that has none.
const EVERYTHING: &str = "(.*)";
/// The replacement of a rule that has none.
const FIRST_GROUP: &str = "$1";

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    sources: Vec<String>,
    separator: String,
    target: String,
    pattern: String,
    expression: Regex,
    modulus: u64,
    replacement: String,
    action: Action,
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    #[default]
    Replace,
    Keep,
    Drop,
    KeepEqual,
    DropEqual,
    HashMod,
    LabelMap,
    LabelDrop,
    LabelKeep,
    Lowercase,
    Uppercase,
}

/// A rule that cannot be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It has not the shape of one.
    #[error("it is no relabeling rule: {0}")]
    Shape(String),
    /// Its expression is one that only Go understands.
    #[error("the expression {0:?} cannot be evaluated here")]
    Expression(Excerpt),
}

/// A rule as a configuration has it.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    source_labels: Vec<String>,
    separator: Option<String>,
    #[serde(default)]
    target_label: String,
    regex: Option<Value>,
    modulus: Option<Value>,
    replacement: Option<String>,
    action: Option<String>,
}

impl Rule {
    /// The rule that a configuration has.
    ///
    /// # Errors
    /// When it is none, or its expression cannot be evaluated.
    pub fn read(value: &Value) -> Result<Self, Error> {
        let shape = |error: serde_json::Error| Error::Shape(error.to_string());
        let written: Written = serde_json::from_value(value.clone()).map_err(shape)?;
        let action = written.action.unwrap_or_default().to_lowercase();
        let action = match action.as_str() {
            "" => Action::default(),
            action => serde_json::from_value(action.into()).map_err(shape)?,
        };
        // A configuration is read as text.
        let modulus = match written.modulus {
            None | Some(Value::Null) => 0,
            Some(Value::String(text)) => text
                .parse()
                .map_err(|_| Error::Shape(format!("modulus: {:?}", Excerpt::from(text.as_str()))))?,
            Some(number) => serde_json::from_value(number).map_err(shape)?,
        };
        // A number is written without quotes.
        let pattern = match written.regex {
            None | Some(Value::Null) => EVERYTHING.to_owned(),
            Some(Value::String(text)) => text,
            Some(other) => other.to_string(),
        };
        Ok(Self {
            expression: Regex::new(&format!("^(?s:{pattern})$"))
                .map_err(|_| Error::Expression(pattern.as_str().into()))?,
            sources: written.source_labels,
            separator: written.separator.unwrap_or_else(|| ";".to_owned()),
            target: written.target_label,
            pattern,
            modulus,
            replacement: written.replacement.unwrap_or_else(|| FIRST_GROUP.to_owned()),
            action,
        })
    }

    /// The values of its source labels, joined.
    pub(super) fn value(&self, labels: &Labels) -> String {
        let value = |name: &String| labels.get(name).map_or("", String::as_str);
        self.sources.iter().map(value).collect::<Vec<_>>().join(&self.separator)
    }

    /// The labels after it; `None`: it drops the target.
    pub(super) fn applied(&self, labels: &Labels) -> Option<Labels> {
        let value = self.value(labels);
        let mut after = labels.clone();
        match self.action {
            Action::Keep if !self.expression.is_match(&value) => return None,
            Action::Drop if self.expression.is_match(&value) => return None,
            Action::KeepEqual if *self.target_value(labels) != *value => return None,
            Action::DropEqual if *self.target_value(labels) == *value => return None,
            Action::Keep | Action::Drop | Action::KeepEqual | Action::DropEqual => {}
            Action::Replace => self.replace(&mut after, &value),
            Action::HashMod => set(
                &mut after,
                &self.target,
                (hash(&value) % self.modulus.max(1)).to_string(),
            ),
            Action::Lowercase => set(&mut after, &self.target, value.to_lowercase()),
            Action::Uppercase => set(&mut after, &self.target, value.to_uppercase()),
            Action::LabelMap => {
                for (name, value) in labels {
                    if let Some(mapped) = self.expanded(&self.replacement, name) {
                        set(&mut after, &mapped, value.clone());
                    }
                }
            }
            Action::LabelDrop => after.retain(|name, _| !self.expression.is_match(name)),
            Action::LabelKeep => after.retain(|name, _| self.expression.is_match(name)),
        }
        Some(after)
    }

    fn target_value<'l>(&self, labels: &'l Labels) -> &'l str {
        labels.get(&self.target).map_or("", String::as_str)
    }

    fn replace(&self, labels: &mut Labels, value: &str) {
        let Some(target) = self.expanded(&self.target, value) else {
            return;
        };
        if !Scheme::Utf8.allows_label(&target) {
            return;
        }
        let replacement = self.expanded(&self.replacement, value).unwrap_or_default();
        set(labels, &target, replacement);
    }

    /// `template` with what the groups of the expression matched in `value`; `None`: it does not match.
    fn expanded(&self, template: &str, value: &str) -> Option<String> {
        let captures = self.expression.captures(value)?;
        let mut expanded = String::new();
        captures.expand(template, &mut expanded);
        Some(expanded)
    }
}

/// Sets a label; an empty value removes it.
fn set(labels: &mut Labels, name: &str, value: String) {
    if value.is_empty() {
        labels.remove(name);
    } else {
        labels.insert(name.to_owned(), value);
    }
}

/// The last eight bytes of the MD5 sum, as a number.
fn hash(value: &str) -> u64 {
    let sum: [u8; 16] = Md5::digest(value.as_bytes()).into();
    (sum.iter().skip(8)).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        // Fields that the action does not look at are of no account.
        self.to_string() == other.to_string()
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sources, target) = (self.sources.join(&self.separator), &self.target);
        let (pattern, replacement) = (&self.pattern, &self.replacement);
        match self.action {
            Action::Keep => write!(out, "keep if {sources} matches {pattern:?}"),
            Action::Drop => write!(out, "drop if {sources} matches {pattern:?}"),
            Action::KeepEqual => write!(out, "keep if {sources} equals {target}"),
            Action::DropEqual => write!(out, "drop if {sources} equals {target}"),
            Action::Replace if self.sources.is_empty() => write!(out, "set {target} to {replacement:?}"),
            Action::Replace if pattern == EVERYTHING => write!(out, "set {target} to {replacement:?} of {sources}"),
            Action::Replace => write!(out, "set {target} to {replacement:?} if {sources} matches {pattern:?}"),
            Action::HashMod => write!(out, "set {target} to the hash of {sources} modulo {}", self.modulus),
            Action::Lowercase => write!(out, "set {target} to {sources} in lower case"),
            Action::Uppercase => write!(out, "set {target} to {sources} in upper case"),
            Action::LabelMap => write!(out, "copy labels whose name matches {pattern:?} to {replacement:?}"),
            Action::LabelDrop => write!(out, "remove labels whose name matches {pattern:?}"),
            Action::LabelKeep => write!(out, "keep only labels whose name matches {pattern:?}"),
        }
    }
}
