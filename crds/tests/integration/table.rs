//! The table of objects that the definitions accept or refuse, read from `objects`. A file `KIND.VERSION.yaml` has a
//! valid object of its kind and sections of rows; a file in `objects/shared` has sections for places of several kinds.
//! Touches no cluster.

use super::path::{join, remove, set};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// One object, and what the API server must say of it.
pub(crate) struct Row {
    /// Where it is in the table and what is special about it.
    pub(crate) name: String,
    pub(crate) object: Value,
    /// Whether its status is what is written, as the operator does it.
    pub(crate) of_status: bool,
    pub(crate) accepted: bool,
    /// The field that a refusal names, and no other.
    pub(crate) field: String,
    /// The validation rule of that field that the object comes close to or breaks.
    pub(crate) rule: Option<String>,
    /// What is at places of the accepted object when it comes back; null is nothing.
    pub(crate) becomes: Vec<(String, Value)>,
}

/// All rows of a kind in a version.
pub(crate) struct Table {
    pub(crate) kind: String,
    pub(crate) version: String,
    pub(crate) base: Value,
    pub(crate) rows: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindFile {
    /// The specification that every row starts from.
    base: Value,
    sections: Vec<Section>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SharedFile {
    /// `KIND.VERSION PATH`: where the type is that the sections are about.
    places: Vec<String>,
    sections: Vec<Section>,
}

/// Rows about one part of an object. Each row differs in one point from the object of the section, which is a row too.
/// All paths are relative: those of `at` to the place of the file (else the object), the others to `at`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    about: String,
    at: Option<String>,
    /// What is set before everything else.
    #[serde(default)]
    with: Map<String, Value>,
    /// What the section's own object holds when it comes back.
    #[serde(default)]
    becomes: Map<String, Value>,
    /// Values of a field, each of which is valid.
    #[serde(default)]
    accepted: BTreeMap<String, Vec<Value>>,
    /// Values of a field, each of which is refused.
    #[serde(default)]
    rejected: BTreeMap<String, Vec<Value>>,
    /// Fields that may not be the empty text.
    #[serde(default)]
    empty: Vec<String>,
    /// Fields without which the object is refused.
    #[serde(default)]
    missing: Vec<String>,
    #[serde(default)]
    rules: Vec<Rule>,
}

/// A validation rule of `at`, by its message, and fields that are set together.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    message: String,
    accepted: Vec<Map<String, Value>>,
    rejected: Vec<Map<String, Value>>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/objects")
}

/// The YAML files of a folder in order of their names, which are given without `.yaml`.
#[expect(clippy::disallowed_methods, reason = "nothing in these files is secret")]
fn files<T: DeserializeOwned>(folder: &Path) -> Vec<(String, T)> {
    let entries = fs::read_dir(folder).expect("the folder of the objects");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| {
            let text = fs::read_to_string(&path).expect("text");
            let read = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path.file_stem().expect("a name").to_string_lossy().into_owned(), read)
        })
        .collect();
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    files
}

/// The whole table, by kind and version.
pub(crate) fn all() -> Vec<Table> {
    let mut shared: Vec<(String, String, Section)> = Vec::new();
    for (name, file) in files::<SharedFile>(&folder().join("shared")) {
        for place in &file.places {
            let (of, path) = place.split_once(' ').expect("a kind and a path");
            let sections = file.sections.iter().map(|section| Section {
                about: format!("{name}: {}", section.about),
                ..section.clone()
            });
            shared.extend(sections.map(|section| (of.to_owned(), path.to_owned(), section)));
        }
    }
    let own = files::<KindFile>(&folder());
    for (of, ..) in &shared {
        assert!(own.iter().any(|(name, _)| name == of), "{of}: a place of no kind");
    }
    own.into_iter()
        .map(|(name, file)| {
            let shared = shared.iter().filter(|(of, ..)| *of == name);
            let shared = shared.map(|(_, path, section)| {
                let at = join(path, section.at.as_deref().unwrap_or("."));
                (at, section.clone())
            });
            let own = file.sections.into_iter().map(|section| {
                let at = section.at.clone().unwrap_or_else(|| "spec".to_owned());
                (at, section)
            });
            table(&name, &file.base, own.chain(shared))
        })
        .collect()
}

fn table(name: &str, base: &Value, sections: impl Iterator<Item = (String, Section)>) -> Table {
    let (kind, version) = name.split_once('.').expect("KIND.VERSION");
    let base = json!({
        "apiVersion": format!("monitoring.coreos.com/{version}"),
        "kind": kind,
        "metadata": { "name": "offered" },
        "spec": base,
    });
    let rows = sections.flat_map(|(at, section)| {
        let mut object = base.clone();
        for (below, value) in &section.with {
            set(&mut object, &join(&at, below), value.clone());
        }
        let start = Start {
            name: format!("{name}: {}", section.about),
            at,
            object,
        };
        start.rows(section)
    });
    Table {
        kind: kind.to_owned(),
        version: version.to_owned(),
        rows: rows.collect(),
        base,
    }
}

/// The object of a section, from which its rows are made.
struct Start {
    name: String,
    at: String,
    object: Value,
}

impl Start {
    fn rows(&self, section: Section) -> Vec<Row> {
        let becomes = section.becomes.into_iter();
        let becomes = becomes.map(|(below, value)| (join(&self.at, &below), value)).collect();
        let as_it_is = Row {
            becomes,
            ..self.row(self.object.clone(), "as it is", true, ".")
        };
        let mut rows = Vec::new();
        if !section.with.is_empty() {
            rows.push(as_it_is);
        }
        for (verdict, fields) in [(true, section.accepted), (false, section.rejected)] {
            for (field, values) in fields {
                rows.extend(values.into_iter().map(|value| self.with(&field, value, verdict)));
            }
        }
        rows.extend(section.empty.iter().map(|field| self.with(field, json!(""), false)));
        rows.extend(section.missing.iter().map(|field| {
            let mut object = self.object.clone();
            remove(&mut object, &join(&self.at, field));
            self.row(object, &format!("without {field}"), false, field)
        }));
        for rule in section.rules {
            for (verdict, sets) in [(true, &rule.accepted), (false, &rule.rejected)] {
                rows.extend(sets.iter().map(|fields| self.with_all(fields, &rule.message, verdict)));
            }
        }
        rows
    }

    fn row(&self, object: Value, special: &str, accepted: bool, field: &str) -> Row {
        Row {
            name: format!("{}: {}: {special}", self.name, self.at),
            object,
            of_status: self.at.starts_with("status"),
            accepted,
            field: join(&self.at, field),
            rule: None,
            becomes: Vec::new(),
        }
    }

    fn with(&self, field: &str, value: Value, accepted: bool) -> Row {
        let special = format!("{field} = {value}");
        let mut object = self.object.clone();
        set(&mut object, &join(&self.at, field), value);
        self.row(object, &special, accepted, field)
    }

    fn with_all(&self, fields: &Map<String, Value>, rule: &str, accepted: bool) -> Row {
        let mut object = self.object.clone();
        for (field, value) in fields {
            set(&mut object, &join(&self.at, field), value.clone());
        }
        let special = json!(fields).to_string();
        Row {
            rule: Some(rule.to_owned()),
            ..self.row(object, &special, accepted, ".")
        }
    }
}
