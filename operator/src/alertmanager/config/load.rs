//! Whether Alertmanager would load a configuration: the rules of its `config.Load`, on a tree that has been read or
//! generated. Each section brings its own rules; here is the walk, and what they need to know of the whole file. Pure.

use std::collections::BTreeSet;

use formats::label::Scheme;
use formats::matcher::Mode;
use formats::version::Version;
use formats::yaml::Yaml;

use super::demand;
use super::interval::NAMED_INTERVALS;
use super::object::Part;
use super::receiver::RECEIVER;
use super::route::{self, INHIBIT_RULE, ROUTE};
use super::schema::{Kind, Section, joined, text_of};
use crate::check::invalid::{Field, Invalid, Within};

/// What a section may need to know of the whole file.
#[derive(Debug, Clone)]
pub struct Whole<'a> {
    /// The `global` section.
    pub global: &'a Yaml,
    /// Names of the receivers.
    pub receivers: BTreeSet<&'a str>,
    /// Names of the time intervals, of both kinds.
    pub intervals: BTreeSet<&'a str>,
    /// How matchers are read.
    pub matchers: Mode,
    /// Which labels there may be.
    pub labels: Scheme,
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

/// Checks a whole file, which [`super::read`] has read or which was generated.
///
/// # Errors
/// What Alertmanager would refuse it for.
pub fn check(file: &Yaml, matchers: Mode) -> Result<(), Invalid> {
    let whole = Whole::of(file, matchers);
    whole.check(&super::FILE, file, "")
}

/// What is wrong with a file as a whole.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("it is needed")]
    Missing,
    #[error("{0:?} stands twice")]
    Duplicate(Box<str>),
}

/// What holds for the file besides what holds for each of its sections.
pub(super) fn load_file(file: &Yaml, _whole: &Whole<'_>) -> Result<(), Invalid> {
    unique(file, &["receivers"]).field("receivers")?;
    unique(file, &["mute_time_intervals", "time_intervals"]).field("time_intervals")?;
    let route = file.value_of("route").ok_or(Cause::Missing).field("route")?;
    route::load_root(route).within("route")
}

fn unique(file: &Yaml, keys: &[&str]) -> Result<(), Cause> {
    let mut known = BTreeSet::new();
    let sections = keys.iter().filter_map(|key| file.value_of(key)?.as_seq()).flatten();
    for name in sections.map(|section| text_of(section, "name")) {
        if !known.insert(name) {
            return Err(Cause::Duplicate(name.into()));
        }
    }
    Ok(())
}

impl<'a> Whole<'a> {
    /// What there is to know of `file`, whose matchers are read in a `mode`.
    pub fn of(file: &'a Yaml, matchers: Mode) -> Self {
        let names = |key| {
            let sections = file.value_of(key).and_then(Yaml::as_seq).unwrap_or_default();
            sections.iter().map(|section| text_of(section, "name"))
        };
        Self {
            global: file.value_of("global").unwrap_or(&Yaml::Null),
            receivers: names("receivers").collect(),
            intervals: names("mute_time_intervals").chain(names("time_intervals")).collect(),
            matchers,
            labels: if matchers == Mode::Classic {
                Scheme::Legacy
            } else {
                Scheme::Utf8
            },
        }
    }

    /// Checks what an object adds to the file, whose names must be new.
    ///
    /// # Errors
    /// What Alertmanager would refuse the file with it for.
    pub fn check_part(&self, part: &Part) -> Result<(), Invalid> {
        let mut whole = self.clone();
        for receiver in &part.receivers {
            let name = text_of(receiver, "name");
            if !whole.receivers.insert(name) {
                return Err(Cause::Duplicate(name.into())).field("receivers");
            }
        }
        for interval in &part.intervals {
            let name = text_of(interval, "name");
            if !whole.intervals.insert(name) {
                return Err(Cause::Duplicate(name.into())).field("muteTimeIntervals");
            }
        }
        let list = |section, items: &[Yaml], name: &str| {
            let mut items = items.iter().enumerate();
            items.try_for_each(|(index, item)| whole.check(section, item, &format!("{name}[{index}]")))
        };
        if let Some(route) = &part.route {
            whole.check(&ROUTE, route, "route")?;
        }
        list(&RECEIVER, &part.receivers, "receivers")?;
        list(&INHIBIT_RULE, &part.inhibit_rules, "inhibitRules")?;
        list(&NAMED_INTERVALS, &part.intervals, "muteTimeIntervals")
    }

    /// Checks `value`, which is a `section` at `path`, and all sections in it, the outer ones first.
    ///
    /// # Errors
    /// What Alertmanager would refuse the file for.
    pub fn check(&self, section: &Section, value: &Yaml, path: &str) -> Result<(), Invalid> {
        for key in section.keys.iter().filter(|key| key.excluded) {
            if let Some(other) = key.yields_to {
                demand::not_both(value, key.name, other).within(path)?;
            }
        }
        (section.load)(value, self).within(path)?;
        for (name, value) in value.as_map().unwrap_or_default() {
            let Some(key) = name.as_str().and_then(|name| section.key(name)) else {
                continue;
            };
            let path = joined(path, key.name);
            match (key.kind, value) {
                (Kind::Section(section) | Kind::TextOr(section), value) => self.check(section, value, &path)?,
                (Kind::Sections(section), Yaml::Seq(items)) => {
                    for (index, item) in items.iter().enumerate() {
                        self.check(section, item, &format!("{path}[{index}]"))?;
                    }
                }
                (Kind::SectionMap(section), Yaml::Map(pairs)) => {
                    for (name, item) in pairs {
                        self.check(section, item, &joined(&path, name.as_str().unwrap_or_default()))?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}
