//! The namespace label that an object cannot take off. Relabeling rules are those of a monitor with the recorded rules for
//! its samples, whose job has ours after them; rules are bound by their expressions and labels.

use formats::yaml::Yaml;
use operator::prometheus::config::{AdditionalConfigs, Input};
use operator::prometheus::incremental::whole::configuration;
use operator::prometheus::scrape_object::ScrapeObjects;
use operator::rules::RuleTarget;
use operator::settings::Settings;
use serde_json::{Value, json};

use super::objects::RECORDED_PROMETHEUS;
use super::prometheus_config::{objects, read};
use crate::case::Case;
use crate::encoding;
use crate::verdict::{Failure, Verdict, content};

pub(crate) fn run(case: &Case) -> Verdict {
    let (input, meta) = (case.input()?, case.meta()?);
    match meta["function"].as_str() {
        Some("Labeler.GetRelabelingConfigs") => content(&rules(&input)?, &case.expected_content()?),
        Some("Labeler.EnforceNamespaceLabel") => content(&bound(&input)?, &case.expected_content()?),
        function => Err(format!("{function:?} is not covered").into()),
    }
}

fn prometheus(parameters: &Value) -> Result<crds::Prometheus, Failure> {
    read(&json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "Prometheus",
        "metadata": { "name": "main", "namespace": "monitoring" },
        "spec": {
            "enforcedNamespaceLabel": parameters["enforcedNamespaceLabel"],
            "excludedFromEnforcement": list(&parameters["excludedFromEnforcement"]),
        },
    }))
}

fn list(list: &Value) -> Vec<Value> {
    list.as_array().cloned().unwrap_or_default()
}

/// The specification with rules that are bound.
fn bound(input: &Value) -> Result<Value, Failure> {
    let rule: crds::PrometheusRule = read(&input["prometheusRule"])?;
    let target = RuleTarget::prometheus(&prometheus(&input["parameters"])?.spec, RECORDED_PROMETHEUS);
    let groups = operator::rules::bound(&target, &rule).map_err(|error| error.to_string())?;
    Ok(json!({ "spec": { "groups": groups } }))
}

fn rules(input: &Value) -> Result<Value, Failure> {
    let prometheus = prometheus(&input["parameters"])?;
    let own = list(&input["relabelConfigs"]);
    let monitor = json!({
        "apiVersion": input["typeMeta"]["apiVersion"],
        "kind": input["typeMeta"]["kind"],
        "metadata": input["metadata"],
        "spec": { "selector": {}, "endpoints": [{ "metricRelabelings": own }] },
    });
    let scrape = ScrapeObjects {
        service_monitors: objects(&json!({ "monitor": monitor }))?,
        ..ScrapeObjects::default()
    };
    let input = Input {
        instance: (&prometheus).into(),
        version: RECORDED_PROMETHEUS,
        rule_config_maps: &[],
        additional: AdditionalConfigs::default(),
        assets: &operator::assets::Assets::default(),
        settings: &Settings::default(),
    };
    let configuration = configuration(&input, &scrape).map_err(|error| error.to_string())?;
    let jobs = configuration.document.value_of("scrape_configs").and_then(Yaml::as_seq);
    let job = jobs.and_then(<[Yaml]>::first).ok_or("no job")?;
    let rules = job.value_of("metric_relabel_configs").cloned();
    in_camel_case(&encoding::json(&rules.unwrap_or(Yaml::Seq(Vec::new())))?)
}

/// Rules with the names that their fields have in the API.
fn in_camel_case(rules: &Value) -> Result<Value, Failure> {
    let text = serde_json::to_string(rules)?;
    let names = [("source_labels", "sourceLabels"), ("target_label", "targetLabel")];
    let renamed = names
        .into_iter()
        .fold(text, |text, (ours, theirs)| text.replace(ours, theirs));
    Ok(serde_json::from_str(&renamed)?)
}
