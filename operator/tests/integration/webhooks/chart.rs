//! The configurations that kube-prometheus-stack installs, as they are rendered, against our programs with its flags. They are
//! read from where the distributions are kept beside the checkout, and are no part of it.

#![expect(
    clippy::disallowed_methods,
    reason = "names and files of tests are ours, and nothing in them is secret"
)]

use std::io::Write as _;
use std::path::Path;

use k8s_openapi::ByteString;
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, Patch, PatchParams};
use kube::core::GroupVersionKind;
use serde_json::{Value, json};

use super::stand::Files;
use crate::support::{Operator, Space, eventually, in_namespace, rule};

/// The rendered chart; `None` where there is none.
fn rendered(name: &str) -> Option<Vec<Value>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/distributions/kube-prometheus-stack");
    let Ok(text) = std::fs::read_to_string(folder.join(name)) else {
        assert_ne!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "{name} of the distributions is not there"
        );
        let said = std::io::stderr().write_all(b"skipped: no distributions beside the checkout\n");
        said.expect("standard error is open");
        return None;
    };
    Some(serde_saphyr::from_multiple(&text).expect("YAML"))
}

/// The flags of the web server in the first container of a Deployment.
fn web_flags<'a>(objects: &'a [Value], name: &str) -> Vec<&'a str> {
    let deployment = objects
        .iter()
        .find(|object| object["kind"] == "Deployment" && object["metadata"]["name"] == name);
    let container = &deployment.expect("a Deployment")["spec"]["template"]["spec"]["containers"][0];
    let flags = container["args"].as_array().expect("flags").iter();
    flags
        .filter_map(Value::as_str)
        .filter(|flag| flag.starts_with("--web."))
        .collect()
}

/// The configurations with another address, for one namespace, as the chart's own job leaves them.
fn configurations(objects: Vec<Value>, space: &Space, url: &str, files: &Files) -> Vec<Value> {
    let is_one = |object: &Value| {
        object["kind"]
            .as_str()
            .is_some_and(|kind| kind.ends_with("WebhookConfiguration"))
    };
    let mut found: Vec<Value> = objects.into_iter().filter(is_one).collect();
    assert_eq!(found.len(), 2);
    for configuration in &mut found {
        configuration["metadata"] = json!({ "name": format!("chart-{}", space.namespace) });
        for webhook in configuration["webhooks"].as_array_mut().expect("webhooks") {
            let path = webhook["clientConfig"]["service"]["path"]
                .as_str()
                .expect("a path")
                .to_owned();
            let authority = json!(ByteString(files.authority_pem().into_bytes()));
            webhook["clientConfig"] = json!({ "url": format!("{url}{path}"), "caBundle": authority });
            webhook["namespaceSelector"] = json!({ "matchLabels": { "kubernetes.io/metadata.name": space.namespace } });
            webhook["failurePolicy"] = json!("Fail");
        }
    }
    found
}

fn api(space: &Space, object: &Value) -> Api<DynamicObject> {
    let kind = object["kind"].as_str().expect("a kind");
    let kind = GroupVersionKind::gvk("admissionregistration.k8s.io", "v1", kind);
    Api::all_with(space.client.clone(), &ApiResource::from_gvk(&kind))
}

async fn checked(rendered_chart: &str, deployment: &str, start: impl Fn(&Space, &[String]) -> Operator) {
    let Some(objects) = rendered(rendered_chart) else {
        return;
    };
    in_namespace(async |space| {
        let files = Files::create();
        let flags = web_flags(&objects, deployment).into_iter();
        // The flags of the chart, with our files, and our port for its own.
        let flags = flags.filter(|flag| !flag.starts_with("--web.listen-address"));
        let own = |flag: &str| match flag {
            "--web.cert-file=/cert/cert" => format!("--web.cert-file={}", files.path("tls.crt").display()),
            "--web.key-file=/cert/key" => format!("--web.key-file={}", files.path("tls.key").display()),
            other => other.to_owned(),
        };
        let program = start(space, &flags.map(own).collect::<Vec<_>>());
        program.listens().await;
        let configurations = configurations(objects.clone(), space, &program.url("https"), &files);
        let params = PatchParams::apply("integration-test").force();
        for configuration in &configurations {
            let name = configuration["metadata"]["name"].as_str().expect("a name");
            let applied = api(space, configuration)
                .patch(name, &params, &Patch::Apply(configuration))
                .await;
            applied.expect("the API server takes it");
        }
        eventually("the API server asks", async || {
            let refused = space.try_apply(&rule("asked", "Asked", "sum(")).await.err()?;
            refused.to_string().contains("Rules are not valid").then_some(())
        })
        .await;
        let rules = objects.iter().filter(|object| object["kind"] == "PrometheusRule");
        let mut count = 0;
        for rule in rules {
            let mut rule = rule.clone();
            rule["metadata"]["namespace"] = json!(space.namespace);
            space.apply(&rule).await;
            count += 1;
        }
        assert!(count > 20, "{count} rules of the chart were stored");
        for configuration in &configurations {
            let name = configuration["metadata"]["name"].as_str().expect("a name");
            let deleted = api(space, configuration).delete(name, &DeleteParams::default()).await;
            deleted.expect("it is there");
        }
    })
    .await;
}

#[tokio::test]
async fn the_operator_answers_in_place_of_the_originals() {
    checked("default.yaml", "kps-kube-prometheus-stack-operator", |space, flags| {
        Operator::start(space, &flags.iter().map(String::as_str).collect::<Vec<_>>())
    })
    .await;
}

#[tokio::test]
async fn the_program_answers_in_place_of_the_originals() {
    checked(
        "webhooks-deployment.yaml",
        "kps-kube-prometheus-stack-operator-webhook",
        |_, flags| Operator::start_program("admission-webhook", flags),
    )
    .await;
}
