//! Versions of the monitored programs, and version gates as data.
//!
//! A section of a generated file or of a command line is a table of [`Field`]s in output order; [`render`] is the one
//! loop that interprets such a table. Because gates are data, tests and documents can enumerate them.

use std::fmt;

use crate::yaml::Yaml;

/// A semantic version: `major.minor.patch`, with or without a pre-release.
///
/// Ordered as semver has it: `3.0.0-rc.0` is less than `3.0.0`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Changes with breaking releases.
    pub major: u64,
    /// Changes with feature releases.
    pub minor: u64,
    /// Changes with bug-fix releases.
    pub patch: u64,
    stage: Stage,
    /// Number of the pre-release, as in `rc.1`; 0 for a release.
    number: u64,
}

/// How far a version is from its release. In the order of semver, which is that of the alphabet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Stage {
    Alpha,
    Beta,
    /// A release candidate, or a pre-release of another name.
    Candidate,
    Release,
}

/// The names of pre-releases.
const STAGES: [(&str, Stage); 3] = [("alpha", Stage::Alpha), ("beta", Stage::Beta), ("rc", Stage::Candidate)];

/// A text that is not a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a version such as 2.55.1 or v3.0.0-rc.0")]
pub struct ParseError {
    text: String,
}

impl Version {
    /// The release `major.minor.patch`.
    pub const fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self {
            major,
            minor,
            patch,
            stage: Stage::Release,
            number: 0,
        }
    }

    /// The first pre-release of a major version: whatever is of it is not less.
    pub const fn first_of(major: u64) -> Self {
        Self {
            stage: Stage::Alpha,
            ..Self::new(major, 0, 0)
        }
    }

    /// The release candidate `major.minor.patch-rc.number`.
    pub const fn candidate(major: u64, minor: u64, patch: u64, number: u64) -> Self {
        Self {
            stage: Stage::Candidate,
            number,
            ..Self::new(major, minor, patch)
        }
    }

    /// Whether this is a pre-release, which sorts before the release of the same number.
    pub const fn is_candidate(self) -> bool {
        !matches!(self.stage, Stage::Release)
    }

    /// Reads a version as tolerantly as users write it: a leading `v`, spaces around, and absent minor or patch
    /// numbers are fine; build metadata (`+…`) is ignored.
    ///
    /// # Errors
    /// When a number is missing or is not a decimal number.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Self::numbers(text).ok_or_else(|| ParseError { text: text.to_owned() })
    }

    /// The version `text` in the form of semver, its suffix as it is written: `v3.1-distroless` is `3.1.0-distroless`.
    ///
    /// # Errors
    /// When it is no version.
    pub fn canonical(text: &str) -> Result<String, ParseError> {
        let Self {
            major, minor, patch, ..
        } = Self::parse(text)?;
        let suffix = parts(text).1.map(|suffix| format!("-{suffix}"));
        Ok(format!("{major}.{minor}.{patch}{}", suffix.unwrap_or_default()))
    }

    fn numbers(text: &str) -> Option<Self> {
        let (release, pre) = parts(text);
        let mut numbers = release.split('.').map(|number| number.parse::<u64>().ok());
        let major = numbers.next()??;
        let minor = numbers.next().unwrap_or(Some(0))?;
        let patch = numbers.next().unwrap_or(Some(0))?;
        if numbers.next().is_some() {
            return None;
        }
        let (stage, number) = match pre {
            None => (Stage::Release, 0),
            Some("") => return None,
            Some(pre) if pre.split('.').any(has_leading_zero) => return None,
            Some(pre) => {
                let name = pre.split('.').next().unwrap_or(pre);
                let stage = STAGES.iter().find(|(known, _)| *known == name);
                let number = pre.rsplit('.').next().and_then(|number| number.parse().ok());
                (stage.map_or(Stage::Candidate, |(_, stage)| *stage), number.unwrap_or(0))
            }
        };
        Some(Self {
            major,
            minor,
            patch,
            stage,
            number,
        })
    }
}

