//! The objects of a cluster that a question may be about. Reads only, and no Secrets: those are read one by one, where an
//! object refers to them.

use kube::api::ListParams;
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use kube::{Api, Client};
use serde_json::Value;

use crate::api::{Objects, without_content};
use crate::cli::input::Input;
use crate::cli::progress::Progress;

/// Objects that one answer of the API server holds at most.
const PAGE: u32 = 500;

/// What is listed: group, version, kind, plural name.
const KINDS: [Listed; 13] = [
    ("", "v1", "Namespace", "namespaces"),
    ("", "v1", "Service", "services"),
    ("", "v1", "ServiceAccount", "serviceaccounts"),
    ("monitoring.coreos.com", "v1", "Prometheus", "prometheuses"),
    (
        "monitoring.coreos.com",
        "v1alpha1",
        "PrometheusAgent",
        "prometheusagents",
    ),
    ("monitoring.coreos.com", "v1", "Alertmanager", "alertmanagers"),
    ("monitoring.coreos.com", "v1", "ThanosRuler", "thanosrulers"),
    ("monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors"),
    ("monitoring.coreos.com", "v1", "PodMonitor", "podmonitors"),
    ("monitoring.coreos.com", "v1", "Probe", "probes"),
    ("monitoring.coreos.com", "v1alpha1", "ScrapeConfig", "scrapeconfigs"),
    ("monitoring.coreos.com", "v1", "PrometheusRule", "prometheusrules"),
    (
        "monitoring.coreos.com",
        "v1alpha1",
        "AlertmanagerConfig",
        "alertmanagerconfigs",
    ),
];

/// A cluster that does not show its objects.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action}: {}", reason(answer))]
pub struct Error {
    action: String,
    answer: Box<kube::Error>,
}

impl Error {
    /// An action that the API server answered with an error.
    pub fn new(action: impl Into<String>, answer: kube::Error) -> Self {
        Self {
            action: action.into(),
            answer: Box::new(answer),
        }
    }
}

/// What the API server says, where it says something.
fn reason(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => status.message.clone(),
        error => error.to_string(),
    }
}

/// A kind that can be listed: group, version, kind, plural name.
pub type Listed = (&'static str, &'static str, &'static str, &'static str);

/// The objects of the cluster, before those of `files`, which take their places.
///
/// # Errors
/// When the API server does not list one of the kinds.
pub async fn objects(client: &Client, files: Input) -> Result<Input, Error> {
    let mut all = Input::default();
    let mut progress = Progress::of("listing objects of the cluster", 0);
    for kind in KINDS {
        listed(client, kind, None, &mut all, &mut progress).await?;
    }
    Ok(files.over(all))
}

/// Adds the objects of a kind to `all`, those of a namespace or of all of them.
///
/// # Errors
/// When the API server does not list them.
pub async fn listed(
    client: &Client,
    kind: Listed,
    namespace: Option<&str>,
    all: &mut Input,
    progress: &mut Progress,
) -> Result<(), Error> {
    let (group, version, kind, plural) = kind;
    let resource = ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural);
    let in_namespace = namespace.map(|namespace| Objects::<DynamicObject>::of_kind(client, namespace, &resource));
    let everywhere: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
    let mut params = ListParams::default().limit(PAGE);
    loop {
        let page = match &in_namespace {
            Some(objects) => objects.list(&params).await,
            None => everywhere.list(&params).await.map_err(without_content),
        };
        let page = match page {
            Ok(page) => page,
            // A kind that is not installed has no objects.
            Err(kube::Error::Api(status)) if status.code == 404 => return Ok(()),
            Err(error) => {
                return Err(Error::new(format!("list {plural}"), error));
            }
        };
        progress.steps(page.items.len());
        for object in page.items {
            let mut value = serde_json::to_value(&object).unwrap_or_default();
            value["apiVersion"] = resource.api_version.as_str().into();
            value["kind"] = kind.into();
            // What the API server keeps for itself is no part of what a user wrote.
            value["metadata"]["managedFields"] = Value::Null;
            all.add_value(value, None, "");
        }
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => params = params.continue_token(&token),
            None => return Ok(()),
        }
    }
}
