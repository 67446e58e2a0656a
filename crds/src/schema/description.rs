//! Definitions without the prose of their schemas, for clusters and tools that have no use for it. Pure.

use serde_json::Value;

/// The definition without the descriptions in its schemas. Fields called `description` stay.
#[must_use]
pub fn without_descriptions(mut definition: Value) -> Value {
    if let Value::Array(versions) = &mut definition["spec"]["versions"] {
        for version in versions {
            strip(&mut version["schema"]["openAPIV3Schema"]);
        }
    }
    definition
}

/// Takes the description from a schema and from all below it.
fn strip(schema: &mut Value) {
    let Value::Object(schema) = schema else { return };
    schema.retain(|keyword, _| keyword != "description");
    for (keyword, below) in schema {
        match (keyword.as_str(), below) {
            ("properties", Value::Object(fields)) => fields.values_mut().for_each(strip),
            ("allOf" | "anyOf" | "oneOf", Value::Array(choices)) => choices.iter_mut().for_each(strip),
            ("items" | "additionalProperties", below) => strip(below),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn prose_goes_and_fields_stay() {
        let definition = |schema: Value| {
            json!({
                "metadata": { "annotations": { "description": "kept" } },
                "spec": { "versions": [{
                    "additionalPrinterColumns": [{ "name": "AGE", "description": "kept" }],
                    "schema": { "openAPIV3Schema": schema },
                }] },
            })
        };
        let with = json!({
            "description": "gone",
            "type": "object",
            "default": { "description": "kept" },
            "properties": {
                "description": { "type": "string", "description": "gone" },
                "list": { "type": "array", "items": { "type": "string", "description": "gone" } },
                "map": {
                    "description": "gone",
                    "additionalProperties": { "anyOf": [{ "type": "integer", "description": "gone" }] },
                },
            },
        });
        let without = json!({
            "type": "object",
            "default": { "description": "kept" },
            "properties": {
                "description": { "type": "string" },
                "list": { "type": "array", "items": { "type": "string" } },
                "map": { "additionalProperties": { "anyOf": [{ "type": "integer" }] } },
            },
        });
        assert_eq!(without_descriptions(definition(with)), definition(without));
    }
}
