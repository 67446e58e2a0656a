//! How targets are distributed over shards: by a hash of the address, within a zone where the strategy is `Topology`. One
//! file serves all shards, since the reloader puts the numbers in. Pure.

use crds::ShardingStrategyMode;
use formats::regular_expression::Expression;
use formats::yaml::{Yaml, map};

use super::pattern::regex;
use super::value::labels;
use crate::prometheus::instance::{Scraper, ScraperKind};
use crate::prometheus::names;
use crate::settings::Settings;

const HASH: &str = "__tmp_hash";
const TOPOLOGY: &str = "__tmp_topology";
const DISABLED: &str = "__tmp_disable_sharding";
const CURRENT: &str = "__tmp_current_shard";

/// How targets are distributed over shards.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sharding<'a> {
    /// How many shards there are.
    shards: i32,
    /// The zones, where shards belong to zones.
    zones: Option<Zones<'a>>,
    /// Whether shards that are scaled away stay for a while, and must not scrape.
    retention: bool,
    /// Whether pods carry the zone of their node.
    pod_zones: bool,
    /// Whether there is no distribution at all: each node has an instance of its own.
    by_node: bool,
}

#[derive(Debug, Clone, Copy)]
struct Zones<'a> {
    count: usize,
    external_label: &'a str,
}

impl<'a> Sharding<'a> {
    /// The sharding of an instance. Only servers keep shards that are scaled away.
    pub(crate) fn of(scraper: Scraper<'a>, settings: &Settings) -> Self {
        let common = scraper.common;
        let topology = (common.sharding_strategy.as_deref())
            .filter(|strategy| strategy.mode == Some(ShardingStrategyMode::Topology))
            .filter(|_| settings.gates.topology_sharding);
        Self {
            shards: names::shards(common),
            zones: topology.map(|strategy| {
                let topology = strategy.topology.as_deref();
                Zones {
                    count: topology.map_or(0, |topology| topology.values.len()),
                    external_label: topology
                        .and_then(|topology| topology.external_label_name.as_deref())
                        .unwrap_or("zone"),
                }
            }),
            retention: settings.gates.shard_retention && scraper.kind == ScraperKind::Server,
            pod_zones: settings.cluster.pod_topology_labels,
            by_node: scraper.kind == ScraperKind::DaemonSetAgent,
        }
    }

    /// Whether one instance has all targets that it finds.
    pub(crate) fn is_undivided(&self) -> bool {
        self.shards == 1 || self.by_node
    }

    /// Name of the external label that holds the zone.
    pub(crate) fn zone_label(&self) -> Option<&'a str> {
        (self.zones.map(|zones| zones.external_label)).filter(|label| !label.is_empty())
    }

    /// Whether targets need the labels of their node, for the zone in them.
    pub(crate) fn needs_node_labels(&self) -> bool {
        self.zones.is_some() && !self.pod_zones && !self.by_node
    }

    /// The rules that keep the targets of one shard, at the end of a job; `label` is what is hashed.
    pub(crate) fn rules(&self, label: &'static str) -> Vec<Yaml> {
        let mut rules = Vec::new();
        if self.by_node {
            return rules;
        }
        if self.retention {
            rules.extend(self.current_shard_rules());
        }
        if self.zones.is_some() {
            rules.extend(self.zone_rules());
        }
        rules.extend(self.hash_rules(label));
        rules
    }

    /// [`Sharding::rules`], for jobs whose rules are all the user's: nothing with one shard, and nothing where the user
    /// already computes a hash.
    pub(crate) fn rules_unless_sharded<'r>(&self, rules: impl IntoIterator<Item = &'r Yaml>) -> Vec<Yaml> {
        let hashes = |rule: &Yaml| rule.value_of("action").and_then(Yaml::as_str) == Some("hashmod");
        if self.is_undivided() || rules.into_iter().any(hashes) {
            return Vec::new();
        }
        self.rules("__address__")
    }

    fn current_shard_rules(&self) -> [Yaml; 2] {
        let shards: Vec<_> = (0..self.shards).map(|shard| shard.to_string()).collect();
        [
            map([
                ("target_label", CURRENT.into()),
                ("replacement", "$(SHARD)".into()),
                ("action", "replace".into()),
            ]),
            map([
                ("source_labels", labels([CURRENT])),
                regex(Expression::or_quoted(&shards.join("|"))),
                ("action", "keep".into()),
            ]),
        ]
    }

    fn zone_rules(&self) -> [Yaml; 3] {
        let (zone, present) = if self.pod_zones {
            (
                "__meta_kubernetes_pod_label_topology_kubernetes_io_zone",
                "__meta_kubernetes_pod_labelpresent_topology_kubernetes_io_zone",
            )
        } else {
            (
                "__meta_kubernetes_node_label_topology_kubernetes_io_zone",
                "__meta_kubernetes_node_labelpresent_topology_kubernetes_io_zone",
            )
        };
        [
            unset_rule(
                &["__meta_kubernetes_endpointslice_endpoint_zone", TOPOLOGY],
                TOPOLOGY,
                "(.+);",
            ),
            unset_rule(&[zone, present, TOPOLOGY], TOPOLOGY, "(.+);true;"),
            shard_rule(TOPOLOGY, "$(TOPOLOGY_ZONE);|.+;.+"),
        ]
    }

    fn hash_rules(&self, label: &'static str) -> [Yaml; 3] {
        let shard = match self.zones {
            Some(_) => "$(INZONE_SHARD);|.+;.+",
            None => "$(SHARD);|.+;.+",
        };
        [
            unset_rule(&[label, HASH], HASH, "(.+);"),
            map([
                ("source_labels", labels([HASH])),
                ("target_label", HASH.into()),
                ("modulus", self.modulus().into()),
                ("action", "hashmod".into()),
            ]),
            shard_rule(HASH, shard),
        ]
    }

    /// Shards that share targets: all of them, or those of a zone.
    fn modulus(&self) -> i32 {
        let zones = self.zones.map_or(1, |zones| zones.count.max(1));
        i32::try_from(zones).map_or(1, |zones| (self.shards / zones).max(1))
    }
}

/// Sets `target` to the first source label, unless `target`, which is last among them, is set already.
fn unset_rule(sources: &[&'static str], target: &'static str, pattern: &'static str) -> Yaml {
    map([
        ("source_labels", labels(sources.iter().copied())),
        ("target_label", target.into()),
        regex(Expression::constant(pattern)),
        ("replacement", "$1".into()),
        ("action", "replace".into()),
    ])
}

/// Keeps the targets of one shard, and those that the user keeps on all of them.
fn shard_rule(label: &'static str, pattern: &'static str) -> Yaml {
    map([
        ("source_labels", labels([label, DISABLED])),
        regex(Expression::constant(pattern)),
        ("action", "keep".into()),
    ])
}
