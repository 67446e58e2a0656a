//! Rule files: accepted or rejected, and the bytes of the accepted ones. Also for the area `prometheus-rules`.

use crds::PrometheusRule;
use formats::promql::{Edition, Options};
use formats::version::Version;
use operator::rules::{Component, RuleTarget, rule_file};
use serde_json::{Value, json};

use crate::case::{Case, Expected};
use crate::verdict::{Failure, Verdict, bytes, decision};

pub(crate) fn run(case: &Case) -> Verdict {
    let recording = Recording::read(case)?;
    let ours = rule_file(&recording.target, &recording.rule);
    match (case.expected()?, &ours) {
        (Expected::Output(theirs), Ok((content, _))) if recording.is_file => bytes(content.as_bytes(), &theirs),
        (Expected::Output(_), ours) => decision(ours, Ok(())),
        (Expected::Error(error), ours) => decision(ours, Err(&error)),
    }
}

/// An object, and what its file is for.
pub(crate) struct Recording {
    pub(crate) rule: PrometheusRule,
    pub(crate) target: RuleTarget,
    /// Whether the file was recorded, and not the verdict alone.
    is_file: bool,
}

impl Recording {
    pub(crate) fn read(case: &Case) -> Result<Self, Failure> {
        let input = case.input()?;
        let (object, is_file) = match (input.get("prometheusRule"), input.get("spec")) {
            (Some(rule), _) => (rule.clone(), true),
            (None, Some(spec)) => (json!({"metadata": {}, "spec": spec}), false),
            (None, None) => return Err("no rule".into()),
        };
        Ok(Self {
            rule: serde_json::from_value(typed(object))?,
            target: target(&input["parameters"])?,
            is_file,
        })
    }
}

fn target(parameters: &Value) -> Result<RuleTarget, Failure> {
    // Only the kind of names is given where the function of the original knows no component.
    let (component, default) = match (parameters["format"].as_str(), parameters["validationScheme"].as_str()) {
        (Some("thanos"), _) => (Component::Thanos, "0.42.4"),
        (_, Some("legacy")) => (Component::Prometheus, "2.55.0"),
        _ => (Component::Prometheus, "3.13.2"),
    };
    let version = parameters["version"].as_str().unwrap_or(default);
    let version = Version::parse(version).map_err(|error| error.to_string())?;
    let option = |name: &str| parameters["parserOptions"][name] == true;
    let options = Options {
        edition: Edition::default(),
        experimental_functions: option("enableExperimentalFunctions"),
        duration_expressions: option("experimentalDurationExpr"),
        extended_range_selectors: option("enableExtendedRangeSelectors"),
        fill_modifiers: option("enableBinopFillModifiers"),
        unquoted_utf8_names: option("enableUnquotedUTF8Names"),
    };
    Ok(RuleTarget::new(component, version).with_options(options))
}

fn typed(mut object: Value) -> Value {
    object["apiVersion"] = "monitoring.coreos.com/v1".into();
    object["kind"] = "PrometheusRule".into();
    object
}
