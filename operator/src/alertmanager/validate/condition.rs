//! Conditions on labels, as each version of `AlertmanagerConfig` writes them. Pure.

use crds::{MatchType, v1alpha1, v1beta1};
use formats::label::Scheme;
use formats::matcher::{self, Matcher, Operator};
use formats::version::Version;
use serde::de::DeserializeOwned;

use super::gate::Unsupported;

/// Names of labels may be any text from this version on.
const UTF8: Version = Version::new(0, 27, 0);
/// Matchers with an operator are known from this version on.
const MATCH_TYPE: Version = Version::new(0, 22, 0);

/// A condition on a label.
pub trait Condition: DeserializeOwned {
    /// Name of the label.
    fn name(&self) -> &str;
    /// How it is compared.
    fn operator(&self) -> Operator;
    /// With what.
    fn value(&self) -> &str;
    /// Whether it says how in the way that came with version 0.22.
    fn has_match_type(&self) -> bool;
}

impl Condition for v1alpha1::Matcher {
    fn name(&self) -> &str {
        &self.name
    }

    fn operator(&self) -> Operator {
        match self.match_type {
            Some(match_type) => operator(match_type),
            None if self.regex == Some(true) => Operator::Regex,
            None => Operator::Equal,
        }
    }

    fn value(&self) -> &str {
        self.value.as_deref().unwrap_or_default()
    }

    fn has_match_type(&self) -> bool {
        self.match_type.is_some()
    }
}

impl Condition for v1beta1::Matcher {
    fn name(&self) -> &str {
        &self.name
    }

    fn operator(&self) -> Operator {
        self.match_type.map_or(Operator::Equal, operator)
    }

    fn value(&self) -> &str {
        self.value.as_deref().unwrap_or_default()
    }

    fn has_match_type(&self) -> bool {
        self.match_type.is_some()
    }
}

const fn operator(match_type: MatchType) -> Operator {
    match match_type {
        MatchType::Equal => Operator::Equal,
        MatchType::NotEqual => Operator::NotEqual,
        MatchType::Regex => Operator::Regex,
        MatchType::NotRegex => Operator::NotRegex,
    }
}

/// What is wrong with a condition, or with the name of a label.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConditionError {
    #[error("the name of the label is missing")]
    NoName,
    #[error("{name:?} is not the name of a label for Alertmanager before {UTF8}")]
    Name { name: Box<str> },
    #[error(transparent)]
    Matcher(#[from] matcher::Error),
    #[error(transparent)]
    Version(#[from] Unsupported),
}

/// Checks a condition.
pub(super) fn check(condition: &impl Condition, version: Option<Version>) -> Result<(), ConditionError> {
    check_name(condition.name(), version, Scheme::allows_metric)?;
    if let Some(version) = version.filter(|_| condition.has_match_type()) {
        Unsupported::check(version, MATCH_TYPE)?;
    }
    Matcher::new(condition.name(), condition.operator(), condition.value())?;
    Ok(())
}

/// Checks the name of a label.
pub(super) fn check_label(name: &str, version: Option<Version>) -> Result<(), ConditionError> {
    check_name(name, version, Scheme::allows_label)
}

/// In conditions names may have colons, as those of metrics do.
fn check_name(name: &str, version: Option<Version>, allows: fn(Scheme, &str) -> bool) -> Result<(), ConditionError> {
    if name.is_empty() {
        return Err(ConditionError::NoName);
    }
    if version.is_some_and(|version| version < UTF8) && !allows(Scheme::Legacy, name) {
        return Err(ConditionError::Name { name: name.into() });
    }
    Ok(())
}
