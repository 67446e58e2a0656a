//! `AlertmanagerConfig`s in both of their versions, converted by the operator whenever the API server needs the other one. The
//! definition is changed for it, so the control plane is the test's own.

#![expect(
    clippy::disallowed_methods,
    reason = "names and files of tests are ours, and nothing in them is secret"
)]

use futures::{StreamExt as _, TryStreamExt as _};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject, ListParams, Patch, PatchParams, PostParams, WatchEvent, WatchParams};
use kube::core::GroupVersionKind;
use serde_json::{Value, json};

use super::stand::free_port;
use crate::support::{Operator, OwnCluster, Space, eventually, install_definitions};

const NAME: &str = "alertmanagerconfigs.monitoring.coreos.com";

fn configs(space: &Space, version: &str) -> Api<DynamicObject> {
    let kind = GroupVersionKind::gvk("monitoring.coreos.com", version, "AlertmanagerConfig");
    Api::namespaced_with(space.client.clone(), &space.namespace, &ApiResource::from_gvk(&kind))
}

fn alpha(name: &str) -> Value {
    json!({
        "apiVersion": "monitoring.coreos.com/v1alpha1", "kind": "AlertmanagerConfig", "metadata": { "name": name },
        "spec": {
            "route": { "receiver": "duty", "matchers": [{ "name": "severity", "value": "crit.*", "regex": true }],
                "routes": [{ "receiver": "duty", "matchers": [{ "name": "team", "value": "shop" }], "muteTimeIntervals": ["night"] }] },
            "receivers": [{ "name": "duty", "emailConfigs": [{ "to": "duty@example.test" }] }],
            "muteTimeIntervals": [{ "name": "night", "timeIntervals": [{ "times": [{ "startTime": "22:00", "endTime": "23:00" }] }] }],
        },
    })
}

async fn patch_definition(client: &Client, patch: Value) {
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    let patched = definitions
        .patch(NAME, &PatchParams::default(), &Patch::Merge(patch))
        .await;
    patched.expect("the definition can be changed");
}

