//! Conditions on labels as objects of the API write them: as matchers, or, for older versions of Alertmanager, as mappings.
//! Pure.

use crds::MatchType;
use crds::v1alpha1::Matcher;
use formats::matcher::{self, Operator};
use formats::version::Version;
use formats::yaml::{Yaml, natural_map};

use super::scope::{self, ObjectScope, Taken};
use crate::check::invalid::{Field, Invalid};

/// Matchers are written as such from this version on, and as mappings before.
const MATCHERS: Version = Version::new(0, 22, 0);

/// What is wrong with a condition.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("the label name is required")]
    NoName,
    #[error(transparent)]
    Matcher(#[from] matcher::Error),
}

/// Whether a version knows matchers.
pub(super) fn has_matchers(scope: &ObjectScope<'_>) -> bool {
    scope.version.is_none_or(|version| version >= MATCHERS)
}

/// The conditions that are equalities, of those that are written as a mapping.
pub(super) fn equalities(matchers: &[Matcher], scope: &ObjectScope<'_>) -> Taken {
    mapping(matchers, false, scope)
}

/// The conditions that are regular expressions, of those that are written as a mapping.
pub(super) fn expressions(matchers: &[Matcher], scope: &ObjectScope<'_>) -> Taken {
    mapping(matchers, true, scope)
}

/// The conditions that are written as matchers.
pub(super) fn matchers(matchers: &[Matcher], scope: &ObjectScope<'_>) -> Taken {
    let own = matchers
        .iter()
        .enumerate()
        .filter(|(_, matcher)| !is_mapping(matcher, scope));
    let text = |(index, matcher): (usize, &Matcher)| Ok(checked(index, matcher)?.to_string());
    own.map(text).collect::<Result<Yaml, Invalid>>().map(Some)
}

/// The condition that a label has a value.
pub(super) fn equality(name: &str, value: &str) -> Yaml {
    let matcher = matcher::Matcher {
        name: name.to_owned(),
        operator: Operator::Equal,
        value: value.to_owned(),
    };
    matcher.to_string().into()
}

/// Matchers of the older kind are mappings where the version does not know others.
fn is_mapping(matcher: &Matcher, scope: &ObjectScope<'_>) -> bool {
    matcher.match_type.is_none() && !has_matchers(scope)
}

/// A sorted mapping, in which of equal names the last one counts.
fn mapping(matchers: &[Matcher], is_regex: bool, scope: &ObjectScope<'_>) -> Taken {
    let mut pairs: Vec<(Yaml, Yaml)> = Vec::new();
    for (index, matcher) in matchers
        .iter()
        .enumerate()
        .filter(|(_, matcher)| is_mapping(matcher, scope))
    {
        if matcher.regex.unwrap_or(false) != is_regex {
            continue;
        }
        let matcher = checked(index, matcher)?;
        let (name, value) = (scope::text(&matcher.name), scope::text(&matcher.value));
        match pairs.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => pairs.push((name, value)),
        }
    }
    Ok(Some(natural_map(pairs)))
}

fn checked(index: usize, from: &Matcher) -> Result<matcher::Matcher, Invalid> {
    let path = || format!("[{index}]");
    if from.name.is_empty() {
        return Err(Cause::NoName).field(path());
    }
    let value = from.value.as_deref().unwrap_or_default();
    let matcher = matcher::Matcher::new(&*from.name, operator(from), value);
    matcher.map_err(Cause::from).field(path())
}

/// How a matcher compares. A match type has precedence.
const fn operator(matcher: &Matcher) -> Operator {
    match (matcher.match_type, matcher.regex) {
        (Some(MatchType::Regex), _) | (None, Some(true)) => Operator::Regex,
        (Some(MatchType::Equal) | None, _) => Operator::Equal,
        (Some(MatchType::NotEqual), _) => Operator::NotEqual,
        (Some(MatchType::NotRegex), _) => Operator::NotRegex,
    }
}
