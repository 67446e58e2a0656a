//! The pages of the API: a page for each version of a kind with its own types, and one with those that several have. From
//! the types of `crds`. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crds::schema::types::{Kind, TYPE, kinds};
use serde_json::{Map, Value};

use super::markdown::{code, codes, prose, table};
use super::page;
use crate::File;

/// Folder of the pages.
pub(super) const FOLDER: &str = "docs/reference/api";
/// Page of the types that several kinds have.
const SHARED: &str = "types";
const KUBERNETES: &str = "https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/";

/// All pages.
pub(super) fn pages() -> Vec<File> {
    let kinds = kinds();
    let shared = shared(&kinds);
    let mut pages: Vec<File> = kinds.iter().map(|kind| of_kind(kind, &shared)).collect();
    let introduction = "Types that fields of several kinds have.\n";
    pages.push(file(
        SHARED,
        "Shared types",
        &(introduction.to_owned() + &sections(&shared, None, &|_| String::new())),
    ));
    pages
}

fn file(name: &str, title: &str, text: &str) -> File {
    page(&format!("{FOLDER}/{name}.md"), title, text)
}

/// Types that are the same in several kinds, with all that they are made of.
fn shared(kinds: &[Kind]) -> BTreeMap<String, Value> {
    let mut found: BTreeMap<String, Value> = BTreeMap::new();
    let mut distinct: BTreeSet<&str> = BTreeSet::new();
    for (position, kind) in kinds.iter().enumerate() {
        for (name, node) in &kind.types {
            let others: Vec<&Value> = (kinds.iter().enumerate())
                .filter(|(other, _)| *other != position)
                .filter_map(|(_, other)| other.types.get(name))
                .collect();
            if others.iter().any(|other| *other != node) {
                distinct.insert(name);
            } else if !others.is_empty() {
                found.insert(name.clone(), node.clone());
            }
        }
    }
    found.retain(|name, _| !distinct.contains(name.as_str()));
    // What is made of a type that is not shared has to be beside it.
    loop {
        let known: BTreeSet<String> = found.keys().cloned().collect();
        found.retain(|_, node| {
            named(node)
                .iter()
                .all(|name| name.starts_with("io.k8s.") || known.contains(name))
        });
        if found.len() == known.len() {
            return found;
        }
    }
}

/// Names of the types of the fields.
fn named(node: &Value) -> Vec<String> {
    match node {
        Value::Object(map) => {
            let own = map.get(TYPE).and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(map.values().flat_map(named)).collect()
        }
        Value::Array(list) => list.iter().flat_map(named).collect(),
        _ => Vec::new(),
    }
}

