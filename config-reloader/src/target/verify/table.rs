//! What each program makes of its configuration when it writes it down: a table, in YAML, beside this file. Pure.

use formats::yaml::{self, Yaml};

use super::meaning::Meaning;

/// A program with a configuration of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Prometheus,
    Alertmanager,
}

/// What is known of a program.
pub(super) struct Table {
    pub(super) kind: Kind,
    content: Yaml,
}

/// The keys of the table that list keys by how their values are compared.
const MEANINGS: &[(&str, Meaning)] = &[
    ("text", Meaning::Text),
    ("expanded", Meaning::Expanded),
    ("path", Meaning::Path),
    ("word", Meaning::Word),
    ("range", Meaning::Range),
    ("matcher", Meaning::Matcher),
];
/// Keys at the top of a configuration, by which the two kinds are told apart.
const OF_PROMETHEUS: &[&str] = &[
    "scrape_configs",
    "rule_files",
    "alerting",
    "remote_write",
    "remote_read",
    "scrape_config_files",
];
const OF_ALERTMANAGER: &[&str] = &["route", "receivers"];

impl Table {
    pub(super) fn of(kind: Kind) -> Self {
        let text = match kind {
            Kind::Prometheus => include_str!("prometheus.yaml"),
            Kind::Alertmanager => include_str!("alertmanager.yaml"),
        };
        // A test reads both.
        let content = yaml::parse_literal(text).unwrap_or(Yaml::Null);
        Self { kind, content }
    }

    /// Keys that only this program has.
    pub(super) fn own_keys(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Prometheus => OF_PROMETHEUS,
            Kind::Alertmanager => OF_ALERTMANAGER,
        }
    }

    /// Keys that only the other program has.
    pub(super) fn foreign_keys(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Prometheus => OF_ALERTMANAGER,
            Kind::Alertmanager => OF_PROMETHEUS,
        }
    }

    /// Whether all defaults of a version are in the table.
    pub(super) fn knows(&self, version: &str) -> bool {
        let newest = self
            .content
            .value_of("newest")
            .and_then(Yaml::as_str)
            .unwrap_or_default();
        let numbers = |text: &str| -> Vec<u32> {
            let parts = text.trim_start_matches('v').split('.').take(2);
            parts.map_while(|part| part.parse().ok()).collect()
        };
        let version = numbers(version);
        version.len() == 2 && version <= numbers(newest)
    }

    /// How values of `key` are compared.
    pub(super) fn meaning(&self, key: &str) -> Meaning {
        let lists = |name: &str| self.content.value_of(name).and_then(Yaml::as_seq).unwrap_or_default();
        let listed = MEANINGS.iter().find(|(name, _)| {
            let mut keys = lists(name).iter().filter_map(Yaml::as_str);
            keys.any(|listed| is_matched(listed, key))
        });
        listed.map_or(Meaning::Value, |(_, meaning)| *meaning)
    }

    /// The name that a key has where the program writes it.
    pub(super) fn renamed(&self, key: &str) -> Option<&str> {
        self.content.value_of("renamed")?.value_of(key)?.as_str()
    }

    /// The values that a key of a section may have where the file does not have it.
    pub(super) fn defaults(&self, section: &str, key: &str) -> &[Yaml] {
        let defaults = self.content.value_of("defaults");
        let of = |section: &str| defaults.and_then(|defaults| defaults.value_of(section)?.value_of(key));
        match of(section).or_else(|| of("*")) {
            Some(value) => value.as_seq().unwrap_or(std::slice::from_ref(value)),
            None => &[],
        }
    }

    /// Whether a text is a template of the program's own.
    pub(super) fn is_own_template(&self, text: &str) -> bool {
        let pieces = self
            .content
            .value_of("templates")
            .and_then(Yaml::as_seq)
            .unwrap_or_default();
        !pieces.is_empty() && pieces.iter().filter_map(Yaml::as_str).all(|piece| text.contains(piece))
    }

    /// Whether the keys of a section are written in another case.
    pub(super) fn is_cased(&self, section: &str) -> bool {
        let cased = self
            .content
            .value_of("cased")
            .and_then(Yaml::as_seq)
            .unwrap_or_default();
        cased.iter().any(|cased| cased.as_str() == Some(section))
    }

    /// The key at the top whose values a section takes over where it has none of its own.
    pub(super) fn inherits(&self, section: &str) -> Option<&str> {
        let pairs = self.content.value_of("inherits")?.as_map()?;
        let pair = pairs
            .iter()
            .find(|(pattern, _)| pattern.as_str().is_some_and(|pattern| is_matched(pattern, section)));
        pair?.1.as_str()
    }
}

/// Whether a key is the one of a pattern, which may begin with `*`.
fn is_matched(pattern: &str, key: &str) -> bool {
    pattern == key || pattern.strip_prefix('*').is_some_and(|end| key.ends_with(end))
}