/// The numbers of a version, and what follows them after a hyphen.
fn parts(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    let text = text.strip_prefix('v').unwrap_or(text);
    let text = text.split_once('+').map_or(text, |(version, _build)| version);
    text.split_once('-')
        .map_or((text, None), |(release, suffix)| (release, Some(suffix)))
}

/// Whether a part of a pre-release is a number with a leading zero, which semver forbids: `01` and `1` would be the same.
fn has_leading_zero(part: &str) -> bool {
    part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)?;
        match STAGES.iter().find(|(_, stage)| *stage == self.stage) {
            Some((name, _)) => write!(formatter, "-{name}.{}", self.number),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// The versions that know something: from one on, and below another. By default all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// First version that knows it; `None`: all do, up to `until`.
    pub since: Option<Version>,
    /// First version that does not know it any more; `None`: all do, from `since` on.
    pub until: Option<Version>,
}

impl Range {
    /// All versions.
    pub const ALL: Self = Self {
        since: None,
        until: None,
    };

    /// The same, from `version` on.
    #[must_use]
    pub const fn since(self, version: Version) -> Self {
        Self {
            since: Some(version),
            ..self
        }
    }

    /// The same, below `version`.
    #[must_use]
    pub const fn until(self, version: Version) -> Self {
        Self {
            until: Some(version),
            ..self
        }
    }

    /// Whether `version` is one of them.
    pub fn contains(self, version: Version) -> bool {
        !self.is_before(version) && self.since.is_none_or(|since| version >= since)
    }

    /// Whether they end before `version`.
    pub fn is_before(self, version: Version) -> bool {
        self.until.is_some_and(|until| version >= until)
    }

    /// Whether they are all versions.
    pub fn is_all(self) -> bool {
        self == Self::ALL
    }
}

impl fmt::Display for Range {
    /// As it follows "a version": `from 2.48.0 and below 3.0.0`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.since, self.until) {
            (Some(since), Some(until)) => write!(formatter, "from {since} and below {until}"),
            (Some(since), None) => write!(formatter, "from {since}"),
            (None, Some(until)) => write!(formatter, "below {until}"),
            (None, None) => formatter.write_str("that knows it"),
        }
    }
}

/// A row of a table of versions: a key, or the name of an argument, that not every version knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    /// Key in the file, or name of an argument.
    pub key: &'static str,
    /// The versions that know it.
    pub versions: Range,
}

impl Gate {
    /// The gate of `key`, unless all versions know it.
    pub fn of(key: &'static str, versions: Range) -> Option<Self> {
        (!versions.is_all()).then_some(Self { key, versions })
    }
}

/// One key of a section: what it is called, which versions know it, and how its value comes out of `T`.
pub struct Field<T> {
    /// Key in the output.
    pub key: &'static str,
    /// The versions that know it.
    pub versions: Range,
    /// The value, or `None` where the user set nothing.
    pub value: fn(&T) -> Option<Yaml>,
}

impl<T> Field<T> {
    /// A key that every version knows.
    pub const fn new(key: &'static str, value: fn(&T) -> Option<Yaml>) -> Self {
        Self {
            key,
            versions: Range::ALL,
            value,
        }
    }

    /// The same key, known from `major.minor.0` on.
    #[must_use]
    pub const fn since(mut self, major: u64, minor: u64) -> Self {
        self.versions = self.versions.since(Version::new(major, minor, 0));
        self
    }

    /// The same key, unknown from `major.minor.0` on.
    #[must_use]
    pub const fn until(mut self, major: u64, minor: u64) -> Self {
        self.versions = self.versions.until(Version::new(major, minor, 0));
        self
    }

    /// The gate of the key, unless all versions know it.
    pub fn gate(&self) -> Option<Gate> {
        Gate::of(self.key, self.versions)
    }
}

/// A field that the user set and that the version does not know: it is left out of the output and reported.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dropped {
    /// Key in the output.
    pub key: &'static str,
    /// The versions that know it.
    pub versions: Range,
}

impl fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, versions } = self;
        write!(formatter, "{key:?} is ignored: it requires a version {versions}")
    }
}

