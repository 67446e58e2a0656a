//! Names of labels that an instance gives to all of its targets and series. Pure.

use crds::CommonPrometheusFields;
use formats::excerpt::Excerpt;

use crate::check::invalid::{Field, Invalid};
use crate::check::relabel::{self, check_expression};

/// A name that no label can have in this version and with this scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is not a valid label name")]
pub(super) struct LabelError {
    name: Excerpt,
}

impl LabelError {
    /// The error about `name`.
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.into() }
    }
}

/// Checks the names of all labels that `common` asks for.
pub(super) fn check(common: &CommonPrometheusFields, relabeling: relabel::Rules) -> Result<(), Invalid> {
    for name in common.external_labels.keys() {
        check_name(name, relabeling).field(format!("externalLabels[{name:?}]"))?;
    }
    let topology = common
        .sharding_strategy
        .as_deref()
        .and_then(|strategy| strategy.topology.as_deref());
    for (field, name) in [
        ("prometheusExternalLabelName", &common.prometheus_external_label_name),
        ("replicaExternalLabelName", &common.replica_external_label_name),
        ("enforcedNamespaceLabel", &common.enforced_namespace_label),
    ] {
        check_optional(name.as_deref(), relabeling).field(field)?;
    }
    check_optional(
        topology.and_then(|topology| topology.external_label_name.as_deref()),
        relabeling,
    )
    .field("shardingStrategy.topology.externalLabelName")?;
    // The reloader puts the zone of a shard into an expression.
    for (index, zone) in topology.iter().flat_map(|topology| &topology.values).enumerate() {
        check_expression(zone).field(format!("shardingStrategy.topology.values[{index}]"))?;
    }
    relabeling.check_names(&common.pod_target_labels, "podTargetLabels")
}

/// An empty name turns a label off.
fn check_optional(name: Option<&str>, relabeling: relabel::Rules) -> Result<(), LabelError> {
    match name {
        None | Some("") => Ok(()),
        Some(name) => check_name(name, relabeling),
    }
}

fn check_name(name: &str, relabeling: relabel::Rules) -> Result<(), LabelError> {
    if relabeling.writes(name) {
        return Ok(());
    }
    Err(LabelError::new(name))
}
