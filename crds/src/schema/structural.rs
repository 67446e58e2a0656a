//! Turns what schemars says about a type into a structural schema: every reference inlined, nulls gone, formats as Go
//! has them.

use super::core_types;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value};

/// Keywords that we never write: prose for other tools, or meaningless to the API server.
const DROPPED: &[&str] = &[
    "title",
    "deprecated",
    "uniqueItems",
    "nullable",
    "examples",
    "readOnly",
    "writeOnly",
];

/// Formats that the API server checks or clients use.
const FORMATS: &[&str] = &["int32", "int64", "date-time"];

/// Changes the definition of a type, which is given by its name.
pub(super) type Adapt = fn(&str, &mut Value);

/// The structural schema of `T`, with the definition of each type below it adapted.
pub(super) fn schema<T: JsonSchema>(adapt: Adapt) -> Value {
    let (root, definitions) = definitions::<T>(adapt);
    structural(&root, &definitions)
}

/// A reference to `T`, and the adapted definition of each type that it is made of, by name.
pub(super) fn definitions<T: JsonSchema>(adapt: Adapt) -> (Value, Map<String, Value>) {
    // References stay on while types are generated, so that types can be completed by name, once each.
    let settings = SchemaSettings::openapi3().with(|settings| {
        settings.meta_schema = None;
        settings.transforms.clear();
    });
    let mut generator = settings.into_generator();
    let root = generator.subschema_for::<T>().to_value();
    let mut definitions = generator.take_definitions(false);
    for (name, definition) in &mut definitions {
        core_types::complete(name, definition);
        adapt(name, definition);
    }
    (root, definitions)
}

/// One node with all below it; what it refers to is inlined from `definitions`.
pub(super) fn structural(node: &Value, definitions: &Map<String, Value>) -> Value {
    let Value::Object(node) = node else {
        // `true`, the schema of anything.
        return Value::Object(Map::new());
    };
    let mut out = Map::new();
    if let Some(target) = node.get("$ref").and_then(Value::as_str)
        && let Some((_, name)) = target.rsplit_once('/')
        && let Value::Object(inlined) = structural(&definitions[name], definitions)
    {
        out = inlined;
    }
    for (keyword, value) in node {
        // What is next to a reference wins: the description of a field overrides that of its type.
        keyword_of(&mut out, keyword, value, definitions);
    }
    out.into()
}

/// Adds one keyword of a node in its structural form.
fn keyword_of(out: &mut Map<String, Value>, keyword: &str, value: &Value, definitions: &Map<String, Value>) {
    let value = match (keyword, value) {
        ("$ref", _) | ("default", Value::Null) | ("additionalProperties", Value::Bool(_)) => return,
        ("description", Value::String(prose)) => unwrapped(prose).into(),
        ("format", Value::String(format)) => match format.as_str() {
            "uint32" => "int32".into(),
            "uint64" => "int64".into(),
            kept if FORMATS.contains(&kept) => kept.into(),
            _ => return,
        },
        ("items" | "additionalProperties", value) => structural(value, definitions),
        ("properties", Value::Object(fields)) => fields
            .iter()
            .map(|(name, field)| (name.clone(), structural(field, definitions)))
            .collect(),
        ("type", Value::Array(types)) => match without_null(types).as_slice() {
            [only] => only.clone(),
            several => several.into(),
        },
        ("enum", Value::Array(words)) => without_null(words).into(),
        ("anyOf" | "oneOf" | "allOf", Value::Array(choices)) => return choice(out, keyword, choices, definitions),
        (dropped, _) if DROPPED.contains(&dropped) => return,
        (_, value) => value.clone(),
    };
    out.insert(keyword.to_owned(), value);
}

/// `anyOf [T, null]` is an optional `T`; other choices stay.
fn choice(out: &mut Map<String, Value>, keyword: &str, choices: &[Value], definitions: &Map<String, Value>) {
    let choices: Vec<Value> = choices
        .iter()
        .filter(|choice| choice["type"] != "null")
        .map(|choice| structural(choice, definitions))
        .collect();
    match choices.as_slice() {
        [Value::Object(only)] => {
            for (keyword, value) in only {
                out.entry(keyword.as_str()).or_insert_with(|| value.clone());
            }
        }
        _ => {
            out.insert(keyword.to_owned(), choices.into());
        }
    }
}

/// Lines of a comment as paragraphs, which are separated by an empty line.
fn unwrapped(prose: &str) -> String {
    let paragraphs = prose
        .split("\n\n")
        .map(|paragraph| paragraph.lines().collect::<Vec<_>>().join(" "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

fn without_null(list: &[Value]) -> Vec<Value> {
    list.iter()
        .filter(|item| !item.is_null() && *item != "null")
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Integer;
    use serde::Deserialize;
    use serde_json::json;

    /// A tree.
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Tree {
        /// How old
        /// it is.
        age: Option<u64>,
        /// What grows on it.
        fruit: Option<Fruit>,
        branches: Vec<Fruit>,
        #[schemars(with = "Option<Integer>", range(min = 2))]
        rings: Option<i64>,
    }

    /// A fruit.
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Fruit {
        ripe: bool,
    }

    #[test]
    fn references_are_inlined_and_nulls_are_gone() {
        let fruit = |description: &str| {
            json!({
                "type": "object",
                "description": description,
                "required": ["ripe"],
                "properties": { "ripe": { "type": "boolean" } },
            })
        };
        let expected = json!({
            "type": "object",
            "description": "A tree.",
            "required": ["branches"],
            "properties": {
                "age": { "type": "integer", "format": "int64", "minimum": 0, "description": "How old it is." },
                "fruit": fruit("What grows on it."),
                "branches": { "type": "array", "items": fruit("A fruit.") },
                "rings": { "type": "integer", "minimum": 2 },
            },
        });
        assert_eq!(schema::<Tree>(|_, _| {}), expected);
    }
}
