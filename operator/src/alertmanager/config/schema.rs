//! What a section of Alertmanager's configuration is made of: its keys in output order, the type of each, and the versions
//! that know it. The tables themselves stand beside what they describe; three functions interpret them: [`super::read`]
//! what users wrote, [`super::gate`] what a version knows, [`Section::tree`] what is generated. Pure data.

use std::fmt;

use formats::version::{Range, Version};
use formats::yaml::Yaml;

use super::gate::Gate;
use super::load::Whole;
use crate::check::invalid::Invalid;

/// A mapping with known keys.
pub struct Section {
    /// Its keys, in the order in which they are written.
    pub keys: &'static [Key],
    /// What must hold for it besides what the keys say, once the version has been looked at.
    pub demand: Demand,
    /// What Alertmanager itself demands when it loads the file, besides that.
    pub load: Load,
}

/// Says what is wrong with a section; it is given the section without what the version does not know.
pub(super) type Demand = fn(&Yaml, &Gate<'_>) -> Result<(), Invalid>;

/// Says why Alertmanager would not load a section.
pub(super) type Load = fn(&Yaml, &Whole<'_>) -> Result<(), Invalid>;

/// A key of a section.
#[derive(Debug)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// When it is written.
    pub written: Written,
    /// The versions that know it.
    pub versions: Range,
    /// Whether a version that does not know it is a reason to refuse the whole, rather than to leave the key out.
    pub refused: bool,
    /// A key of the same section that has precedence: where that one is set, this one is left out.
    pub yields_to: Option<&'static str>,
    /// Whether Alertmanager refuses to load a file that has both this key and the one with precedence.
    pub excluded: bool,
}

/// When a key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Unless it is empty, zero or false.
    NonEmpty,
    /// Where it was set, whatever to.
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
    /// A duration of Prometheus, written in its shortest form.
    Duration,
    /// A duration of Go, written as one of Prometheus where that is the same.
    GoDuration,
    /// An absolute address of the web, written as Go writes it.
    Url,
    /// A text that is an absolute address of the web.
    Address,
    /// The same, or a template.
    TemplateAddress,
    /// `host:port`.
    HostPort,
    /// A list of texts.
    Texts,
    /// Texts by name, sorted.
    TextMap,
    /// Lists of texts by name, sorted.
    TextsMap,
    /// Anything by name, sorted.
    AnyMap,
    /// Anything, with sorted mappings.
    Any,
    /// Ranges of times, days, months or years, on one line.
    Ranges(super::range::Kind),
    /// A text, or a section that says more.
    TextOr(&'static Section),
    /// A section.
    Section(&'static Section),
    /// A list of sections.
    Sections(&'static Section),
    /// Sections by name, sorted.
    SectionMap(&'static Section),
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
            Self::Text | Self::TextOr(_) => "a text",
            Self::Boolean => "true or false",
            Self::Integer => "a whole number",
            Self::Duration | Self::GoDuration => "a duration",
            Self::Url | Self::Address | Self::TemplateAddress => "a URL",
            Self::HostPort => "host:port",
            Self::Texts => "a list of texts",
            Self::TextMap => "a mapping of texts",
            Self::TextsMap => "a mapping of lists of texts",
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
            Self::Integer => 0.into(),
            Self::Texts | Self::Ranges(_) | Self::Sections(_) => Yaml::Seq(Vec::new()),
            Self::TextMap | Self::TextsMap | Self::AnyMap | Self::Any | Self::Section(_) | Self::SectionMap(_) => {
                Yaml::Map(Vec::new())
            }
        }
    }
}

impl Key {
    /// A key that every version knows and that is left out where it is empty.
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            written: Written::NonEmpty,
            versions: Range::ALL,
            refused: false,
            yields_to: None,
            excluded: false,
        }
    }

    /// The same key, left out for versions below `major.minor.0`.
    #[must_use]
    pub const fn since(mut self, major: u64, minor: u64) -> Self {
        self.versions = self.versions.since(Version::new(major, minor, 0));
        self
    }

    /// The same key, a reason to refuse the configuration for versions below `major.minor.0`.
    #[must_use]
    pub const fn refused_before(mut self, major: u64, minor: u64) -> Self {
        self.refused = true;
        self.since(major, minor)
    }

    /// The same key, left out where `key` is set.
    #[must_use]
    pub const fn yields_to(mut self, key: &'static str) -> Self {
        self.yields_to = Some(key);
        self
    }

    /// The same key, left out where `key` is set; Alertmanager would not load both.
    #[must_use]
    pub const fn excluded_by(mut self, key: &'static str) -> Self {
        self.excluded = true;
        self.yields_to(key)
    }

    /// The same key, written even where it was not set.
    #[must_use]
    pub const fn always(mut self) -> Self {
        self.written = Written::Always;
        self
    }

    /// The same key, written where it was set, even if it is empty.
    #[must_use]
    pub const fn where_set(mut self) -> Self {
        self.written = Written::Set;
        self
    }
}

