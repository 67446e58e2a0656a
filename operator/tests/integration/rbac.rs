//! `rbac --check`: what a cluster grants is compared with what is needed.

use std::process::Command;

use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use kube::api::{Api, DeleteParams, PostParams};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::{Space, eventually, in_namespace};

/// Standard output and exit code of the command `rbac` for an operator of the namespace.
fn rbac(space: &Space, arguments: &[&str]) -> (String, Option<i32>) {
    let namespace = space.namespace.as_str();
    let output = Command::new(env!("CARGO_BIN_EXE_prometheus-operator"))
        .arg(format!("--namespaces={namespace}"))
        .args(["--leader-elect", "rbac", "--name", namespace, "--namespace", namespace])
        .args(arguments)
        .output()
        .expect("the program runs");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (text, output.status.code())
}

fn read<K: DeserializeOwned>(document: &Value) -> K {
    serde_json::from_value(document.clone()).expect("an object")
}

/// Creates what the command prints, with the Role changed.
async fn create(space: &Space, change: impl Fn(&mut Value)) {
    let (printed, _) = rbac(space, &["--output", "json"]);
    let printed: Value = serde_json::from_str(&printed).expect("JSON");
    let params = PostParams::default();
    let (roles, bindings) = (space.api::<Role>(), space.api::<RoleBinding>());
    let cluster_roles = Api::<ClusterRole>::all(space.client.clone());
    let cluster_bindings = Api::<ClusterRoleBinding>::all(space.client.clone());
    for mut object in printed["objects"].as_array().expect("objects").iter().cloned() {
        let created = match object["kind"].as_str().expect("a kind") {
            "Role" => {
                change(&mut object);
                roles.create(&params, &read(&object)).await.map(drop)
            }
            "RoleBinding" => bindings.create(&params, &read(&object)).await.map(drop),
            "ClusterRole" => cluster_roles.create(&params, &read(&object)).await.map(drop),
            _ => cluster_bindings.create(&params, &read(&object)).await.map(drop),
        };
        created.expect("it is new");
    }
    let account = json!({"metadata": {"name": space.namespace}});
    let created = space.api::<ServiceAccount>().create(&params, &read(&account)).await;
    created.expect("it is new");
}

async fn remove_cluster_roles(space: &Space) {
    let params = DeleteParams::default();
    let name = &space.namespace;
    let bindings = Api::<ClusterRoleBinding>::all(space.client.clone());
    drop(bindings.delete(name, &params).await.expect("it is there"));
    let roles = Api::<ClusterRole>::all(space.client.clone());
    drop(roles.delete(name, &params).await.expect("it is there"));
}

#[tokio::test]
async fn what_the_command_prints_is_enough() {
    in_namespace(async |space| {
        create(space, |_| {}).await;
        let complete = "0 errors, 0 warnings, 0 notes in ";
        let (text, code) = rbac(space, &["--check", "--cluster"]);
        assert!(text.starts_with(complete) && code == Some(0), "{text}");
        let account = format!("{0}:{0}", space.namespace);
        // The authorizer of the API server learns of new roles a little later.
        eventually("the API server permits everything", async || {
            let (text, code) = rbac(space, &["--check", "--service-account", &account]);
            (text.starts_with(complete) && code == Some(0)).then_some(())
        })
        .await;
        let (text, code) = rbac(space, &["--check"]);
        assert_eq!(code, Some(0), "whoever runs the tests may do everything: {text}");
        remove_cluster_roles(space).await;
    })
    .await;
}

#[tokio::test]
async fn a_verb_that_is_missing_and_one_too_many_are_named() {
    in_namespace(async |space| {
        create(space, |role| {
            let rules = role["rules"].as_array_mut().expect("rules");
            let about = |rule: &&mut Value, resource: &str| {
                rule["resources"]
                    .as_array()
                    .is_some_and(|all| all.contains(&resource.into()))
            };
            let monitors = rules.iter_mut().find(|rule| about(rule, "servicemonitors"));
            monitors.expect("a rule")["verbs"] = json!(["list"]);
            let pods = rules.iter_mut().find(|rule| about(rule, "pods"));
            pods.expect("a rule")["verbs"] = json!(["list", "delete"]);
        })
        .await;
        let account = format!("{0}:{0}", space.namespace);
        let role = format!("Role {0}/{0}", space.namespace);
        let missing = format!(
            "error[missing-permission]: {role} servicemonitors.monitoring.coreos.com: \
             system:serviceaccount:{account} may not watch in namespace {:?}; needed for: the objects to scrape",
            space.namespace
        );
        let superfluous = format!("note[superfluous-permission]: {role} pods: delete is granted and not needed");
        let (text, code) = rbac(space, &["--check", "--cluster"]);
        assert!(text.contains(&missing) && text.contains(&superfluous), "{text}");
        assert!(
            text.contains("4 errors, 0 warnings, 1 note in ") && code == Some(1),
            "{text}"
        );
        eventually("the API server knows the role", async || {
            let (text, code) = rbac(space, &["--check", "--service-account", &account]);
            let found = text.contains(&missing) && text.contains("4 errors, 0 warnings, 0 notes");
            (found && code == Some(1)).then_some(())
        })
        .await;
        remove_cluster_roles(space).await;
    })
    .await;
}
