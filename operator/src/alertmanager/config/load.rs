//! Whether Alertmanager would load a configuration: the rules of its `config.Load`, on a tree that has been read or
//! generated. Each section brings its own rules; here is the walk, and what they need to know of the whole file. Pure.

use std::collections::BTreeSet;

use shared::yaml::Yaml;

use super::schema::{Kind, Section, joined, text_of};
use crate::invalid::{Invalid, Within};

/// What a section may need to know of the whole file.
#[derive(Debug)]
pub struct Whole<'a> {
    /// The `global` section.
    pub global: &'a Yaml,
    /// Names of the receivers.
    pub receivers: BTreeSet<&'a str>,
    /// Names of the time intervals, of both kinds.
    pub intervals: BTreeSet<&'a str>,
}

impl<'a> Whole<'a> {
    /// What there is to know of `file`.
    pub fn of(file: &'a Yaml) -> Self {
        let names = |key| {
            let sections = file.value_of(key).and_then(Yaml::as_seq).unwrap_or_default();
            sections.iter().map(|section| text_of(section, "name"))
        };
        Self {
            global: file.value_of("global").unwrap_or(&Yaml::Null),
            receivers: names("receivers").collect(),
            intervals: names("mute_time_intervals").chain(names("time_intervals")).collect(),
        }
    }

    /// Checks `value`, which is a `section` at `path`, and all sections in it, the outer ones first.
    ///
    /// # Errors
    /// What Alertmanager would refuse the file for.
    pub fn check(&self, section: &Section, value: &Yaml, path: &str) -> Result<(), Invalid> {
        (section.load)(value, self).within(path)?;
        for (name, value) in value.as_map().unwrap_or_default() {
            let Some(key) = name.as_str().and_then(|name| section.key(name)) else {
                continue;
            };
            let path = joined(path, key.name);
            match (key.kind, value) {
                (Kind::Section(section), value) => self.check(section, value, &path)?,
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
