//! What a section of Alertmanager's configuration is made of: its keys in output order, the type of each, the versions that
//! know it, and how it comes out of the API. The tables themselves are beside what they describe. [`super::read`] reads by
//! them what users wrote, [`Section::of`] writes what objects of the API say, [`super::fit`] leaves out what a version does
//! not know, [`super::load`] asks whether Alertmanager would load it. Pure data.

use std::fmt;

use formats::version::{Range, Version};
use formats::yaml::Yaml;

use super::context::{Context, Words};
use super::fault::Fault;
use super::scope::{ObjectScope, Taken};
use crate::check::invalid::{Invalid, Within};

/// A mapping with known keys, which may come out of a `T` of the API.
pub struct Section<T: ?Sized + 'static = ()> {
    rows: &'static [Row<T>],
    check: Check<T>,
    fits: Rule,
    loads: Rule,
}

/// A key of a section, and how its value comes out of a `T` of the API.
pub struct Row<T: ?Sized> {
    key: Key,
    take: Option<Take<T>>,
    preferred: Option<Take<T>>,
}

/// A section as the walks see it, wherever it comes from.
pub trait Table: Sync {
    /// The key at a place, in the order in which they are written.
    fn key_at(&self, place: usize) -> Option<&'static Key>;
    /// What must hold for the section besides what the keys say, once the version has been looked at.
    fn fits(&self) -> Rule;
    /// What Alertmanager itself demands when it loads the file, besides that.
    fn loads(&self) -> Rule;
}

/// Says what is wrong with a section.
pub(super) type Rule = fn(&Yaml, &Context<'_>) -> Result<(), Fault>;

/// Says what is wrong with an object of the API, besides what is wrong with what comes out of it.
type Check<T> = fn(&T, &ObjectScope<'_>) -> Result<(), Invalid>;

/// The value that comes out of an object of the API. The path of an error begins below the field.
type Take<T> = fn(&T, &ObjectScope<'_>) -> Taken;

/// A key of a section.
#[derive(Debug)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// The field of the API that it comes out of; `None`: the API has none.
    pub field: Option<&'static str>,
    /// A field that it comes out of instead, where that one is set.
    pub preferred_field: Option<&'static str>,
    /// What its value is.
    pub kind: Kind,
    /// When it is written.
    pub written: Written,
    /// The versions that know it.
    pub versions: Range,
    /// What becomes of it for a version that does not know it.
    pub unknown: Unknown,
    /// A key of the same section that has precedence: where that one is set, this one is left out.
    pub yields_to: Option<&'static str>,
    /// Whether Alertmanager refuses to load a file that has both this key and the one with precedence.
    pub excluded: bool,
}

/// What becomes of a key that a version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// It is left out, and reported.
    LeftOut,
    /// Objects of the API that set it are refused; from a file it is left out. Such are the keys that the original refuses.
    RefusedInApi,
    /// The whole is refused: without it, it would mean something else.
    Refused,
}

/// When a key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Unless it is empty, zero or false.
    NonEmpty,
    /// Where it was set, to any value.
    Set,
    /// Even where it was not set.
    Always,
}

