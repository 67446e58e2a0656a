//! Findings as SARIF 2.1.0, the format in which code hosts take the findings of tools.

use serde_json::{Value, json};

use super::{Finding, Report};

/// The document.
pub(super) fn document(report: &Report) -> Value {
    let rules = report.rules.iter().map(|rule| {
        json!({
            "id": rule.id,
            "shortDescription": { "text": rule.why },
            "help": { "text": rule.mend },
            "defaultConfiguration": { "level": rule.severity.as_str() },
        })
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "prometheus-operator",
                "version": process::build::VERSION,
                "rules": rules.collect::<Vec<Value>>(),
            } },
            "results": report.findings.iter().map(result).collect::<Vec<Value>>(),
        }],
    })
}

fn result(finding: &Finding) -> Value {
    let subject = format!("{} {}", finding.object, finding.field);
    let location = finding.position.as_ref().map(|position| {
        json!({
            "physicalLocation": {
                "artifactLocation": { "uri": position.file },
                "region": { "startLine": position.place.line, "startColumn": position.place.column },
            },
            "logicalLocations": [{ "fullyQualifiedName": subject.trim() }],
        })
    });
    json!({
        "ruleId": finding.rule.id,
        "level": finding.rule.severity.as_str(),
        "message": { "text": format!("{}: {}. {}", subject.trim(), finding.message, finding.mending()) },
        "locations": location.into_iter().collect::<Vec<Value>>(),
    })
}
