//! Sharding by zone: which zone a shard scrapes, and which of the zone's shards it is. Pure.

use crds::{CommonPrometheusFields, ShardingStrategyMode};

use crate::settings::Gates;

/// The place of a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone<'a> {
    /// Name of the zone.
    pub name: &'a str,
    /// Number of the shard among those of the zone.
    pub shard: i32,
}

impl<'a> Zone<'a> {
    /// The zone of shard `number`: shards go round the zones. None where shards do not go by zones.
    pub fn of(fields: &'a CommonPrometheusFields, number: i32, gates: Gates) -> Option<Self> {
        let strategy = fields
            .sharding_strategy
            .as_deref()
            .filter(|_| gates.topology_sharding)?;
        if strategy.mode != Some(ShardingStrategyMode::Topology) {
            return None;
        }
        let zones = &strategy.topology.as_ref()?.values;
        let count = i32::try_from(zones.len()).ok().filter(|count| *count > 0)?;
        let name = zones.get(usize::try_from(number % count).ok()?)?;
        Some(Self {
            name,
            shard: number / count,
        })
    }
}
