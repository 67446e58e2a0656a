//! What must be there before a controller starts: its custom resource definition and its permissions. Asks the API
//! server, and names what is missing.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec, SubjectAccessReview,
    SubjectAccessReviewSpec,
};
use kube::api::PostParams;
use kube::{Api, Client};

use super::Permission;
use super::manifest::{Account, user};
use crate::watch::Scope;

/// How many questions are asked at the same time: there are many, and each is a request.
pub const CONCURRENT_QUESTIONS: usize = 8;
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
    let question = Question {
        group: permission.group,
        resource: permission.resource,
        verb,
        namespace: namespace.as_deref(),
        name: permission.names.first().copied(),
    };
    let mut pauses = PAUSES.into_iter();
    let is_allowed = loop {
        match (allowed(client, &Asker::Oneself, &question).await, pauses.next()) {
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

/// Whose permissions are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    /// Those of whoever asks.
    Oneself,
    /// Those of a service account.
    Account(Account),
}

impl fmt::Display for Asker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Oneself => formatter.write_str("you"),
            Self::Account(account) => formatter.write_str(&user(account)),
        }
    }
}

/// Something that may be permitted.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// API group; empty for the core group.
    pub group: &'a str,
    /// Plural name; a subresource after a slash.
    pub resource: &'a str,
    /// What is done with it.
    pub verb: &'a str,
    /// Where; `None`: in all namespaces.
    pub namespace: Option<&'a str>,
    /// The object; `None`: any.
    pub name: Option<&'a str>,
}

/// The groups that every service account is in, and those of its namespace.
pub fn groups(account: &Account) -> [String; 3] {
    [
        "system:serviceaccounts".to_owned(),
        format!("system:serviceaccounts:{}", account.namespace),
        "system:authenticated".to_owned(),
    ]
}

/// Whether `asker` may do it.
///
/// # Errors
/// When the API server does not answer.
pub async fn allowed(client: &Client, asker: &Asker, question: &Question<'_>) -> Result<bool, kube::Error> {
    let (resource, subresource) = question
        .resource
        .split_once('/')
        .map_or((question.resource, None), |(r, s)| (r, Some(s)));
    let attributes = ResourceAttributes {
        group: Some(question.group.to_owned()),
        resource: Some(resource.to_owned()),
        subresource: subresource.map(str::to_owned),
        verb: Some(question.verb.to_owned()),
        namespace: question.namespace.map(str::to_owned),
        name: question.name.map(str::to_owned),
        ..ResourceAttributes::default()
    };
    let status = match asker {
        Asker::Oneself => {
            let spec = SelfSubjectAccessReviewSpec {
                resource_attributes: Some(attributes),
                ..SelfSubjectAccessReviewSpec::default()
            };
            let review = SelfSubjectAccessReview {
                spec,
                ..SelfSubjectAccessReview::default()
            };
            let reviews = Api::all(client.clone());
            reviews.create(&PostParams::default(), &review).await?.status
        }
        Asker::Account(account) => {
            let spec = SubjectAccessReviewSpec {
                user: Some(user(account)),
                groups: Some(groups(account).into()),
                resource_attributes: Some(attributes),
                ..SubjectAccessReviewSpec::default()
            };
            let review = SubjectAccessReview {
                spec,
                ..SubjectAccessReview::default()
            };
            let reviews = Api::all(client.clone());
            reviews.create(&PostParams::default(), &review).await?.status
        }
    };
    Ok(status.is_some_and(|status| status.allowed))
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
