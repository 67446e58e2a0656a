//! The custom resource definitions that the program carries: the generated files of `crds/manifests`, compressed by the
//! build script. Pure.

use formats::gzip;
use formats::yaml::{self, ParseError, Yaml};

/// No definition is larger, by far.
const LIMIT: u64 = 16 << 20;

/// A definition, compressed.
struct Definition {
    /// With the version that is stored.
    stored: &'static [u8],
    /// With every version, where there are more.
    full: Option<&'static [u8]>,
}

/// In the order of their names.
static DEFINITIONS: &[Definition] = include!(concat!(env!("OUT_DIR"), "/definitions.rs"));

/// Which versions a definition has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Versions {
    /// The one that is stored.
    Stored,
    /// Every one. Those that are not stored need a webhook that converts them.
    All,
}

/// The program does not hold what it was built with: it is damaged.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something cannot be decompressed.
    #[error("cannot decompress what is part of the program")]
    Compressed(#[from] gzip::Error),
    /// A definition is no YAML.
    #[error("cannot read a definition that is part of the program")]
    Syntax(#[from] ParseError),
}

/// The definitions as YAML, in the order of their names.
pub(super) fn definitions(versions: Versions) -> Result<Vec<String>, Error> {
    let text = |definition: &Definition| {
        let compressed = match versions {
            Versions::Stored => definition.stored,
            Versions::All => definition.full.unwrap_or(definition.stored),
        };
        decompressed(compressed)
    };
    DEFINITIONS.iter().map(text).collect()
}

/// A file that the program carries.
pub(super) fn decompressed(compressed: &[u8]) -> Result<String, Error> {
    let text = gzip::decompress(compressed, LIMIT)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// A definition without the descriptions in its schemas, for clusters and tools that have no use for them. Fields called
/// `description` stay.
pub(super) fn without_descriptions(definition: &str) -> Result<String, Error> {
    let mut definition = yaml::parse_strict(definition)?;
    if let Some(Yaml::Seq(versions)) = at(&mut definition, &["spec", "versions"]) {
        for version in versions {
            if let Some(schema) = at(version, &["schema", "openAPIV3Schema"]) {
                strip(schema);
            }
        }
    }
    Ok(yaml::to_string(&definition))
}

/// The schema of a version of a kind; `None` where the program carries none.
pub(super) fn schema(kind: &str, version: &str) -> Option<Yaml> {
    // A name below `spec.names`, which no other mapping has at this depth.
    let line = format!("\n    kind: {kind}\n");
    let texts = definitions(Versions::All).ok()?;
    let text = texts.iter().find(|text| text.contains(&line))?;
    let mut definition = yaml::parse_strict(text).ok()?;
    let Some(Yaml::Seq(versions)) = at(&mut definition, &["spec", "versions"]) else {
        return None;
    };
    let named = |found: &&mut Yaml| found.value_of("name").and_then(Yaml::as_str) == Some(version);
    let version = versions.iter_mut().find(named)?;
    at(version, &["schema", "openAPIV3Schema"]).cloned()
}

/// The value under a path of keys.
fn at<'a>(node: &'a mut Yaml, path: &[&str]) -> Option<&'a mut Yaml> {
    path.iter().try_fold(node, |node, key| {
        let Yaml::Map(pairs) = node else { return None };
        let found = pairs.iter_mut().find(|(name, _)| name.as_str() == Some(key));
        found.map(|(_, value)| value)
    })
}

/// Takes the description from a schema and from all below it.
fn strip(schema: &mut Yaml) {
    let Yaml::Map(keywords) = schema else { return };
    keywords.retain(|(keyword, _)| keyword.as_str() != Some("description"));
    for (keyword, below) in keywords {
        match (keyword.as_str().unwrap_or_default(), below) {
            ("properties", Yaml::Map(fields)) => fields.iter_mut().for_each(|(_, field)| strip(field)),
            ("allOf" | "anyOf" | "oneOf", Yaml::Seq(choices)) => choices.iter_mut().for_each(strip),
            ("items" | "additionalProperties", below) => strip(below),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[expect(clippy::disallowed_methods, reason = "nothing in a definition is secret")]
    fn read(definition: &str) -> Value {
        serde_saphyr::from_str(definition).expect("YAML")
    }

    #[test]
    fn the_program_carries_what_the_types_say() {
        let carried = |versions| {
            definitions(versions)
                .unwrap()
                .iter()
                .map(|text| read(text))
                .collect::<Vec<_>>()
        };
        assert_eq!(carried(Versions::Stored), crds::custom_resource_definitions());
        assert_eq!(carried(Versions::All), crds::full_custom_resource_definitions());
    }

    /// Nothing but descriptions goes, and what is written reads the same.
    #[test]
    fn prose_goes_and_fields_stay() {
        let definition = |schema: Value| {
            json!({
                "metadata": { "annotations": { "description": "kept", "version": "0.93" } },
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
                "description": { "type": "string", "description": "gone", "pattern": "^(no|[0-9]+: .*)$" },
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
                "description": { "type": "string", "pattern": "^(no|[0-9]+: .*)$" },
                "list": { "type": "array", "items": { "type": "string" } },
                "map": { "additionalProperties": { "anyOf": [{ "type": "integer" }] } },
            },
        });
        let stripped = without_descriptions(&definition(with).to_string()).unwrap();
        assert_eq!(read(&stripped), definition(without));
    }
}
