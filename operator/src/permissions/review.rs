//! What must be there before a controller starts: its custom resource definition and its permissions. Asks the API
//! server, and names what is missing.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec};
use kube::api::PostParams;
use kube::{Api, Client};

use super::Permission;
use crate::watch::Scope;

/// How many questions are asked at the same time: there are many, and each is a request.
const CONCURRENT_QUESTIONS: usize = 8;
/// Pauses before a question is asked again that was not answered. One of many that fails should not fail them all.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(1)];

/// A permission that is not granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingPermission {
    group: &'static str,
    resource: &'static str,
    verb: &'static str,
    namespace: Option<String>,
}

impl fmt::Display for MissingPermission {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            group,
            resource,
            verb,
            namespace,
        } = self;
        write!(
            formatter,
            "missing {verb:?} permission on resource {resource:?} (group: {group:?}) for "
        )?;
        match namespace {
            Some(namespace) => write!(formatter, "namespace {namespace:?}"),
            None => formatter.write_str("all namespaces"),
        }
    }
}

/// The permissions among `needed` that are not granted in `scope`.
///
/// # Errors
/// When the API server does not answer.
pub async fn missing_permissions(
    client: &Client,
    needed: &[Permission],
    scope: &Scope,
) -> Result<Vec<MissingPermission>, kube::Error> {
    let namespaces: Vec<Option<String>> = match scope {
        Scope::Only(names) => names.iter().cloned().map(Some).collect(),
        Scope::All | Scope::Except(_) => vec![None],
    };
    let mut questions = Vec::new();
    for permission in needed {
        for &verb in permission.verbs {
            questions.extend(
                namespaces
                    .iter()
                    .map(|namespace| missing(client, permission, verb, namespace.clone())),
            );
        }
    }
    let answers = stream::iter(questions).buffered(CONCURRENT_QUESTIONS);
    let answers: Vec<_> = answers.try_collect().await?;
    Ok(answers.into_iter().flatten().collect())
}

/// The permission where it is not granted. The question may be asked more than once.
async fn missing(
    client: &Client,
    permission: &Permission,
    verb: &'static str,
    namespace: Option<String>,
) -> Result<Option<MissingPermission>, kube::Error> {
    let mut pauses = PAUSES.into_iter();
    let is_allowed = loop {
        match (
            allowed(client, permission, verb, namespace.as_deref()).await,
            pauses.next(),
        ) {
            (Err(_), Some(pause)) => tokio::time::sleep(pause).await,
            (answer, _) => break answer?,
        }
    };
    let Permission { group, resource, .. } = *permission;
    Ok((!is_allowed).then_some(MissingPermission {
        group,
        resource,
        verb,
        namespace,
    }))
}

async fn allowed(
    client: &Client,
    permission: &Permission,
    verb: &str,
    namespace: Option<&str>,
) -> Result<bool, kube::Error> {
    let (resource, subresource) = permission
        .resource
        .split_once('/')
        .map_or((permission.resource, None), |(r, s)| (r, Some(s)));
    let review = SelfSubjectAccessReview {
        spec: SelfSubjectAccessReviewSpec {
            resource_attributes: Some(ResourceAttributes {
                group: Some(permission.group.to_owned()),
                resource: Some(resource.to_owned()),
                subresource: subresource.map(str::to_owned),
                verb: Some(verb.to_owned()),
                namespace: namespace.map(str::to_owned),
                name: permission.names.first().map(|&name| name.to_owned()),
                ..ResourceAttributes::default()
            }),
            ..SelfSubjectAccessReviewSpec::default()
        },
        ..SelfSubjectAccessReview::default()
    };
    let reviews: Api<SelfSubjectAccessReview> = Api::all(client.clone());
    let answer = reviews.create(&PostParams::default(), &review).await?;
    Ok(answer.status.is_some_and(|status| status.allowed))
}

/// Plural names of the resources that the API server serves in `group_version`, such as `monitoring.coreos.com/v1`.
///
/// # Errors
/// When the API server does not answer. A group that does not exist serves nothing.
pub async fn served(client: &Client, group_version: &str) -> Result<BTreeSet<String>, kube::Error> {
    match client.list_api_group_resources(group_version).await {
        Ok(list) => Ok(list.resources.into_iter().map(|resource| resource.name).collect()),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(BTreeSet::new()),
        Err(error) => Err(error),
    }
}
