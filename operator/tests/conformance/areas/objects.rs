//! What the areas of Kubernetes objects share: the recorded settings of the operator, and Go's habits of writing.

use formats::version::Version;
use operator::settings::{self, Settings};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::case::{Case, Expected};
use crate::verdict::{Failure, Verdict, content, decision};

/// The versions that the recorded original runs where the user names none. Ours are newer.
pub(crate) const RECORDED_PROMETHEUS: Version = Version::new(3, 13, 2);
/// The same of Alertmanager.
pub(crate) const RECORDED_ALERTMANAGER: Version = Version::new(0, 33, 1);

/// Names the version that the recorded original runs, where the user names none.
pub(crate) fn name_version(version: &mut Option<Box<str>>, recorded: Version) {
    version.get_or_insert_with(|| format!("v{recorded}").into());
}

/// A recorded object as ours.
pub(crate) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Failure> {
    Ok(T::deserialize(value)?)
}

/// A recorded list, which is absent where it is empty.
pub(crate) fn list<T: DeserializeOwned>(value: &Value) -> Result<Vec<T>, Failure> {
    Ok(Option::<Vec<T>>::deserialize(value)?.unwrap_or_default())
}

/// `parameters.operatorConfig`, and the gates beside it.
pub(crate) fn settings(parameters: &Value) -> Result<Settings, Failure> {
    let config = &parameters["operatorConfig"];
    let text = |key: &str| config[key].as_str().unwrap_or_default().to_owned();
    let mut settings = Settings {
        local_host: text("localHost"),
        cluster_domain: text("clusterDomain"),
        reloader: reloader(&config["reloaderConfig"]),
        prometheus_base_image: text("prometheusDefaultBaseImage"),
        alertmanager_base_image: text("alertmanagerDefaultBaseImage"),
        thanos_base_image: text("thanosDefaultBaseImage"),
        labels: Option::deserialize(&config["labels"])?.unwrap_or_default(),
        annotations: Option::deserialize(&config["annotations"])?.unwrap_or_default(),
        ..Settings::default()
    };
    settings.gates.topology_sharding = parameters["prometheusTopologySharding"] == true;
    Ok(settings)
}

/// The settings of the config-reloader.
pub(crate) fn reloader(config: &Value) -> settings::Reloader {
    let text = |key: &str| config[key].as_str().map(str::to_owned);
    settings::Reloader {
        image: text("image").unwrap_or_default(),
        cpu_request: text("cpuRequests"),
        cpu_limit: text("cpuLimits"),
        memory_request: text("memoryRequests"),
        memory_limit: text("memoryLimits"),
        probes: config["enableProbes"] == true,
        restricts_expansion: false,
    }
}

/// Compares an object, or the decision not to make one. `adapt` may change the recorded object first.
pub(crate) fn compare(case: &Case, ours: Result<Value, String>, adapt: fn(&mut Value)) -> Verdict {
    match (case.expected()?, ours) {
        (Expected::Output(_), Ok(mut ours)) => {
            let mut theirs = case.expected_content()?;
            adapt(&mut theirs);
            normalize(&mut ours);
            normalize(&mut theirs);
            content(&ours, &theirs)
        }
        (Expected::Output(_), ours) => decision(&ours, Ok(())),
        (Expected::Error(error), ours) => decision(&ours, Err(&error)),
    }
}

/// Takes away what one side writes and the other does not although both mean the same: kind and version, the namespace that
/// the recorder left out, structures of Go that are empty, the empty status, and the name of no Secret.
fn normalize(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(normalize);
            object.retain(|key, value| match key.as_str() {
                "resources" => *value != json!({}),
                "status" => !matches!(value, Value::Object(_)),
                "service" => !value.is_null(),
                _ => true,
            });
            if object.contains_key("metadata") {
                object.retain(|key, _| key != "apiVersion" && key != "kind");
            }
            if let Some(Value::Object(metadata)) = object.get_mut("metadata") {
                metadata.remove("namespace");
            }
            if let Some(Value::Object(key)) = object.get_mut("secretKeyRef") {
                key.retain(|_, value| *value != "");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(normalize),
        _ => {}
    }
}
