//! Whether a running configuration is what a program makes of a file. Both are trees whose scalars are as they were
//! written. Where both have a key, its values must mean the same; where only one has it, its value must be a default. Pure.

use std::fmt;

use formats::matcher::{self, Mode};
use formats::yaml::Yaml;

use super::meaning::{Meaning, is_same};
use super::table::Table;

/// The first place at which two configurations differ. It holds no value: that might be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    place: String,
    depends_on_version: bool,
}

impl Difference {
    /// Whether it would be none in a version with another default.
    pub(super) fn depends_on_version(&self) -> bool {
        self.depends_on_version
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "at {}", self.place)
    }
}

/// The first place at which `running` cannot be what `file` says; one that is certain before one that depends on the
/// version.
pub(super) fn difference(file: &Yaml, running: &Yaml, table: &Table) -> Option<Difference> {
    let mut walk = Walk {
        table,
        top: running,
        place: Vec::new(),
        found: None,
    };
    let empty = Yaml::Map(Vec::new());
    let or_empty = |node| if matches!(node, &Yaml::Null) { &empty } else { node };
    walk.compare("", Meaning::Value, or_empty(file), or_empty(running));
    walk.found
}

/// Which of the two has a key that the other has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// The program leaves out what is nothing.
    File,
    /// The program fills in its defaults.
    Running,
}

struct Walk<'a> {
    table: &'a Table,
    /// The whole of what runs.
    top: &'a Yaml,
    place: Vec<String>,
    found: Option<Difference>,
}

impl Walk<'_> {
    /// Compares two values of the key that is called like the section.
    fn compare(&mut self, section: &str, meaning: Meaning, file: &Yaml, running: &Yaml) {
        if let (Some(pairs), Some(others)) = (file.as_map(), running.as_map()) {
            self.maps(section, meaning, pairs, others);
        } else if meaning == Meaning::Matcher {
            if conditions(file) != conditions(running) {
                self.differs(false);
            }
        } else if let (Some(items), Some(others)) = (file.as_seq(), running.as_seq()) {
            if items.len() != others.len() {
                return self.differs(false);
            }
            for (index, (item, other)) in items.iter().zip(others).enumerate() {
                self.place.push(format!("[{index}]"));
                self.compare(section, meaning, item, other);
                self.place.pop();
            }
        } else {
            match (text(file), text(running)) {
                (Some(file), Some(running)) if is_same(meaning, file, running) => {}
                // An item alone may be written without its list.
                (Some(_), None) if running.as_seq().is_some_and(|items| items.len() == 1) => {
                    let alone = running.as_seq().and_then(|items| items.first()).unwrap_or(running);
                    self.compare(section, meaning, file, alone);
                }
                // A text may be written for the one field of a map that has it.
                (Some(file), None) if running.as_map().is_some_and(|pairs| has_text(pairs, file)) => {}
                _ if is_empty(file) && self.is_default(Side::Running, section, section, running) => {}
                _ if is_empty(running) && self.is_default(Side::File, section, section, file) => {}
                _ => self.differs(false),
            }
        }
    }

    fn maps(&mut self, section: &str, meaning: Meaning, pairs: &[(Yaml, Yaml)], others: &[(Yaml, Yaml)]) {
        // A map of the user's own keys is compared in one way; a section by the keys that it has.
        let of_key = |table: &Table, key: &str| match meaning {
            Meaning::Value => table.meaning(key),
            whole => whole,
        };
        for (key, value) in named(pairs) {
            self.place.push(format!(".{key}"));
            let cased = self.table.is_cased(section);
            let renamed = self.table.renamed(key).filter(|_| find(others, key, cased).is_none());
            let name = renamed.unwrap_or(key);
            match find(others, name, cased) {
                // Another name, another form.
                Some(_) if name != key => {}
                Some(other) => self.compare(key, of_key(self.table, key), value, other),
                None if meaning == Meaning::Value && self.is_default(Side::File, section, key, value) => {}
                None => self.differs(false),
            }
            self.place.pop();
        }
        for (key, other) in named(others) {
            let cased = self.table.is_cased(section);
            let is_named = |name: &str| name == key || cased && name.eq_ignore_ascii_case(key);
            let is_known = named(pairs).any(|(name, _)| is_named(name) || self.table.renamed(name) == Some(key));
            let is_filled_in = match meaning {
                Meaning::Value => {
                    self.is_default(Side::Running, section, key, other)
                        || self.is_inherited(section, key, other, others)
                }
                _ => self.is_listed(section, key, other),
            };
            if !is_known && !is_filled_in {
                self.place.push(format!(".{key}"));
                self.differs(meaning == Meaning::Value);
                self.place.pop();
            }
        }
    }

    fn differs(&mut self, depends_on_version: bool) {
        let is_better = |found: &Difference| found.depends_on_version && !depends_on_version;
        if self.found.as_ref().is_none_or(is_better) {
            let place = self.place.concat();
            self.found = Some(Difference {
                place: place.trim_start_matches('.').to_owned(),
                depends_on_version,
            });
        }
    }

    /// Whether a program may have a key with this value where a file does not have the key, or the other way round.
    fn is_default(&self, side: Side, section: &str, key: &str, value: &Yaml) -> bool {
        let has_default = side == Side::Running && !self.table.defaults(section, key).is_empty();
        let is_nothing = match value {
            Yaml::Null => true,
            Yaml::Map(pairs) => named(pairs).all(|(inner, value)| self.is_default(side, key, inner, value)),
            Yaml::Seq(items) | Yaml::Flow(items) => items.is_empty(),
            // Nothing is what it is not, where the default is something.
            other => text(other).is_some_and(|text| is_zero(text) && !has_default || self.table.is_own_template(text)),
        };
        is_nothing || self.is_listed(section, key, value)
    }

    fn is_listed(&self, section: &str, key: &str, value: &Yaml) -> bool {
        let meaning = self.table.meaning(key);
        let mut defaults = self.table.defaults(section, key).iter();
        defaults.any(|default| is_equal(meaning, default, value))
    }

    /// Whether the value is that of a section at the top that gives it.
    fn is_inherited(&self, section: &str, key: &str, value: &Yaml, others: &[(Yaml, Yaml)]) -> bool {
        let given = self
            .table
            .inherits(section)
            .and_then(|giver| self.top.value_of(giver)?.as_map());
        let ending = format!("_{key}");
        let mut of_giver = given
            .unwrap_or_default()
            .iter()
            .filter_map(|(name, given)| Some((name.as_str()?, given)));
        let is_given = of_giver.any(|(name, given)| (name == key || name.ends_with(&ending)) && given == value);
        // A timeout is never longer than the interval.
        is_given || key == "scrape_timeout" && find(others, "scrape_interval", false) == Some(value)
    }
}

