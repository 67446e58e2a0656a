//! Which objects there are of a server and of an agent.

mod users;

use std::sync::Arc;

use crds::Prometheus;
use crds::v1alpha1::PrometheusAgent;
use jiff::Timestamp;
use kube::ResourceExt;
use serde_json::{Value, json};

use super::{Error, render};
use crate::assets::Assets;
use crate::pod::requirements::Requirements;
use crate::prometheus::cache::RenderCache;
use crate::prometheus::incremental::Layout;
use crate::prometheus::instance::Object;
use crate::prometheus::observe::Observed;
use crate::prometheus::rollout::Rollout;
use crate::prometheus::select::Candidates;
use crate::reconcile::{Desired, Rendered};
use crate::settings::Settings;

fn agent(name: &str, spec: &Value) -> Object {
    let agent = json!({ "metadata": { "name": name, "namespace": "monitoring" }, "spec": spec });
    let agent: PrometheusAgent = serde_json::from_value(agent).expect("an agent");
    Object::Agent(Arc::new(agent))
}

fn server(name: &str, spec: &Value) -> Object {
    let server = json!({ "metadata": { "name": name, "namespace": "monitoring" }, "spec": spec });
    let server: Prometheus = serde_json::from_value(server).expect("a server");
    Object::Server(Arc::new(server))
}

fn rendered(object: &Object, neighbours: &[&Object], gate: bool) -> Result<Rendered, Error> {
    let mut settings = Settings::default();
    settings.gates.agent_daemon_sets = gate;
    let observed = observed(object, neighbours, Assets::default());
    render(&observed, &settings, &mut RenderCache::default())
}

fn observed(object: &Object, neighbours: &[&Object], assets: Assets) -> Observed {
    Observed {
        object: object.clone(),
        neighbours: [object]
            .iter()
            .chain(neighbours)
            .map(|object| (*object).clone())
            .collect(),
        candidates: Ok(Candidates::default()),
        assets,
        configured: false,
        rollout: Rollout {
            layout: Layout::Whole,
            all_mount_job_files: true,
        },
        requirements: Requirements::default(),
        excess: vec![("prom-agent-main-shard-1".to_owned(), None)],
        now: Timestamp::UNIX_EPOCH,
    }
}

/// Kind and name of each object.
fn names(desired: &Desired) -> Vec<String> {
    fn named<K: ResourceExt>(kind: &str, objects: &[K]) -> Vec<String> {
        objects
            .iter()
            .map(|object| format!("{kind} {}", object.name_any()))
            .collect()
    }
    [
        named("Secret", &desired.secrets),
        named("ConfigMap", &desired.config_maps),
        named("Service", &desired.services),
        named("StatefulSet", &desired.stateful_sets),
        named("DaemonSet", &desired.daemon_sets),
    ]
    .concat()
}

#[test]
fn an_agent_has_neither_rules_nor_a_sidecar() {
    // Without any selector a server would be left to its user.
    let Rendered { desired, notices, .. } =
        rendered(&agent("main", &json!({ "shards": 2 })), &[], false).expect("objects");
    let expected = [
        "Secret prom-agent-main",
        "Secret prom-agent-main-tls-assets-0",
        "Secret prom-agent-main-web-config",
        "Service prometheus-agent-operated",
        "StatefulSet prom-agent-main",
        "StatefulSet prom-agent-main-shard-1",
    ];
    assert_eq!(names(&desired), expected);
    assert!(desired.retained.is_empty());
    let reasons: Vec<&str> = notices.iter().map(|notice| notice.reason).collect();
    assert_eq!(reasons, ["NoSelectedResources"]);
}

#[test]
fn a_server_has_both() {
    let rendered = rendered(&server("main", &json!({ "podMonitorSelector": {} })), &[], false).expect("objects");
    let expected = [
        "Secret prometheus-main",
        "Secret prometheus-main-tls-assets-0",
        "Secret prometheus-main-web-config",
        "Secret prometheus-main-thanos-prometheus-http-client-file",
        "ConfigMap prometheus-main-rulefiles-0",
        "Service prometheus-operated",
        "StatefulSet prometheus-main",
    ];
    assert_eq!(names(&rendered.desired), expected);
}

#[test]
fn on_each_node_there_is_one_set_and_no_service() {
    let nodes = agent("main", &json!({ "mode": "DaemonSet", "podMonitorSelector": {} }));
    let expected = [
        "Secret prom-agent-main",
        "Secret prom-agent-main-tls-assets-0",
        "Secret prom-agent-main-web-config",
        "DaemonSet prom-agent-main",
    ];
    assert_eq!(names(&rendered(&nodes, &[], true).expect("objects").desired), expected);
    assert!(matches!(rendered(&nodes, &[], false), Err(Error::DaemonSetGate)));
}

#[test]
fn an_agent_on_each_node_owns_no_service_of_others() {
    let (one, two) = (agent("one", &json!({})), agent("two", &json!({})));
    let nodes = agent("nodes", &json!({ "mode": "DaemonSet" }));
    let Rendered { desired, .. } = rendered(&two, &[&one, &nodes], true).expect("objects");
    let owners = desired.services[0].owner_references().iter();
    assert_eq!(owners.map(|owner| &*owner.name).collect::<Vec<_>>(), ["one", "two"]);
}
