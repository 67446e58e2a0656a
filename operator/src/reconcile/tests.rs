//! What the pipeline asks of the API server, call by call: the order of writes, and that needless ones are left out.

use std::sync::{Arc, LazyLock};

use crds::{Prometheus, WorkloadResource};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{ConfigMap, Secret, Service};
use kube::api::{ObjectMeta, PartialObjectMeta};
use prometheus_client::registry::Registry;
use serde_json::json;

use super::*;
use crate::api_server::{ApiServer, Call, api_server};
use crate::args::{Args, RecreationPolicy, Watch};
use crate::assets::Assets;
use crate::object::{ConfigKind, ControllerLabel};
use crate::permissions::Part;
use crate::selector::ObjectSelector;
use crate::settings::Cluster;
use crate::watch::{Children, Scope, Scopes, Store};

/// Annotation with the name of the StatefulSet that should run.
const SET: &str = "test/stateful-set";

/// A workload that observes and renders what a test says.
struct Scripted {
    rendered: Result<Rendered, Wrong>,
}

#[derive(Debug, Clone, thiserror::Error)]
#[error("spec.version: {0:?} is no version")]
struct Wrong(String);

impl Workload for Scripted {
    type Resource = Prometheus;
    type Observed = Result<Rendered, Wrong>;
    type Cache = ();
    type ObserveError = std::convert::Infallible;
    type RenderError = Wrong;

    const RESOURCE: WorkloadResource = WorkloadResource::Prometheuses;
    const CONTROLLER: ControllerLabel = ControllerLabel { controller: "scripted" };
    const ACTION: &'static str = "Testing";
    const REPORTER: &'static str = "test";
    const NUMBERED_SHARDS: bool = false;
    const SELECTS: &'static [ConfigKind] = &[];
    const PART: Part = Part::Prometheus;

    fn new(_sources: Sources<Prometheus>) -> Self {
        Self {
            rendered: Ok(Rendered::default()),
        }
    }

    fn scope(scopes: &Scopes) -> &Scope {
        &scopes.prometheus
    }

    fn instance_selector(_flags: &Watch) -> &'static str {
        ""
    }

    async fn observe(&self, _resource: Arc<Prometheus>, _cache: &mut ()) -> Result<Self::Observed, Self::ObserveError> {
        Ok(self.rendered.clone())
    }

    fn render(observed: &Self::Observed, _settings: &Settings, _cache: &mut ()) -> Result<Rendered, Wrong> {
        observed.clone()
    }

    fn assets(_observed: &Self::Observed) -> &Assets {
        static NOTHING: LazyLock<Assets> = LazyLock::new(Assets::default);
        &NOTHING
    }

    fn retry(_error: &Wrong) -> Retry {
        Retry::OnChange
    }

    fn selects(_resource: &Prometheus) -> BTreeMap<ConfigKind, ObjectSelector> {
        BTreeMap::new()
    }

    fn paused(resource: &Prometheus) -> bool {
        resource.spec.common.paused.unwrap_or(false)
    }

    fn stateful_sets(resource: &Prometheus) -> Vec<String> {
        let name = resource
            .annotations()
            .get(SET)
            .map_or("prometheus-main", String::as_str);
        vec![name.to_owned()]
    }

    fn status(_resource: &Prometheus, _shards: &[health::Shard], _settings: &Settings) -> serde_json::Value {
        json!({})
    }

    fn gauges(_resource: &Prometheus, _key: &ObjectKey, _metrics: &Metrics) {}

    fn forget(&self, _key: &ObjectKey) {}
}

/// A controller of one Prometheus, and the API server that it asks.
struct World {
    server: ApiServer,
    controller: Controller<Scripted>,
}

fn key() -> ObjectKey {
    ObjectKey::new("ns", "main")
}

fn resource(generation: i64, version: u64) -> Prometheus {
    let object = json!({
        "metadata": {"namespace": "ns", "name": "main", "uid": "u-main", "generation": generation,
            "resourceVersion": version.to_string()},
        "spec": {},
    });
    serde_json::from_value(object).expect("a Prometheus")
}

fn metadata(name: &str) -> ObjectMeta {
    let owner = json!([{"apiVersion": "monitoring.coreos.com/v1", "kind": "Prometheus", "name": "main", "uid": "u-main",
        "controller": true}]);
    ObjectMeta {
        namespace: Some("ns".to_owned()),
        name: Some(name.to_owned()),
        owner_references: serde_json::from_value(owner).expect("an owner"),
        ..ObjectMeta::default()
    }
}

