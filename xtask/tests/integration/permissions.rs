//! Who may do what once the generated manifests are applied, asked of a real API server: a matrix as of `kubectl auth can-i`.

#![expect(
    clippy::disallowed_methods,
    reason = "names and files of tests are ours, and nothing in them is secret"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use k8s_openapi::api::authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use kube::core::NamespaceResourceScope;
use kube::{Client, Resource, ResourceExt as _};
use operator::permissions::{Feature, GRANTS, Permission, Place};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const OPERATOR: &str = "system:serviceaccount:monitoring:prometheus-operator";
const CONFIGURATION: [&str; 6] = [
    "alertmanagerconfigs",
    "podmonitors",
    "probes",
    "prometheusrules",
    "scrapeconfigs",
    "servicemonitors",
];
const WORKLOADS: [&str; 4] = ["alertmanagers", "prometheusagents", "prometheuses", "thanosrulers"];

/// One question.
struct Question<'a> {
    user: &'a str,
    verb: &'a str,
    group: &'a str,
    /// Plural name; a subresource after a slash.
    resource: &'a str,
    namespace: &'a str,
    name: Option<&'a str>,
}

async fn can(client: &Client, question: &Question<'_>) -> bool {
    let (resource, subresource) = match question.resource.split_once('/') {
        Some((resource, subresource)) => (resource, Some(subresource)),
        None => (question.resource, None),
    };
    let review = SubjectAccessReview {
        spec: SubjectAccessReviewSpec {
            user: Some(question.user.to_owned()),
            resource_attributes: Some(ResourceAttributes {
                group: Some(question.group.to_owned()),
                resource: Some(resource.to_owned()),
                subresource: subresource.map(str::to_owned),
                verb: Some(question.verb.to_owned()),
                namespace: Some(question.namespace.to_owned()),
                name: question.name.map(str::to_owned),
                ..ResourceAttributes::default()
            }),
            ..SubjectAccessReviewSpec::default()
        },
        ..SubjectAccessReview::default()
    };
    let reviews: Api<SubjectAccessReview> = Api::all(client.clone());
    let answer = reviews
        .create(&PostParams::default(), &review)
        .await
        .expect("an answer");
    answer.status.is_some_and(|status| status.allowed)
}

fn committed(path: &str) -> Vec<Value> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_saphyr::from_multiple(&text).expect("YAML")
}

/// Applies the objects of one kind among `objects`, and returns what the API server made of them.
async fn applied<K>(objects: &[Value], api: impl Fn(Option<&str>) -> Api<K>) -> Vec<K>
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + DeserializeOwned + Serialize,
{
    let mut found = Vec::new();
    for object in objects.iter().filter(|object| object["kind"] == K::kind(&()).as_ref()) {
        let name = object["metadata"]["name"].as_str().expect("a name");
        let parameters = PatchParams::apply("permissions-test").force();
        let patched = api(object["metadata"]["namespace"].as_str())
            .patch(name, &parameters, &Patch::Apply(object))
            .await;
        found.push(patched.unwrap_or_else(|error| panic!("{name}: {error}")));
    }
    found
}

fn within<K>(client: &Client) -> impl Fn(Option<&str>) -> Api<K>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
{
    let client = client.clone();
    move |namespace| Api::namespaced(client.clone(), namespace.expect("a namespace"))
}

/// Applies the roles and bindings of a file.
async fn apply_roles(client: &Client, path: &str) -> Vec<ClusterRole> {
    let objects = committed(path);
    applied::<Role>(&objects, within(client)).await;
    applied::<RoleBinding>(&objects, within(client)).await;
    applied::<ClusterRoleBinding>(&objects, |_| Api::all(client.clone())).await;
    applied::<ClusterRole>(&objects, |_| Api::all(client.clone())).await
}

/// Gives a user in a namespace what the cluster role `aggregate` of Kubernetes gets from ours, as the controller of
/// aggregated roles would.
async fn bind_aggregated(client: &Client, roles: &[ClusterRole], aggregate: &str, user: &str, namespace: &str) {
    let label = format!("rbac.authorization.k8s.io/aggregate-to-{aggregate}");
    for role in roles.iter().filter(|role| role.labels().contains_key(&label)) {
        bind(client, &role.name_any(), user, namespace).await;
    }
}

async fn bind(client: &Client, role: &str, user: &str, namespace: &str) {
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": format!("{user}-{role}"), "namespace": namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
    });
    applied::<RoleBinding>(&[binding], within(client)).await;
}

async fn cluster() -> Client {
    // The other tests of this file may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::try_default().await.expect("KUBECONFIG names a cluster");
    let namespaces: Api<k8s_openapi::api::core::v1::Namespace> = Api::all(client.clone());
    for name in ["monitoring", "kube-system", "team"] {
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        let parameters = PatchParams::apply("permissions-test");
        let patched = namespaces.patch(name, &parameters, &Patch::Apply(&namespace)).await;
        patched.expect("a namespace");
    }
    client
}

/// Where a row is needed, and a namespace in which it must not be granted.
const fn places(place: Place) -> (&'static str, Option<&'static str>) {
    match place {
        Place::Followed | Place::Cluster => ("team", None),
        Place::Own => ("monitoring", Some("team")),
        Place::Kubelets => ("kube-system", Some("team")),
    }
}

/// Whether another row that is always granted, in every namespace, gives the same.
fn granted_everywhere(permission: &Permission, verb: &str) -> bool {
    GRANTS.iter().any(|other| {
        other.part.place() == Place::Followed
            && other.part.feature().is_none()
            && (other.permission.group, other.permission.resource) == (permission.group, permission.resource)
            && other.permission.verbs.contains(&verb)
    })
}

