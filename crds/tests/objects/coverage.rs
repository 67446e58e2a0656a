//! Which constraints of a schema the rows of a table keep and break. Pure: reads schemas and objects.

use crate::{
    constraint::{Constraint, constraints, first},
    path::{Step, look, steps},
    table::{Row, Table},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// Fields whose types are those of Kubernetes. The constraints within are not ours, and `schema.rs` compares them.
const OF_KUBERNETES: &[&str] = &[
    "affinity",
    "containers",
    "dataSource",
    "dataSourceRef",
    "emptyDir",
    "ephemeral",
    "imagePullSecrets",
    "initContainers",
    "resources",
    "securityContext",
    "tolerations",
    "topologySpreadConstraints",
    "volumeClaimTemplate",
    "volumeMounts",
    "volumes",
];

/// References to Secrets and ConfigMaps are types of Kubernetes too. One row stands for all of them.
const REFERENCE: &str = "reference to a Secret or ConfigMap";

/// A schema below another, with the name that its constraints count under.
fn below<'a>(schema: &'a Value, name: &str, step: &Step<'_>) -> Option<(&'a Value, String)> {
    let (schema, name) = match step {
        Step::Field("metadata") => None,
        Step::Field(field) if OF_KUBERNETES.contains(field) => None,
        Step::Field(field) => match schema["properties"].get(field) {
            Some(schema) => Some((schema, (*field).to_owned())),
            None => Some((schema.get("additionalProperties")?, format!("{name}{{}}"))),
        },
        Step::Item(_) => Some((schema.get("items")?, format!("{name}[]"))),
    }?;
    let is_reference = schema["x-kubernetes-map-type"] == "atomic" && schema["properties"]["key"].is_object();
    Some((schema, if is_reference { REFERENCE.to_owned() } else { name }))
}

/// The labels of one side of all constraints.
#[derive(Default)]
pub(crate) struct Side(pub(crate) BTreeSet<String>);

impl Side {
    fn add(&mut self, kind: &str, field: &str, constraint: &Constraint<'_>) {
        self.0.extend(constraint.labels(kind, field));
    }

    /// Every word of a closed list is to be accepted somewhere.
    fn add_word(&mut self, field: &str, word: &Value) {
        self.0.insert(format!("{field}: {word}"));
    }
}

/// Collects every constraint of a schema.
pub(crate) fn demanded(kind: &str, schema: &Value, name: &str, accepted: &mut Side, rejected: &mut Side) {
    for constraint in constraints(schema) {
        accepted.add(kind, name, &constraint);
        rejected.add(kind, name, &constraint);
        if constraint.keyword == "enum" {
            let words = constraint.demand.as_array().into_iter().flatten();
            words.for_each(|word| accepted.add_word(name, word));
        }
    }
    let fields = schema["properties"]
        .as_object()
        .into_iter()
        .flat_map(|fields| fields.keys());
    let fields = fields.map(|field| Step::Field(field));
    // An index and a name that no list and map has: what is below all of them.
    for step in fields.chain([Step::Item(0), Step::Field("*")]) {
        if let Some((schema, name)) = below(schema, name, &step) {
            demanded(kind, schema, &name, accepted, rejected);
        }
    }
}

/// Collects what a valid object keeps by the least.
fn kept(kind: &str, schema: &Value, name: &str, value: &Value, accepted: &mut Side) {
    for constraint in constraints(schema) {
        if constraint.is_just_kept(schema, value) {
            accepted.add(kind, name, &constraint);
            if constraint.keyword == "enum" {
                accepted.add_word(name, value);
            }
        }
    }
    let fields = value.as_object().into_iter().flatten();
    let fields = fields.map(|(field, value)| (Step::Field(field), value));
    let items = value.as_array().into_iter().flatten();
    for (step, value) in fields.chain(items.map(|value| (Step::Item(0), value))) {
        if let Some((schema, name)) = below(schema, name, &step) {
            kept(kind, schema, &name, value, accepted);
        }
    }
}

/// The schema at a path and the one above it, with their names.
fn at<'a>(schema: &'a Value, path: &str) -> Option<[(&'a Value, String); 2]> {
    let root = (schema, String::new());
    steps(path).try_fold([root.clone(), root], |[_, above], step| {
        let found = below(above.0, &above.1, &step)?;
        Some([above, found])
    })
}

/// Whether an item of a list has the value or the keys of another one.
fn repeats(schema: &Value, list: &[Value], item: &Value) -> bool {
    let keys = schema["x-kubernetes-list-map-keys"].as_array();
    let same = |other: &&Value| match keys {
        Some(keys) => keys.iter().filter_map(Value::as_str).all(|key| other[key] == item[key]),
        None => *other == item,
    };
    list.iter().filter(same).count() > 1
}

/// The constraint that a row breaks, with the name that it counts under.
fn broken<'a>(schema: &'a Value, row: &Row) -> Option<(Constraint<'a>, String)> {
    let (above, field) = row.field.rsplit_once(['.', '[']).unwrap_or(("", &row.field));
    let [(schema_above, name_above), (schema, name)] = at(schema, &row.field)?;
    let Some(value) = look(&row.object, &row.field) else {
        let required = first(schema_above, |it| it.keyword == "required" && it.demand == field)?;
        return Some((required, name_above));
    };
    if let Some(rule) = &row.rule {
        return Some((first(schema, |it| it.demand["message"] == **rule)?, name));
    }
    if let Some(Value::Array(list)) = look(&row.object, above)
        && repeats(schema_above, list, value)
    {
        let list = first(schema_above, |it| it.keyword == "x-kubernetes-list-type")?;
        return Some((list, name_above));
    }
    Some((first(schema, |it| it.is_just_broken(value))?, name))
}

/// Counts the rows of a kind.
pub(crate) fn count(kind: &str, table: &Table, schema: &Value, accepted: &mut Side, rejected: &mut Side) {
    for row in &table.rows {
        if row.accepted {
            kept(kind, schema, "", &row.object, accepted);
            if let (Some(rule), Some([_, (schema, name)])) = (&row.rule, at(schema, &row.field))
                && let Some(rule) = first(schema, |it| it.demand["message"] == **rule)
            {
                accepted.add(kind, &name, &rule);
            }
        } else if let Some((constraint, name)) = broken(schema, row) {
            rejected.add(kind, &name, &constraint);
        }
    }
}
