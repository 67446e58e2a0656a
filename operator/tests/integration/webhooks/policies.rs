//! The policies that `prometheus-operator admission-policies` prints, on the real API server.

#![expect(
    clippy::disallowed_methods,
    reason = "names and files of tests are ours, and nothing in them is secret"
)]

use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, Patch, PatchParams};
use kube::core::GroupVersionKind;
use serde_json::{Value, json};

use crate::support::{Operator, Space, eventually, in_namespace, pod_monitor, rule, service_monitor};

fn api(space: &Space, object: &Value) -> Api<DynamicObject> {
    let kind = GroupVersionKind::gvk(
        "admissionregistration.k8s.io",
        "v1",
        object["kind"].as_str().expect("a kind"),
    );
    Api::all_with(space.client.clone(), &ApiResource::from_gvk(&kind))
}

/// Objects that a policy is against, with a part of its message.
fn wrong() -> Vec<(Value, &'static str)> {
    let mut both = rule("both", "Both", "vector(1)");
    both["spec"]["groups"][0]["rules"][0]["record"] = json!("both");
    let mut recording = json!({ "record": "series", "expr": "vector(1)", "for": "1m" });
    recording["labels"] = json!({});
    let mut waiting = rule("waiting", "Any", "vector(1)");
    waiting["spec"]["groups"][0]["rules"] = json!([recording]);
    let mut far = pod_monitor("far");
    far["spec"]["namespaceSelector"] = json!({ "matchNames": ["elsewhere"] });
    let mut often = pod_monitor("often");
    often["spec"]["podMetricsEndpoints"][0]["interval"] = json!("999ms");
    let alpha = |name: &str, spec: Value| json!({ "apiVersion": "monitoring.coreos.com/v1alpha1", "kind": "ScrapeConfig", "metadata": { "name": name }, "spec": spec });
    let probe = json!({
        "apiVersion": "monitoring.coreos.com/v1", "kind": "Probe", "metadata": { "name": "often" },
        "spec": { "interval": "1s", "prober": { "url": "prober.test" }, "targets": { "staticConfig": { "static": ["a"] } } },
    });
    vec![
        (
            service_monitor("token", json!({ "bearerTokenFile": "/token" })),
            "bearerTokenFile",
        ),
        (
            service_monitor("ca", json!({ "tlsConfig": { "caFile": "/ca" } })),
            "caFile",
        ),
        (service_monitor("often", json!({ "interval": "14s" })), "shorter"),
        (often, "shorter"),
        (far, "must not select other namespaces"),
        (probe, "shorter"),
        (alpha("often", json!({ "scrapeInterval": "0" })), "shorter"),
        (
            alpha(
                "files",
                json!({ "fileSDConfigs": [{ "files": ["/etc/targets.yaml"] }] }),
            ),
            "fileSDConfigs",
        ),
        (both, "either record or alert"),
        (waiting, "recording rule"),
    ]
}

fn fine(space: &Space) -> Vec<Value> {
    let mut here = pod_monitor("here");
    here["spec"]["namespaceSelector"] = json!({ "matchNames": [space.namespace] });
    vec![
        service_monitor("slow", json!({ "interval": "15s" })),
        service_monitor("daily", json!({ "interval": "1d" })),
        service_monitor("plain", json!({ "tlsConfig": { "insecureSkipVerify": true } })),
        here,
        rule("fine", "Fine", "vector(1)"),
    ]
}

#[tokio::test]
async fn the_policies_hold_in_the_namespaces_of_tenants() {
    in_namespace(async |space| {
        let label = format!("--namespace-label=tenant={}", space.namespace);
        let printed = Operator::run("", &["admission-policies", &label]);
        let text = String::from_utf8(printed.stdout).expect("text");
        let mut objects: Vec<Value> = serde_saphyr::from_multiple(&text).expect("YAML");
        let params = PatchParams::apply("integration-test").force();
        for object in &mut objects {
            // Beside those of another test.
            let own = |name: &Value| json!(format!("{}-{}", name.as_str().expect("a name"), space.namespace));
            object["metadata"]["name"] = own(&object["metadata"]["name"]);
            if object["spec"]["policyName"].is_string() {
                object["spec"]["policyName"] = own(&object["spec"]["policyName"]);
            }
            let name = object["metadata"]["name"].as_str().expect("a name").to_owned();
            let applied = api(space, object).patch(&name, &params, &Patch::Apply(&*object)).await;
            applied.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        // Nobody is a tenant yet.
        for (object, _) in wrong() {
            space.apply(&object).await;
            space.delete(&object).await;
        }
        let namespaces: Api<Namespace> = Api::all(space.client.clone());
        let labelled = json!({ "metadata": { "labels": { "tenant": space.namespace } } });
        let patched = namespaces
            .patch(&space.namespace, &PatchParams::default(), &Patch::Merge(labelled))
            .await;
        patched.expect("it is ours");
        for (object, message) in wrong() {
            let name = object["metadata"]["name"].to_string();
            let error = eventually(&format!("{name} is refused"), async || {
                let refused = space.try_apply(&object).await.err();
                if refused.is_none() {
                    // The policy is not in force yet; what it lets in once is not looked at again.
                    space.delete(&object).await;
                }
                refused
            })
            .await;
            assert!(error.to_string().contains(message), "{name}: {error}");
        }
        for object in fine(space) {
            space.apply(&object).await;
        }
        for object in &objects {
            let name = object["metadata"]["name"].as_str().expect("a name");
            let deleted = api(space, object).delete(name, &DeleteParams::default()).await;
            deleted.expect("it is there");
        }
    })
    .await;
}
