//! `AlertmanagerConfig`s from one version to the other. Pure.
//!
//! They are converted as the JSON that they are. The versions differ in the name of the time intervals and in matchers
//! alone, so all else stays, also what neither knows: an object that cannot be converted would make every list of its kind
//! fail. What a version has no field for, the API server prunes.

#[cfg(test)]
mod tests;

use crds::{MatchType, v1alpha1, v1beta1};
use kube::Resource;
use serde_json::{Map, Value};

/// A version of the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// The version in which objects are stored.
    V1alpha1,
    /// The newer one, in which matchers have one way to say how they compare.
    V1beta1,
}

/// An object that is not of this kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not a mapping.
    #[error("this is not an object")]
    NoObject,
    /// Of another kind.
    #[error("{kind:?} is not AlertmanagerConfig")]
    Kind {
        /// What it is.
        kind: Box<str>,
    },
    /// In no version that there is.
    #[error("AlertmanagerConfig has no version {version:?}")]
    Version {
        /// Group and version that are asked for.
        version: Box<str>,
    },
}

impl Version {
    const ALL: [Self; 2] = [Self::V1alpha1, Self::V1beta1];

    /// The version of an `apiVersion`, which has the group in front.
    pub fn of(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|version| version.api_version() == text);
        found.ok_or_else(|| Error::Version { version: text.into() })
    }

    fn api_version(self) -> String {
        match self {
            Self::V1alpha1 => v1alpha1::AlertmanagerConfig::api_version(&()),
            Self::V1beta1 => v1beta1::AlertmanagerConfig::api_version(&()),
        }
        .into_owned()
    }

    /// Field of the time intervals.
    const fn intervals(self) -> &'static str {
        match self {
            Self::V1alpha1 => "muteTimeIntervals",
            Self::V1beta1 => "timeIntervals",
        }
    }
}

/// Converts `object` to `version`.
pub fn convert(object: &mut Value, version: Version) -> Result<(), Error> {
    let object = object.as_object_mut().ok_or(Error::NoObject)?;
    let text = |field: &str| object.get(field).and_then(Value::as_str).unwrap_or_default();
    let kind = text("kind");
    if kind != v1alpha1::AlertmanagerConfig::kind(&()) {
        return Err(Error::Kind { kind: kind.into() });
    }
    let own = Version::of(text("apiVersion"))?;
    if own == version {
        return Ok(());
    }
    object.insert("apiVersion".to_owned(), version.api_version().into());
    if let Some(Value::Object(specification)) = object.get_mut("spec") {
        specification.remove(version.intervals());
        if let Some(intervals) = specification.remove(own.intervals()) {
            specification.insert(version.intervals().to_owned(), intervals);
        }
        if version == Version::V1beta1 {
            settle_matchers(specification);
        }
    }
    Ok(())
}

/// Settles the matchers of all routes and inhibition rules.
fn settle_matchers(specification: &mut Map<String, Value>) {
    // Routes and rules that are still to be looked at.
    let mut open: Vec<&mut Value> = Vec::new();
    for (field, value) in specification {
        match field.as_str() {
            "route" => open.push(value),
            "inhibitRules" => open.extend(value.as_array_mut().into_iter().flatten()),
            _ => {}
        }
    }
    while let Some(next) = open.pop() {
        for (field, value) in next.as_object_mut().into_iter().flatten() {
            let items = value.as_array_mut().into_iter().flatten();
            match field.as_str() {
                "routes" => open.extend(items),
                "matchers" | "sourceMatch" | "targetMatch" => items.filter_map(Value::as_object_mut).for_each(settle),
                _ => {}
            }
        }
    }
}

/// Says in one way how a matcher compares. A match type has precedence.
fn settle(matcher: &mut Map<String, Value>) {
    let is_regex = matcher.remove("regex") == Some(Value::Bool(true));
    if matcher
        .get("matchType")
        .is_none_or(|value| value.is_null() || value == "")
    {
        let match_type = if is_regex { MatchType::Regex } else { MatchType::Equal };
        matcher.insert("matchType".to_owned(), match_type.as_str().into());
    }
}
