//! Who compacts the blocks of Prometheus where a Thanos sidecar uploads them. Pure.

use crds::PrometheusSpec;
use formats::version::Version;

use crate::pod::argument::{Argument, Value};

/// What Prometheus does with its blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It compacts them as ever.
    Default,
    /// It never compacts them: the sidecar must upload small ones, and Thanos compacts.
    Disabled,
    /// It compacts a block after the sidecar has uploaded it.
    Delayed,
}

/// First version of Prometheus that compacts a block when it was uploaded.
const DELAYS_SINCE: Version = Version::new(3, 9, 0);

/// First version of Thanos whose sidecar gets along with that. 0.41 has the flags, too, but compares the relative name of the file
/// with the absolute one of Prometheus, and ends.
const THANOS_DELAYS_SINCE: Version = Version::new(0, 42, 0);

/// The file in which the sidecar says what it has uploaded.
pub const SHIPPER_FILE: &str = "thanos.shipper.json";

/// What the command line needs to know about compaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compaction {
    /// Who compacts.
    pub mode: Mode,
    /// Span of a block while nobody compacts.
    pub block_duration: String,
    /// Whether samples may be late, so that blocks overlap.
    pub out_of_order: bool,
}

impl Compaction {
    /// The compaction of `spec`. `thanos` is the version of the sidecar, if there is one.
    pub fn of(spec: &PrometheusSpec, version: Version, thanos: Option<Version>) -> Self {
        let sidecar = spec.thanos.as_deref();
        let uploads = sidecar.is_some_and(|thanos| {
            thanos.object_storage_config.is_some() || thanos.object_storage_config_file.is_some()
        });
        let can_delay = version >= DELAYS_SINCE && thanos.is_some_and(|thanos| thanos >= THANOS_DELAYS_SINCE);
        let mode = match (spec.disable_compaction == Some(true), uploads, can_delay) {
            (true, _, _) | (false, true, false) => Mode::Disabled,
            (false, false, _) => Mode::Default,
            (false, true, true) => Mode::Delayed,
        };
        Self {
            mode,
            block_duration: sidecar
                .and_then(|thanos| thanos.block_size.as_deref())
                .unwrap_or("2h")
                .to_owned(),
            out_of_order: spec
                .common
                .tsdb
                .as_ref()
                .is_some_and(|tsdb| tsdb.out_of_order_time_window.is_some()),
        }
    }

    fn block_duration(&self) -> Value {
        match self.mode {
            Mode::Disabled => Value::Text(self.block_duration.clone()),
            Mode::Default | Mode::Delayed => Value::Absent,
        }
    }
}

type Row = Argument<Compaction>;

/// The arguments of Prometheus, in output order.
pub const ARGUMENTS: &[Row] = &[
    Row::new("storage.tsdb.max-block-duration", Compaction::block_duration),
    Row::new("storage.tsdb.min-block-duration", Compaction::block_duration),
    Row::new("storage.tsdb.delay-compact-file.path", |compaction| {
        match compaction.mode {
            Mode::Delayed => Value::Text(format!("{}/{SHIPPER_FILE}", super::names::STORAGE_DIRECTORY)),
            Mode::Default | Mode::Disabled => Value::Absent,
        }
    }),
    Row::new("no-storage.tsdb.allow-overlapping-compaction", |compaction| {
        Value::bare(compaction.out_of_order && compaction.mode != Mode::Default)
    })
    .since(2, 55),
];
