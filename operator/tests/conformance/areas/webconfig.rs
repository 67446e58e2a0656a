//! The web configuration and its volumes.

use crds::WebConfigFileFields;
use operator::pod::web;
use serde_json::json;

use super::objects::{compare, read};
use crate::case::Case;
use crate::verdict::{Verdict, bytes};

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let fields: WebConfigFileFields = read(&input["webConfigFileFields"])?;
    let text = |key: &str| input["parameters"][key].as_str().unwrap_or_default();
    let directory = text("mountingDir");
    if !case.name.starts_with("TestGetMountParameters") {
        let ours = web::config(Some(&fields), None, directory);
        return bytes(ours.as_bytes(), &case.expected_output()?);
    }
    let mounted = web::mounted(Some(&fields), directory, text("secretName"));
    let ours = json!({
        "argument": { "name": "web.config.file", "value": web::path(Some(&fields), directory) },
        "volumes": mounted.volumes,
        "volumeMounts": mounted.mounts,
    });
    compare(case, Ok(ours), |_| {})
}