/// What the value of a key is.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A text; a number or a word without quotes is one, too.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A duration of Prometheus, written in its shortest form.
    Duration,
    /// A duration of Go, written as one of Prometheus where that is the same.
    GoDuration,
    /// An absolute HTTP URL, written as Go writes it.
    Url,
    /// A text that is an absolute HTTP URL.
    Address,
    /// The same, or a template.
    TemplateAddress,
    /// `host:port`.
    HostPort,
    /// A list of texts.
    Texts,
    /// Texts by name, sorted.
    TextMap,
    /// Regular expressions by name, sorted: unlike a text, none is the same as the empty one.
    ExpressionMap,
    /// Lists of texts by name, sorted.
    TextsMap,
    /// Anything by name, sorted.
    AnyMap,
    /// Anything, with sorted mappings.
    Any,
    /// Ranges of times, days, months or years, on one line.
    Ranges(super::range::Kind),
    /// A text, or a section that says more.
    TextOr(&'static dyn Table),
    /// A section.
    Section(&'static dyn Table),
    /// A list of sections.
    Sections(&'static dyn Table),
    /// Sections by name, sorted.
    SectionMap(&'static dyn Table),
}

impl fmt::Debug for Kind {
    /// Without what is inside of sections, some of which contain themselves.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.noun())
    }
}

impl Kind {
    /// What it is, for messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Text | Self::TextOr(_) => "a string",
            Self::Boolean => "true or false",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Duration | Self::GoDuration => "a duration",
            Self::Url | Self::Address | Self::TemplateAddress => "a URL",
            Self::HostPort => "host:port",
            Self::Texts => "a list of strings",
            Self::TextMap => "a mapping of strings",
            Self::ExpressionMap => "a mapping of regular expressions, none of them null",
            Self::TextsMap => "a mapping of lists of strings",
            Self::AnyMap | Self::Section(_) => "a mapping",
            Self::SectionMap(_) => "a mapping of mappings",
            Self::Any => "anything",
            Self::Ranges(_) => "a list of ranges",
            Self::Sections(_) => "a list of mappings",
        }
    }

    /// The value that stands for none.
    fn empty(self) -> Yaml {
        match self {
            Self::Text
            | Self::TextOr(_)
            | Self::Duration
            | Self::GoDuration
            | Self::Url
            | Self::Address
            | Self::TemplateAddress
            | Self::HostPort => "".into(),
            Self::Boolean => false.into(),
            Self::Integer | Self::Number => 0.into(),
            Self::Texts | Self::Ranges(_) | Self::Sections(_) => Yaml::Seq(Vec::new()),
            Self::TextMap
            | Self::ExpressionMap
            | Self::TextsMap
            | Self::AnyMap
            | Self::Any
            | Self::Section(_)
            | Self::SectionMap(_) => Yaml::Map(Vec::new()),
        }
    }
}

impl Key {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            field: None,
            preferred_field: None,
            kind,
            written: Written::NonEmpty,
            versions: Range::ALL,
            unknown: Unknown::LeftOut,
            yields_to: None,
            excluded: false,
        }
    }

    /// Whether the version of `context` knows the key.
    pub fn is_known(&self, context: &Context<'_>) -> bool {
        context.version.is_none_or(|version| self.versions.contains(version))
    }

    /// What it is called in `words`.
    pub fn called(&self, words: Words) -> &'static str {
        match (words, self.field) {
            (Words::Api, Some(field)) => field,
            _ => self.name,
        }
    }

    /// The value as it is written, where it is.
    fn written(&self, value: Option<Yaml>) -> Option<(Yaml, Yaml)> {
        let value = match (value, self.written) {
            (Some(value), Written::NonEmpty) => Some(value).filter(|value| !is_empty(value)),
            (None, Written::Always) => Some(self.kind.empty()),
            (value, _) => value,
        };
        Some((self.name.into(), value?))
    }
}

