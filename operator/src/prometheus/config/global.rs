//! `global` and `runtime`: what holds for all jobs and rules. Pure.

use std::collections::BTreeMap;

use crds::{CommonPrometheusFields, Duration, LogLevel, PrometheusSpec, ScrapeLimits};
use formats::{
    version::{Field, Version},
    yaml::{Yaml, natural_map},
};

use super::{
    context::Context,
    error::Error,
    limits::{body_size_limit, global_limits},
    name_schemes::{escaping_scheme, validation_scheme},
    scrape::known_protocols,
    section::{DroppedField, Mapping, PartScope, part},
    sections::{self, Section, Table},
    value::{text, texts},
};
use crate::object::ObjectKey;

/// Interval where the object has none, which is the default of the schema.
const INTERVAL: &str = "30s";
/// First version that reads from the file whether further series about scrapes are stored.
const EXTRA_METRICS: Version = Version::new(3, 10, 0);
/// First version that reads the level of its log from the file.
const LOG_LEVEL: Version = Version::new(3, 15, 0);
/// Folder of log files that are given by name alone.
const LOGS: &str = "/var/log/prometheus";
/// First version that has a `runtime` section.
const RUNTIME: Version = Version::new(2, 53, 0);

/// `global`.
///
/// # Errors
/// When the scrape timeout is longer than the interval, or one of both cannot be read.
pub(crate) fn global(
    context: &Context<'_>,
    server: Option<&PrometheusSpec>,
    dropped: &mut Vec<DroppedField>,
) -> Result<Yaml, Error> {
    let common = context.common();
    let interval = interval(common.scrape_interval.as_ref());
    if let Some(timeout) = common.scrape_timeout.as_deref() {
        check_timeout(timeout, interval)?;
    }
    Ok(part("global", context.namespace(), context, dropped, |scope| {
        let global = Global { scope, common };
        let mapping = Mapping::new(scope)
            .with::<sections::Global>(&global)
            .with::<sections::GlobalLimits>(&global_limits(common))
            .with::<sections::GlobalOptions>(&global);
        match server {
            Some(server) => mapping.with::<sections::GlobalOfServers>(server),
            None => mapping,
        }
        .into_yaml()
    }))
}

/// `runtime`, where it is set, even to nothing: as the original writes it.
pub(crate) fn runtime(context: &Context<'_>, dropped: &mut Vec<DroppedField>) -> Option<Yaml> {
    let runtime = context.common().runtime.as_ref()?;
    part("runtime", context.namespace(), context, dropped, |scope| {
        let global = Global {
            scope,
            common: context.common(),
        };
        let empty = (runtime.go_gc.is_none() && context.format.version >= RUNTIME).then(|| Yaml::Map(Vec::new()));
        scope.non_empty_mapping::<sections::Runtime>(&global).or(empty)
    })
}

fn interval(interval: Option<&Duration>) -> &str {
    interval.map_or(INTERVAL, |interval| interval)
}

fn check_timeout(timeout: &str, interval: &str) -> Result<(), Error> {
    let read = |field, text: &str| {
        formats::duration::PrometheusDuration::parse(text).map_err(|_| Error::Duration {
            field,
            text: text.into(),
        })
    };
    if read("scrapeTimeout", timeout)? > read("scrapeInterval", interval)? {
        return Err(Error::ScrapeTimeout {
            timeout: timeout.into(),
            interval: interval.into(),
        });
    }
    Ok(())
}

/// What `global` and `runtime` are made from.
pub(crate) struct Global<'a> {
    scope: PartScope<'a>,
    common: &'a CommonPrometheusFields,
}

impl Global<'_> {
    /// Nothing is dropped where the version does not know the key: it has a feature flag instead.
    fn extra_scrape_metrics(&self) -> Option<Yaml> {
        let stored = self.common.extra_scrape_metrics?;
        (self.scope.context.version() >= EXTRA_METRICS).then(|| stored.into())
    }

    /// The level of the log. Nothing is dropped where the version does not know the key: it has a flag instead.
    fn log_level(&self) -> Option<Yaml> {
        let level = self.common.log_level.filter(|level| *level != LogLevel::Info)?;
        (self.scope.context.version() >= LOG_LEVEL).then(|| level.as_str().into())
    }
}

/// Keys of `global` before the limits.
impl Section for sections::Global {
    type Source<'a> = Global<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("scrape_interval", |global: &Global<'_>| {
                    Some(text(interval(global.common.scrape_interval.as_ref())))
                }),
                Field::new("scrape_timeout", |global: &Global<'_>| {
                    global.common.scrape_timeout.as_ref().map(|timeout| text(timeout))
                }),
                Field::new("scrape_protocols", |global: &Global<'_>| {
                    texts(&known_protocols(
                        &global.common.scrape_protocols,
                        global.scope.context.version(),
                    ))
                })
                .since(2, 49),
                Field::new("external_labels", |global: &Global<'_>| {
                    Some(external_labels(global.scope.context))
                }),
                Field::new("body_size_limit", |global: &Global<'_>| {
                    let common = global.common;
                    let limit = body_size_limit(
                        common.body_size_limit.as_ref(),
                        common.enforced_body_size_limit.as_ref(),
                    );
                    limit.map(|limit| text(limit))
                })
                .since(2, 45),
            ]
        }
    }
}