/// One child of each kind.
fn desired() -> Desired {
    let set = json!({
        "metadata": metadata("prometheus-main"),
        "spec": {"replicas": 0, "selector": {}, "template": {}, "serviceName": "s"},
    });
    Desired {
        secrets: vec![Secret {
            metadata: metadata("secret"),
            ..Secret::default()
        }],
        config_maps: vec![ConfigMap {
            metadata: metadata("rules"),
            ..ConfigMap::default()
        }],
        services: vec![Service {
            metadata: metadata("operated"),
            ..Service::default()
        }],
        stateful_sets: vec![serde_json::from_value(set).expect("a StatefulSet")],
        ..Desired::default()
    }
}

impl World {
    fn new(rendered: Result<Rendered, Wrong>) -> Self {
        let (client, server) = api_server();
        let args = Args::try_from_arguments(["operator"].map(Into::into)).expect("flags");
        let cluster = Cluster {
            endpoint_slices: true,
            pod_topology_labels: true,
        };
        let children = Children {
            secrets: Arc::new(Store::new(0, None)),
            config_maps: Arc::new(Store::new(0, None)),
            stateful_sets: Arc::new(Store::new(0, None)),
            daemon_sets: Arc::new(Store::new(0, None)),
        };
        let families = QueueFamilies::register(&mut Registry::default());
        let (trigger, _) = queue(1, families.queue("test"));
        let controller = Controller {
            workload: Scripted { rendered },
            resources: Arc::new(Store::new(0, None)),
            client: client.clone(),
            applier: Arc::new(Applier::new(
                client.clone(),
                children.clone(),
                RecreationPolicy::Foreground,
            )),
            children,
            events: Events::new(&client, "test", Access::Forbidden, &CancellationToken::new()),
            bindings: Bindings::new(false, trigger),
            kinds: Arc::default(),
            writer: Arc::new(bindings::Writer::new(client)),
            caches: Caches::default(),
            histories: Histories::default(),
            metrics: Metrics::register(&mut Registry::default()),
            settings: Arc::new(args.settings(cluster)),
            judge: None,
            obstacles: Access::Permitted,
            repair: RepairPolicy::None,
            refreshes: None,
            stop: CancellationToken::new(),
        };
        controller.resources.upsert(resource(1, 1));
        Self { server, controller }
    }

    fn rendering(desired: Desired) -> Self {
        Self::new(Ok(Rendered {
            desired,
            ..Rendered::default()
        }))
    }

    async fn run(&mut self, extent: Extent, calls: impl IntoIterator<Item = Call>) -> Outcome {
        self.server
            .serve(calls, self.controller.reconcile(key(), extent, Instant::now()))
            .await
    }

    /// The watches bring what the last write made.
    fn deliver(&self, set_generation: i64) {
        let seen = |name: &str| ObjectMeta {
            resource_version: Some("7".to_owned()),
            ..metadata(name)
        };
        let children = &self.controller.children;
        children
            .secrets
            .put(ObjectKey::new("ns", "secret"), partial(seen("secret")).into());
        children
            .config_maps
            .put(ObjectKey::new("ns", "rules"), partial(seen("rules")).into());
        let mut set: StatefulSet = desired().stateful_sets.remove(0);
        set.metadata = ObjectMeta {
            generation: Some(set_generation),
            ..metadata("prometheus-main")
        };
        let status = json!({"observedGeneration": set_generation, "replicas": 0});
        set.status = serde_json::from_value(status).expect("a status");
        self.controller.children.stateful_sets.upsert(set);
    }
}

fn partial<K>(metadata: ObjectMeta) -> PartialObjectMeta<K> {
    PartialObjectMeta {
        types: None,
        metadata,
        _phantom: std::marker::PhantomData,
    }
}

const SECRETS: &str = "/api/v1/namespaces/ns/secrets";
const CONFIG_MAPS: &str = "/api/v1/namespaces/ns/configmaps";
const SERVICES: &str = "/api/v1/namespaces/ns/services";
const SETS: &str = "/apis/apps/v1/namespaces/ns/statefulsets";
const STATUS: &str = "/apis/monitoring.coreos.com/v1/namespaces/ns/prometheuses/main/status";