/// The definition with both versions, which this address converts.
async fn install_both_versions(client: &Client, url: &str) {
    install_definitions(client).await;
    let definitions = crds::schema::full_custom_resource_definitions();
    let full = definitions
        .iter()
        .find(|definition| definition["metadata"]["name"] == NAME)
        .expect("ours");
    let webhook = json!({ "clientConfig": { "url": url }, "conversionReviewVersions": ["v1"] });
    let conversion = json!({ "strategy": "Webhook", "webhook": webhook });
    patch_definition(
        client,
        json!({ "spec": { "conversion": conversion, "versions": full["spec"]["versions"] } }),
    )
    .await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one object, followed through both versions")]
async fn objects_are_read_and_written_in_both_versions() {
    if std::env::var_os("KUBECONFIG").is_none() {
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cluster = OwnCluster::start();
    let client = cluster.client().await;
    let port = free_port();
    install_both_versions(&client, &format!("https://127.0.0.1:{port}/convert")).await;
    let space = Space::of(client).await;
    let flags = [
        &format!("--admission-listen-address=127.0.0.1:{port}"),
        "--admission-certificate-secret=certificates",
        "--admission-certificate-names=127.0.0.1",
        "--admission-conversion",
    ];
    let operator = Operator::start_with(&cluster.kubeconfig, &flags);
    let (old, new) = (configs(&space, "v1alpha1"), configs(&space, "v1beta1"));
    eventually("objects are converted", async || {
        let object = serde_json::from_value(alpha("first")).expect("an object");
        let _ = old.create(&PostParams::default(), &object).await;
        new.get("first").await.ok()
    })
    .await;

    // Read, listed, and watched.
    let read = new.get("first").await.expect("it is converted");
    let matcher = &read.data["spec"]["route"]["matchers"][0];
    assert_eq!(
        *matcher,
        json!({ "name": "severity", "value": "crit.*", "matchType": "=~" })
    );
    assert_eq!(read.data["spec"]["timeIntervals"][0]["name"], "night");
    assert!(read.data["spec"].get("muteTimeIntervals").is_none());
    let listed = new.list(&ListParams::default()).await.expect("a list");
    assert_eq!(listed.items.len(), 1);
    let version = listed.metadata.resource_version.expect("a version");
    let mut events = new
        .watch(&WatchParams::default(), &version)
        .await
        .expect("a watch")
        .boxed();
    let object = serde_json::from_value(alpha("second")).expect("an object");
    old.create(&PostParams::default(), &object).await.expect("it is fine");
    let event = events.try_next().await.expect("an event").expect("an event");
    let WatchEvent::Added(seen) = event else {
        panic!("{event:?}")
    };
    assert_eq!(seen.data["spec"]["timeIntervals"][0]["name"], "night");

    // Edited as the new version, applied as the new version, and read as the old one.
    let edit = json!({ "spec": { "route": { "groupWait": "1m" } } });
    new.patch("first", &PatchParams::default(), &Patch::Merge(edit))
        .await
        .expect("edited");
    let applied = json!({
        "apiVersion": "monitoring.coreos.com/v1beta1", "kind": "AlertmanagerConfig", "metadata": { "name": "third" },
        "spec": { "receivers": [{ "name": "duty" }], "route": { "receiver": "duty" }, "timeIntervals": [{ "name": "day" }] },
    });
    let params = PatchParams::apply("integration-test");
    new.patch("third", &params, &Patch::Apply(&applied))
        .await
        .expect("applied");
    let back = old.get("third").await.expect("it is converted");
    assert_eq!(back.data["spec"]["muteTimeIntervals"], json!([{ "name": "day" }]));
    let applied_back = json!({
        "apiVersion": "monitoring.coreos.com/v1alpha1", "kind": "AlertmanagerConfig", "metadata": { "name": "third" },
        "spec": { "receivers": [{ "name": "duty" }], "route": { "receiver": "duty" } },
    });
    old.patch("third", &params, &Patch::Apply(&applied_back))
        .await
        .expect("applied");
    let without = new.get("third").await.expect("it is converted");
    assert!(
        without.data["spec"].get("timeIntervals").is_none(),
        "who had set it took it back: {:?}",
        without.data
    );
    let back = old.get("first").await.expect("it is converted");
    assert_eq!(back.data["spec"]["route"]["groupWait"], "1m");
    let email = &back.data["spec"]["receivers"][0]["emailConfigs"][0]["to"];
    assert_eq!(email, "duty@example.test");

    // Stored as the other version from now on; what is stored already is written again.
    migrate(&space, &new).await;
    let back = old.get("first").await.expect("it is converted");
    assert_eq!(back.data["spec"]["muteTimeIntervals"][0]["name"], "night");
    let conversions = ["kind=\"Conversion\"", "verdict=\"allowed\""];
    assert!(operator.metric("admission_reviews_total", &conversions).await > Some(5.0));
}

/// Makes v1beta1 the version in which objects are stored.
async fn migrate(space: &Space, configs: &Api<DynamicObject>) {
    let definitions: Api<CustomResourceDefinition> = Api::all(space.client.clone());
    let mut definition = definitions.get(NAME).await.expect("it is there");
    for version in &mut definition.spec.versions {
        version.storage = version.name == "v1beta1";
    }
    definitions
        .replace(NAME, &PostParams::default(), &definition)
        .await
        .expect("the definition can be changed");
    for object in configs.list(&ListParams::default()).await.expect("a list").items {
        let name = object.metadata.name.clone().expect("a name");
        configs
            .replace(&name, &PostParams::default(), &object)
            .await
            .expect("it is written as it is");
    }
    let stored = json!({ "status": { "storedVersions": ["v1beta1"] } });
    let patched = definitions
        .patch_status(NAME, &PatchParams::default(), &Patch::Merge(stored))
        .await;
    let stored = patched
        .expect("nothing is stored as v1alpha1")
        .status
        .expect("a status")
        .stored_versions;
    assert_eq!(stored, Some(vec!["v1beta1".to_owned()]));
}
