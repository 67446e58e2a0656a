//! Service discovery in Kubernetes: one entry of `kubernetes_sd_configs`, for jobs and for Alertmanagers. Pure.

use crds::{ApiServerConfig, AttachMetadata, AuthorizationOptions, NamespaceSelector, ServiceDiscoveryRole};
use formats::{
    version::{Field, Version},
    yaml::{Yaml, map},
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::{
    context::Context,
    http::Proxy,
    section::{Mapping, PartScope},
    sections::{self, Section, Table},
    value::text,
};
use crate::prometheus::instance::ScraperKind;

/// First version that discovers `EndpointSlice`s.
const ENDPOINT_SLICES: Version = Version::new(2, 21, 0);

/// What is discovered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Endpoints,
    EndpointSlice,
    Pod,
    Ingress,
}

impl Role {
    /// How endpoints are found: as `asked`, unless the cluster or the version is too old for slices.
    pub(crate) fn of_endpoints(context: &Context<'_>, asked: Option<ServiceDiscoveryRole>) -> Self {
        let asked = asked.or(context.common().service_discovery_role);
        let able = context.settings.cluster.endpoint_slices && context.version() >= ENDPOINT_SLICES;
        match asked {
            Some(ServiceDiscoveryRole::EndpointSlice) if able => Self::EndpointSlice,
            _ => Self::Endpoints,
        }
    }

    /// As the file names it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Endpoints => "endpoints",
            Self::EndpointSlice => "endpointslice",
            Self::Pod => "pod",
            Self::Ingress => "ingress",
        }
    }
}

/// What one entry is made from.
pub(crate) struct Discovery<'a> {
    /// The scope of the Prometheus object, whose API server and credentials are used.
    pub(crate) scope: PartScope<'a>,
    pub(crate) role: Role,
    /// The namespaces to look in; all of them where it is empty.
    pub(crate) namespaces: &'a [&'a str],
    /// What is attached to targets.
    pub(crate) attached: Attached,
    /// The labels that the API server filters by, where it does.
    pub(crate) selector: Option<&'a LabelSelector>,
}

/// The list with one entry.
pub(crate) fn kubernetes_sd_configs(discovery: &Discovery<'_>) -> Yaml {
    let scope = discovery.scope;
    let mut entry = Mapping::new(scope).with::<sections::KubernetesSdTarget>(discovery);
    if let Some(server) = scope.context.common().apiserver_config.as_deref() {
        let proxy = Proxy {
            values: *scope,
            from: server.into(),
        };
        entry = entry
            .with::<sections::KubernetesSdServer>(&Server { scope, from: server })
            .with::<sections::Proxy>(&proxy);
    }
    Yaml::Seq(vec![entry.with::<sections::KubernetesSdOptions>(discovery).into_yaml()])
}

/// Whose labels are attached to targets; nothing leaves it to Prometheus.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Attached {
    node: Option<bool>,
    namespace: Option<bool>,
}

impl From<&AttachMetadata> for Attached {
    fn from(from: &AttachMetadata) -> Self {
        Self {
            node: from.node,
            namespace: from.namespace,
        }
    }
}

/// What a job attaches: as its object says, and the labels of the node where sharding needs them.
pub(crate) fn attached(context: &Context<'_>, object: Option<&AttachMetadata>) -> Attached {
    let attached = object.map(Attached::from).unwrap_or_default();
    Attached {
        node: if context.sharding.needs_node_labels() {
            Some(true)
        } else {
            attached.node
        },
        ..attached
    }
}

/// Keys of what is attached.
impl Section for sections::AttachMetadata {
    type Source<'a> = Attached;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("node", |attached: &Attached| attached.node.map(Yaml::from)),
                Field::new("namespace", |attached: &Attached| attached.namespace.map(Yaml::from)).since(3, 6),
            ]
        }
    }
}

/// The namespaces that an object of `own` may look in.
pub(crate) fn namespaces<'a>(
    context: &Context<'_>,
    selector: Option<&'a NamespaceSelector>,
    own: &'a str,
) -> Vec<&'a str> {
    let ignored = context.common().ignore_namespace_selectors == Some(true);
    selected_namespaces(selector.filter(|_| !ignored), own)
}

/// The namespaces that `selector` of an object of `own` names; none: all of them.
pub(crate) fn selected_namespaces<'a>(selector: Option<&'a NamespaceSelector>, own: &'a str) -> Vec<&'a str> {
    let Some(selector) = selector else {
        return vec![own];
    };
    match (selector.any, &*selector.match_names) {
        (Some(true), _) => Vec::new(),
        (_, []) => vec![own],
        (_, names) => names.iter().map(|name| &**name).collect(),
    }
}

/// Keys that say what is looked for.
impl Section for sections::KubernetesSdTarget {
    type Source<'a> = Discovery<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("role", |discovery: &Discovery<'_>| Some(discovery.role.as_str().into())),
                Field::new("namespaces", |discovery: &Discovery<'_>| {
                    let names = discovery.namespaces;
                    (!names.is_empty()).then(|| map([("names", names.iter().map(|name| text(name)).collect())]))
                }),
            ]
        }
    }
}

