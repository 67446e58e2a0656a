//! The chart, rendered by helm: the same permissions and flags as the bundle, nothing that the operator or the API server would
//! not understand, and values that agree with their schema.

#![expect(
    clippy::disallowed_methods,
    reason = "names and files of tests are ours, and nothing in them is secret"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use operator::args::Args;
use operator::settings::images;
use serde_json::Value;

const CHART: &str = "deploy/chart/prometheus-operator-rs";
/// Values that turn on whatever can be turned on.
const EVERYTHING: &str = "deploy/chart/everything.yaml";

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().expect("the checkout")
}

fn cluster() -> Command {
    Command::new(root().join("e2e/cluster/cluster"))
}

fn output(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    String::from_utf8(output.stdout).expect("text")
}

/// What helm makes of the chart with these values, as a release with the name that the bundle has.
fn rendered(values: &[&str]) -> String {
    let tools = output(cluster().arg("tools"));
    let mut helm = Command::new(Path::new(tools.trim()).join("helm"));
    helm.current_dir(root())
        .args(["template", "prometheus-operator", CHART, "--namespace", "monitoring"]);
    for values in values {
        helm.args(["--values", values]);
    }
    output(&mut helm)
}

fn objects(text: &str) -> Vec<Value> {
    let mut objects = serde_saphyr::from_multiple::<Value>(text).expect("YAML");
    objects.retain(|object| !object.is_null());
    objects
}

fn arguments(objects: &[Value]) -> Vec<String> {
    let deployment = objects.iter().find(|object| object["kind"] == "Deployment");
    let pod = &deployment.expect("a Deployment")["spec"]["template"]["spec"];
    serde_json::from_value(pod["containers"][0]["args"].clone()).expect("arguments")
}

fn args(objects: &[Value]) -> Args {
    let arguments = arguments(objects).into_iter().map(Into::into);
    Args::try_from_arguments(std::iter::once("operator".into()).chain(arguments))
        .expect("the operator understands them")
}

/// Every single thing that the identity of the operator may do, and whether in one namespace alone.
fn permissions(objects: &[Value]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for role in objects {
        let is_role = role["kind"] == "ClusterRole" || role["kind"] == "Role";
        if !is_role
            || role["metadata"]["name"]
                .as_str()
                .is_some_and(|name| name.contains("-crd-"))
        {
            continue;
        }
        let namespace = role["metadata"]["namespace"].as_str().unwrap_or("every namespace");
        for rule in role["rules"].as_array().expect("rules") {
            let words = |list: &str| rule[list].as_array().cloned().unwrap_or_default();
            for (group, resource, verb) in words("apiGroups").iter().flat_map(|group| {
                words("resources").into_iter().flat_map(move |resource| {
                    let group = group.clone();
                    words("verbs")
                        .into_iter()
                        .map(move |verb| (group.clone(), resource.clone(), verb))
                })
            }) {
                all.insert(format!(
                    "{namespace}: {verb} {group}/{resource} {}",
                    rule["resourceNames"]
                ));
            }
        }
    }
    all
}

fn committed(paths: &[&str]) -> Vec<Value> {
    let read = |path: &&str| fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    paths.iter().flat_map(|path| objects(&read(path))).collect()
}

#[test]
fn by_default_it_is_the_bundle() {
    let chart = objects(&rendered(&[]));
    let base = committed(&["deploy/bundle.yaml"]);
    assert_eq!(permissions(&chart), permissions(&base));
    let chart_arguments = arguments(&chart);
    let missing: Vec<_> = (arguments(&base).into_iter())
        .filter(|argument| !chart_arguments.contains(argument))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    let pod = |objects: &[Value]| {
        let deployment = objects.iter().find(|object| object["kind"] == "Deployment");
        deployment.expect("a Deployment")["spec"]["template"]["spec"].clone()
    };
    let (ours, theirs) = (pod(&chart), pod(&base));
    assert_eq!(ours["containers"][0]["image"], images::OPERATOR);
    for field in [
        "securityContext",
        "resources",
        "env",
        "ports",
        "livenessProbe",
        "readinessProbe",
    ] {
        assert_eq!(ours["containers"][0][field], theirs["containers"][0][field], "{field}");
    }
    for field in [
        "securityContext",
        "nodeSelector",
        "automountServiceAccountToken",
        "serviceAccountName",
    ] {
        assert_eq!(ours[field], theirs[field], "{field}");
    }
}

