//! `AlertmanagerConfig`s converted from one version to the other, in both directions.

use operator::alertmanager::convert::{Version, convert};
use serde_json::Value;

use crate::case::{Case, Expected};
use crate::verdict::{Verdict, content};

pub(crate) fn run(case: &Case) -> Verdict {
    let mut object = case.input()?["alertmanagerConfig"].take();
    let version = match Version::of(object["apiVersion"].as_str().unwrap_or_default()) {
        Ok(Version::V1alpha1) => Version::V1beta1,
        Ok(Version::V1beta1) => Version::V1alpha1,
        Err(error) => return Err(error.to_string().into()),
    };
    convert(&mut object, version).map_err(|error| error.to_string())?;
    if let Expected::Error(error) = case.expected()? {
        return Err(format!("ours converts it; theirs: {error}").into());
    }
    let mut theirs = case.expected_content()?;
    for side in [&mut object, &mut theirs] {
        without_empty_receivers(&mut side["spec"]["route"]);
    }
    content(&object, &theirs)
}

/// Takes away the name of no receiver: the original leaves it out of first routes and writes it into child routes.
fn without_empty_receivers(route: &mut Value) {
    if let Value::Object(fields) = route {
        fields.retain(|field, value| field != "receiver" || value != "");
        let children = fields.get_mut("routes").and_then(Value::as_array_mut);
        children.into_iter().flatten().for_each(without_empty_receivers);
    }
}