/// Whether a value is a default that is written in the table.
fn is_equal(meaning: Meaning, default: &Yaml, value: &Yaml) -> bool {
    if let (Some(items), Some(others)) = (default.as_seq(), value.as_seq()) {
        let mut pairs = items.iter().zip(others);
        return items.len() == others.len() && pairs.all(|(item, other)| is_equal(meaning, item, other));
    }
    if let (Some(pairs), Some(others)) = (default.as_map(), value.as_map()) {
        let has = |(key, default): (&str, &Yaml)| {
            find(others, key, false).is_some_and(|value| is_equal(meaning, default, value))
        };
        return pairs.len() == others.len() && named(pairs).all(has);
    }
    default.as_str() == Some("*")
        || text(default).is_some_and(|default| text(value).is_some_and(|value| is_same(meaning, default, value)))
}

fn has_text(pairs: &[(Yaml, Yaml)], wanted: &str) -> bool {
    named(pairs).any(|(_, value)| value.as_str() == Some(wanted))
}

fn is_empty(node: &Yaml) -> bool {
    matches!(node, Yaml::Null)
        || node.as_seq().is_some_and(<[_]>::is_empty)
        || node.as_map().is_some_and(<[_]>::is_empty)
}

fn is_zero(text: &str) -> bool {
    text.is_empty()
        || ["0", "0s", "0ms", "0B", "false"]
            .iter()
            .any(|zero| is_same(Meaning::Value, text, zero))
}

fn named(pairs: &[(Yaml, Yaml)]) -> impl Iterator<Item = (&str, &Yaml)> {
    pairs.iter().filter_map(|(key, value)| Some((key.as_str()?, value)))
}

fn find<'a>(pairs: &'a [(Yaml, Yaml)], key: &str, cased: bool) -> Option<&'a Yaml> {
    let is_key = |name: &str| name == key || cased && name.eq_ignore_ascii_case(key);
    named(pairs).find(|(name, _)| is_key(name)).map(|(_, value)| value)
}

/// A scalar as it was written; null is an empty one.
fn text(node: &Yaml) -> Option<&str> {
    match node {
        Yaml::Null => Some(""),
        other => other.as_str(),
    }
}

/// All matchers of a list, or of a scalar, in one order.
fn conditions(node: &Yaml) -> Vec<String> {
    let items = node.as_seq().unwrap_or(std::slice::from_ref(node));
    let read = |text: &str| match matcher::matchers(text, Mode::Fallback) {
        Ok(matchers) => matchers.iter().map(ToString::to_string).collect(),
        Err(_) => vec![text.to_owned()],
    };
    let mut conditions: Vec<_> = items.iter().filter_map(Yaml::as_str).flat_map(read).collect();
    conditions.sort_unstable();
    conditions
}
