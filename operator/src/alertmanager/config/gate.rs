//! Fits a configuration to a version of Alertmanager: leaves out the keys that the version does not know and those that
//! give way to others, and refuses what cannot be left out without changing where alerts go. Pure.

use std::cell::RefCell;
use std::fmt;

use formats::version::Version;
use formats::yaml::Yaml;

use super::demand;
use super::schema::{Key, Kind, Section, is_empty, joined};
use crate::check::invalid::{Field, Invalid, Within};

/// What a configuration is fitted to.
pub struct Gate<'a> {
    /// The version of Alertmanager.
    pub version: Version,
    /// The `global` section of the whole configuration, which receivers fall back on.
    pub global: &'a Yaml,
    /// Whether what the original refuses is refused, too, where Alertmanager itself would take it.
    pub is_strict: bool,
    dropped: RefCell<Vec<Dropped>>,
}

/// A key that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Where, from the section that was fitted.
    pub path: String,
    /// Why.
    pub reason: Reason,
}

/// Why a key is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The version does not know it.
    #[error("it needs Alertmanager {0}")]
    Version(Version),
    /// Another key has precedence.
    #[error("{0} has precedence")]
    Precedence(&'static str),
}

impl fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} is ignored: {}", self.path, self.reason)
    }
}

impl<'a> Gate<'a> {
    /// The gate of a version.
    pub fn new(version: Version, global: &'a Yaml) -> Self {
        Self {
            version,
            global,
            is_strict: true,
            dropped: RefCell::default(),
        }
    }

    /// The same gate, which refuses nothing that Alertmanager itself would take.
    #[must_use]
    pub fn lenient(self) -> Self {
        Self {
            is_strict: false,
            ..self
        }
    }

    /// What was left out so far.
    pub fn into_dropped(self) -> Vec<Dropped> {
        self.dropped.into_inner()
    }

    /// `value` of `section` as the version can read it. `path` is where it stands, for messages.
    ///
    /// # Errors
    /// When it has something that can neither stay nor be left out, or when what is left is not enough.
    pub fn fitted(&self, section: &'static Section, value: Yaml, path: &str) -> Result<Yaml, Invalid> {
        let Yaml::Map(pairs) = value else { return Ok(value) };
        let set: Vec<&Key> = (pairs.iter())
            .filter(|(_, value)| !is_empty(value))
            .filter_map(|(name, _)| section.key(name.as_str()?))
            .collect();
        let mut kept = Vec::with_capacity(pairs.len());
        for (name, value) in pairs {
            let Some(key) = name.as_str().and_then(|name| section.key(name)) else {
                continue;
            };
            if self.stays(key, &set, path)? {
                kept.push((name, self.inside(key, value, path)?));
            }
        }
        let kept = Yaml::Map(kept);
        (section.demand)(&kept, self).within(path)?;
        Ok(kept)
    }

    fn stays(&self, key: &Key, set: &[&Key], path: &str) -> Result<bool, Invalid> {
        let precedes = |other: &&'static str| {
            set.iter()
                .any(|key| key.name == *other && key.versions.contains(self.version))
        };
        let reason = match (key.versions.since, key.yields_to.filter(precedes)) {
            (Some(since), _) if self.version < since => Reason::Version(since),
            (_, Some(other)) => Reason::Precedence(other),
            _ => return Ok(true),
        };
        let path = joined(path, key.name);
        if key.refused {
            return Err(reason).field(path);
        }
        self.dropped.borrow_mut().push(Dropped { path, reason });
        Ok(false)
    }

    fn inside(&self, key: &Key, value: Yaml, path: &str) -> Result<Yaml, Invalid> {
        match (key.kind, value) {
            (Kind::Section(section) | Kind::TextOr(section), value) => {
                self.fitted(section, value, &joined(path, key.name))
            }
            (Kind::Sections(section), Yaml::Seq(items)) => {
                let item = |(index, item)| self.fitted(section, item, &format!("{}[{index}]", joined(path, key.name)));
                items.into_iter().enumerate().map(item).collect()
            }
            (Kind::SectionMap(section), Yaml::Map(pairs)) => {
                let pair = |(name, value): (Yaml, Yaml)| {
                    let path = joined(&joined(path, key.name), name.as_str().unwrap_or_default());
                    Ok((name, self.fitted(section, value, &path)?))
                };
                Ok(Yaml::Map(pairs.into_iter().map(pair).collect::<Result<_, Invalid>>()?))
            }
            (Kind::Ranges(_), Yaml::Seq(items)) => Ok(Yaml::Flow(items)),
            (Kind::TemplateAddress, value) if !self.is_strict => Ok(value),
            (Kind::Address, value) => demand::address(&value).map(|()| value).field(joined(path, key.name)),
            (Kind::TemplateAddress, value) => demand::template_address(&value)
                .map(|()| value)
                .field(joined(path, key.name)),
            (_, value) => Ok(value),
        }
    }
}
