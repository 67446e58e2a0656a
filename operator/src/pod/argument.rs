//! Command lines as data: a table of [`Argument`]s in output order, and the one loop that interprets it. Pure.
//!
//! An argument that the version does not know is left out. It is reported where a field of the user is lost thereby, that
//! is, unless another row of the table does the work of the same field.

use formats::version::{Dropped, Gate, Range, Version};

/// What follows the name of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// The argument is not given.
    Absent,
    /// `--name`
    Bare,
    /// `--name=text`, also for an empty text.
    Text(String),
    /// `--name=text` for each.
    Each(Vec<String>),
}

impl Value {
    /// `--name` if `given`.
    pub fn bare(given: bool) -> Self {
        if given { Self::Bare } else { Self::Absent }
    }

    /// `--name=text` if there is a text that is not empty.
    pub fn text(text: Option<impl ToString>) -> Self {
        match text.map(|text| text.to_string()) {
            Some(text) if !text.is_empty() => Self::Text(text),
            _ => Self::Absent,
        }
    }

    /// `--name=a,b` if there are items.
    pub fn list<T: AsRef<str>>(items: &[T]) -> Self {
        Self::text(Some(items.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(",")))
    }
}

/// One argument of a command line: its name, which versions know it, and how its value comes out of `T`.
pub struct Argument<T> {
    /// Name without the leading dashes.
    pub name: &'static str,
    /// The versions that know it.
    pub versions: Range,
    /// After these versions nothing is lost: the default is the same, or the setting is part of the configuration file.
    pub obsolete: bool,
    /// Field of the user that the argument carries, such as `enableFeatures`; absent for what the operator wants itself.
    pub field: Option<&'static str>,
    /// Its value.
    pub value: fn(&T) -> Value,
}

impl<T> Argument<T> {
    /// An argument that every version knows.
    pub const fn new(name: &'static str, value: fn(&T) -> Value) -> Self {
        Self {
            name,
            versions: Range::ALL,
            obsolete: false,
            field: None,
            value,
        }
    }

    /// The same, known from `major.minor.0` on.
    #[must_use]
    pub const fn since(mut self, major: u64, minor: u64) -> Self {
        self.versions = self.versions.since(Version::new(major, minor, 0));
        self
    }

    /// The same, unknown from `major.minor.0` on.
    #[must_use]
    pub const fn until(mut self, major: u64, minor: u64) -> Self {
        self.versions = self.versions.until(Version::new(major, minor, 0));
        self
    }

    /// The same, known from the first pre-release of a major version on.
    #[must_use]
    pub const fn since_major(mut self, major: u64) -> Self {
        self.versions = self.versions.since(Version::first_of(major));
        self
    }

    /// The same, unknown from the first pre-release of a major version on.
    #[must_use]
    pub const fn until_major(mut self, major: u64) -> Self {
        self.versions = self.versions.until(Version::first_of(major));
        self
    }

    /// The same, not needed from `major.minor.0` on.
    #[must_use]
    pub const fn obsolete(mut self, major: u64, minor: u64) -> Self {
        self.obsolete = true;
        self.until(major, minor)
    }

    /// The same, as the bearer of a field of the user.
    #[must_use]
    pub const fn of(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    /// The gate of the argument, unless all versions know it.
    pub fn gate(&self) -> Option<Gate> {
        Gate::of(self.name, self.versions)
    }

    fn obsolete_for(&self, version: Version) -> bool {
        self.obsolete && self.versions.is_before(version)
    }
}

/// The names of a command line and their values, in output order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommandLine(Vec<(String, Option<String>)>);

/// The user gave arguments that the operator gives itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("can't set arguments which are already managed by the operator: {}", .0.join(","))]
pub struct Conflict(pub Vec<String>);

impl CommandLine {
    /// The arguments of the table that are given and that `version` knows; fields that are lost go into `dropped`.
    pub fn of<T>(table: &[Argument<T>], from: &T, version: Version, dropped: &mut Vec<Dropped>) -> Self {
        let given = table
            .iter()
            .map(|argument| (argument, (argument.value)(from)))
            .filter(|(_, value)| *value != Value::Absent)
            .collect::<Vec<(&Argument<T>, Value)>>();
        let alive = |field| {
            given.iter().any(|(argument, _)| {
                argument.field == Some(field) && (argument.versions.contains(version) || argument.obsolete_for(version))
            })
        };
        for (argument, _) in &given {
            if let Some(field) = argument.field
                && !alive(field)
                && !dropped.iter().any(|dropped| dropped.key == field)
            {
                dropped.push(Dropped {
                    key: field,
                    versions: argument.versions,
                });
            }
        }
        let mut line = Self::default();
        for (argument, value) in given {
            if argument.versions.contains(version) {
                line.push(argument.name, value);
            }
        }
        line
    }

