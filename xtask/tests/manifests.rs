//! The generated files as they are committed: current, complete, and those of `deploy/` safe to apply.

#![expect(
    clippy::disallowed_methods,
    reason = "names and files of tests are ours, and nothing in them is secret"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use operator::args::Args;
use operator::object::yaml;
use operator::permissions::manifest::Account;
use operator::permissions::needed::{self, Installation};
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn committed(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[expect(clippy::disallowed_methods, reason = "nothing in these files is secret")]
fn objects(path: &str) -> Vec<Value> {
    let documents = serde_saphyr::from_multiple::<Value>(&committed(path));
    documents.unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn of_kind(kind: &str) -> Vec<Value> {
    let mut objects = objects("deploy/bundle.yaml");
    objects.retain(|object| object["kind"] == kind);
    assert!(!objects.is_empty(), "no {kind}");
    objects
}

#[test]
fn committed_files_are_current() {
    let stale: Vec<_> = xtask::all()
        .expect("the output")
        .files
        .into_iter()
        .filter(|file| fs::read_to_string(root().join(&file.path)).ok().as_ref() != Some(&file.text))
        .map(|file| file.path)
        .collect();
    assert!(stale.is_empty(), "run `make generate`: {stale:?}");
}

#[test]
fn generated_folders_hold_nothing_else() {
    let leftovers = xtask::leftovers(&root(), &xtask::all().expect("the output")).expect("the folders");
    assert!(leftovers.is_empty(), "not generated: {leftovers:?}");
}

/// What an object needs is before it: definitions and the namespace first, the Deployment last.
#[test]
fn the_bundle_is_in_the_order_of_application() {
    let mut kinds: Vec<String> = objects("deploy/bundle.yaml")
        .iter()
        .map(|object| object["kind"].as_str().expect("a kind").to_owned())
        .collect();
    kinds.dedup();
    assert_eq!(
        kinds,
        [
            "CustomResourceDefinition",
            "Namespace",
            "ServiceAccount",
            "ClusterRole",
            "ClusterRoleBinding",
            "Role",
            "RoleBinding",
            "ClusterRole",
            "Service",
            "Role",
            "RoleBinding",
            "Deployment",
        ]
    );
}

#[test]
fn no_role_has_a_wildcard() {
    for role in [of_kind("ClusterRole"), of_kind("Role")].concat() {
        for rule in role["rules"].as_array().expect("rules") {
            for list in ["apiGroups", "resources", "verbs"] {
                let words = rule[list].as_array().expect("a list");
                assert!(
                    !words.is_empty() && !words.contains(&json!("*")),
                    "{}: {rule}",
                    role["metadata"]["name"]
                );
            }
        }
    }
}

#[test]
fn the_binding_gives_the_role_to_the_identity_of_the_pods() {
    let account = &of_kind("ServiceAccount")[0]["metadata"];
    for kind in ["ClusterRole", "Role"] {
        for binding in of_kind(&format!("{kind}Binding")) {
            assert_eq!(
                binding["subjects"],
                json!([{"kind": "ServiceAccount", "name": account["name"], "namespace": account["namespace"]}])
            );
            assert_eq!(binding["roleRef"]["kind"], kind);
            let roles = of_kind(kind);
            assert!(
                roles
                    .iter()
                    .any(|role| role["metadata"]["name"] == binding["roleRef"]["name"]
                        && role["metadata"]["namespace"] == binding["metadata"]["namespace"])
            );
        }
    }
    let deployment = &of_kind("Deployment")[0];
    assert_eq!(
        deployment["spec"]["template"]["spec"]["serviceAccountName"],
        account["name"]
    );
    assert_eq!(deployment["metadata"]["namespace"], account["namespace"]);
}

/// What the Pod Security Standard `restricted` asks for, and a file system that cannot be written to.
#[test]
fn the_pod_is_restricted() {
    let pod = &of_kind("Deployment")[0]["spec"]["template"]["spec"];
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
    for container in pod["containers"].as_array().expect("containers") {
        assert_eq!(
            container["securityContext"],
            json!({
                "allowPrivilegeEscalation": false,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": true,
            })
        );
        assert!(container["resources"]["limits"]["memory"].is_string());
    }
}

/// Service and `ServiceMonitor` lead to the pods, by port name too.
#[test]
fn the_service_monitor_leads_to_the_pods() {
    let service = &of_kind("Service")[0];
    let template = &of_kind("Deployment")[0]["spec"]["template"];
    let monitor = &objects("deploy/components/self-monitoring/service-monitor.yaml")[0]["spec"];
    let within = |selector: &Value, labels: &Value| {
        let selector = selector.as_object().expect("a selector");
        !selector.is_empty() && selector.iter().all(|(key, value)| labels[key] == *value)
    };
    assert!(within(&service["spec"]["selector"], &template["metadata"]["labels"]));
    assert!(within(
        &monitor["selector"]["matchLabels"],
        &service["metadata"]["labels"]
    ));
    let port = &service["spec"]["ports"][0];
    assert_eq!(monitor["endpoints"][0]["port"], port["name"]);
    assert_eq!(
        port["targetPort"],
        template["spec"]["containers"][0]["ports"][0]["name"]
    );
}

/// Whoever is woken up by an alert finds a page about it, and no page is about an alert that is gone.
#[test]
fn every_alert_has_a_runbook() {
    let groups = objects("deploy/mixin/alerts.yaml").remove(0)["groups"].take();
    let rules = groups
        .as_array()
        .expect("groups")
        .iter()
        .flat_map(|group| group["rules"].as_array().expect("rules"));
    let mut alerts: Vec<String> = rules
        .map(|rule| format!("{}.md", rule["alert"].as_str().expect("an alert")))
        .collect();
    let entries = fs::read_dir(root().join("docs/runbooks")).expect("the runbooks");
    let mut pages: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    alerts.sort();
    pages.sort();
    assert_eq!(pages, alerts);
}

/// The components of webhooks.
const WEBHOOKS: [&str; 3] = ["webhooks", "webhooks-of-all-kinds", "admission-webhook"];

fn component(name: &str, file: &str) -> Value {
    let path = format!("deploy/components/{name}/{file}");
    objects(&path).remove(0)
}

/// The operator with the arguments that a component adds to its own.
fn operator_with(component_names: &[&str]) -> operator::args::Args {
    let own = &of_kind("Deployment")[0]["spec"]["template"]["spec"]["containers"][0]["args"];
    let mut arguments: Vec<String> = serde_json::from_value(own.clone()).expect("arguments");
    for name in component_names {
        let patches = component(name, "kustomization.yaml")["patches"].take();
        for patch in patches.as_array().expect("patches") {
            let steps = serde_saphyr::from_str::<Value>(patch["patch"].as_str().expect("steps")).expect("a patch");
            let added = steps
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|step| step["value"].as_str());
            arguments.extend(added.map(str::to_owned));
        }
    }
    let arguments = std::iter::once("operator".to_owned()).chain(arguments).map(Into::into);
    operator::args::Args::try_from_arguments(arguments).expect("the operator understands them")
}

/// Where the API server asks, somebody answers: the Service leads to the pods, and the path is served.
#[test]
fn every_webhook_is_served() {
    for name in WEBHOOKS {
        let mut webhooks = component(name, "validating.yaml")["webhooks"]
            .as_array()
            .expect("webhooks")
            .clone();
        if name != "webhooks-of-all-kinds" {
            webhooks.push(component(name, "mutating.yaml")["webhooks"][0].clone());
        }
        let home = if name == "admission-webhook" { name } else { "webhooks" };
        let service = component(home, "service.yaml");
        for webhook in webhooks {
            assert_eq!(
                webhook["clientConfig"]["service"]["name"], service["metadata"]["name"],
                "{webhook}"
            );
            assert_eq!(webhook["failurePolicy"], "Ignore");
            let resource = &webhook["rules"][0]["resources"][0];
            let kind = operator::admission::kinds::KINDS
                .iter()
                .find(|kind| *resource == kind.plural)
                .expect("a kind");
            let path = webhook["clientConfig"]["service"]["path"].as_str().expect("a path");
            assert!(
                path == kind.path || path == "/admission-prometheusrules/mutate",
                "{path}"
            );
        }
    }
    let operator = operator_with(&["webhooks", "webhooks-of-all-kinds"]);
    let port = &component("webhooks", "service.yaml")["spec"]["ports"][0]["targetPort"];
    assert_eq!(operator.certificates.admission_listen_address, format!(":{port}"));
    assert_eq!(
        operator.judgement.admission_kinds.len(),
        operator::admission::kinds::KINDS.len()
    );
}

/// The operator makes certificates for the Services, and may tell those who ask them.
#[test]
fn the_certificates_are_for_the_services() {
    for names in [
        &["webhooks"][..],
        &["webhooks", "webhooks-of-all-kinds"],
        &["admission-webhook"],
    ] {
        let flags = operator_with(names).certificates;
        let service = component(names[0], "service.yaml")["metadata"]["name"].clone();
        assert!(flags.admission_services.contains(service.as_str().expect("a name")));
        let rules = component(names[0], "cluster-role.yaml")["rules"].take();
        for configuration in &flags.admission_webhook_configurations {
            let permitted = rules[0]["resourceNames"].as_array().expect("names");
            assert!(permitted.contains(&json!(configuration)), "{configuration}");
        }
        for name in names {
            let configuration = component(name, "validating.yaml")["metadata"]["name"].clone();
            let told = &flags.admission_webhook_configurations;
            assert!(told.contains(configuration.as_str().expect("a name")), "{name}");
        }
    }
    let mounted =
        &component("admission-webhook", "deployment.yaml")["spec"]["template"]["spec"]["volumes"][0]["secret"];
    let kept = operator_with(&["admission-webhook"])
        .certificates
        .admission_certificate_secret;
    assert_eq!(mounted["secretName"], kept);
    // With cert-manager's certificates in it, the operator leaves it alone.
    let flags = operator_with(&["admission-webhook", "admission-webhook-cert-manager"]).certificates;
    assert_eq!(flags.admission_certificate_secret, "");
    let certificate = component("admission-webhook-cert-manager", "certificate.yaml");
    assert_eq!(certificate["spec"]["secretName"], mounted["secretName"]);
}

/// The command `rbac` prints the roles that are here, for the flags that are here. Roles for the kubelets allow for both of the
/// flags that name what is kept for them.
#[test]
fn the_command_prints_the_roles_of_the_bundle() {
    let deployment = &of_kind("Deployment")[0];
    let flags = &deployment["spec"]["template"]["spec"]["containers"][0]["args"];
    let flags = (flags.as_array().into_iter().flatten()).filter_map(Value::as_str);
    let flags = flags.chain(["--kubelet-endpointslice=true"]);
    let arguments = ["prometheus-operator"].into_iter().chain(flags).map(Into::into);
    let args = Args::try_from_arguments(arguments).expect("flags");
    let installation = Installation {
        name: "prometheus-operator".to_owned(),
        namespace: "monitoring".to_owned(),
    };
    let account = Account {
        namespace: "monitoring".to_owned(),
        name: "prometheus-operator".to_owned(),
    };
    let printed: BTreeSet<String> = needed::roles(&args, &installation)
        .expect("flags that go together")
        .iter()
        .flat_map(|role| [role.manifest(), yaml(&role.binding(&account))])
        .collect();
    let bundle = committed("deploy/bundle.yaml");
    let is_ours = |document: &&str| {
        let is_role = ["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"]
            .iter()
            .any(|kind| document.contains(&format!("\nkind: {kind}\n")));
        is_role && !document.contains("prometheus-crd-")
    };
    let held: BTreeSet<String> = bundle.split("---\n").filter(is_ours).map(str::to_owned).collect();
    assert_eq!(printed, held);
}
