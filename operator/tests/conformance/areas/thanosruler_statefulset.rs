//! The StatefulSet of Thanos Ruler.

use crds::ThanosRuler;
use formats::version::Version;
use operator::settings::versions;
use operator::thanos_ruler::statefulset::{Input, stateful_set};
use serde_json::{Value, json};

use super::objects::{compare, list, read, settings};
use crate::case::Case;
use crate::verdict::Verdict;

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let parameters = &input["parameters"];
    let thanos_ruler: ThanosRuler = read(&input["thanosRuler"])?;
    let version = thanos_ruler.spec.version.as_deref();
    let version = match version.map_or(Ok(versions::THANOS), Version::parse) {
        Ok(version) => version,
        Err(error) => return compare(case, Err(error.to_string()), |_| {}),
    };
    let rendered = stateful_set(&Input {
        thanos_ruler: &thanos_ruler,
        version,
        settings: &settings(parameters)?,
        rule_config_maps: &list(&parameters["ruleConfigMapNames"])?,
        tls_assets: &list(&parameters["tlsAssets"]["names"])?,
        input_hash: parameters["inputHash"].as_str().unwrap_or_default(),
    });
    let ours = match rendered {
        Ok(rendered) => Ok(serde_json::to_value(rendered.stateful_set)?),
        Err(error) => Err(error.to_string()),
    };
    if case.meta()?["function"] == "makeStatefulSetSpec" {
        let ours = ours.map(|mut set| set["spec"].take());
        return compare(case, ours, |spec| {
            fill_in_defaults(spec);
            fill_in_data(spec);
        });
    }
    compare(case, ours, |set| fill_in_defaults(&mut set["spec"]))
}

/// The API server fills in defaults. The tests of the original go without, and so recorded arguments that have no value and
/// a port that has no name; the original leaves the number of pods to the API server, too. The tests query an endpoint
/// without address: for its argument we write that it is empty.
fn fill_in_defaults(spec: &mut Value) {
    if spec["replicas"].is_null() {
        spec["replicas"] = 1.into();
    }
    let container = &mut spec["template"]["spec"]["containers"][0];
    for argument in container["args"].as_array_mut().into_iter().flatten() {
        let default = match argument.as_str() {
            Some("--eval-interval") => "--eval-interval=15s",
            Some("--tsdb.retention") => "--tsdb.retention=24h",
            Some("--query") => "--query=",
            _ => continue,
        };
        *argument = default.into();
    }
    for port in container["ports"].as_array_mut().into_iter().flatten() {
        if port["name"].is_null() {
            port["name"] = "web".into();
        }
    }
}

/// `makeStatefulSetSpec` is a step of the original that has no counterpart here: its caller asks for memory, and adds the
/// volume of the data.
fn fill_in_data(spec: &mut Value) {
    let pod = &mut spec["template"]["spec"];
    let container = &mut pod["containers"][0];
    container["resources"] = json!({ "requests": { "memory": "200Mi" } });
    let mounts = container["volumeMounts"].as_array().into_iter().flatten();
    let data = mounts
        .filter(|mount| mount["mountPath"] == "/thanos/data")
        .map(|mount| json!({ "name": mount["name"], "emptyDir": {} }))
        .collect::<Vec<Value>>();
    if let Some(volumes) = pod["volumes"].as_array_mut() {
        volumes.extend(data);
    }
}
