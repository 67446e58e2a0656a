//! What the rules of a section may know besides the section itself. Pure data: the walks that ask the rules are
//! [`super::fit`] and [`super::load`].

use std::collections::BTreeSet;

use formats::label::Scheme;
use formats::matcher::Mode;
use formats::version::Version;
use formats::yaml::Yaml;

/// The configuration that a section is a part of, and the Alertmanager that loads it. What is not known is never a reason
/// to refuse a section.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The version of Alertmanager; `None`: any.
    pub version: Option<Version>,
    /// The `global` section, which receivers fall back on; `None`: any.
    pub global: Option<&'a Yaml>,
    /// What is in front of the names that an object of the API gives; it is not shown.
    pub prefix: Option<&'a str>,
    /// Names of the receivers.
    pub receivers: BTreeSet<&'a str>,
    /// Names of the time intervals, of both kinds.
    pub intervals: BTreeSet<&'a str>,
    /// How matchers are read.
    pub matchers: Mode,
    /// In whose words faults are described.
    pub words: Words,
    /// Whether what the original refuses is refused, too, where Alertmanager itself would take it.
    pub is_strict: bool,
}

/// The two languages in which a configuration is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// The keys of Alertmanager's file. Any value of it may be a secret, so none is shown.
    File,
    /// The fields of the API.
    Api,
}

/// How an Alertmanager reads matchers: by its version and its `--enable-feature`.
pub fn mode(version: Version, features: &[Box<str>]) -> Mode {
    let has = |feature: &str| {
        features
            .iter()
            .any(|known| known.split(',').any(|known| known.trim() == feature))
    };
    if version < Version::new(0, 27, 0) || has("classic-mode") {
        Mode::Classic
    } else if has("utf8-strict-mode") {
        Mode::Utf8
    } else {
        Mode::Fallback
    }
}

impl Context<'static> {
    /// Nothing is known.
    pub fn unknown() -> Self {
        Self {
            version: None,
            global: None,
            prefix: None,
            receivers: BTreeSet::new(),
            intervals: BTreeSet::new(),
            matchers: Mode::Fallback,
            words: Words::Api,
            is_strict: true,
        }
    }
}

impl<'a> Context<'a> {
    /// What is known of `file`, whose matchers are read in a mode. Its faults are described in its own words.
    pub fn of(file: &'a Yaml, matchers: Mode) -> Self {
        let names = |key| {
            let sections = file.value_of(key).and_then(Yaml::as_seq).unwrap_or_default();
            let name = |section: &'a Yaml| section.value_of("name").and_then(Yaml::as_str).unwrap_or_default();
            sections.iter().map(name)
        };
        Self {
            version: None,
            global: Some(file.value_of("global").unwrap_or(&Yaml::Null)),
            prefix: None,
            receivers: names("receivers").collect(),
            intervals: names("mute_time_intervals").chain(names("time_intervals")).collect(),
            matchers,
            words: Words::File,
            is_strict: true,
        }
    }

    /// The same for a version of Alertmanager.
    #[must_use]
    pub fn for_version(self, version: Version) -> Self {
        Self {
            version: Some(version),
            ..self
        }
    }

    /// The same for what objects of the API add to the file.
    #[must_use]
    pub fn in_api_words(self) -> Self {
        Self {
            words: Words::Api,
            ..self
        }
    }

    /// The same, but nothing is refused that Alertmanager itself would take.
    #[must_use]
    pub fn lenient(self) -> Self {
        Self {
            is_strict: false,
            ..self
        }
    }

    /// A name as its author knows it.
    pub fn own_name<'b>(&self, name: &'b str) -> &'b str {
        self.prefix.and_then(|prefix| name.strip_prefix(prefix)).unwrap_or(name)
    }

    /// Which labels there may be.
    pub fn labels(&self) -> Scheme {
        if self.matchers == Mode::Classic {
            Scheme::Legacy
        } else {
            Scheme::Utf8
        }
    }

    /// Whether the version is known and is older than `since`.
    pub fn is_before(&self, since: Version) -> bool {
        self.version.is_some_and(|version| version < since)
    }
}