/// A text that is left out where it is empty.
pub(super) const fn text(name: &'static str) -> Key {
    Key::new(name, Kind::Text)
}

/// An address of the web that is left out where it is empty.
pub(super) const fn address(name: &'static str) -> Key {
    Key::new(name, Kind::Address)
}

/// An address of the web or a template, left out where it is empty.
pub(super) const fn template_address(name: &'static str) -> Key {
    Key::new(name, Kind::TemplateAddress)
}

/// A time limit that is written where it was set.
pub(super) const fn timeout(name: &'static str) -> Key {
    Key::new(name, Kind::GoDuration).where_set()
}

/// Texts that are left out where there is none.
pub(super) const fn texts(name: &'static str) -> Key {
    Key::new(name, Kind::Texts)
}

/// A boolean whose `false` is not the same as none.
pub(super) const fn option(name: &'static str) -> Key {
    Key::new(name, Kind::Boolean).where_set()
}

/// A boolean that is written where it is true.
pub(super) const fn flag(name: &'static str) -> Key {
    Key::new(name, Kind::Boolean)
}

/// A section that is written where it was set.
pub(super) const fn section(name: &'static str, section: &'static Section) -> Key {
    Key::new(name, Kind::Section(section)).where_set()
}

/// A list of sections.
pub(super) const fn sections(name: &'static str, section: &'static Section) -> Key {
    Key::new(name, Kind::Sections(section))
}

impl Section {
    /// A section that demands nothing.
    pub const fn new(keys: &'static [Key]) -> Self {
        Self {
            keys,
            demand: |_, _| Ok(()),
            load: |_, _| Ok(()),
        }
    }

    /// The same section with what it demands.
    #[must_use]
    pub const fn demanding(mut self, demand: Demand) -> Self {
        self.demand = demand;
        self
    }

    /// The same section with what Alertmanager demands of it when it loads the file.
    #[must_use]
    pub const fn loaded_if(mut self, load: Load) -> Self {
        self.load = load;
        self
    }

    /// The key called `name`.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The section with these values, which may come in any order: in the order of its keys, without what is empty. A
    /// value without a key in the table is a fault of the caller, and is left out.
    pub fn tree(&self, values: impl IntoIterator<Item = (&'static str, Option<Yaml>)>) -> Yaml {
        let mut values: Vec<(&str, Option<Yaml>)> = values.into_iter().collect();
        debug_assert!(
            values.iter().all(|(name, _)| self.key(name).is_some()),
            "a key that is not in the table"
        );
        self.written(&mut |key| {
            let place = values.iter().position(|(name, _)| *name == key.name)?;
            values[place].1.take()
        })
    }

    /// The section with what `take` gives for each of its keys.
    pub(super) fn written(&self, take: &mut dyn FnMut(&'static Key) -> Option<Yaml>) -> Yaml {
        let pair = |key: &'static Key| {
            let value = match (take(key), key.written) {
                (Some(value), Written::NonEmpty) => Some(value).filter(|value| !is_empty(value)),
                (None, Written::Always) => Some(key.kind.empty()),
                (value, _) => value,
            };
            Some((key.name.into(), value?))
        };
        Yaml::Map(self.keys.iter().filter_map(pair).collect())
    }
}

/// Whether a value is the one that Go leaves out behind `omitempty`.
pub(super) fn is_empty(value: &Yaml) -> bool {
    match value {
        Yaml::Null => true,
        Yaml::Bool(value) => !value,
        Yaml::Int(value) => *value == 0,
        Yaml::UInt(value) => *value == 0,
        Yaml::Float(value) => *value == 0.0,
        Yaml::Str(text) => text.is_empty(),
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