impl<T: ?Sized> Row<T> {
    /// A key that every version knows and that is left out where it is empty.
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            key: Key::new(name, kind),
            take: None,
            preferred: None,
        }
    }

    /// The same key, left out for versions below `major.minor.0`.
    #[must_use]
    pub const fn since(mut self, major: u64, minor: u64) -> Self {
        self.key.versions = self.key.versions.since(Version::new(major, minor, 0));
        self
    }

    /// The same key, a reason to refuse an object of the API that sets it for a version that does not know it.
    #[must_use]
    pub const fn refused_in_api(mut self) -> Self {
        self.key.unknown = Unknown::RefusedInApi;
        self
    }

    /// The same key, a reason to refuse the configuration for versions below `major.minor.0`.
    #[must_use]
    pub const fn refused_before(mut self, major: u64, minor: u64) -> Self {
        self.key.unknown = Unknown::Refused;
        self.since(major, minor)
    }

    /// The same key, left out where `key` is set.
    #[must_use]
    pub const fn yields_to(mut self, key: &'static str) -> Self {
        self.key.yields_to = Some(key);
        self
    }

    /// The same key, left out where `key` is set; Alertmanager would not load both.
    #[must_use]
    pub const fn excluded_by(mut self, key: &'static str) -> Self {
        self.key.excluded = true;
        self.yields_to(key)
    }

    /// The same key, written even where it was not set.
    #[must_use]
    pub const fn always(mut self) -> Self {
        self.key.written = Written::Always;
        self
    }

    /// The same key, written where it was set, even if it is empty.
    #[must_use]
    pub const fn where_set(mut self) -> Self {
        self.key.written = Written::Set;
        self
    }

    /// The same key, with the `field` of the API that it comes out of, by `take`.
    #[must_use]
    pub const fn from(mut self, field: &'static str, take: Take<T>) -> Self {
        self.key.field = Some(field);
        self.take = Some(take);
        self
    }

    /// The same key, whose value no field of the API says.
    #[must_use]
    pub const fn implied(mut self, take: Take<T>) -> Self {
        self.take = Some(take);
        self
    }

    /// The same key, which comes out of another `field`, by `take`, where that one is set.
    #[must_use]
    pub const fn rather_from(mut self, field: &'static str, take: Take<T>) -> Self {
        self.key.preferred_field = Some(field);
        self.preferred = Some(take);
        self
    }
}

/// A text that is left out where it is empty.
pub(super) const fn text<T: ?Sized>(name: &'static str) -> Row<T> {
    Row::new(name, Kind::Text)
}

/// An HTTP URL that is left out where it is empty.
pub(super) const fn address<T: ?Sized>(name: &'static str) -> Row<T> {
    Row::new(name, Kind::Address)
}

/// An HTTP URL or a template, left out where it is empty.
pub(super) const fn template_address<T: ?Sized>(name: &'static str) -> Row<T> {
    Row::new(name, Kind::TemplateAddress)
}

/// A time limit that is written where it was set.
pub(super) const fn timeout<T: ?Sized>(name: &'static str) -> Row<T> {
    Row::new(name, Kind::GoDuration).where_set()
}

/// Texts that are left out where there is none.
pub(super) const fn texts<T: ?Sized>(name: &'static str) -> Row<T> {
    Row::new(name, Kind::Texts)
}

/// A boolean whose `false` is not the same as none.
pub(super) const fn option<T: ?Sized>(name: &'static str) -> Row<T> {
    Row::new(name, Kind::Boolean).where_set()
}

/// A boolean that is written where it is true.
pub(super) const fn flag<T: ?Sized>(name: &'static str) -> Row<T> {
    Row::new(name, Kind::Boolean)
}

/// A section that is written where it was set.
pub(super) const fn section<T: ?Sized>(name: &'static str, section: &'static dyn Table) -> Row<T> {
    Row::new(name, Kind::Section(section)).where_set()
}

/// A list of sections.
pub(super) const fn sections<T: ?Sized>(name: &'static str, section: &'static dyn Table) -> Row<T> {
    Row::new(name, Kind::Sections(section))
}

impl<T: ?Sized> Section<T> {
    /// A section without rules.
    pub const fn new(rows: &'static [Row<T>]) -> Self {
        Self {
            rows,
            check: |_, _| Ok(()),
            fits: |_, _| Ok(()),
            loads: |_, _| Ok(()),
        }
    }

    /// The same section, which comes out of objects of the API that pass `check`.
    #[must_use]
    pub const fn taken_if(mut self, check: Check<T>) -> Self {
        self.check = check;
        self
    }