/// What is wrong with the rows of one feature, or of what is always needed, if they are `granted` or not yet.
async fn faults(client: &Client, feature: Option<Feature>, granted: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for grant in GRANTS.iter().filter(|grant| grant.part.feature() == feature) {
        let permission = &grant.permission;
        let (inside, outside) = places(grant.part.place());
        let name = permission.names.first().copied();
        for &verb in permission.verbs {
            let everywhere = granted_everywhere(permission, verb);
            let may = async |namespace, name| {
                let Permission { group, resource, .. } = *permission;
                let question = Question {
                    user: OPERATOR,
                    verb,
                    group,
                    resource,
                    namespace,
                    name,
                };
                can(client, &question).await
            };
            let resource = permission.resource;
            if may(inside, name).await != (granted || everywhere) {
                wrong.push(format!("{feature:?} {granted}: {verb} {resource} in {inside}"));
            }
            if let Some(outside) = outside.filter(|_| !everywhere)
                && may(outside, name).await
            {
                wrong.push(format!("{feature:?}: may {verb} {resource} in {outside}"));
            }
            if name.is_some() && may(inside, Some("another")).await {
                wrong.push(format!("{feature:?}: may {verb} any of {resource} in {inside}"));
            }
        }
    }
    wrong
}

/// What is wrong with the permissions of a feature whose roles were just applied: the API server takes a moment to see them.
async fn settled(client: &Client, feature: Feature) -> Vec<String> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let wrong = faults(client, Some(feature), true).await;
        if wrong.is_empty() || Instant::now() > deadline {
            return wrong;
        }
    }
}

/// Every row of the table: what is always needed is granted where it is needed and nowhere else, and what a feature needs is
/// granted by the component of that feature alone, unless it is on in the bundle.
#[tokio::test]
async fn the_operator_may_do_what_the_table_says() {
    let client = cluster().await;
    let bindings: Api<ClusterRoleBinding> = Api::all(client.clone());
    for feature in Feature::ALL {
        let name = format!("prometheus-operator-{}", feature.name());
        // Of a run that was interrupted.
        let _ = bindings.delete(&name, &DeleteParams::default()).await;
    }
    apply_roles(&client, "deploy/bundle.yaml").await;
    let mut wrong = faults(&client, None, true).await;
    for &feature in Feature::ALL {
        if !Feature::BUNDLED.contains(&feature) {
            wrong.extend(faults(&client, Some(feature), false).await);
        }
        for file in ["cluster-role.yaml", "cluster-role-binding.yaml"] {
            apply_roles(&client, &format!("deploy/components/{}/{file}", feature.name())).await;
        }
        wrong.extend(settled(&client, feature).await);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What the bundle alone gives the operator, of what would make a difference to an attacker who holds its token.
#[tokio::test]
async fn the_bundle_grants_no_more_than_its_flags_need() {
    let client = cluster().await;
    apply_roles(&client, "deploy/bundle.yaml").await;
    for (verb, group, resource, namespace) in [
        ("create", "", "pods", "team"),
        ("create", "", "pods/exec", "team"),
        ("create", "apps", "deployments", "team"),
        ("update", "", "nodes", "team"),
        ("create", "", "endpoints", "team"),
        ("delete", "", "services", "team"),
        ("delete", "", "namespaces", "team"),
        ("create", "rbac.authorization.k8s.io", "roles", "team"),
        ("bind", "rbac.authorization.k8s.io", "clusterroles", "team"),
        ("impersonate", "", "users", "team"),
        ("create", "", "serviceaccounts/token", "team"),
        ("update", "monitoring.coreos.com", "prometheuses", "team"),
        ("create", "monitoring.coreos.com", "servicemonitors", "team"),
        ("delete", "coordination.k8s.io", "leases", "monitoring"),
        ("update", "coordination.k8s.io", "leases", "kube-system"),
    ] {
        let question = Question {
            user: OPERATOR,
            verb,
            group,
            resource,
            namespace,
            name: None,
        };
        assert!(!can(&client, &question).await, "may {verb} {resource} in {namespace}");
    }
}

#[tokio::test]
async fn those_who_edit_a_namespace_may_configure_but_run_nothing() {
    let client = cluster().await;
    let roles = apply_roles(&client, "deploy/bundle.yaml").await;
    for aggregate in ["view", "edit", "admin"] {
        bind_aggregated(&client, &roles, aggregate, aggregate, "team").await;
    }
    bind_aggregated(&client, &roles, "edit", "runner", "team").await;
    bind(&client, "prometheus-crd-edit-workloads", "runner", "team").await;
    let mut wrong = Vec::new();
    for (user, kinds, read, write) in [
        ("view", &CONFIGURATION[..], true, false),
        ("view", &WORKLOADS, true, false),
        ("edit", &CONFIGURATION, true, true),
        ("edit", &WORKLOADS, true, false),
        ("admin", &CONFIGURATION, true, true),
        ("admin", &WORKLOADS, true, false),
        ("runner", &CONFIGURATION, true, true),
        ("runner", &WORKLOADS, true, true),
        ("stranger", &CONFIGURATION, false, false),
        ("stranger", &WORKLOADS, false, false),
    ] {
        for resource in kinds {
            for (verb, expected) in [
                ("get", read),
                ("list", read),
                ("create", write),
                ("patch", write),
                ("delete", write),
            ] {
                let question = |namespace| Question {
                    user,
                    verb,
                    group: "monitoring.coreos.com",
                    resource,
                    namespace,
                    name: None,
                };
                if can(&client, &question("team")).await != expected {
                    wrong.push(format!("{user} {verb} {resource}: expected {expected}"));
                }
                if can(&client, &question("monitoring")).await {
                    wrong.push(format!("{user} may {verb} {resource} in another namespace"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