/// Keys that stand after those of the API server. Nodes were attached to pods before they were attached to endpoints.
impl Section for sections::KubernetesSdOptions {
    type Source<'a> = Discovery<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("attach_metadata", |discovery: &Discovery<'_>| match discovery.role {
                    Role::Pod => discovery.attached(),
                    Role::Endpoints | Role::EndpointSlice | Role::Ingress => None,
                })
                .since(2, 35),
                Field::new("attach_metadata", |discovery: &Discovery<'_>| match discovery.role {
                    Role::Pod | Role::Ingress => None,
                    Role::Endpoints | Role::EndpointSlice => discovery.attached(),
                })
                .since(2, 37),
                Field::new("selectors", Discovery::selectors).since(2, 17),
            ]
        }
    }
}

impl Discovery<'_> {
    fn attached(&self) -> Option<Yaml> {
        self.scope.non_empty_mapping::<sections::AttachMetadata>(&self.attached)
    }

    /// What the API server filters by, once for each kind of object that is watched: the labels, and for an agent on each
    /// node the pods of its own.
    fn selectors(&self) -> Option<Yaml> {
        let label = self.selector.map(selector_text);
        let by_node = self.role == Role::Pod && self.scope.context.scraper.kind == ScraperKind::DaemonSetAgent;
        if label.is_none() && !by_node {
            return None;
        }
        let entry = |role: &'static str| {
            let label = label.clone().map(|label| ("label", label.into()));
            let field = by_node.then(|| ("field", "spec.nodeName=$(NODE_NAME)".into()));
            map([("role", role.into())].into_iter().chain(label).chain(field))
        };
        let entries = match self.role {
            Role::Endpoints | Role::EndpointSlice => vec![entry(self.role.as_str()), entry("service")],
            Role::Pod | Role::Ingress => vec![entry(self.role.as_str())],
        };
        Some(Yaml::Seq(entries))
    }
}

/// A label selector as the API takes it in a query: `app=web,tier in (a,b),!canary`, sorted by key.
fn selector_text(selector: &LabelSelector) -> String {
    let equal = (selector.match_labels.iter().flatten()).map(|(key, value)| (key.as_str(), format!("{key}={value}")));
    let expressions = (selector.match_expressions.iter().flatten()).filter_map(|expression| {
        let key = expression.key.as_str();
        let mut values = expression.values.clone().unwrap_or_default();
        values.sort();
        let values = values.join(",");
        let requirement = match expression.operator.as_str() {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "Exists" => key.to_owned(),
            "DoesNotExist" => format!("!{key}"),
            _ => return None,
        };
        Some((key, requirement))
    });
    let mut requirements: Vec<_> = equal.chain(expressions).collect();
    requirements.sort_by_key(|(key, _)| *key);
    let requirements: Vec<_> = (requirements.into_iter()).map(|(_, requirement)| requirement).collect();
    requirements.join(",")
}

/// The API server that is asked.
pub(crate) struct Server<'a> {
    scope: PartScope<'a>,
    from: &'a ApiServerConfig,
}

/// Keys of the API server.
impl Section for sections::KubernetesSdServer {
    type Source<'a> = Server<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("api_server", |server: &Server<'_>| Some(text(&server.from.host))),
                Field::new("basic_auth", |server: &Server<'_>| {
                    server.scope.basic_auth(server.from.basic_auth.as_deref())
                }),
                Field::new("bearer_token", |server: &Server<'_>| {
                    server.from.bearer_token.as_deref().map(text)
                }),
                Field::new("bearer_token_file", |server: &Server<'_>| {
                    server.from.bearer_token_file.as_deref().map(text)
                }),
                Field::new("authorization", |server: &Server<'_>| {
                    let authorization = server.from.authorization.as_deref();
                    server
                        .scope
                        .authorization(authorization.map(AuthorizationOptions::from))
                })
                .since(2, 26),
                Field::new("tls_config", |server: &Server<'_>| {
                    server.scope.tls_config(server.from.tls_config.as_deref())
                }),
            ]
        }
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelectorRequirement;

    use super::*;

    #[test]
    fn a_selector_is_written_as_the_api_reads_it() {
        let requirement = |key: &str, operator: &str, values: &[&str]| LabelSelectorRequirement {
            key: key.to_owned(),
            operator: operator.to_owned(),
            values: Some(values.iter().map(|&value| value.to_owned()).collect()),
        };
        let selector = LabelSelector {
            match_labels: Some([("tier".to_owned(), "web".to_owned())].into()),
            match_expressions: Some(vec![
                requirement("zone", "NotIn", &["b", "a"]),
                requirement("app", "In", &["x"]),
                requirement("canary", "DoesNotExist", &[]),
                requirement("track", "Exists", &[]),
            ]),
        };
        assert_eq!(
            selector_text(&selector),
            "app in (x),!canary,tier=web,track,zone notin (a,b)"
        );
        assert_eq!(selector_text(&LabelSelector::default()), "");
    }
}
