//! Targets from Consul. Pure.

use crds::v1alpha1::{ConsulSdConfig, ScrapeConfigSpec};
use formats::{version::Field, yaml::Yaml};

use super::{
    client::{
        Client,
        Setting::{Authorization, BasicAuth, EnableHttp2, FollowRedirects, OAuth2, Proxy, Tls},
    },
    discovery::{Discovery, Entry},
};
use crate::prometheus::config::section::{Mapping, PartScope};
use crate::prometheus::config::sections::{self, Section, Table};
use crate::prometheus::config::value::{text, text_map, texts};

impl Discovery for ConsulSdConfig {
    const FIELD: &'static str = "consulSDConfigs";
    const KEY: &'static str = "consul_sd_configs";

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.consul_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        let client = Client::new(self, scope);
        Mapping::new(scope)
            .with_client(&client, &[BasicAuth, Authorization, OAuth2, Proxy, Tls])
            .with::<sections::Consul>(&Entry { scope, from: self })
            .with_client(&client, &[FollowRedirects, EnableHttp2])
            .into_yaml()
    }
}

/// Keys of Consul. Objects with a path prefix, a namespace or a filter that the version does not know are refused at
/// selection: without them, other services would be found.
impl Section for sections::Consul {
    type Source<'a> = Entry<'a, ConsulSdConfig>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("server", |consul: &Consul<'_>| Some(text(&consul.from.server))),
                Field::new("path_prefix", |consul: &Consul<'_>| {
                    consul.from.path_prefix.as_deref().map(text)
                }),
                Field::new("token", |consul: &Consul<'_>| {
                    consul.secret(consul.from.token_ref.as_deref())
                }),
                Field::new("datacenter", |consul: &Consul<'_>| {
                    consul.from.datacenter.as_deref().map(text)
                }),
                Field::new("namespace", |consul: &Consul<'_>| {
                    consul.from.namespace.as_deref().map(text)
                }),
                Field::new("partition", |consul: &Consul<'_>| {
                    consul.from.partition.as_deref().map(text)
                })
                .since(2, 40),
                Field::new("scheme", |consul: &Consul<'_>| {
                    consul.from.scheme.map(|scheme| scheme.as_str().into())
                }),
                Field::new("services", |consul: &Consul<'_>| texts(&consul.from.services)),
                Field::new("tags", |consul: &Consul<'_>| texts(&consul.from.tags)),
                Field::new("tag_separator", |consul: &Consul<'_>| {
                    consul.from.tag_separator.as_deref().map(text)
                }),
                Field::new("node_meta", |consul: &Consul<'_>| text_map(&consul.from.node_meta)),
                Field::new("filter", |consul: &Consul<'_>| consul.from.filter.as_deref().map(text)),
                Field::new("health_filter", |consul: &Consul<'_>| {
                    consul.from.health_filter.as_deref().map(text)
                }),
                Field::new("allow_stale", |consul: &Consul<'_>| {
                    consul.from.allow_stale.map(Yaml::from)
                }),
                Field::new("refresh_interval", |consul: &Consul<'_>| {
                    consul.from.refresh_interval.as_deref().map(text)
                }),
            ]
        }
    }
}

type Consul<'a> = Entry<'a, ConsulSdConfig>;
