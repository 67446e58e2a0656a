//! Whether Prometheus loads what users write by hand: known keys, each once, values of their types, rules that are rules.
//! Pure; defined by the strict reading of Prometheus (`config.Load`).

use std::collections::BTreeSet;

use crds::{CommonPrometheusFields, NameEscapingScheme, NameValidationScheme, RelabelAction, RelabelConfig, Word};
use formats::duration::{self, PrometheusDuration};
use formats::url::{self, Url};
use formats::version::Version;
use formats::yaml::Yaml;
use formats::{byte_size, regular_expression};

use super::client::CLIENT;
use super::keys::{ALERTMANAGER, RULE, SCRAPE_CONFIG};
use super::section::{Kind, Section};
use crate::check::http_client;
use crate::check::invalid::{Field, Invalid};
use crate::check::name_scheme::{self, NameSchemes};
use crate::check::relabel;
use crate::settings::versions;

/// What is wrong with a key or its value. Values may be secrets, so none is shown.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("Prometheus has no such key")]
    Unknown,
    #[error("the key is defined twice")]
    Twice,
    #[error("must be {0}")]
    Type(&'static str),
    #[error("list items must not be null")]
    NullItem,
    #[error("a job name is required")]
    NoName,
    #[error(transparent)]
    Duration(#[from] duration::ParseError),
    #[error("must be greater than 0: Prometheus exits on zero")]
    Zero,
    #[error(transparent)]
    Size(#[from] byte_size::ParseError),
    #[error("not a valid URL: {0}")]
    Url(url::Error),
    #[error(transparent)]
    Expression(#[from] regular_expression::Error),
    #[error("unknown action")]
    Action,
}

/// Checks items of the `additional…` fields.
pub(super) struct Check<'a> {
    version: Version,
    common: &'a CommonPrometheusFields,
}

impl<'a> Check<'a> {
    /// The checks of an instance with the fields `common`.
    pub(super) fn new(version: Version, common: &'a CommonPrometheusFields) -> Self {
        Self { version, common }
    }

    /// Checks a scrape job, which is at `path`.
    pub(super) fn scrape_config(&self, job: &Yaml, path: &str) -> Result<(), Invalid> {
        let name = job.value_of("job_name").and_then(Yaml::words);
        if name.is_none_or(|name| name.is_empty()) {
            return Err(Cause::NoName).field(joined(path, "job_name"));
        }
        let rules = self.rules(own_schemes(job), path)?;
        self.section(&SCRAPE_CONFIG, job, path, rules)
    }

    /// Checks Alertmanagers, which are at `path`.
    pub(super) fn alertmanager(&self, alertmanager: &Yaml, path: &str) -> Result<(), Invalid> {
        let rules = self.rules(NameSchemes::NONE, path)?;
        self.section(&ALERTMANAGER, alertmanager, path, rules)
    }

    /// Checks a relabeling rule, which is at `path`.
    pub(super) fn rule(&self, rule: &Yaml, path: &str) -> Result<(), Invalid> {
        let rules = self.rules(NameSchemes::NONE, path)?;
        self.section(&RULE, rule, path, rules)
    }

    fn rules(&self, own: NameSchemes, path: &str) -> Result<relabel::Rules, Invalid> {
        let scheme = name_scheme::scheme(self.version, self.common.into(), own).field(path)?;
        Ok(relabel::Rules::new(self.version, scheme))
    }

    fn section(
        &self,
        section: &'static Section,
        value: &Yaml,
        path: &str,
        rules: relabel::Rules,
    ) -> Result<(), Invalid> {
        let mut seen = BTreeSet::new();
        for (name, value) in pairs(value, path)? {
            let at = joined(path, &name);
            match section.kind(&name) {
                Some(kind) => self.value(kind, value, &at, rules)?,
                // A version that is newer than the tables may know more.
                None if self.version > versions::PROMETHEUS => {}
                None => return Err(Cause::Unknown).field(at),
            }
            if !seen.insert(name) {
                return Err(Cause::Twice).field(at);
            }
        }
        if section
            .includes
            .iter()
            .any(|included| std::ptr::eq(*included, &raw const CLIENT))
        {
            check_client(value, path)?;
        }
        if std::ptr::eq(section, &raw const RULE) {
            rules
                .check(&relabel_config(value).field(joined(path, "action"))?)
                .field(path)?;
        }
        Ok(())
    }

    fn value(&self, kind: Kind, value: &Yaml, path: &str, rules: relabel::Rules) -> Result<(), Invalid> {
        // A null leaves a key unset.
        if *value == Yaml::Null {
            return Ok(());
        }
        match kind {
            Kind::Mapping(section) => self.section(section, value, path, rules),
            Kind::Mappings(section) => {
                let items = value.as_seq().ok_or(Cause::Type("a list")).field(path)?;
                for (index, item) in items.iter().enumerate() {
                    let path = format!("{path}[{index}]");
                    if *item == Yaml::Null {
                        return Err(Cause::NullItem).field(path);
                    }
                    self.section(section, item, &path, rules)?;
                }
                Ok(())
            }
            Kind::MappingsByName(section) => (pairs(value, path)?.into_iter())
                .try_for_each(|(name, value)| self.value(Kind::Mapping(section), value, &joined(path, &name), rules)),
            Kind::TextMap => (pairs(value, path)?.into_iter())
                .try_for_each(|(name, value)| self.value(Kind::Text, value, &joined(path, &name), rules)),
            Kind::TextsMap => (pairs(value, path)?.into_iter())
                .try_for_each(|(name, value)| self.value(Kind::Texts, value, &joined(path, &name), rules)),
            kind => scalar(kind, value).field(path),
        }
    }
}

/// The schemes that a job sets itself.
fn own_schemes(job: &Yaml) -> NameSchemes {
    let words = |key: &str| job.value_of(key).and_then(Yaml::words);
    NameSchemes {
        validation: match words("metric_name_validation_scheme").as_deref() {
            Some("legacy") => Some(NameValidationScheme::Legacy),
            Some("utf8") => Some(NameValidationScheme::Utf8),
            _ => None,
        },
        escaping: match words("metric_name_escaping_scheme").as_deref() {
            Some("allow-utf-8") => Some(NameEscapingScheme::AllowUtf8),
            Some("underscores") => Some(NameEscapingScheme::Underscores),
            Some("dots") => Some(NameEscapingScheme::Dots),
            Some("values") => Some(NameEscapingScheme::Values),
            _ => None,
        },
    }
}

fn joined(path: &str, key: &str) -> String {
    format!("{path}.{key}")
}

/// The pairs of a mapping whose keys are scalars.
fn pairs<'y>(value: &'y Yaml, path: &str) -> Result<Vec<(String, &'y Yaml)>, Invalid> {
    let pairs = value.as_map().ok_or(Cause::Type("a mapping")).field(path)?;
    (pairs.iter())
        .map(|(key, value)| Some((key.words()?.into_owned(), value)))
        .collect::<Option<_>>()
        .ok_or(Cause::Type("a mapping with strings as keys"))
        .field(path)
}

/// Checks that there is one way to prove who one is at most.
fn check_client(client: &Yaml, path: &str) -> Result<(), Invalid> {
    let is_set = |key: &&&str| client.value_of(key).is_some_and(|value| *value != Yaml::Null);
    let ways = [
        "basic_auth",
        "authorization",
        "oauth2",
        "bearer_token",
        "bearer_token_file",
    ];
    let mut set = ways.iter().filter(is_set);
    match (set.next(), set.next()) {
        (Some(first), Some(second)) => Err(http_client::Error::Exclusive(first, second)).field(joined(path, first)),
        _ => Ok(()),
    }
}

/// Checks a value that is no mapping.
fn scalar(kind: Kind, value: &Yaml) -> Result<(), Cause> {
    let wrong = |noun| Cause::Type(noun);
    let text = || value.words().ok_or(Cause::Type("a text"));
    match kind {
        Kind::Any => Ok(()),
        Kind::Text => match value {
            Yaml::Bytes(_) => Ok(()),
            _ => text().map(|_| ()),
        },
        Kind::Texts => {
            let items = value.as_seq().ok_or(wrong("a list of strings"))?;
            items.iter().try_for_each(|item| match item {
                Yaml::Null => Ok(()),
                item => scalar(Kind::Text, item),
            })
        }
        Kind::Boolean | Kind::Integer | Kind::Count | Kind::Number => typed(kind, value),
        Kind::Duration => PrometheusDuration::parse(&text()?).map(|_| ()).map_err(Cause::from),
        Kind::Pause => match PrometheusDuration::parse(&text()?)?.nanoseconds() {
            0 => Err(Cause::Zero),
            _ => Ok(()),
        },
        Kind::Size => byte_size::check(&text()?).map_err(Cause::from),
        Kind::Url => Url::parse(&*text()?).map(|_| ()).map_err(Cause::Url),
        Kind::Expression => regular_expression::check(&text()?).map_err(Cause::from),
        Kind::TextMap | Kind::TextsMap | Kind::Mapping(_) | Kind::Mappings(_) | Kind::MappingsByName(_) => {
            Err(wrong("a text"))
        }
    }
}

/// Checks a number or a truth value, which its author may have written in many ways.
fn typed(kind: Kind, value: &Yaml) -> Result<(), Cause> {
    let resolved = match value {
        Yaml::Plain(words) => formats::yaml::parse(words.as_bytes()).unwrap_or(Yaml::Null),
        value => value.clone(),
    };
    match (kind, resolved) {
        (Kind::Boolean, Yaml::Bool(_))
        | (Kind::Integer | Kind::Number, Yaml::Int(_))
        | (Kind::Integer | Kind::Count | Kind::Number, Yaml::UInt(_) | Yaml::Float(_)) => Ok(()),
        (Kind::Count, Yaml::Int(number)) if number >= 0 => Ok(()),
        (Kind::Boolean, _) => Err(Cause::Type("true or false")),
        (Kind::Count, _) => Err(Cause::Type("a non-negative integer")),
        (Kind::Integer, _) => Err(Cause::Type("a whole number")),
        _ => Err(Cause::Type("a number")),
    }
}

/// A rule as one of the API, for the same checks.
fn relabel_config(rule: &Yaml) -> Result<RelabelConfig, Cause> {
    let words = |key: &str| rule.value_of(key).and_then(Yaml::words);
    let text = |key: &str| words(key).map(|text| text.into_owned().into_boxed_str());
    let non_empty = |key: &str| text(key).filter(|text| !text.is_empty());
    let sources = rule.value_of("source_labels").and_then(Yaml::as_seq);
    let action = match words("action") {
        None => None,
        Some(word) => {
            let word = word.to_lowercase();
            let known = RelabelAction::from_word(&word).filter(|action| action.as_str() == word);
            Some(known.ok_or(Cause::Action)?)
        }
    };
    Ok(RelabelConfig {
        source_labels: (sources.into_iter().flatten())
            .map(|label| label.words().unwrap_or_default().into_owned().into_boxed_str())
            .collect(),
        separator: text("separator"),
        target_label: non_empty("target_label"),
        regex: non_empty("regex"),
        modulus: words("modulus").map(|number| u64::from(&*number != "0")),
        replacement: text("replacement"),
        action,
    })
}
