//! Commands that work without a cluster, on the same pure functions.

mod definitions;

pub use definitions::Error;

use serde_json::Value;

use crate::admission::policies;
use crate::args::{Definitions, Policies};
use definitions::{Versions, definitions, without_descriptions};

/// The custom resource definitions with the version that is stored, as one YAML stream, in the order of their names.
pub fn crds(options: Definitions) -> Result<String, Error> {
    stream(Versions::Stored, options)
}

/// The custom resource definitions with every version, as one YAML stream, in the order of their names.
pub fn full_crds(options: Definitions) -> Result<String, Error> {
    stream(Versions::All, options)
}

/// Policies that check what definitions cannot, each with its binding, as one YAML stream.
pub fn admission_policies(wanted: &Policies) -> String {
    let mut stream = String::new();
    for object in policies::objects(wanted) {
        stream.push_str("---\n");
        stream.push_str(&yaml(&object));
    }
    stream
}

fn yaml(object: &Value) -> String {
    // A long expression stays on its line: people search for whole ones.
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    serde_saphyr::to_string_with_options(object, options).unwrap_or_default()
}

fn stream(versions: Versions, options: Definitions) -> Result<String, Error> {
    let mut stream = String::new();
    for mut definition in definitions(versions)? {
        if options.without_descriptions {
            definition = without_descriptions(&definition)?;
        }
        stream.push_str("---\n");
        stream.push_str(&definition);
    }
    Ok(stream)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "nothing in definitions and policies is secret")]
mod tests {
    use super::*;

    #[test]
    fn policies_are_a_stream_that_can_be_read() {
        let wanted = Policies {
            least_interval: std::time::Duration::from_secs(10),
            action: crate::args::PolicyAction::Deny,
            namespace_label: "".parse().unwrap(),
        };
        let stream = admission_policies(&wanted);
        let documents = serde_saphyr::from_multiple::<Value>(&stream).unwrap();
        assert_eq!(documents, policies::objects(&wanted));
    }

    #[test]
    fn a_stream_has_each_kind_and_is_shorter_without_prose() {
        let print = |without_descriptions| full_crds(Definitions { without_descriptions }).unwrap();
        let (described, bare) = (print(false), print(true));
        let names = |stream: &str| -> Vec<Value> {
            let documents = serde_saphyr::from_multiple::<Value>(stream).unwrap();
            documents
                .into_iter()
                .map(|definition| definition["metadata"]["name"].clone())
                .collect()
        };
        assert_eq!(names(&described).len(), crds::custom_resource_definitions().len());
        assert_eq!(names(&bare), names(&described));
        assert!(
            bare.len() < described.len() * 2 / 3,
            "{} of {}",
            bare.len(),
            described.len()
        );
        assert!(bare.contains("name: v1beta1\n"));
    }
}
