//! Reads the configuration that a user wrote, by the tables of keys: every key must be known and every value of its type,
//! and what comes out is written as Alertmanager's own types would be. Pure; what is accepted is defined by the strict
//! reading of Alertmanager (`config.Load`).

use std::num::TryFromIntError;

use formats::duration::{GoDuration, PrometheusDuration};
use formats::url::Url;
use formats::yaml::{self, Yaml, natural_map};

use super::address::{SecretAddressError, host_and_port, http_url};
use super::range;
use super::schema::{Key, Kind, Table, joined};
use super::scope::in_units_of_go;
use crate::check::invalid::{Field, Invalid};

/// Why a text is not a configuration. Holds nothing of the text but keys.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not YAML.
    #[error(transparent)]
    Yaml(#[from] yaml::ParseError),
    /// A key or a value of it.
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

/// What is wrong with a value.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("must be {0}")]
    Type(&'static str),
    #[error("unknown key")]
    Unknown,
    #[error("it contains an unknown key")]
    Foreign,
    #[error("list items must not be null")]
    NullItem,
    #[error("the number is too large")]
    Number(#[from] TryFromIntError),
    #[error(transparent)]
    Duration(#[from] formats::duration::ParseError),
    #[error(transparent)]
    Range(#[from] range::Error),
    #[error(transparent)]
    Address(#[from] SecretAddressError),
}

/// Longer than every key, in bytes.
const LONGEST_KEY: usize = 64;

/// The text as a section of `table`.
///
/// # Errors
/// When it is not YAML, has a key that `table` does not have, or a value of another type.
pub fn read(table: &'static dyn Table, text: &[u8]) -> Result<Yaml, Error> {
    let typed = yaml::parse_strict(text)?;
    let literal = yaml::parse_literal(text)?;
    if typed == Yaml::Null {
        return Ok(table.written(&mut |_| None));
    }
    Ok(mapping(table, &typed, &literal, "")?)
}

/// A value as the parser understands it, and with each scalar as it was written.
type Both<'a> = (&'a Yaml, &'a Yaml);

/// Whether `name` is nearly a key of `table`. Only then it is shown: what is no key at all may be a secret in the wrong place.
fn is_misspelt(table: &'static dyn Table, name: &str) -> bool {
    let mut keys = (0..).map_while(|place| table.key_at(place));
    name.len() <= LONGEST_KEY && keys.any(|key| strsim::damerau_levenshtein(key.name, name) <= 2)
}

fn mapping(table: &'static dyn Table, typed: &Yaml, literal: &Yaml, path: &str) -> Result<Yaml, Invalid> {
    let mut values = Vec::new();
    for (name, (typed, literal)) in pairs((typed, literal)).ok_or(Cause::Type("a mapping")).field(path)? {
        let key = match table.key(name) {
            Some(key) => key,
            None if is_misspelt(table, name) => return Err(Cause::Unknown).field(joined(path, name)),
            None => return Err(Cause::Foreign).field(path),
        };
        // A null leaves a key unset.
        if *typed != Yaml::Null {
            values.push((key.name, value(key, (typed, literal), &joined(path, name))?));
        }
    }
    Ok(table.written(&mut |key| {
        let place = values.iter().position(|(name, _)| *name == key.name)?;
        Some(values.swap_remove(place).1)
    }))
}

fn value(key: &Key, both: Both<'_>, path: &str) -> Result<Yaml, Invalid> {
    match key.kind {
        Kind::TextOr(table) if both.0.as_map().is_some() => mapping(table, both.0, both.1, path),
        Kind::Section(table) => mapping(table, both.0, both.1, path),
        Kind::Sections(table) => {
            let items = items(both).ok_or(Cause::Type(key.kind.noun())).field(path)?;
            let item = |(index, (typed, literal)): (usize, Both<'_>)| {
                let path = format!("{path}[{index}]");
                if *typed == Yaml::Null {
                    return Err(Cause::NullItem).field(path);
                }
                mapping(table, typed, literal, &path)
            };
            items.enumerate().map(item).collect()
        }
        Kind::SectionMap(table) => {
            let pairs = pairs(both).ok_or(Cause::Type(key.kind.noun())).field(path)?;
            let pair = |(name, (typed, literal)): (&str, Both<'_>)| {
                // To Alertmanager, a null is a section in which nothing is set.
                let value = match typed {
                    Yaml::Null => Yaml::Map(Vec::new()),
                    _ => mapping(table, typed, literal, &joined(path, name))?,
                };
                Ok((name.to_owned().into(), value))
            };
            Ok(natural_map(
                pairs.into_iter().map(pair).collect::<Result<_, Invalid>>()?,
            ))
        }
        kind => scalar(kind, both).field(path),
    }
}

/// A value that is no section.
fn scalar(kind: Kind, both: Both<'_>) -> Result<Yaml, Cause> {
    let wrong = || Cause::Type(kind.noun());
    let text = || plain_text(both).ok_or_else(wrong);
    Ok(match kind {
        Kind::Text | Kind::TextOr(_) | Kind::TemplateAddress => text()?.to_owned().into(),
        Kind::Address => {
            http_url(text()?).map_err(|error| error.hidden())?;
            text()?.to_owned().into()
        }
        Kind::Boolean => match both.0 {
            Yaml::Bool(value) => (*value).into(),
            _ => return Err(wrong()),
        },
        Kind::Integer => match both.0 {
            Yaml::Int(value) => (*value).into(),
            Yaml::UInt(value) => i64::try_from(*value)?.into(),
            _ => return Err(wrong()),
        },
        Kind::Number => match both.0 {
            Yaml::Int(_) | Yaml::UInt(_) | Yaml::Float(_) => both.0.clone(),
            _ => return Err(wrong()),
        },
        Kind::Duration => PrometheusDuration::parse(text()?)?.to_string().into(),
        Kind::GoDuration => in_units_of_go(GoDuration::parse(text()?)?),
        Kind::Url => written_url(text()?)?,
        Kind::HostPort => host_port(text()?)?,
        Kind::Texts => text_list(both).ok_or_else(wrong)?,
        Kind::Ranges(kind) => {
            let texts: Option<Vec<&str>> = items(both).ok_or_else(wrong)?.map(plain_text).collect();
            range::list(kind, range::Wrap::Allowed, texts.ok_or_else(wrong)?).map_err(|(_, error)| error)?
        }
        Kind::TextMap => {
            text_map(both, |both| plain_text(both).map(|text| text.to_owned().into())).ok_or_else(wrong)?
        }
        Kind::ExpressionMap => text_map(both, |both| {
            let is_null = *both.0 == Yaml::Null;
            plain_text(both).filter(|_| !is_null).map(|text| text.to_owned().into())
        })
        .ok_or_else(wrong)?,
        Kind::TextsMap => text_map(both, |both| match both.0 {
            Yaml::Null => Some(Yaml::Seq(Vec::new())),
            _ => text_list(both),
        })
        .ok_or_else(wrong)?,
        Kind::AnyMap => match both.0 {
            Yaml::Map(_) => sorted(both.0),
            _ => return Err(wrong()),
        },
        Kind::Any => sorted(both.0),
        Kind::Section(_) | Kind::Sections(_) | Kind::SectionMap(_) => return Err(wrong()),
    })
}

/// The pairs of a mapping whose keys are texts.
fn pairs((typed, literal): Both<'_>) -> Option<Vec<(&str, Both<'_>)>> {
    let (typed, literal) = (typed.as_map()?, literal.as_map()?);
    if typed.len() != literal.len() {
        return None;
    }
    (typed.iter().zip(literal))
        .map(|((_, typed), (name, literal))| Some((name.as_str()?, (typed, literal))))
        .collect()
}

fn items((typed, literal): Both<'_>) -> Option<impl Iterator<Item = Both<'_>>> {
    let (typed, literal) = (typed.as_seq()?, literal.as_seq()?);
    (typed.len() == literal.len()).then(|| typed.iter().zip(literal))
}

/// The text of a scalar; a null is the empty text.
fn plain_text((_, literal): Both<'_>) -> Option<&str> {
    match literal {
        Yaml::Null => Some(""),
        literal => literal.as_str(),
    }
}

fn text_list(both: Both<'_>) -> Option<Yaml> {
    items(both)?.map(|both| plain_text(both).map(str::to_owned)).collect()
}

fn text_map(both: Both<'_>, value: impl Fn(Both<'_>) -> Option<Yaml>) -> Option<Yaml> {
    let pair = |(name, both): (&str, Both<'_>)| Some((name.to_owned().into(), value(both)?));
    let pairs: Option<Vec<_>> = pairs(both)?.into_iter().map(pair).collect();
    pairs.map(natural_map)
}

/// The same with the keys of all mappings in the order in which Go writes them.
pub fn sorted(value: &Yaml) -> Yaml {
    match value {
        Yaml::Map(pairs) => natural_map(pairs.iter().map(|(key, value)| (key.clone(), sorted(value))).collect()),
        Yaml::Seq(items) | Yaml::Flow(items) => items.iter().map(sorted).collect(),
        value => value.clone(),
    }
}

fn written_url(text: &str) -> Result<Yaml, Cause> {
    let url = Url::parse_web(text).map_err(|_| SecretAddressError::Url)?;
    Ok(Yaml::from_utf8_or_bytes(url.to_bytes()))
}

/// `host:port`, where the host may be empty.
fn host_port(text: &str) -> Result<Yaml, Cause> {
    if text.is_empty() {
        return Ok("".into());
    }
    host_and_port(text).map_err(|error| error.hidden())?;
    Ok(text.to_owned().into())
}
