//! The StatefulSet of Alertmanager.

use crds::Alertmanager;
use formats::version::Version;
use operator::alertmanager::statefulset::{Input, stateful_set};
use serde_json::{Value, json};

use super::objects::{RECORDED_ALERTMANAGER, compare, list, name_version, read, settings};
use crate::case::Case;
use crate::verdict::Verdict;

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let parameters = &input["parameters"];
    let mut alertmanager: Alertmanager = read(&input["alertmanager"])?;
    name_version(&mut alertmanager.spec.version, RECORDED_ALERTMANAGER);
    let version = alertmanager.spec.version.as_deref();
    let version = version.map_or(Ok(RECORDED_ALERTMANAGER), Version::parse);
    let rendered = stateful_set(&Input {
        alertmanager: &alertmanager,
        version: version.map_err(|error| error.to_string())?,
        settings: &settings(parameters)?,
        tls_assets: &list(&parameters["tlsAssets"]["names"])?,
        input_hash: parameters["inputHash"].as_str().unwrap_or_default(),
    });
    let mut ours = match rendered {
        Ok(rendered) => Ok(serde_json::to_value(rendered.stateful_set)?),
        Err(error) => Err(error.to_string()),
    };
    if case.meta()?["function"] != "makeStatefulSetSpec" {
        return compare(case, ours, |_| {});
    }
    ours = ours.map(|mut set| set["spec"].take());
    compare(case, ours, fill_in_defaults)
}

/// `makeStatefulSetSpec` is a step of the original that has no counterpart here: it gets the object before defaults are
/// filled in, and leaves the volume of the data to its caller. Here the same is filled in afterwards.
fn fill_in_defaults(spec: &mut Value) {
    let pod = &mut spec["template"]["spec"];
    let container = &mut pod["containers"][0];
    for argument in container["args"].as_array_mut().into_iter().flatten() {
        if argument == "--data.retention" {
            *argument = "--data.retention=120h".into();
        }
    }
    container["ports"][0]["name"] = "web".into();
    for probe in ["livenessProbe", "readinessProbe"] {
        container[probe]["httpGet"]["port"] = "web".into();
    }
    container["resources"] = json!({ "requests": { "memory": "200Mi" } });
    let mounts = container["volumeMounts"].as_array().into_iter().flatten();
    let data = mounts
        .filter(|mount| mount["mountPath"] == "/alertmanager")
        .map(|mount| json!({ "name": mount["name"], "emptyDir": {} }))
        .collect::<Vec<Value>>();
    if let Some(volumes) = pod["volumes"].as_array_mut() {
        volumes.extend(data);
    }
}
