//! Monitors against the Prometheus that selects them: accepted or rejected, and the TLS files of the accepted ones.

use std::sync::Arc;

use crds::Prometheus;
use formats::version::Version;
use kube::Resource;
use operator::object::ByKey;
use operator::object::ObjectKey;
use operator::prometheus::config::Facts;
use operator::prometheus::scrape_object::ScrapeObjects;
use operator::prometheus::select::validated;
use operator::settings::Settings;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::objects::RECORDED_PROMETHEUS;
use crate::areas::asset_store;
use crate::case::{Case, Expected};
use crate::verdict::{Failure, Verdict, content, decision};

pub(crate) fn run(case: &Case) -> Verdict {
    let mut input = case.input()?;
    if let Some(spec) = input.pointer_mut("/scrapeConfig/spec") {
        fill_in(spec);
    }
    let ours = tls_files(&input)?;
    match case.expected()? {
        Expected::Error(error) => decision(&ours, Err(&error)),
        Expected::Output(_) => {
            decision(&ours, Ok(()))?;
            let theirs = case.expected_content()?;
            content(&ours.unwrap_or_default(), theirs.get("tlsAssets").unwrap_or(&json!({})))
        }
    }
}

/// The TLS files that the object needs, or why it is rejected.
fn tls_files(input: &Value) -> Result<Result<Value, String>, Failure> {
    let prometheus: Prometheus = serde_json::from_value(input["prometheus"].clone())?;
    let version = match &prometheus.spec.common.version {
        Some(version) => Version::parse(version).map_err(|error| error.to_string())?,
        None => RECORDED_PROMETHEUS,
    };
    let candidates = match candidates(input) {
        Ok(candidates) => candidates,
        // One that does not fit its type.
        Err(error) => return Ok(Err(error.to_string())),
    };
    let ScrapeObjects {
        service_monitors,
        pod_monitors,
        probes,
        scrape_configs,
    } = &candidates;
    if service_monitors.is_empty() && pod_monitors.is_empty() && probes.is_empty() && scrape_configs.is_empty() {
        return Err("a kind that is not there".into());
    }
    let assets = asset_store::assets(input)?;
    let settings = Settings::default();
    let facts = Facts::of((&prometheus).into(), version, &settings);
    let selection = validated(facts, candidates, &assets);
    if let Some(rejection) = selection.rejections.into_iter().next() {
        return Ok(Err(rejection.message));
    }
    let files = (selection.tls_files.contents(&assets)).map(|(name, text)| (name.to_owned(), text.into()));
    Ok(Ok(Value::Object(files.collect::<Map<_, _>>())))
}

fn candidates(input: &Value) -> Result<ScrapeObjects, serde_json::Error> {
    Ok(ScrapeObjects {
        service_monitors: only(&input["serviceMonitor"])?,
        pod_monitors: only(&input["podMonitor"])?,
        probes: only(&input["probe"])?,
        scrape_configs: only(&input["scrapeConfig"])?,
    })
}

fn only<K: Resource + DeserializeOwned>(object: &Value) -> Result<ByKey<K>, serde_json::Error> {
    if object["metadata"].is_null() {
        return Ok(ByKey::new());
    }
    let object: K = serde_json::from_value(object.clone())?;
    Ok(ByKey::from([(ObjectKey::of(&object), Arc::new(object))]))
}

/// Fields that the API server asks for, and that tests of the original leave empty where they are about something else.
const REQUIRED: [(&str, &str, &str); 6] = [
    ("dockerSwarmSDConfigs", "host", "tcp://docker"),
    ("dockerSwarmSDConfigs", "role", "Nodes"),
    ("eurekaSDConfigs", "server", "http://eureka"),
    ("kubernetesSDConfigs", "role", "Pod"),
    ("openstackSDConfigs", "role", "Instance"),
    ("scalewaySDConfigs", "role", "Instance"),
];

/// Fills in what is required.
fn fill_in(spec: &mut Value) {
    for (list, field, value) in REQUIRED {
        let entries = spec.get_mut(list).and_then(Value::as_array_mut);
        for entry in entries.into_iter().flatten() {
            if entry[field] == "" {
                entry[field] = value.into();
            }
        }
    }
}
