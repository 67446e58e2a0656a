//! Targets from the API server of a Kubernetes cluster. Pure.

use crds::v1alpha1::{KubernetesRole, KubernetesSdConfig, KubernetesSelector, NamespaceDiscovery, ScrapeConfigSpec};
use formats::{
    version::Field,
    yaml::{Yaml, map},
};

use super::{
    client::{
        Client,
        Setting::{Authorization, BasicAuth, EnableHttp2, FollowRedirects, OAuth2, Proxy, Tls},
    },
    discovery::{Discovery, Entry, lowercase},
};
use crate::prometheus::config::kubernetes_sd::Attached;
use crate::prometheus::config::section::{Mapping, PartScope};
use crate::prometheus::config::sections::{self, Section, Table};
use crate::prometheus::config::value::text;

impl Discovery for KubernetesSdConfig {
    const FIELD: &'static str = "kubernetesSDConfigs";
    const KEY: &'static str = "kubernetes_sd_configs";

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.kubernetes_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        let client = Client::new(self, scope);
        let namespaces = (self.namespaces.as_deref()).map(|from| scope.mapping::<sections::KubernetesNamespaces>(from));
        Mapping::new(scope)
            .with::<sections::KubernetesRole>(self)
            .with_client(
                &client,
                &[
                    BasicAuth,
                    Authorization,
                    OAuth2,
                    Proxy,
                    FollowRedirects,
                    EnableHttp2,
                    Tls,
                ],
            )
            .pair("namespaces", namespaces)
            .with::<sections::KubernetesOptions>(&Entry { scope, from: self })
            .into_yaml()
    }
}

/// Keys that say what is asked for whom. That a version knows the role is checked at selection.
impl Section for sections::KubernetesRole {
    type Source<'a> = KubernetesSdConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("api_server", |from: &KubernetesSdConfig| {
                    from.api_server.as_deref().map(text)
                }),
                Field::new("role", |from: &KubernetesSdConfig| Some(lowercase(from.role.as_str()))),
            ]
        }
    }
}

/// Keys of the namespaces. An empty list of names stands for all of them.
impl Section for sections::KubernetesNamespaces {
    type Source<'a> = NamespaceDiscovery;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("names", |from: &NamespaceDiscovery| {
                    Some(from.names.iter().map(|name| text(name)).collect())
                }),
                Field::new("own_namespace", |from: &NamespaceDiscovery| {
                    from.own_namespace.map(Yaml::from)
                })
                .since(2, 33),
            ]
        }
    }
}

/// Keys after the namespaces. Nodes were attached to pods before they were attached to endpoints; other roles have none.
/// Namespaces came to all roles that have one at once.
impl Section for sections::KubernetesOptions {
    type Source<'a> = Entry<'a, KubernetesSdConfig>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("selectors", |entry: &Kubernetes<'_>| {
                    let selectors = &entry.from.selectors;
                    (!selectors.is_empty()).then(|| selectors.iter().map(selector).collect())
                })
                .since(2, 17),
                Field::new("attach_metadata", |entry: &Kubernetes<'_>| match entry.from.role {
                    KubernetesRole::Pod => attached(entry),
                    _ => None,
                })
                .since(2, 35),
                Field::new("attach_metadata", |entry: &Kubernetes<'_>| match entry.from.role {
                    KubernetesRole::Endpoints | KubernetesRole::EndpointSlice => attached(entry),
                    _ => None,
                })
                .since(2, 37),
                Field::new("attach_metadata", |entry: &Kubernetes<'_>| match entry.from.role {
                    KubernetesRole::Service | KubernetesRole::Ingress => {
                        let namespace = entry.from.attach_metadata.as_ref()?.namespace?;
                        Some(map([("namespace", namespace.into())]))
                    }
                    _ => None,
                })
                .since(3, 6),
            ]
        }
    }
}

type Kubernetes<'a> = Entry<'a, KubernetesSdConfig>;

fn selector(from: &KubernetesSelector) -> Yaml {
    let label = from.label.as_deref().map(|label| ("label", text(label)));
    let field = from.field.as_deref().map(|field| ("field", text(field)));
    map([("role", lowercase(from.role.as_str()))]
        .into_iter()
        .chain(label)
        .chain(field))
}

fn attached(entry: &Kubernetes<'_>) -> Option<Yaml> {
    let attached = Attached::from(entry.from.attach_metadata.as_ref()?);
    entry.scope.non_empty_mapping::<sections::AttachMetadata>(&attached)
}
