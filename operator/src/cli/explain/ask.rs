//! Asks a cluster, and Prometheus and Alertmanager in it, what an explanation needs to know. Reads only, and no more than
//! [`LIMIT`] bytes of an answer. The effects of `explain`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::{Request, StatusCode, Uri};
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec};
use k8s_openapi::api::core::v1::{Pod, PodTemplateSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::api::{ListParams, PostParams};
use kube::client::Body;
use kube::{Client, Config, ResourceExt as _};
use process::causes::Causes;
use serde_json::Value;

use super::live::{Access, Answer, Said, Silence};
use super::permissions::{self, VERBS};
use super::selection::Pair;
use super::step::Steps;
use crate::api::Objects;
use crate::cli::input::Input;
use crate::cli::progress::Progress;
use crate::cli::world::{Listed, listed};
use crate::name::PathSegment;
use crate::object::ConfigKind;
use crate::reconcile::Rendered;

/// Most bytes of an answer.
const LIMIT: usize = 64 << 20;
/// Most bytes of an answer that says what is wrong.
const ERROR_LIMIT: usize = 64 << 10;
/// Longest time for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Pods of a workload that are asked, at most: one of each shard, or those of nodes.
const MOST_PODS: usize = 32;

/// Kinds that are looked at besides those that the operator reads.
const BESIDE: [Listed; 4] = [
    ("", "v1", "Pod", "pods"),
    ("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices"),
    ("networking.k8s.io", "v1", "Ingress", "ingresses"),
    ("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"),
];

/// A kind of workload, and where its pods answer.
const DOORS: [(&str, &str, &str); 4] = [
    ("Prometheus", "9090", "/api/v1/status/config"),
    ("PrometheusAgent", "9090", "/api/v1/status/config"),
    ("ThanosRuler", "10902", ""),
    ("Alertmanager", "9093", "/api/v2/status"),
];

/// Adds what else there is in `namespaces` to `input`, in all of them where it is `None`. What cannot be listed is returned.
pub(super) async fn beside(client: &Client, namespaces: Option<&BTreeSet<String>>, input: &mut Input) -> Vec<String> {
    let mut hidden = Vec::new();
    let mut progress = Progress::of("listing pods and endpoints", 0);
    for kind in BESIDE {
        let places: Vec<Option<&str>> = match namespaces {
            None => vec![None],
            Some(names) => names.iter().map(|name| Some(name.as_str())).collect(),
        };
        for place in places {
            if let Err(error) = listed(client, kind, place, input, &mut progress).await {
                hidden.push(error.to_string());
            }
        }
    }
    hidden
}

/// Asks what is known of the workload of `pair` and of its jobs.
pub(super) async fn said(client: &Client, pair: &Pair<'_>, url: Option<&str>) -> Option<Said> {
    let rendered = pair.walk(&mut Steps::default()).ok()?;
    let jobs = pair.jobs(rendered);
    let mut needed: Vec<_> = jobs.iter().flat_map(|job| permissions::needed(job)).collect();
    needed.sort();
    needed.dedup();
    let mut accesses = Vec::new();
    for (group, resource, namespace) in needed {
        for verb in VERBS {
            let allowed = allowed(client, pair, (group, resource, namespace.as_deref()), verb).await;
            accesses.push(Access {
                allowed,
                verb,
                group,
                resource,
                namespace: namespace.clone(),
            });
        }
    }
    let names: Vec<&str> = jobs.iter().map(|job| job.name.as_str()).collect();
    let mut answers = Vec::new();
    match url {
        Some(url) => answers.push(at(url, pair, &names).await),
        None => {
            for (shard, set) in sets(rendered).into_iter().enumerate().take(MOST_PODS) {
                answers.extend(in_pods(client, pair, shard, &set, &names).await);
            }
        }
    }
    let labels = sets(rendered)
        .into_iter()
        .next()
        .map(|set| set.labels)
        .unwrap_or_default();
    Some(Said {
        accesses,
        labels,
        answers,
    })
}

/// What runs pods.
struct Set {
    name: String,
    selector: String,
    /// Whether each of its pods has targets of its own.
    is_of_nodes: bool,
    labels: BTreeMap<String, String>,
}

fn sets(rendered: &Rendered) -> Vec<Set> {
    let set = |name: String, selector: &LabelSelector, template: &PodTemplateSpec, is_of_nodes| {
        let pairs = selector.match_labels.iter().flatten();
        let pairs = pairs.map(|(key, value)| format!("{key}={value}"));
        Some(Set {
            name,
            selector: pairs.collect::<Vec<_>>().join(","),
            is_of_nodes,
            labels: template.metadata.as_ref()?.labels.clone().unwrap_or_default(),
        })
    };
    let stateful = rendered.desired.stateful_sets.iter().filter_map(|object| {
        let spec = object.spec.as_ref()?;
        set(object.name_any(), &spec.selector, &spec.template, false)
    });
    let of_nodes = rendered.desired.daemon_sets.iter().filter_map(|object| {
        let spec = object.spec.as_ref()?;
        set(object.name_any(), &spec.selector, &spec.template, true)
    });
    stateful.chain(of_nodes).collect()
}

/// The answers of the pods of a set: of one that runs, or of all where each has targets of its own.
async fn in_pods(
    client: &Client,
    pair: &Pair<'_>,
    shard: usize,
    set: &Set,
    jobs: &[&str],
) -> Vec<Result<Answer, Silence>> {
    let objects = Objects::<Pod>::in_namespace(client, &pair.workload.key.namespace);
    let pods = match objects.list(&ListParams::default().labels(&set.selector)).await {
        Ok(pods) => pods.items,
        Err(error) => return vec![Err(refused(&error))],
    };
    let is_own = |pod: &Pod| pod.owner_references().iter().any(|owner| owner.name == set.name);
    let is_running = |pod: &Pod| pod.status.as_ref().and_then(|status| status.phase.as_deref()) == Some("Running");
    let pods: Vec<Pod> = pods.into_iter().filter(|pod| is_own(pod) && is_running(pod)).collect();
    if pods.is_empty() {
        return vec![Err(Silence::Absent(format!("{} has no pod that runs", set.name)))];
    }
    let mut answers = Vec::new();
    for pod in pods.iter().take(MOST_PODS) {
        let answer = in_pod(client, pair, shard, &pod.name_any(), jobs).await;
        let is_enough = answer.is_ok() && !set.is_of_nodes;
        answers.push(answer);
        if is_enough {
            break;
        }
    }
    // Of replicas, one that answers is enough.
    if !set.is_of_nodes && answers.iter().any(Result::is_ok) {
        answers.retain(Result::is_ok);
    }
    answers
}

async fn in_pod(client: &Client, pair: &Pair<'_>, shard: usize, pod: &str, jobs: &[&str]) -> Result<Answer, Silence> {
    let spec = &pair.workload.value["spec"];
    let (_, port, _) = door(pair);
    let scheme = if spec["web"]["tlsConfig"].is_null() {
        ""
    } else {
        "https:"
    };
    let prefix = spec["routePrefix"].as_str().unwrap_or_default().trim_end_matches('/');
    let segment = |name| PathSegment::new(name).map_err(|error| Silence::Absent(error.to_string()));
    let (namespace, name) = (segment(&*pair.workload.key.namespace)?.as_str(), segment(pod)?.as_str());
    let proxy = format!("/api/v1/namespaces/{namespace}/pods/{scheme}{name}:{port}/proxy{prefix}");
    answer(client, &proxy, pair, (pod, shard), jobs).await
}

fn door(pair: &Pair<'_>) -> (&'static str, &'static str, &'static str) {
    let found = DOORS.iter().find(|(kind, ..)| *kind == pair.workload.kind);
    found.copied().unwrap_or(DOORS[0])
}

/// The answers at an address of the user's.
async fn at(url: &str, pair: &Pair<'_>, jobs: &[&str]) -> Result<Answer, Silence> {
    let unanswered =
        |error: &dyn std::error::Error| Silence::Unanswered(format!("--prometheus-url: {}", Causes(error)));
    let uri: Uri = url.trim_end_matches('/').parse().map_err(|error| unanswered(&error))?;
    let mut config = Config::new(uri);
    // That it does not answer yet is an answer, too.
    config.default_retry = false;
    let client = Client::try_from(config).map_err(|error| unanswered(&error))?;
    answer(&client, "", pair, (url, 0), jobs).await
}

async fn answer(
    client: &Client,
    base: &str,
    pair: &Pair<'_>,
    (pod, shard): (&str, usize),
    jobs: &[&str],
) -> Result<Answer, Silence> {
    let (_, _, path) = door(pair);
    let configuration = if path.is_empty() {
        Ok(String::new())
    } else {
        match get(client, &format!("{base}{path}")).await {
            Ok(status) => Ok(configuration(&status).to_owned()),
            // Nothing else would be answered either.
            Err(silence) => return Err(silence),
        }
    };
    let mut targets = BTreeMap::new();
    for job in jobs {
        let state = |state: &str| format!("{base}/api/v1/targets?state={state}&scrapePool={job}");
        let mut answer = get(client, &state("active")).await;
        let has_none = |answer: &Value| answer["data"]["activeTargets"].as_array().is_none_or(Vec::is_empty);
        if answer.as_ref().is_ok_and(has_none) {
            answer = get(client, &state("dropped")).await;
        }
        targets.insert((*job).to_owned(), answer);
    }
    let rules = match pair.kind {
        ConfigKind::PrometheusRule => Some(get(client, &format!("{base}/api/v1/rules")).await),
        _ => None,
    };
    Ok(Answer {
        pod: pod.to_owned(),
        shard,
        configuration,
        targets,
        rules,
    })
}

/// The configuration in what Prometheus or Alertmanager says of itself.
fn configuration(status: &Value) -> &str {
    let places = [&status["data"]["yaml"], &status["config"]["original"]];
    places.into_iter().find_map(Value::as_str).unwrap_or_default()
}

/// What is answered to a GET, as JSON.
async fn get(client: &Client, path: &str) -> Result<Value, Silence> {
    let unanswered = |error: &dyn std::error::Error| Silence::Unanswered(Causes(error).to_string());
    let request = Request::get(path)
        .body(Body::empty())
        .map_err(|error| unanswered(&error))?;
    let asked = async {
        let response = client.send(request).await.map_err(|error| unanswered(&error))?;
        let status = response.status();
        let limit = if status.is_success() { LIMIT } else { ERROR_LIMIT };
        let content = Limited::new(response.into_body(), limit).collect().await;
        let content = content
            .map_err(|error| Silence::Unanswered(error.to_string()))?
            .to_bytes();
        Ok((status, content))
    };
    let answered = tokio::time::timeout(PATIENCE, asked).await;
    let (status, content) =
        answered.map_err(|_| Silence::Unanswered(format!("no answer in {} s", PATIENCE.as_secs())))??;
    if !status.is_success() {
        return Err(said_no(status, &content));
    }
    serde_json::from_slice(&content).map_err(|error| unanswered(&error))
}

/// Why there is no answer: what the API server says, or what the program says by its status.
fn said_no(status: StatusCode, content: &[u8]) -> Silence {
    let message = serde_json::from_slice::<Value>(content).ok();
    let message = message.and_then(|status| Some(status["message"].as_str()?.to_owned()));
    match (status, message) {
        (StatusCode::FORBIDDEN, Some(message)) => Silence::Denied(message),
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, None) => {
            Silence::Denied(format!("its web server answers {status}"))
        }
        (_, Some(message)) => Silence::Unanswered(message),
        (_, None) => Silence::Unanswered(format!("it answers {status}")),
    }
}

