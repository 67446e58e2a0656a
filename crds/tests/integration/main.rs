//! Acceptance of the definitions by a real API server, without pods.
//!
//! The API server is that of `KUBECONFIG`; `e2e/test integration` starts one. Our definitions are installed, and each
//! object of the table is offered without being stored. What the API server says must be what the table says. The same
//! is done with the recorded definitions of the original, and both must give the same answers. Afterwards those of our
//! definitions are installed that a user installs. Without `KUBECONFIG` the test says that it was skipped; under `CI=true` that is a failure.

mod definitions;
mod manifests;
mod path;
mod server;
#[allow(
    dead_code,
    reason = "`schema.rs` needs more of it; an `expect` is blind to a function that calls itself"
)]
#[path = "../shared/mod.rs"]
mod shared;
mod table;

use definitions::{MARK, install, is_served, marked};
use futures::{StreamExt as _, stream};
use path::look;
use serde_json::Value;
use server::{Server, Verdict};
use shared::recorded;
use std::collections::BTreeSet;
use table::{Row, Table};

/// Objects that the API server looks at at the same time.
const AT_ONCE: usize = 16;

#[tokio::test]
async fn objects_are_accepted_and_refused_as_the_table_says() {
    let Some(server) = Server::connect().await else { return };
    let reference = recorded("reference-crds").map(|folder| manifests::definitions(&folder));
    let ours = manifests::definitions(&manifests::ours());
    let (tables, undefined): (Vec<Table>, Vec<Table>) =
        table::all().into_iter().partition(|table| is_served(&ours, table));

    let with_ours = answers(&server, &ours, &tables, "ours").await;
    let with_reference = match reference {
        Some(reference) => Some(answers(&server, &reference, &tables, "reference").await),
        None => None,
    };
    install(&server, &crds::custom_resource_definitions(), &tables, None).await;
    server.disconnect().await;

    let rows: Vec<&Row> = tables.iter().flat_map(|table| &table.rows).collect();
    let mut wrong: Vec<String> = undefined
        .iter()
        .map(|table| format!("our definitions lack {} {}", table.kind, table.version))
        .collect();
    for (row, answer) in rows.iter().zip(&with_ours) {
        wrong.extend(difference(row, answer).map(|text| format!("ours: {}: {text}", row.name)));
    }
    let additions = additions();
    for ((row, ours), theirs) in rows.iter().zip(&with_ours).zip(with_reference.iter().flatten()) {
        if additions.iter().any(|addition| addition.concerns(row)) {
            continue;
        }
        wrong.extend(difference(row, theirs).map(|text| format!("reference: {}: {text}", row.name)));
        let [ours, theirs] = [ours, theirs].map(essence);
        if ours != theirs {
            wrong.push(format!(
                "differ: {}:\n  {}\n  {}",
                row.name,
                shown(&ours),
                shown(&theirs)
            ));
        }
    }
    assert!(wrong.is_empty(), "of {} rows:\n{}", rows.len(), wrong.join("\n"));
}

/// What the recorded definitions lack.
struct Addition {
    kind: String,
    /// Path of the field; `[]` is any item.
    field: String,
    /// Whether it is the field itself, not a constraint of it.
    is_field: bool,
}

impl Addition {
    /// Whether the row is about it, or its object has it.
    fn concerns(&self, row: &Row) -> bool {
        let any_item: String = row.field.chars().filter(|letter| !letter.is_ascii_digit()).collect();
        let below = any_item.strip_prefix(&*self.field);
        let is_about = below.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        let has_it = || self.is_field && look(&row.object, &self.field.replace("[]", "[0]")).is_some();
        row.object["kind"] == *self.kind && (is_about || has_it())
    }
}

#[expect(clippy::disallowed_methods, reason = "nothing in this file is secret")]
fn additions() -> Vec<Addition> {
    let list: Vec<Value> = serde_saphyr::from_str(include_str!("../additions.yaml")).expect("a list of additions");
    let text = |entry: &Value, key: &str| entry[key].as_str().expect("a string").to_owned();
    list.iter()
        .map(|entry| Addition {
            kind: text(entry, "kind"),
            field: text(entry, "field"),
            is_field: entry["keyword"].is_null() && entry["word"].is_null(),
        })
        .collect()
}

/// Installs definitions and asks about every row, in order.
async fn answers(server: &Server, definitions: &[Value], tables: &[Table], mark: &str) -> Vec<Verdict> {
    let definitions: Vec<Value> = definitions.iter().map(|definition| marked(definition, mark)).collect();
    install(server, &definitions, tables, Some(mark)).await;
    server.store_objects(tables).await;
    let rows = tables
        .iter()
        .flat_map(|table| table.rows.iter().map(move |row| (table, row)));
    let asked = stream::iter(rows).map(|(table, row)| server.ask(table, row));
    let answers = asked.buffered(AT_ONCE).collect().await;
    server.remove_objects(tables).await;
    answers
}

/// What is wrong with the answer about a row.
fn difference(row: &Row, answer: &Verdict) -> Option<String> {
    match answer {
        Verdict::Accepted(_) if !row.accepted => Some("accepted".to_owned()),
        Verdict::Accepted(object) => row.becomes.iter().find_map(|(place, value)| {
            let found = look(object, place).unwrap_or(&Value::Null);
            (found != value).then(|| format!("{place} is {found} instead of {value}"))
        }),
        Verdict::Refused(causes) if row.accepted => Some(format!("refused: {causes:?}")),
        Verdict::Refused(causes) => {
            let only_the_field = !causes.is_empty() && causes.iter().all(|cause| cause.field == row.field);
            let names_the_rule = |rule: &str| causes.iter().any(|cause| cause.message.contains(rule));
            let right = only_the_field && row.rule.as_deref().is_none_or(names_the_rule);
            (!right).then(|| format!("refused, but not because of {} alone: {causes:?}", row.field))
        }
        Verdict::Failed(error) => Some(error.clone()),
    }
}

/// The whole object that comes back, or the fields that are refused and why.
type Essence<'a> = Result<Value, BTreeSet<(&'a str, &'a str)>>;

/// What two definitions must agree on. Messages are left out: they may differ in the order of the words of a closed list.
fn essence(answer: &Verdict) -> Essence<'_> {
    match answer {
        Verdict::Accepted(object) => {
            let mut object = object.clone();
            object.as_object_mut().map(|fields| fields.shift_remove(MARK));
            Ok(object)
        }
        Verdict::Refused(causes) => {
            let causes = causes.iter();
            Err(causes
                .map(|cause| (cause.field.as_str(), cause.reason.as_str()))
                .collect())
        }
        Verdict::Failed(error) => Ok(Value::from(error.as_str())),
    }
}

fn shown(essence: &Essence<'_>) -> String {
    match essence {
        Ok(object) => object.to_string(),
        Err(causes) => format!("{causes:?}"),
    }
}