/// The pairs of a section, in table order: absent fields give nothing, fields unknown to `version` are put into
/// `dropped` instead.
pub fn render<T>(fields: &[Field<T>], from: &T, version: Version, dropped: &mut Vec<Dropped>) -> Vec<(Yaml, Yaml)> {
    let mut pairs = Vec::new();
    for Field { key, versions, value } in fields {
        let Some(value) = value(from) else { continue };
        if versions.contains(version) {
            pairs.push((Yaml::from(*key), value));
        } else {
            dropped.push(Dropped {
                key,
                versions: *versions,
            });
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suffix_stays_as_it_is_written() {
        for (text, canonical) in [
            ("v3.14.0-distroless", "3.14.0-distroless"),
            (" 3.5 ", "3.5.0"),
            ("v2.55.1-debian-12-r3+build.5", "2.55.1-debian-12-r3"),
            ("3.0.0-rc.1", "3.0.0-rc.1"),
        ] {
            assert_eq!(Version::canonical(text).as_deref(), Ok(canonical));
        }
        assert!(Version::canonical("latest").is_err());
    }

    /// As semver has it, and with it the original: every suffix stands for a pre-release, also one that stands for an image.
    #[test]
    fn any_suffix_comes_before_the_release() {
        for suffix in ["distroless", "debian-12-r3", "alpine", "rc.0"] {
            let version = Version::parse(&format!("3.14.0-{suffix}")).expect("a version");
            assert!(
                version < Version::new(3, 14, 0) && version > Version::new(3, 13, 99),
                "{suffix}"
            );
        }
    }

    #[test]
    fn reads_what_users_write() {
        for (text, expected) in [
            ("2.55.1", Version::new(2, 55, 1)),
            ("v3.1", Version::new(3, 1, 0)),
            ("3", Version::new(3, 0, 0)),
            (" v0.28.0 ", Version::new(0, 28, 0)),
            ("3.0.0-rc.0", Version::candidate(3, 0, 0, 0)),
            ("2.45.0+build7", Version::new(2, 45, 0)),
        ] {
            assert_eq!(Version::parse(text), Ok(expected), "{text}");
        }
        for text in ["", "v", "latest", "2..1", "2.x", "1.2.3.4", "3.0.0-", "3.0.0-01"] {
            assert!(Version::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_candidate_sorts_before_its_release() {
        assert!(Version::candidate(3, 0, 0, 1) < Version::new(3, 0, 0));
        assert!(Version::candidate(3, 0, 0, 0) < Version::candidate(3, 0, 0, 1));
        assert!(Version::new(2, 55, 1) < Version::candidate(3, 0, 0, 0));
        for text in ["3.0.0-alpha.1", "3.0.0-beta.0", "3.0.0-rc.0", "3.0.0"] {
            let version = Version::parse(text).unwrap();
            assert_eq!(version.to_string(), text);
            assert!(
                version >= Version::first_of(3) && version > Version::new(2, 999, 0),
                "{text}"
            );
        }
        assert!(Version::parse("3.0.0-alpha.9").unwrap() < Version::parse("3.0.0-beta.0").unwrap());
        assert!(Version::parse("3.0.0-beta.9").unwrap() < Version::candidate(3, 0, 0, 0));
    }

    #[test]
    fn a_gate_holds_on_both_sides() {
        type F = Field<Option<bool>>;
        const FIELDS: &[F] = &[F::new("flag", |set| set.map(Yaml::from)).since(2, 48).until(3, 0)];
        for (version, known) in [
            (Version::new(2, 47, 9), false),
            (Version::new(2, 48, 0), true),
            (Version::candidate(3, 0, 0, 0), true),
            (Version::new(3, 0, 0), false),
        ] {
            let mut dropped = Vec::new();
            let pairs = render(FIELDS, &Some(true), version, &mut dropped);
            assert_eq!(
                (pairs.len(), dropped.len()),
                if known { (1, 0) } else { (0, 1) },
                "{version}"
            );
            assert_eq!(render(FIELDS, &None, version, &mut dropped), vec![]);
        }
    }
}