fn refused(error: &kube::Error) -> Silence {
    match error {
        kube::Error::Api(status) if status.code == StatusCode::FORBIDDEN.as_u16() => {
            Silence::Denied(status.message.clone())
        }
        kube::Error::Api(status) => Silence::Unanswered(status.message.clone()),
        error => Silence::Unanswered(Causes(error).to_string()),
    }
}

/// Whether the service account of the workload may do something.
async fn allowed(
    client: &Client,
    pair: &Pair<'_>,
    (group, resource, namespace): (&str, &str, Option<&str>),
    verb: &str,
) -> Result<bool, Silence> {
    let (own, account) = (&pair.workload.key.namespace, permissions::account(pair));
    let review = SubjectAccessReview {
        spec: SubjectAccessReviewSpec {
            user: Some(format!("system:serviceaccount:{own}:{account}")),
            groups: Some(vec![
                "system:serviceaccounts".to_owned(),
                format!("system:serviceaccounts:{own}"),
                "system:authenticated".to_owned(),
            ]),
            resource_attributes: Some(ResourceAttributes {
                group: Some(group.to_owned()),
                resource: Some(resource.to_owned()),
                verb: Some(verb.to_owned()),
                namespace: namespace.map(str::to_owned),
                ..ResourceAttributes::default()
            }),
            ..SubjectAccessReviewSpec::default()
        },
        ..SubjectAccessReview::default()
    };
    let reviews = Objects::<SubjectAccessReview>::cluster_wide(client);
    let answer = reviews.create(&PostParams::default(), &review).await;
    let answer = answer.map_err(|error| refused(&error))?;
    Ok(answer.status.is_some_and(|status| status.allowed))
}
