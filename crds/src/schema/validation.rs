//! Rules of schemas that are too long for an attribute, or belong to two kinds.

use serde_json::{Value, json};

/// Rule of the schema that Prometheus and PrometheusAgent share: with the mode Topology, no domain is without a shard.
pub(crate) const TOPOLOGY_RULE: &str = "!has(self.shardingStrategy) || !has(self.shardingStrategy.mode) || self.shardingStrategy.mode != 'Topology' || !has(self.shardingStrategy.topology) || !has(self.shardingStrategy.topology.values) || self.shardingStrategy.topology.values.size() == 0 || (has(self.shards) ? self.shards : 1) >= self.shardingStrategy.topology.values.size()";

/// What the API server answers to an object that breaks [`TOPOLOGY_RULE`].
pub(crate) const TOPOLOGY_MESSAGE: &str =
    "shards must be greater than or equal to the number of topology values when sharding strategy mode is Topology";

/// Rule of a quantity that is a share in percent.
pub(crate) const PERCENTAGE_RULE: &str =
    "!quantity(string(self)).isLessThan(quantity('0')) && !quantity(string(self)).isGreaterThan(quantity('100'))";

/// Fields that must be absent with the mode DaemonSet. `shards` is among them only above 1, since it has a default.
const NOT_FOR_DAEMON_SETS: &[&str] = &[
    "replicas",
    "storage",
    "shards",
    "persistentVolumeClaimRetentionPolicy",
    "scrapeConfigSelector",
    "probeSelector",
    "scrapeConfigNamespaceSelector",
    "probeNamespaceSelector",
    "serviceMonitorSelector",
    "serviceMonitorNamespaceSelector",
    "additionalScrapeConfigs",
    "shardingStrategy",
];

/// The rules by which the API server refuses combinations of fields of a PrometheusAgent, in the order in which it reports them.
pub(crate) fn agent_validations() -> Vec<Value> {
    let of_daemon_sets = NOT_FOR_DAEMON_SETS.iter().map(|field| {
        let (allowed, complaint) = match *field {
            "shards" => (" && self.shards > 1", "be greater than 1"),
            _ => ("", "be set"),
        };
        json!({
            "rule": format!("!(has(self.mode) && self.mode == 'DaemonSet' && has(self.{field}){allowed})"),
            "message": format!("{field} cannot {complaint} when mode is DaemonSet"),
        })
    });
    let topology = json!({ "rule": TOPOLOGY_RULE, "message": TOPOLOGY_MESSAGE });
    of_daemon_sets.chain([topology]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_shard_is_allowed_in_a_daemon_set() {
        let rules = agent_validations();
        let rule = |field: &str| {
            let named = |rule: &&Value| rule["message"].as_str().is_some_and(|text| text.starts_with(field));
            rules.iter().find(named).map(|rule| rule["rule"].clone())
        };
        assert_eq!(
            rule("shards cannot"),
            Some("!(has(self.mode) && self.mode == 'DaemonSet' && has(self.shards) && self.shards > 1)".into())
        );
        assert_eq!(
            rule("storage"),
            Some("!(has(self.mode) && self.mode == 'DaemonSet' && has(self.storage))".into())
        );
    }
}