    /// The same section with what must hold for it once the version has been looked at.
    #[must_use]
    pub const fn fitting_if(mut self, rule: Rule) -> Self {
        self.fits = rule;
        self
    }

    /// The same section with what Alertmanager demands of it when it loads the file.
    #[must_use]
    pub const fn loaded_if(mut self, rule: Rule) -> Self {
        self.loads = rule;
        self
    }

    /// The section that comes out of an object of the API: in the order of its keys, without what is empty.
    ///
    /// # Errors
    /// When a value cannot be had or cannot be right, with the path of its field.
    pub fn of(&self, from: &T, scope: &ObjectScope<'_>) -> Result<Yaml, Invalid> {
        (self.check)(from, scope)?;
        let mut pairs = Vec::new();
        for Row { key, take, preferred } in self.rows {
            let mut value = None;
            for (take, field) in [(preferred, key.preferred_field), (take, key.field)] {
                if let (None, Some(take)) = (&value, take) {
                    value = take(from, scope).within(field.unwrap_or_default())?;
                }
            }
            pairs.extend(key.written(value));
        }
        Ok(Yaml::Map(pairs))
    }

    /// The section that comes out of an object, where there is one.
    pub(super) fn of_option(&self, from: Option<&T>, scope: &ObjectScope<'_>) -> Taken {
        from.map(|from| self.of(from, scope)).transpose()
    }
}

impl<T> Section<T> {
    /// The sections that come out of a list of objects.
    pub(super) fn of_each(&self, from: &[T], scope: &ObjectScope<'_>) -> Taken {
        let one = |(index, from): (usize, &T)| self.of(from, scope).within(format!("[{index}]"));
        let sections: Result<Yaml, Invalid> = from.iter().enumerate().map(one).collect();
        sections.map(Some)
    }
}

impl<T: ?Sized> Table for Section<T> {
    fn key_at(&self, place: usize) -> Option<&'static Key> {
        self.rows.get(place).map(|row| &row.key)
    }

    fn fits(&self) -> Rule {
        self.fits
    }

    fn loads(&self) -> Rule {
        self.loads
    }
}

impl dyn Table + '_ {
    /// Its keys, in the order in which they are written.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> {
        (0..).map_while(|place| self.key_at(place))
    }

    /// The key called `name`.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys().find(|key| key.name == name)
    }

    /// The place of the key called `name` in the order in which keys are written.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.keys().position(|key| key.name == name)
    }

    /// The section with what `take` gives for each of its keys.
    pub(super) fn written(&self, take: &mut dyn FnMut(&'static Key) -> Option<Yaml>) -> Yaml {
        Yaml::Map(self.keys().filter_map(|key| key.written(take(key))).collect())
    }
}

/// Whether a value is the one that Go leaves out with `omitempty`.
pub(super) fn is_empty(value: &Yaml) -> bool {
    match value {
        Yaml::Null => true,
        Yaml::Bool(value) => !value,
        Yaml::Int(value) => *value == 0,
        Yaml::UInt(value) => *value == 0,
        Yaml::Float(value) => *value == 0.0,
        Yaml::Str(text) => text.is_empty(),
        Yaml::Plain(words) => words.is_empty(),
        Yaml::Bytes(bytes) => bytes.is_empty(),
        Yaml::Seq(items) | Yaml::Flow(items) => items.is_empty(),
        Yaml::Map(pairs) => pairs.is_empty(),
    }
}

/// The text of a key, empty where there is none.
pub(super) fn text_of<'a>(section: &'a Yaml, key: &str) -> &'a str {
    section.value_of(key).and_then(Yaml::as_str).unwrap_or_default()
}

/// Whether a key is set and not empty.
pub(super) fn has(section: &Yaml, key: &str) -> bool {
    section.value_of(key).is_some_and(|value| !is_empty(value))
}

/// The path of a key of the section at `path`; that of the whole configuration is empty.
pub(super) fn joined(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