#[test]
fn every_value_reaches_the_operator() {
    let args = args(&objects(&rendered(&[EVERYTHING])));
    assert!(args.watch.namespaces.contains("team-b"));
    assert!(args.watch.alertmanager_config_namespaces.contains("team-c"));
    assert_eq!(args.watch.controller_id, "ours");
    assert_eq!(args.watch.prometheus_instance_selector, "team=a");
    assert!(args.feature_gates.is_on("StatusForConfigurationResources"));
    assert!(args.feature_gates.is_on("PrometheusAgentDaemonSet"));
    assert!(!args.watch.pod_refresh_interval.is_zero());
    assert!(args.pods.compress_large_rules && args.pods.enable_config_reloader_probes);
    assert!(args.tenancy.deny_file_access && args.tenancy.strict_namespace_enforcement);
    assert!(args.tenancy.restrict_variable_expansion);
    assert!(args.kubelet.kubelet_endpointslice && !args.kubelet.kubelet_selector.is_empty());
    assert!(args.certificates.admission_by_instances);
    assert_eq!(args.certificates.admission_webhook_configurations.len(), 2);
    assert!(args.leader_election.leader_elect);
}

/// No value is unknown to the schema, and the schema knows none that is not there.
#[test]
fn values_and_schema_agree() {
    let values = &committed(&[&format!("{CHART}/values.yaml")])[0];
    let schema = fs::read_to_string(root().join(CHART).join("values.schema.json")).expect("the schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let mut differences = Vec::new();
    let mut open = vec![(String::new(), values, &schema)];
    while let Some((path, value, schema)) = open.pop() {
        let (Some(value), Some(properties)) = (value.as_object(), schema["properties"].as_object()) else {
            continue;
        };
        for name in value
            .keys()
            .chain(properties.keys().filter(|name| !value.contains_key(*name)))
        {
            let place = format!("{path}/{name}");
            match (value.get(name), properties.get(name)) {
                (Some(value), Some(schema)) => open.push((place, value, schema)),
                // What helm itself hands to every chart below.
                (None, Some(_)) if place == "/crds/global" => {}
                (None, _) => differences.push(format!("{place} is in the schema alone")),
                (_, None) => differences.push(format!("{place} is in the values alone")),
            }
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
}

/// With strict validation of fields, on the server side, without storing anything.
#[test]
fn the_api_server_takes_everything() {
    if std::env::var_os("KUBECONFIG").is_none() {
        return;
    }
    let definitions = root().join(CHART).join("charts/crds/crds");
    let applied = ["kubectl", "apply", "--server-side", "--force-conflicts", "--filename"];
    output(cluster().args(applied).arg(definitions));
    let names = ["monitoring", "team-a", "team-b", "team-c"];
    let namespaces: Vec<String> = (names.iter())
        .map(|name| format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n"))
        .collect();
    apply(&namespaces.join("---\n"), &[]);
    for values in [&[][..], &[EVERYTHING]] {
        apply(&rendered(values), &["--dry-run=server", "--validate=strict"]);
    }
}

fn apply(text: &str, flags: &[&str]) {
    let mut command = cluster();
    command
        .args([
            "kubectl",
            "apply",
            "--server-side",
            "--force-conflicts",
            "--filename",
            "-",
        ])
        .args(flags)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut input = child.stdin.take().expect("it is piped");
    input.write_all(text.as_bytes()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
