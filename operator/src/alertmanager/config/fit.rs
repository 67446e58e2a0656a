//! Fits a configuration to a version of Alertmanager: leaves out the keys that the version does not know and those that
//! give way to others, and refuses what cannot be left out without changing where alerts go. Pure.

use std::fmt;

use formats::version::Version;
use formats::yaml::Yaml;

use super::address::{self, AddressError};
use super::context::{Context, Words};
use super::schema::{Key, Kind, Table, Unknown, is_empty, joined};
use crate::check::invalid::{Field, Invalid};

/// A walk over sections, which remembers what it left out.
#[derive(Debug)]
pub struct Fitting<'a> {
    context: &'a Context<'a>,
    dropped: Vec<Dropped>,
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
    #[error("requires Alertmanager {0} or newer")]
    Version(Version),
    /// Another key has precedence.
    #[error("{0} takes precedence")]
    Precedence(&'static str),
    /// It belongs to an object without a route, and nothing else could refer to it.
    #[error("without a route, nothing refers to it")]
    Unreachable,
}

impl fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} is ignored: {}", self.path, self.reason)
    }
}

impl<'a> Fitting<'a> {
    /// A walk in `context`.
    pub const fn new(context: &'a Context<'a>) -> Self {
        Self {
            context,
            dropped: Vec::new(),
        }
    }

    /// What was left out.
    pub fn into_dropped(self) -> Vec<Dropped> {
        self.dropped
    }

    /// `value`, a section of `table`, as the version can read it. `path` is where it is, for messages.
    ///
    /// # Errors
    /// When it has something that can neither stay nor be left out, or when what is left is not enough.
    pub fn fitted(&mut self, table: &'static dyn Table, value: Yaml, path: &str) -> Result<Yaml, Invalid> {
        let Yaml::Map(pairs) = value else { return Ok(value) };
        let set: Vec<&Key> = (pairs.iter())
            .filter(|(_, value)| !is_empty(value))
            .filter_map(|(name, _)| table.key(name.as_str()?))
            .collect();
        let mut kept = Vec::with_capacity(pairs.len());
        for (name, value) in pairs {
            let Some(key) = name.as_str().and_then(|name| table.key(name)) else {
                continue;
            };
            let path = joined(path, key.called(self.context.words));
            if self.stays(key, &value, &set, &path)? {
                kept.push((name, self.inside(key, value, &path)?));
            }
        }
        let kept = Yaml::Map(kept);
        (table.fits())(&kept, self.context).map_err(|fault| fault.stated(table, self.context.words, path))?;
        Ok(kept)
    }

    fn stays(&mut self, key: &Key, value: &Yaml, set: &[&Key], path: &str) -> Result<bool, Invalid> {
        let precedes = |other: &&'static str| set.iter().find(|key| key.name == *other && key.is_known(self.context));
        let reason = if let Some(since) = key.versions.since.filter(|since| self.context.is_before(*since)) {
            let reason = Reason::Version(since);
            match (key.unknown, self.context.words) {
                (Unknown::Refused, _) => return Err(reason).field(path),
                (Unknown::RefusedInApi, Words::Api) if !is_empty(value) => return Err(reason).field(path),
                _ => reason,
            }
        } else if let Some(other) = key.yields_to.as_ref().and_then(precedes) {
            Reason::Precedence(other.called(self.context.words))
        } else {
            return Ok(true);
        };
        self.dropped.push(Dropped {
            path: path.to_owned(),
            reason,
        });
        Ok(false)
    }

    fn inside(&mut self, key: &Key, value: Yaml, path: &str) -> Result<Yaml, Invalid> {
        match (key.kind, value) {
            (Kind::Section(table) | Kind::TextOr(table), value) => self.fitted(table, value, path),
            (Kind::Sections(table), Yaml::Seq(items)) => {
                let item = |(index, item)| self.fitted(table, item, &format!("{path}[{index}]"));
                items.into_iter().enumerate().map(item).collect()
            }
            (Kind::SectionMap(table), Yaml::Map(pairs)) => {
                let pair = |(name, value): (Yaml, Yaml)| {
                    let path = joined(path, name.as_str().unwrap_or_default());
                    Ok((name, self.fitted(table, value, &path)?))
                };
                Ok(Yaml::Map(pairs.into_iter().map(pair).collect::<Result<_, Invalid>>()?))
            }
            (Kind::Ranges(_), Yaml::Seq(items)) => Ok(Yaml::Flow(items)),
            (Kind::Address, value) => self.checked(value, address::http_url, path),
            (Kind::TemplateAddress, value) if self.context.is_strict => {
                self.checked(value, address::template_or_url, path)
            }
            (_, value) => Ok(value),
        }
    }

    /// The address, unless it is none. What a file says of it may be a secret.
    fn checked(&self, value: Yaml, check: fn(&str) -> Result<(), AddressError>, path: &str) -> Result<Yaml, Invalid> {
        let text = value.as_str().unwrap_or_default();
        match check(text) {
            Err(error) if !text.is_empty() => match self.context.words {
                Words::Api => Err(error).field(path),
                Words::File => Err(error.hidden()).field(path),
            },
            _ => Ok(value),
        }
    }
}
