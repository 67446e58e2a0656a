//! The configuration that users write by hand, in the Secrets of the `additional…` fields: scrape configs, Alertmanagers
//! and rules for alerts. Read as YAML, kept in the user's order, added to what is generated. Pure.

mod check;
mod client;
mod discoveries;
mod keys;
mod section;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use formats::yaml::{self, Yaml};

use super::{context::Context, error::Error, sharding::Sharding};
use crate::check::invalid::Invalid;
use check::Check;

/// The texts of the Secrets that the `additional…` fields select.
#[derive(Debug, Clone, Copy, Default)]
pub struct AdditionalConfigs<'a> {
    /// `additionalScrapeConfigs`
    pub scrape_configs: Option<&'a str>,
    /// `additionalAlertRelabelConfigs`
    pub alert_relabel_configs: Option<&'a str>,
    /// `additionalAlertManagerConfigs`
    pub alertmanager_configs: Option<&'a str>,
}

/// The items of the `additional…` fields.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    pub(crate) scrape_configs: Vec<Yaml>,
    pub(crate) alert_relabel_configs: Vec<Yaml>,
    pub(crate) alertmanagers: Vec<Yaml>,
}

impl Lists {
    /// Reads the texts, and checks that Prometheus loads them.
    pub(crate) fn read(texts: AdditionalConfigs<'_>, context: &Context<'_>) -> Result<Self, Error> {
        let check = Check::new(context.version(), context.common());
        let scrape_configs = list("additionalScrapeConfigs", texts.scrape_configs, |job, path| {
            check.scrape_config(job, path)
        })?;
        Ok(Self {
            scrape_configs: (scrape_configs.into_iter().enumerate())
                .map(|(index, job)| sharded(index, job, &context.sharding))
                .collect::<Result<_, _>>()?,
            alert_relabel_configs: list(
                "additionalAlertRelabelConfigs",
                texts.alert_relabel_configs,
                |rule, path| check.rule(rule, path),
            )?,
            alertmanagers: list(
                "additionalAlertManagerConfigs",
                texts.alertmanager_configs,
                |alertmanager, path| check.alertmanager(alertmanager, path),
            )?,
        })
    }
}

/// Checks that no job has the name of another one, for which Prometheus would refuse the whole file. `is_generated` tells
/// whether a job of an object has the name.
pub(crate) fn check_names(jobs: &[Yaml], is_generated: impl Fn(&str) -> bool) -> Result<(), Error> {
    let mut earlier = BTreeSet::new();
    for (index, job) in jobs.iter().enumerate() {
        let Some(name) = job.value_of("job_name").and_then(Yaml::words) else {
            continue;
        };
        if earlier.contains(&name) || is_generated(&name) {
            let name = (*name).into();
            return Err(Error::DuplicateJob { index, name });
        }
        earlier.insert(name);
    }
    Ok(())
}

/// A list of mappings that pass `check`; empty where the text is.
fn list(
    field: &'static str,
    text: Option<&str>,
    check: impl Fn(&Yaml, &str) -> Result<(), Invalid>,
) -> Result<Vec<Yaml>, Error> {
    let Some(text) = text else { return Ok(Vec::new()) };
    let items = yaml::parse_mappings(text).map_err(|source| Error::AdditionalYaml { field, source })?;
    for (index, item) in items.iter().enumerate() {
        check(item, &format!("spec.{field}[{index}]")).map_err(Error::Additional)?;
    }
    Ok(items)
}

/// A job with the rules of sharding, unless there is one shard or the job computes a hash itself. With more than one shard
/// its rules come last.
fn sharded(index: usize, job: Yaml, sharding: &Sharding<'_>) -> Result<Yaml, Error> {
    let Yaml::Map(mut pairs) = job else {
        return Ok(job);
    };
    if sharding.is_undivided() {
        return Ok(Yaml::Map(pairs));
    }
    let key = Yaml::from("relabel_configs");
    let mut rules = match pairs.iter().position(|(name, _)| *name == key) {
        None => Vec::new(),
        Some(position) => match pairs.remove(position).1 {
            Yaml::Null => Vec::new(),
            Yaml::Seq(rules) | Yaml::Flow(rules) if rules.iter().all(|rule| rule.as_map().is_some()) => rules,
            _ => return Err(Error::AdditionalRelabelConfigs { index }),
        },
    };
    rules.extend(sharding.rules_unless_sharded(&rules));
    pairs.push((key, Yaml::Seq(rules)));
    Ok(Yaml::Map(pairs))
}
