//! `storage`: the time series database and the exemplars. Pure.

use crds::{CommonPrometheusFields, FloatChunkEncoding, PrometheusSpec, TsdbSpec};
use formats::{
    version::{Field, Version},
    yaml::{Yaml, map},
};

use super::{
    context::Context,
    error::Error,
    section::{DroppedField, Mapping, PartScope, part},
    sections::{self, Section, Table},
    value::{number, text},
};
use crate::check::feature;

/// How long samples are kept where the object says nothing.
const RETENTION: &str = "24h";
/// First version that reads the retention from the file.
const RETENTION_IN_FILE: Version = Version::new(3, 11, 0);
/// First version with a setting for the encoding of chunks.
const CHUNK_ENCODING: Version = Version::new(3, 13, 0);

/// `storage`, or nothing where nothing is set that the version knows.
///
/// # Errors
/// When the threshold is no fraction, the share of the disk is no percentage, or the encoding of chunks cannot hold what a feature stores.
pub(crate) fn storage(
    context: &Context<'_>,
    server: Option<&PrometheusSpec>,
    dropped: &mut Vec<DroppedField>,
) -> Result<Option<Yaml>, Error> {
    let common = context.common();
    if let Some(tsdb) = common.tsdb.as_deref() {
        check(tsdb, common, context.version())?;
    }
    if let Some(percentage) = server.and_then(|server| server.retention_percentage.as_deref())
        && !number(percentage).is_some_and(|percentage| (0.0..=100.0).contains(&percentage))
    {
        return Err(Error::Percentage {
            field: "retentionPercentage",
            text: percentage.0.as_str().into(),
        });
    }
    Ok(part("storage", context.namespace(), context, dropped, |scope| {
        let exemplars = server.and_then(|server| scope.non_empty_mapping::<sections::Exemplars>(server));
        let storage = Storage { scope, server };
        let tsdb = match server {
            Some(_) => scope.non_empty_mapping::<sections::Tsdb>(&storage),
            None => scope.non_empty_mapping::<sections::TsdbOfAgents>(&storage),
        };
        (exemplars.is_some() || tsdb.is_some()).then(|| {
            Mapping::new(scope)
                .pair("exemplars", exemplars)
                .pair("tsdb", tsdb)
                .into_yaml()
        })
    }))
}

fn check(tsdb: &TsdbSpec, common: &CommonPrometheusFields, version: Version) -> Result<(), Error> {
    if let Some(threshold) = &tsdb.stale_series_compaction_threshold
        && !number(threshold).is_some_and(|threshold| (0.0..=1.0).contains(&threshold))
    {
        return Err(Error::Fraction {
            field: "tsdb.staleSeriesCompactionThreshold",
            text: threshold.0.as_str().into(),
        });
    }
    let xor = floats(tsdb) == Some(FloatChunkEncoding::Xor);
    let stores_start = feature::is_enabled(&common.enable_features, "st-storage");
    if xor && stores_start && version >= CHUNK_ENCODING {
        return Err(Error::ChunkEncoding);
    }
    Ok(())
}

/// The share of the disk that data may take, in percent, unless there is no limit.
pub(in crate::prometheus) fn retention_percentage(spec: &PrometheusSpec) -> Option<f64> {
    number(spec.retention_percentage.as_deref()?).filter(|percentage| *percentage != 0.0)
}

fn floats(tsdb: &TsdbSpec) -> Option<FloatChunkEncoding> {
    tsdb.chunk_encoding.as_ref()?.floats
}

/// What `storage` is made from.
pub(crate) struct Storage<'a> {
    scope: PartScope<'a>,
    server: Option<&'a PrometheusSpec>,
}

impl<'a> Storage<'a> {
    fn tsdb(&self) -> Option<&'a TsdbSpec> {
        self.scope.context.common().tsdb.as_deref()
    }

    fn out_of_order_time_window(&self) -> Option<Yaml> {
        let window = self.tsdb()?.out_of_order_time_window.as_ref();
        window.map(|window| text(window))
    }

    fn compaction_threshold(&self) -> Option<Yaml> {
        number(self.tsdb()?.stale_series_compaction_threshold.as_ref()?).map(Yaml::from)
    }

    fn chunk_encoding(&self) -> Option<Yaml> {
        let encoding = match floats(self.tsdb()?)? {
            FloatChunkEncoding::Xor => "xor",
            FloatChunkEncoding::Xor2 => "xor2",
        };
        Some(map([("floats", encoding.into())]))
    }

    /// How long and how much is kept. A version that does not know the key has flags instead, but for the share of the
    /// disk: only that is dropped then.
    fn retention(&self) -> Option<Yaml> {
        let spec = self.server?;
        let percentage = retention_percentage(spec);
        if self.scope.context.version() < RETENTION_IN_FILE && percentage.is_none() {
            return None;
        }
        let (time, size) = (spec.retention.as_deref(), spec.retention_size.as_deref());
        let is_default = size.is_none() && percentage.is_none();
        let time = time.or(is_default.then_some(RETENTION));
        let pairs = [
            ("time", time.map(text)),
            ("size", size.map(text)),
            ("percentage", percentage.map(Yaml::from)),
        ];
        Some(map((pairs.into_iter()).filter_map(|(key, value)| Some((key, value?)))))
    }
}

/// Keys of `exemplars`.
impl Section for sections::Exemplars {
    type Source<'a> = PrometheusSpec;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[Field::new("max_exemplars", |server: &PrometheusSpec| {
                server.exemplars.as_ref()?.max_size.map(Yaml::from)
            })
            .since(2, 29)]
        }
    }
}

/// Keys of `tsdb`.
impl Section for sections::Tsdb {
    type Source<'a> = Storage<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("out_of_order_time_window", Storage::out_of_order_time_window).since(2, 39),
                Field::new("stale_series_compaction_threshold", Storage::compaction_threshold).since(3, 10),
                Field::new("chunk_encoding", Storage::chunk_encoding).since(3, 13),
                Field::new("retention", Storage::retention).since(3, 11),
            ]
        }
    }
}

/// Keys of `tsdb` in the file of an agent, which learnt the first of them later.
impl Section for sections::TsdbOfAgents {
    type Source<'a> = Storage<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("out_of_order_time_window", Storage::out_of_order_time_window).since(2, 54),
                Field::new("stale_series_compaction_threshold", Storage::compaction_threshold).since(3, 10),
                Field::new("chunk_encoding", Storage::chunk_encoding).since(3, 13),
            ]
        }
    }
}
