//! What is better here than in the original, and therefore in no recording.

use crds::Prometheus;
use formats::version::Version;
use kube::Resource;
use serde_json::{Value, json};

use super::{Error, Input, stateful_set};
use crate::prometheus::incremental::Layout;
use crate::settings::Settings;

fn render(spec: &Value, version: Version) -> Result<(Value, Vec<String>), Error> {
    let mut prometheus: Prometheus =
        serde_json::from_value(json!({ "metadata": { "name": "main" }, "spec": spec })).expect("a Prometheus");
    prometheus.meta_mut().namespace = Some("monitoring".to_owned());
    let input = Input {
        instance: (&prometheus).into(),
        version,
        settings: &Settings::default(),
        shard: 0,
        rule_config_maps: &["rules-0".to_owned()],
        tls_assets: &[],
        layout: Layout::Whole,
    };
    let rendered = stateful_set(&input, "prometheus-main", "1")?;
    let dropped = rendered.dropped.iter().map(ToString::to_string).collect();
    let set = serde_json::to_value(rendered.stateful_set).expect("JSON");
    Ok((set["spec"]["template"]["spec"].clone(), dropped))
}

fn names(items: &Value) -> Vec<&str> {
    let items = items.as_array().into_iter().flatten();
    items.filter_map(|item| item["name"].as_str()).collect()
}

#[test]
fn what_no_object_has_room_for_is_unpacked_by_the_reloader() {
    let prometheus: Prometheus = serde_json::from_value(json!({
        "metadata": { "name": "main", "namespace": "monitoring" }, "spec": {},
    }))
    .expect("a Prometheus");
    let arguments = |layout: Layout, large_rules_compressed: bool| {
        let settings = Settings {
            large_rules_compressed,
            ..Settings::default()
        };
        let input = Input {
            instance: (&prometheus).into(),
            version: Version::new(3, 5, 0),
            settings: &settings,
            shard: 0,
            rule_config_maps: &[],
            tls_assets: &[],
            layout,
        };
        let set = stateful_set(&input, "prometheus-main", "");
        let pod =
            serde_json::to_value(set.expect("a set").stateful_set).expect("JSON")["spec"]["template"]["spec"].clone();
        for container in [&pod["initContainers"][0], &pod["containers"][1]] {
            let has_volume = names(&container["volumeMounts"]).contains(&"scrape-configs");
            assert_eq!(has_volume, layout == Layout::Spread, "{container}");
        }
        let arguments = pod["initContainers"][0]["args"].as_array().expect("a list").clone();
        let of_target = arguments
            .into_iter()
            .filter(|argument| argument.to_string().contains("--target-dir"));
        of_target.collect::<Vec<_>>()
    };
    let (job_files, rules) = (
        json!("--target-dir-source=/etc/prometheus/scrape_configs"),
        json!("--target-dir-source=/etc/prometheus/rules/*/*.rules.yaml.gz"),
    );
    // As small ones, which nobody expands.
    let verbatim = json!("--target-dir-verbatim=/etc/prometheus/rules/*/*.rules.yaml.gz");
    let target = json!("--target-dir=/etc/prometheus/config_out/unpacked");
    assert_eq!(arguments(Layout::Whole, false), Vec::<Value>::new());
    assert_eq!(arguments(Layout::Spread, false), [target.clone(), job_files.clone()]);
    assert_eq!(
        arguments(Layout::Whole, true),
        [target.clone(), rules.clone(), verbatim.clone()]
    );
    assert_eq!(arguments(Layout::Spread, true), [target, job_files, rules, verbatim]);
}

#[test]
fn a_query_log_has_its_directory_whatever_the_other_log() {
    let spec = json!({ "queryLogFile": "query.log", "scrapeFailureLogFile": "/data/failures.log" });
    let (pod, _) = render(&spec, Version::new(3, 5, 0)).expect("a pod");
    assert!(names(&pod["volumes"]).contains(&"log-file"));
    assert!(names(&pod["containers"][0]["volumeMounts"]).contains(&"log-file"));
}

#[test]
fn a_private_key_in_a_file_needs_no_secret() {
    let tls = json!({ "certFile": "/tls/crt", "keyFile": "/tls/key", "keySecret": { "key": "" } });
    let (pod, _) = render(&json!({ "web": { "tlsConfig": tls } }), Version::new(3, 5, 0)).expect("a pod");
    let volumes = names(&pod["volumes"]);
    assert!(
        !volumes.iter().any(|name| name.starts_with("web-config-tls")),
        "{volumes:?}"
    );
}

#[test]
fn a_constraint_with_expressions_alone_gets_the_labels() {
    let selector = json!({ "matchExpressions": [{ "key": "team", "operator": "Exists" }] });
    let constraint = json!({
        "maxSkew": 1,
        "topologyKey": "zone",
        "whenUnsatisfiable": "DoNotSchedule",
        "additionalLabelSelectors": "OnShard",
        "labelSelector": selector,
    });
    let (pod, _) = render(
        &json!({ "topologySpreadConstraints": [constraint] }),
        Version::new(3, 5, 0),
    )
    .expect("a pod");
    let selector = &pod["topologySpreadConstraints"][0]["labelSelector"];
    assert_eq!(selector["matchLabels"]["operator.prometheus.io/shard"], "0");
    assert_eq!(selector["matchExpressions"][0]["key"], "team");
}

#[test]
fn a_second_remote_write_protocol_takes_no_argument_away() {
    let spec = json!({
        "remoteWrite": [{ "url": "http://receiver", "messageVersion": "V2.0" }],
        "enableFeatures": ["exemplar-storage"],
    });
    let (pod, dropped) = render(&spec, Version::new(2, 53, 0)).expect("a pod");
    let arguments = pod["containers"][0]["args"].as_array().expect("arguments");
    assert!(arguments.contains(&"--enable-feature=exemplar-storage".into()));
    assert_eq!(dropped, Vec::<String>::new());
}

#[test]
fn what_a_version_does_not_know_is_reported() {
    let spec = json!({
        "enableFeatures": ["agent"],
        "thanos": { "version": "0.28.0", "getConfigTimeout": "1m" },
    });
    let (_, dropped) = render(&spec, Version::new(2, 24, 1)).expect("a pod");
    assert_eq!(
        dropped,
        [
            "\"enableFeatures\" is ignored: it requires a version from 2.25.0",
            "\"thanos.getConfigTimeout\" is ignored: it requires a version from 0.29.0",
        ]
    );
}

#[test]
fn volumes_of_the_same_name_are_refused() {
    let long = "x".repeat(80);
    let spec = json!({ "secrets": [format!("{long}-1"), format!("{long}-2")] });
    let error = render(&spec, Version::new(3, 5, 0)).expect_err("two volumes of one name");
    assert!(matches!(error, Error::Pod(_)), "{error}");
}