    /// Adds an argument.
    pub fn push(&mut self, name: &str, value: Value) {
        match value {
            Value::Absent => {}
            Value::Bare => self.0.push((name.to_owned(), None)),
            Value::Text(text) => self.0.push((name.to_owned(), Some(text))),
            Value::Each(texts) => {
                self.0
                    .extend(texts.into_iter().map(|text| (name.to_owned(), Some(text))));
            }
        }
    }

    /// Adds the arguments of `other` after these.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The names and values, in output order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    /// `--name=value` for each, and after them the user's own. A user's argument may neither repeat nor negate (`no-`)
    /// one of the operator's.
    pub fn with(self, additional: &[crds::Argument]) -> Result<Vec<String>, Conflict> {
        self.around(additional, Self::default())
    }

    /// The same, with arguments of the operator after those of the user, too.
    pub fn around(self, additional: &[crds::Argument], behind: Self) -> Result<Vec<String>, Conflict> {
        let positive = |name: &str| name.strip_prefix("no-").unwrap_or(name).to_owned();
        let taken = (self.0.iter().chain(&behind.0))
            .filter(|(name, _)| {
                additional
                    .iter()
                    .any(|argument| positive(&argument.name) == positive(name))
            })
            .map(|(name, _)| name.clone())
            .collect::<Vec<String>>();
        if !taken.is_empty() {
            return Err(Conflict(taken));
        }
        let own = |line: Self| (line.0.into_iter()).map(|(name, value)| text(&name, value.as_deref()));
        let added = additional.iter().map(|argument| {
            text(
                &argument.name,
                argument.value.as_deref().filter(|value| !value.is_empty()),
            )
        });
        Ok(own(self).chain(added).chain(own(behind)).collect())
    }
}

fn text(name: &str, value: Option<&str>) -> String {
    value.map_or_else(|| format!("--{name}"), |value| format!("--{name}={value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = Argument<bool>;

    const TABLE: &[Row] = &[
        Row::new("new", |given| Value::bare(*given)).since(3, 0).of("receiver"),
        Row::new("old", |given| Value::bare(*given))
            .since(2, 47)
            .until(3, 0)
            .of("receiver"),
        Row::new("size", |given| Value::text(given.then_some("1GB")))
            .since(2, 7)
            .obsolete(3, 11)
            .of("size"),
        Row::new("own", |_| Value::Text(String::new())).since(2, 24),
    ];

    fn rendered(version: Version, given: bool) -> (Vec<String>, Vec<&'static str>) {
        let mut dropped = Vec::new();
        let line = CommandLine::of(TABLE, &given, version, &mut dropped);
        let arguments = line.with(&[]).expect("no additional arguments");
        (arguments, dropped.iter().map(|dropped| dropped.key).collect())
    }

    #[test]
    fn a_field_is_lost_only_if_no_argument_carries_it() {
        for (version, arguments, dropped) in [
            (Version::new(2, 6, 9), vec![], vec!["receiver", "size"]),
            (Version::new(2, 7, 0), vec!["--size=1GB"], vec!["receiver"]),
            (Version::new(2, 47, 0), vec!["--old", "--size=1GB", "--own="], vec![]),
            (Version::new(3, 0, 0), vec!["--new", "--size=1GB", "--own="], vec![]),
            (Version::new(3, 11, 0), vec!["--new", "--own="], vec![]),
        ] {
            let expected = (arguments.into_iter().map(str::to_owned).collect(), dropped);
            assert_eq!(rendered(version, true), expected, "{version}");
        }
        assert_eq!(rendered(Version::new(2, 6, 9), false), (vec![], vec![]));
    }

    #[test]
    fn an_argument_and_its_negation_conflict_both_ways() {
        let argument = |name: &str| crds::Argument {
            name: name.into(),
            value: None,
        };
        let mut line = CommandLine::default();
        line.push("storage.compress", Value::Bare);
        line.push("no-web.cors", Value::Bare);
        for (given, taken) in [
            ("storage.compress", "storage.compress"),
            ("no-storage.compress", "storage.compress"),
            ("web.cors", "no-web.cors"),
        ] {
            assert_eq!(
                line.clone().with(&[argument(given)]),
                Err(Conflict(vec![taken.to_owned()])),
                "{given}"
            );
        }
        assert!(line.with(&[argument("storage.compression")]).is_ok());
    }
}