fn of_kind(kind: &Kind, shared: &BTreeMap<String, Value>) -> File {
    let spec = &kind.definition["spec"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (name, plural, group) = (
        text(&spec["names"]["kind"]),
        text(&spec["names"]["plural"]),
        text(&spec["group"]),
    );
    let short: Vec<String> = (spec["names"]["shortNames"].as_array().into_iter().flatten())
        .map(text)
        .collect();
    // The one kind with two versions: the stored one has the plain name.
    let is_second = name == "AlertmanagerConfig" && kind.version == "v1beta1";
    let (file_name, title) = if is_second {
        (
            format!("{}-{}", name.to_lowercase(), kind.version),
            format!("{name} {}", kind.version),
        )
    } else {
        (name.to_lowercase(), name.clone())
    };
    let mut introduction = format!(
        "`apiVersion: {group}/{}`, `kind: {name}`. Resource `{plural}`",
        kind.version
    );
    if !short.is_empty() {
        introduction += &format!(", short {}", codes(&short));
    }
    introduction += ".\n";
    let own: BTreeMap<String, Value> = (kind.types.iter())
        .filter(|(name, _)| !shared.contains_key(*name))
        .map(|(name, node)| (name.clone(), node.clone()))
        .collect();
    let page_of = |name: &str| {
        if shared.contains_key(name) {
            format!("{SHARED}.md")
        } else {
            String::new()
        }
    };
    let status = link(&kind.status, &page_of);
    introduction += &format!("`spec` is a {}, `status` a {status}.\n", link(&kind.spec, &page_of));
    file(
        &file_name,
        &title,
        &(introduction + &sections(&own, Some(&kind.spec), &page_of)),
    )
}

/// Types by name, but for the `first`.
fn sections(types: &BTreeMap<String, Value>, first: Option<&str>, page_of: &dyn Fn(&str) -> String) -> String {
    let mut order: Vec<(&String, &Value)> = types.iter().collect();
    order.sort_by_key(|(name, _)| (Some(name.as_str()) != first, name.to_lowercase()));
    let section = |(name, node): (&String, &Value)| {
        let description = node["description"].as_str().map(prose).unwrap_or_default();
        format!("\n## {name}\n\n{description}\n\n{}", fields(node, page_of))
    };
    order.into_iter().map(section).collect()
}

fn fields(node: &Value, page_of: &dyn Fn(&str) -> String) -> String {
    let empty = Map::new();
    let properties = node["properties"].as_object().unwrap_or(&empty);
    let required = node["required"].as_array();
    let rows: Vec<Vec<String>> = (properties.iter())
        .map(|(name, field)| {
            let is_required = required.is_some_and(|names| names.iter().any(|required| required == name));
            let default = field.get("default").map_or_else(String::new, literal);
            vec![
                code(name),
                type_of(field, page_of),
                if is_required { "yes".to_owned() } else { String::new() },
                code(&default),
                meaning(field),
            ]
        })
        .collect();
    let mut text = table(&["Field", "Type", "Required", "Default", "Description"], &rows);
    for rule in messages(node) {
        text += &format!("\n{rule}.\n");
    }
    text
}

fn literal(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn type_of(field: &Value, page_of: &dyn Fn(&str) -> String) -> String {
    if let Some(name) = field[TYPE].as_str() {
        return link(name, page_of);
    }
    if field["x-kubernetes-int-or-string"] == true {
        let is_quantity = field["pattern"].is_string();
        return if is_quantity { "quantity" } else { "integer or string" }.to_owned();
    }
    match field["type"].as_str() {
        Some("array") => format!("list of {}", type_of(&field["items"], page_of)),
        Some("object") if field["additionalProperties"].is_object() => {
            format!("map of {}", type_of(&field["additionalProperties"], page_of))
        }
        Some(plain) => plain.to_owned(),
        None => "any".to_owned(),
    }
}

/// A type of ours or of Kubernetes.
fn link(name: &str, page_of: &dyn Fn(&str) -> String) -> String {
    let Some(kubernetes) = name.strip_prefix("io.k8s.") else {
        return format!("[{name}]({}#{})", page_of(name), name.to_lowercase());
    };
    let mut parts = kubernetes.rsplit('.');
    let (kind, version, group) = (parts.next(), parts.next(), parts.next());
    let (kind, version, group) = (
        kind.unwrap_or_default(),
        version.unwrap_or_default(),
        group.unwrap_or_default(),
    );
    format!("[{kind}]({KUBERNETES}#{}-{version}-{group})", kind.to_lowercase())
}

/// The description, and what a value must be like.
fn meaning(field: &Value) -> String {
    let mut sentences: Vec<String> = field["description"].as_str().map(prose).into_iter().collect();
    let values = if field["items"]["enum"].is_array() {
        &field["items"]
    } else {
        field
    };
    if let Some(words) = values["enum"].as_array() {
        let words: Vec<String> = words.iter().map(literal).filter(|word| !word.is_empty()).collect();
        sentences.push(format!("One of {}.", codes(&words)));
    }
    let bounds = [
        ("minimum", "At least"),
        ("maximum", "At most"),
        ("minLength", "Shortest length:"),
        ("maxLength", "Longest length:"),
        ("minItems", "Fewest items:"),
        ("maxItems", "Most items:"),
    ];
    for (keyword, words) in bounds {
        if let Some(bound) = field.get(keyword) {
            sentences.push(format!("{words} {bound}."));
        }
    }
    if let Some(pattern) = field["pattern"]
        .as_str()
        .filter(|_| field["x-kubernetes-int-or-string"] != true)
    {
        sentences.push(format!("Pattern: {}.", code(pattern)));
    }
    sentences.extend(messages(field).into_iter().map(|message| format!("{message}.")));
    sentences.join(" ")
}

/// What the validation rules ask for, in words.
fn messages(node: &Value) -> Vec<String> {
    let rules = node["x-kubernetes-validations"].as_array().into_iter().flatten();
    let text = |rule: &Value| rule["message"].as_str().or(rule["rule"].as_str()).map(str::to_owned);
    rules
        .filter_map(text)
        .map(|text| format!("Rule: {}", prose(text.trim_end_matches('.'))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(name: &str) -> String {
        let path = format!("{FOLDER}/{name}.md");
        let page = pages().into_iter().find(|page| page.path == path);
        page.unwrap_or_else(|| panic!("{path}")).text
    }

    #[test]
    fn a_field_says_type_default_and_words() {
        let text = page("servicemonitor");
        for line in [
            "| `endpoints` | list of [Endpoint](#endpoint) | yes |  | ",
            "| `namespaceSelector` | [NamespaceSelector](types.md#namespaceselector) |  |  | ",
            "| `selector` | [LabelSelector](https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#labelselector-v1-meta) | yes |  | ",
        ] {
            assert!(text.lines().any(|written| written.starts_with(line)), "{line}\n{text}");
        }
        assert!(page("prometheus").contains("| `evaluationInterval` | string |  | `30s` | "));
    }

    #[test]
    fn every_kind_has_a_page() {
        for definition in crds::custom_resource_definitions() {
            let kind = definition["spec"]["names"]["kind"].as_str().unwrap();
            assert!(page(&kind.to_lowercase()).contains(&format!("`kind: {kind}`")));
        }
    }
}
