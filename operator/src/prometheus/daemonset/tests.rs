//! What no recording shows of a DaemonSet.

use crds::v1alpha1::PrometheusAgent;
use formats::version::Version;
use serde_json::{Value, json};

use super::daemon_set;
use crate::prometheus::incremental::Layout;
use crate::prometheus::pod::Input;
use crate::settings::Settings;

fn render(mut spec: Value, version: Version, layout: Layout) -> Value {
    spec["mode"] = json!("DaemonSet");
    let agent = json!({ "metadata": { "name": "edge", "namespace": "monitoring" }, "spec": spec });
    let agent: PrometheusAgent = serde_json::from_value(agent).expect("an agent");
    let rendered = daemon_set(&Input {
        instance: (&agent).into(),
        version,
        settings: &Settings {
            large_rules_compressed: true,
            ..Settings::default()
        },
        shard: 0,
        rule_config_maps: &[],
        tls_assets: &[],
        layout,
    });
    serde_json::to_value(rendered.expect("a DaemonSet").daemon_set).expect("JSON")
}

fn names(items: &Value) -> Vec<&str> {
    let items = items.as_array().into_iter().flatten();
    items.filter_map(|item| item["name"].as_str()).collect()
}

#[test]
fn a_constraint_on_the_shard_selects_pods_that_have_none() {
    let constraint = json!({
        "maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule",
        "additionalLabelSelectors": "OnShard",
    });
    let set = render(
        json!({ "topologySpreadConstraints": [constraint] }),
        Version::new(3, 5, 0),
        Layout::Whole,
    );
    let pod = &set["spec"]["template"];
    let selected = &pod["spec"]["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"];
    assert_eq!(*selected, set["spec"]["selector"]["matchLabels"]);
    assert_eq!(pod["metadata"]["labels"]["operator.prometheus.io/shard"], Value::Null);
}

#[test]
fn the_strategy_of_the_user_is_that_of_the_set() {
    let strategy = json!({ "type": "RollingUpdate", "rollingUpdate": { "maxUnavailable": "20%" } });
    let spec = json!({ "updateStrategy": strategy, "minReadySeconds": 5 });
    let set = render(spec, Version::new(3, 5, 0), Layout::Whole);
    assert_eq!(set["spec"]["updateStrategy"], strategy);
    assert_eq!(set["spec"]["minReadySeconds"], 5);
}

#[test]
fn further_files_of_jobs_are_mounted_and_unpacked() {
    let set = render(json!({}), Version::new(3, 5, 0), Layout::Spread);
    let pod = &set["spec"]["template"]["spec"];
    assert!(names(&pod["volumes"]).contains(&"scrape-configs"));
    let secret = &pod["volumes"]
        .as_array()
        .and_then(|volumes| volumes.last())
        .expect("a volume")["projected"]["sources"][0];
    assert_eq!(secret["secret"]["name"], "prom-agent-edge-scrape-configs-0");
    let reloader = &pod["containers"][1];
    assert!(names(&reloader["volumeMounts"]).contains(&"scrape-configs"));
    let unpacks = "--target-dir-source=/etc/prometheus/scrape_configs";
    assert!(
        reloader["args"]
            .as_array()
            .expect("arguments")
            .contains(&unpacks.into())
    );
}
