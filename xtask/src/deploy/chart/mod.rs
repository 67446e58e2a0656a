//! What the Helm chart has in common with the other ways to install the operator: the permissions, the webhooks, the
//! definitions, versions, and the README that its values make. The templates, written by hand, include these files. Pure.

mod readme;

use operator::permissions::{Feature, Part, Place};
use serde_json::json;

use super::webhooks;
use super::{HEADER, rbac, yaml};
use crate::{File, Output};

/// Folder of the chart.
const CHART: &str = "deploy/chart/prometheus-operator-rs";
const NAME: &str = "prometheus-operator-rs";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The values with their comments, as they are committed.
pub const VALUES: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../deploy/chart/prometheus-operator-rs/values.yaml"
));

/// The generated files of the chart.
pub(super) fn output() -> Output {
    let rules = permissions()
        .into_iter()
        .map(|(name, text)| below("files/rbac", &name, &text));
    let asked = webhooks::lists().map(|(name, list)| below("files/webhooks", name, &yaml(&list)));
    let definitions = crds::manifests().into_iter().map(|(name, text)| File {
        path: format!("{CHART}/charts/crds/crds/{name}"),
        text,
    });
    let own = [
        File {
            path: format!("{CHART}/Chart.yaml"),
            text: format!("{HEADER}{}", yaml(&chart())),
        },
        File {
            path: format!("{CHART}/charts/crds/Chart.yaml"),
            text: format!("{HEADER}{}", yaml(&definitions_chart())),
        },
        File {
            path: format!("{CHART}/README.md"),
            text: readme::readme(VALUES),
        },
    ];
    Output {
        files: rules.chain(asked).chain(definitions).chain(own).collect(),
        folders: ["files/rbac", "files/webhooks", "charts/crds/crds"]
            .map(|folder| format!("{CHART}/{folder}"))
            .into(),
    }
}

fn below(folder: &str, name: &str, text: &str) -> File {
    File {
        path: format!("{CHART}/{folder}/{name}.yaml"),
        text: text.to_owned(),
    }
}

/// Lists of rules by where and when they are needed.
fn permissions() -> Vec<(String, String)> {
    let always =
        |place| rbac::rules(move |part| part.place() == place && part.feature().is_none() && part != Part::Nodes);
    let mut files = vec![
        ("followed".to_owned(), always(Place::Followed)),
        ("cluster".to_owned(), always(Place::Cluster)),
        ("nodes".to_owned(), rbac::rules(|part| part == Part::Nodes)),
        ("own".to_owned(), always(Place::Own)),
        ("kubelets".to_owned(), always(Place::Kubelets)),
        ("webhooks".to_owned(), webhooks::rules()),
        ("certificates".to_owned(), webhooks::certificate_rules()),
        ("definitions".to_owned(), webhooks::definition_rules()),
        ("view".to_owned(), yaml(&rbac::view().rules)),
        ("edit".to_owned(), yaml(&rbac::edit().rules)),
        ("edit-workloads".to_owned(), yaml(&rbac::edit_workloads().rules)),
    ];
    files.extend(Feature::ALL.iter().map(|&feature| {
        let rules = rbac::rules(|part| part.feature() == Some(feature));
        (format!("feature-{}", feature.name()), rules)
    }));
    files
}

fn chart() -> serde_json::Value {
    json!({
        "apiVersion": "v2",
        "name": NAME,
        "description": "Runs Prometheus, Alertmanager and Thanos Ruler from custom resources of the group monitoring.coreos.com",
        "type": "application",
        "version": VERSION,
        "appVersion": VERSION,
        "kubeVersion": ">=1.30.0-0",
        "keywords": ["alertmanager", "monitoring", "operator", "prometheus", "thanos"],
        "dependencies": [{ "name": "crds", "version": VERSION, "condition": "crds.enabled" }],
        "annotations": { "artifacthub.io/license": "Apache-2.0", "artifacthub.io/operator": "true" },
    })
}

fn definitions_chart() -> serde_json::Value {
    json!({
        "apiVersion": "v2",
        "name": "crds",
        "description": "The definitions of the custom resources. Helm installs them and never changes or removes them",
        "type": "application",
        "version": VERSION,
        "appVersion": VERSION,
    })
}
