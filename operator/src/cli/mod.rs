//! Commands that work without a cluster, on the same pure functions.

use serde_json::Value;

use crate::args::Definitions;

/// The custom resource definitions with the version that is stored, as one YAML stream, in the order of their names.
pub fn crds(definitions: Definitions) -> String {
    stream(crds::custom_resource_definitions(), definitions)
}

/// The custom resource definitions with every version, as one YAML stream, in the order of their names.
pub fn full_crds(definitions: Definitions) -> String {
    stream(crds::full_custom_resource_definitions(), definitions)
}

fn stream(all: Vec<Value>, Definitions { without_descriptions }: Definitions) -> String {
    let mut stream = String::new();
    for mut definition in all {
        if without_descriptions {
            definition = crds::without_descriptions(definition);
        }
        let (_, manifest) = crds::manifest(&definition);
        stream.push_str("---\n");
        stream.push_str(&manifest);
    }
    stream
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_has_each_kind_and_is_shorter_without_prose() {
        let print = |without_descriptions| full_crds(Definitions { without_descriptions });
        let (described, bare) = (print(false), print(true));
        assert_eq!(
            described.matches("\nkind: CustomResourceDefinition\n").count(),
            crds::custom_resource_definitions().len()
        );
        assert!(
            bare.len() < described.len() * 2 / 3,
            "{} of {}",
            bare.len(),
            described.len()
        );
        assert!(bare.contains("name: v1beta1\n"));
    }
}