/// Keys of the limits in `global`, which came later than those of jobs.
impl Section for sections::GlobalLimits {
    type Source<'a> = ScrapeLimits;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("sample_limit", |limits: &ScrapeLimits| {
                    limits.sample_limit.map(Yaml::from)
                })
                .since(2, 45),
                Field::new("target_limit", |limits: &ScrapeLimits| {
                    limits.target_limit.map(Yaml::from)
                })
                .since(2, 45),
                Field::new("label_limit", |limits: &ScrapeLimits| {
                    limits.label_limit.map(Yaml::from)
                })
                .since(2, 45),
                Field::new("label_name_length_limit", |limits: &ScrapeLimits| {
                    limits.label_name_length_limit.map(Yaml::from)
                })
                .since(2, 45),
                Field::new("label_value_length_limit", |limits: &ScrapeLimits| {
                    limits.label_value_length_limit.map(Yaml::from)
                })
                .since(2, 45),
                Field::new("keep_dropped_targets", |limits: &ScrapeLimits| {
                    limits.keep_dropped_targets.map(Yaml::from)
                })
                .since(2, 47),
            ]
        }
    }
}

/// Keys of `global` after the limits, of servers and agents.
impl Section for sections::GlobalOptions {
    type Source<'a> = Global<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("scrape_failure_log_file", |global: &Global<'_>| {
                    log_file(global.common.scrape_failure_log_file.as_deref())
                })
                .since(2, 55),
                Field::new("metric_name_validation_scheme", |global: &Global<'_>| {
                    global.common.name_validation_scheme.map(validation_scheme)
                })
                .since(3, 0),
                Field::new("metric_name_escaping_scheme", |global: &Global<'_>| {
                    global.common.name_escaping_scheme.map(escaping_scheme)
                })
                .since(3, 4),
                Field::new("convert_classic_histograms_to_nhcb", |global: &Global<'_>| {
                    global.common.convert_classic_histograms_to_nhcb.map(Yaml::from)
                })
                .since(3, 4),
                Field::new("always_scrape_classic_histograms", |global: &Global<'_>| {
                    global.common.scrape_classic_histograms.map(Yaml::from)
                })
                .since(3, 5),
                Field::new("scrape_native_histograms", |global: &Global<'_>| {
                    global.common.scrape_native_histograms.map(Yaml::from)
                })
                .since(3, 8),
                Field::new("extra_scrape_metrics", Global::extra_scrape_metrics).since(3, 10),
            ]
        }
    }
}

/// Keys at the end of `global`, of servers alone.
impl Section for sections::GlobalOfServers {
    type Source<'a> = PrometheusSpec;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("evaluation_interval", |server: &PrometheusSpec| {
                    Some(text(interval(server.evaluation_interval.as_ref())))
                }),
                Field::new("rule_query_offset", |server: &PrometheusSpec| {
                    server.rule_query_offset.as_ref().map(|offset| text(offset))
                })
                .since(2, 53),
                Field::new("query_log_file", |server: &PrometheusSpec| {
                    log_file(server.query_log_file.as_deref())
                })
                .since(2, 16),
            ]
        }
    }
}

/// Keys of `runtime`.
impl Section for sections::Runtime {
    type Source<'a> = Global<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("gogc", |global: &Global<'_>| {
                    global.common.runtime.as_ref()?.go_gc.map(Yaml::from)
                })
                .since(2, 53),
                Field::new("log_level", Global::log_level).since(3, 15),
            ]
        }
    }
}

fn log_file(path: Option<&str>) -> Option<Yaml> {
    let path = path.filter(|path| !path.is_empty())?;
    Some(if path.contains('/') {
        text(path)
    } else {
        Yaml::from(format!("{LOGS}/{path}"))
    })
}

/// Name of the external label that tells replicas apart; empty for none.
pub(crate) fn replica_label(common: &CommonPrometheusFields) -> &str {
    common
        .replica_external_label_name
        .as_deref()
        .unwrap_or("prometheus_replica")
}

/// The external labels: the user's, and those that tell instances, replicas and zones apart, which users cannot replace.
fn external_labels(context: &Context<'_>) -> Yaml {
    let mut labels: BTreeMap<&str, Yaml> = (context.common().external_labels.iter())
        .map(|(name, value)| (&**name, text(value)))
        .collect();
    labels.extend(own_labels(context));
    natural_map(labels.into_iter().map(|(name, value)| (text(name), value)).collect())
}

/// The user's external labels that are not in the file, because the operator sets labels of these names.
pub(crate) fn replaced_labels(context: &Context<'_>) -> Vec<String> {
    let labels = &context.common().external_labels;
    let replaced = own_labels(context).map(|(name, _)| name);
    replaced
        .filter(|name| labels.contains_key(*name))
        .map(str::to_owned)
        .collect()
}

/// The labels that tell instances, replicas and zones apart. An empty name turns one off.
fn own_labels<'a>(context: &Context<'a>) -> impl Iterator<Item = (&'a str, Yaml)> + use<'a> {
    let common = context.common();
    let instance = common.prometheus_external_label_name.as_deref().unwrap_or("prometheus");
    let zone = context.sharding.zone_label().unwrap_or_default();
    let own = [
        (
            instance,
            ObjectKey::new(context.namespace(), context.scraper.name)
                .to_string()
                .into(),
        ),
        (replica_label(common), "$(POD_NAME)".into()),
        (zone, "$(TOPOLOGY_ZONE)".into()),
    ];
    own.into_iter().filter(|(name, _)| !name.is_empty())
}