/// A child that is not there, and is made.
fn made(path: &str, name: &str) -> [Call; 2] {
    let metadata = ObjectMeta {
        resource_version: Some("7".to_owned()),
        generation: Some(1),
        ..metadata(name)
    };
    [
        Call::get(&format!("{path}/{name}")).fails(404, "NotFound"),
        Call::post(path).answers(&json!({"metadata": metadata})),
    ]
}

fn all_made() -> Vec<Call> {
    [
        made(SECRETS, "secret"),
        made(CONFIG_MAPS, "rules"),
        made(SERVICES, "operated"),
        made(SETS, "prometheus-main"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The status is written, with `Reconciled` of that status; gives what was written back.
fn told(reconciled: &'static str, generation: i64, version: u64) -> Call {
    let mut answer = serde_json::to_value(resource(generation, version)).expect("plain data");
    answer["status"] = json!({"replicas": 0});
    Call::patch(STATUS)
        .query("force=true")
        .query("fieldManager=PrometheusOperator")
        .verifies(move |sent| {
            let condition = &sent["status"]["conditions"][1];
            let told = [
                &condition["type"],
                &condition["status"],
                &condition["observedGeneration"],
            ];
            assert_eq!(told, [&json!("Reconciled"), &json!(reconciled), &json!(generation)]);
        })
        .answers(&answer)
}

#[tokio::test]
async fn children_are_written_in_their_order_and_then_the_status() {
    let mut world = World::rendering(desired());
    let calls = all_made().into_iter().chain([told("True", 1, 2)]);
    // The StatefulSet is not in the store yet.
    assert_eq!(
        world.run(Extent::Everything, calls).await,
        Outcome::Again(STATUS_POLL, Extent::Status)
    );
}

#[tokio::test]
async fn what_is_as_it_was_left_is_not_asked_for_again() {
    let mut world = World::rendering(desired());
    world
        .run(Extent::Everything, all_made().into_iter().chain([told("True", 1, 2)]))
        .await;
    world.deliver(1);
    // The StatefulSet is there by now, and wants no pods.
    let outcome = world.run(Extent::Everything, [told("True", 1, 3)]).await;
    assert_eq!(outcome, Outcome::Done);
    // The watch has not brought that status yet: it is not written again for it.
    assert_eq!(world.run(Extent::Status, []).await, Outcome::Done);
}

#[tokio::test]
async fn a_stateful_set_that_somebody_else_changed_is_replaced() {
    let mut world = World::rendering(desired());
    world
        .run(Extent::Everything, all_made().into_iter().chain([told("True", 1, 2)]))
        .await;
    world.deliver(2);
    let live = json!({"metadata": {"name": "prometheus-main", "namespace": "ns", "resourceVersion": "9", "generation": 2},
        "spec": {"replicas": 5, "selector": {}, "template": {}, "serviceName": "s"}});
    let path = format!("{SETS}/prometheus-main");
    let calls = [
        Call::get(&path).answers(&live),
        Call::put(&path)
            .with(json!({"metadata": {"resourceVersion": "9"}, "spec": {"replicas": 0}}))
            .answers(&json!({"metadata": {"generation": 3}})),
        told("True", 1, 3),
    ];
    world.run(Extent::Everything, calls).await;
}

/// Services are not watched: one that was just seen is trusted, so that many owners of it look once, and later looked at again.
#[tokio::test(start_paused = true)]
async fn a_service_is_looked_at_once_in_a_while() {
    let desired = || Desired {
        services: desired().services,
        ..Desired::default()
    };
    let mut world = World::rendering(desired());
    let calls = made(SERVICES, "operated").into_iter().chain([told("True", 1, 2)]);
    world.run(Extent::Everything, calls).await;
    world.run(Extent::Everything, []).await;
    tokio::time::advance(Duration::from_secs(6)).await;
    let live = json!({"metadata": metadata("operated"), "spec": {"selector": {"edited": "by hand"}}});
    let path = format!("{SERVICES}/operated");
    let calls = [
        Call::get(&path).answers(&live),
        Call::put(&path).answers(&json!({"metadata": metadata("operated")})),
    ];
    world.run(Extent::Everything, calls).await;
}

/// Where the watch sees everything and has seen nothing, the look is left out.
#[tokio::test]
async fn what_is_known_not_to_exist_is_made_at_once() {
    let mut world = one_secret();
    world.controller.children.secrets = Arc::new(Store::new(0, Some(Scope::All)));
    let applier = Applier::new(
        world.controller.client.clone(),
        world.controller.children.clone(),
        RecreationPolicy::Foreground,
    );
    world.controller.applier = Arc::new(applier);
    let path = format!("{SECRETS}/secret");
    let calls = [
        Call::post(SECRETS).fails(409, "AlreadyExists"),
        Call::get(&path).answers(&live_secret("5")),
        Call::put(&path)
            .with(json!({"metadata": {"resourceVersion": "5"}}))
            .answers(&live_secret("6")),
        told("True", 1, 2),
    ];
    world.run(Extent::Everything, calls).await;
}

/// The time of a change is filled in by each write, and is no reason to write.
#[tokio::test]
async fn a_write_says_when_its_change_was_noticed() {
    let mut secret = desired().secrets.remove(0);
    crate::pod::changed_at::make_room(true, &mut secret.data);
    let mut world = World::rendering(Desired {
        secrets: vec![secret.clone()],
        ..Desired::default()
    });
    let path = format!("{SECRETS}/secret");
    let written = |sent: &serde_json::Value| {
        let value: k8s_openapi::ByteString =
            serde_json::from_value(sent["data"][formats::changed_at::FILE].clone()).expect("bytes");
        let time = formats::changed_at::read(std::str::from_utf8(&value.0).expect("text")).expect("a time");
        assert!(time.elapsed().expect("in the past") < Duration::from_mins(1));
    };
    let calls = [
        Call::get(&path).fails(404, "NotFound"),
        Call::post(SECRETS).verifies(written).answers(&live_secret("7")),
        told("True", 1, 2),
    ];
    world.run(Extent::Everything, calls).await;
    // Another process finds it as it was left.
    let mut world = World::rendering(Desired {
        secrets: vec![secret.clone()],
        ..Desired::default()
    });
    secret.metadata.resource_version = Some("7".to_owned());
    let mut live = serde_json::to_value(&secret).expect("plain data");
    live["data"][formats::changed_at::FILE] = json!("MTc5NjAwMDAwMC4wMDAwMDA=");
    world
        .run(
            Extent::Everything,
            [Call::get(&path).answers(&live), told("True", 1, 2)],
        )
        .await;
}

/// One Secret, of which the watch knows that somebody else changed it.
fn one_secret() -> World {
    let desired = Desired {
        secrets: desired().secrets,
        ..Desired::default()
    };
    World::rendering(desired)
}

fn live_secret(version: &str) -> serde_json::Value {
    let data = json!({"other": "eA=="});
    json!({"metadata": {"name": "secret", "namespace": "ns", "resourceVersion": version}, "data": data})
}

#[tokio::test]
async fn a_write_that_was_overtaken_is_tried_again_with_what_is_there() {
    let path = format!("{SECRETS}/secret");
    let mut world = one_secret();
    let calls = [
        Call::get(&path).answers(&live_secret("5")),
        Call::put(&path)
            .with(json!({"metadata": {"resourceVersion": "5"}}))
            .fails(409, "Conflict"),
        Call::get(&path).answers(&live_secret("6")),
        Call::put(&path)
            .with(json!({"metadata": {"resourceVersion": "6"}}))
            .answers(&json!({"metadata": {"resourceVersion": "7"}})),
        told("True", 1, 2),
    ];
    world.run(Extent::Everything, calls).await;
}

#[tokio::test]
async fn what_is_deleted_between_look_and_write_is_made_again() {
    let path = format!("{SECRETS}/secret");
    let mut world = one_secret();
    let calls = [
        Call::get(&path).answers(&live_secret("5")),
        Call::put(&path).fails(404, "NotFound"),
        Call::get(&path).fails(404, "NotFound"),
        Call::post(SECRETS).answers(&json!({"metadata": {"resourceVersion": "7"}})),
        told("True", 1, 2),
    ];
    world.run(Extent::Everything, calls).await;
}

#[tokio::test]
async fn a_conflict_that_does_not_end_fails_the_run() {
    let path = format!("{SECRETS}/secret");
    let mut world = one_secret();
    let tries = (0..4).flat_map(|_| {
        [
            Call::get(&path).answers(&live_secret("5")),
            Call::put(&path).fails(409, "Conflict"),
        ]
    });
    let calls = tries.chain([told("False", 1, 2)]);
    assert_eq!(
        world.run(Extent::Everything, calls).await,
        Outcome::Failed(Extent::Everything)
    );
}

#[tokio::test]
async fn what_others_control_is_not_touched() {
    let owner = json!([{"apiVersion": "v1", "kind": "Other", "name": "x", "uid": "u-x", "controller": true}]);
    let live = json!({"metadata": {"name": "secret", "namespace": "ns", "ownerReferences": owner}});
    let mut world = one_secret();
    let calls = [
        Call::get(&format!("{SECRETS}/secret")).answers(&live),
        told("False", 1, 2),
    ];
    assert_eq!(
        world.run(Extent::Everything, calls).await,
        Outcome::Failed(Extent::Everything)
    );
}

#[tokio::test]
async fn a_set_whose_immutable_field_changed_is_deleted_to_be_made_again() {
    let mut world = World::rendering(Desired {
        stateful_sets: desired().stateful_sets,
        ..Desired::default()
    });
    world.deliver(1);
    let path = format!("{SETS}/prometheus-main");
    let live = json!({"metadata": {"name": "prometheus-main", "namespace": "ns", "resourceVersion": "9"},
        "spec": {"selector": {}, "template": {}, "serviceName": "other"}});
    let calls = [
        Call::get(&path).answers(&live),
        Call::put(&path).fails(422, "Invalid"),
        Call::delete(&path)
            .with(json!({"propagationPolicy": "Foreground"}))
            .answers(&live),
    ];
    // What is not wanted goes then: here the Secret and the ConfigMap that the watches show.
    let pruned = [
        Call::delete(&format!("{SECRETS}/secret")).answers(&json!({"kind": "Status", "status": "Success"})),
        Call::delete(&format!("{CONFIG_MAPS}/rules")).fails(404, "NotFound"),
    ];
    let calls = calls.into_iter().chain(pruned).chain([told("True", 1, 2)]);
    assert_eq!(world.run(Extent::Everything, calls).await, Outcome::Done);
}

#[tokio::test]
async fn a_write_that_is_refused_ends_the_order_and_is_told() {
    let mut world = World::rendering(desired());
    let calls = [
        Call::get(&format!("{SECRETS}/secret")).fails(404, "NotFound"),
        Call::post(SECRETS).fails(403, "Forbidden"),
        told("False", 1, 2),
    ];
    assert_eq!(
        world.run(Extent::Everything, calls).await,
        Outcome::Failed(Extent::Everything)
    );
}

#[tokio::test]
async fn in_a_namespace_that_ends_nothing_is_told() {
    let mut world = World::rendering(desired());
    let calls = [
        Call::get(&format!("{SECRETS}/secret")).fails(404, "NotFound"),
        Call::post(SECRETS).fails(403, "NamespaceTerminating"),
    ];
    assert_eq!(world.run(Extent::Everything, calls).await, Outcome::Done);
}

#[tokio::test]
async fn a_wrong_specification_is_told_and_waits_for_its_mending() {
    let mut world = World::new(Err(Wrong("newest".to_owned())));
    let outcome = world.run(Extent::Everything, [told("False", 1, 2)]).await;
    assert_eq!(outcome, Outcome::Again(STATUS_POLL, Extent::Status));
    // The pods' own event, before the watch has brought that status.
    world.run(Extent::Status, []).await;
}

#[tokio::test]
async fn a_status_that_could_not_be_written_is_written_by_the_next_look() {
    let mut world = World::rendering(Desired::default());
    let refused = Call::patch(STATUS).fails(500, "InternalError");
    assert_eq!(
        world.run(Extent::Everything, [refused]).await,
        Outcome::Failed(Extent::Status)
    );
    // With the result of the run that was not reported.
    world.run(Extent::Status, [told("True", 1, 2)]).await;
    world.run(Extent::Status, []).await;
}

#[tokio::test]
async fn the_status_of_what_is_gone_is_nobodys() {
    let mut world = World::rendering(Desired::default());
    let gone = Call::patch(STATUS)
        .with(json!({"metadata": {"uid": "u-main"}}))
        .fails(404, "NotFound");
    assert_eq!(
        world.run(Extent::Everything, [gone]).await,
        Outcome::Again(STATUS_POLL, Extent::Status)
    );
}

#[tokio::test]
async fn somebody_elses_status_is_undone() {
    let mut world = World::rendering(Desired::default());
    world.run(Extent::Everything, [told("True", 1, 5)]).await;
    let mut meddled = resource(1, 4);
    world.controller.resources.upsert(meddled.clone());
    world.run(Extent::Status, []).await;
    meddled.metadata.resource_version = Some("6".to_owned());
    world.controller.resources.upsert(meddled);
    world.run(Extent::Status, [told("True", 1, 7)]).await;
}

#[tokio::test]
async fn a_paused_object_has_its_status_only() {
    let mut world = World::rendering(desired());
    let mut paused = resource(2, 2);
    paused.spec.common.paused = Some(true);
    world.controller.resources.upsert(paused);
    world.run(Extent::Everything, [told("Unknown", 2, 3)]).await;
}

#[tokio::test]
async fn an_object_of_another_operator_is_left_alone() {
    let mut world = World::rendering(desired());
    let mut other = resource(1, 1);
    other.metadata.annotations = Some([(CONTROLLER_ID.to_owned(), "another".to_owned())].into());
    world.controller.resources.upsert(other);
    assert_eq!(world.run(Extent::Everything, []).await, Outcome::Done);
}

#[tokio::test]
async fn a_pod_that_is_not_ready_says_why() {
    let mut world = World::rendering(Desired::default());
    let mut set: StatefulSet = desired().stateful_sets.remove(0);
    set.metadata.generation = Some(1);
    set.spec.as_mut().expect("it is there").replicas = Some(1);
    world.controller.children.stateful_sets.upsert(set);
    let pod = json!({"metadata": {"name": "prometheus-main-0"}, "status": {"conditions": [
        {"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available"},
    ]}});
    let pods = Call::get("/api/v1/namespaces/ns/pods").answers(&json!({"metadata": {}, "items": [pod]}));
    world
        .run(Extent::Status, [pods, Call::patch(STATUS).fails(404, "NotFound")])
        .await;
    let refused = Call::get("/api/v1/namespaces/ns/pods").fails(500, "InternalError");
    assert_eq!(
        world.run(Extent::Status, [refused]).await,
        Outcome::Failed(Extent::Status)
    );
}

#[tokio::test]
async fn a_set_without_pods_says_what_is_in_their_way() {
    let mut world = World::rendering(Desired::default());
    let mut set: StatefulSet = desired().stateful_sets.remove(0);
    set.metadata.uid = Some("u-set".to_owned());
    set.spec.as_mut().expect("it is there").replicas = Some(1);
    world.controller.children.stateful_sets.upsert(set);
    let pods = || Call::get("/api/v1/namespaces/ns/pods").answers(&json!({"metadata": {}, "items": []}));
    let path = "/apis/events.k8s.io/v1/namespaces/ns/events";
    let event =
        json!({"metadata": {"name": "e"}, "note": "exceeded quota", "regarding": {"uid": "u-set"}, "eventTime": null});
    let events = Call::get(path)
        .query("FailedCreate")
        .answers(&json!({"metadata": {}, "items": [event]}));
    let says = |message: &'static str| {
        Call::patch(STATUS)
            .verifies(move |sent| assert_eq!(sent["status"]["conditions"][0]["message"], message))
            .fails(404, "NotFound")
    };
    let known = says("statefulset ns/prometheus-main: exceeded quota");
    let outcome = world.run(Extent::Status, [pods(), events, known]).await;
    assert_eq!(outcome, Outcome::Again(EMPTY_POLL, Extent::Status));
    let forbidden = Call::get(path).fails(403, "Forbidden");
    let unknown = says("statefulset ns/prometheus-main: no pod has been created yet");
    world.run(Extent::Status, [pods(), forbidden, unknown]).await;
}

#[tokio::test]
async fn a_name_that_pods_cannot_have_is_refused() {
    let mut world = World::rendering(desired());
    let mut long = resource(1, 1);
    long.metadata.annotations = Some([(SET.to_owned(), "s".repeat(56))].into());
    world.controller.resources.upsert(long);
    let refused = told("False", 1, 2).verifies(|sent| {
        let message = sent["status"]["conditions"][1]["message"].as_str().expect("a message");
        assert!(message.contains("56 characters") && message.contains("52"), "{message}");
    });
    world.run(Extent::Everything, [refused]).await;
}
