//! Monitors against the Prometheus that selects them: accepted or rejected, and the TLS files of the accepted ones.

use std::sync::Arc;

use crds::Prometheus;
use kube::Resource;
use operator::object::ObjectKey;
use operator::prometheus::scrape_object::{ByKey, ScrapeObjects};
use operator::prometheus::select::validated;
use operator::versions;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use shared::version::Version;

use crate::areas::asset_store;
use crate::case::{Case, Expected};
use crate::verdict::{Failure, Verdict, content, decision};

pub(crate) fn run(case: &Case) -> Verdict {
    let input = case.input()?;
    let prometheus: Prometheus = serde_json::from_value(input["prometheus"].clone())?;
    let version = match &prometheus.spec.common.version {
        Some(version) => Version::parse(version).map_err(|error| error.to_string())?,
        None => versions::PROMETHEUS,
    };
    let candidates = ScrapeObjects {
        service_monitors: only(&input, "serviceMonitor")?,
        pod_monitors: only(&input, "podMonitor")?,
        probes: only(&input, "probe")?,
    };
    let ScrapeObjects {
        service_monitors,
        pod_monitors,
        probes,
    } = &candidates;
    if service_monitors.is_empty() && pod_monitors.is_empty() && probes.is_empty() {
        return Err("a kind that is not there".into());
    }
    let assets = asset_store::assets(&input)?;
    let selection = validated((&prometheus).into(), version, candidates, &assets);
    let ours = match selection.rejections.first() {
        Some(rejection) => Err(&rejection.message),
        None => Ok(()),
    };
    match case.expected()? {
        Expected::Error(error) => decision(&ours, Err(&error)),
        Expected::Output(_) => {
            decision(&ours, Ok(()))?;
            let files = (selection.tls_files.contents(&assets)).map(|(name, text)| (name.to_owned(), text.into()));
            let theirs = case.expected_content()?;
            content(
                &Value::Object(files.collect::<Map<_, _>>()),
                theirs.get("tlsAssets").unwrap_or(&json!({})),
            )
        }
    }
}

fn only<K: Resource + DeserializeOwned>(input: &Value, key: &str) -> Result<ByKey<K>, Failure> {
    let Some(object) = input.get(key) else {
        return Ok(ByKey::new());
    };
    let object: K = serde_json::from_value(object.clone())?;
    Ok(ByKey::from([(ObjectKey::of(&object), Arc::new(object))]))
}
