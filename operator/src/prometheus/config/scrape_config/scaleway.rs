//! Targets from Scaleway. Pure.

use crds::v1alpha1::{ScalewaySdConfig, ScrapeConfigSpec};
use formats::{
    version::{Field, Version},
    yaml::Yaml,
};

use super::{
    client::{
        Client,
        Setting::{EnableHttp2, FollowRedirects, Proxy, Tls},
    },
    discovery::{Discovery, Entry, lowercase},
};
use crate::prometheus::config::section::{Mapping, PartScope};
use crate::prometheus::config::sections::{self, Section, Table};
use crate::prometheus::config::value::{text, texts};

impl Discovery for ScalewaySdConfig {
    const FIELD: &'static str = "scalewaySDConfigs";
    const KEY: &'static str = "scaleway_sd_configs";
    const SINCE: Option<Version> = Some(Version::new(2, 26, 0));

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.scaleway_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        Mapping::new(scope)
            .with::<sections::Scaleway>(&Entry { scope, from: self })
            .with_client(&Client::new(self, scope), &[Proxy, Tls, FollowRedirects, EnableHttp2])
            .into_yaml()
    }
}

type Scaleway<'a> = Entry<'a, ScalewaySdConfig>;

/// Keys of Scaleway.
impl Section for sections::Scaleway {
    type Source<'a> = Entry<'a, ScalewaySdConfig>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("access_key", |scaleway: &Scaleway<'_>| {
                    Some(text(&scaleway.from.access_key))
                }),
                Field::new("secret_key", |scaleway: &Scaleway<'_>| {
                    scaleway.secret(Some(&scaleway.from.secret_key))
                }),
                Field::new("project_id", |scaleway: &Scaleway<'_>| {
                    Some(text(&scaleway.from.project_id))
                }),
                Field::new("role", |scaleway: &Scaleway<'_>| {
                    Some(lowercase(scaleway.from.role.as_str()))
                }),
                Field::new("port", |scaleway: &Scaleway<'_>| scaleway.from.port.map(Yaml::from)),
                Field::new("api_url", |scaleway: &Scaleway<'_>| {
                    scaleway.from.api_url.as_deref().map(text)
                }),
                Field::new("zone", |scaleway: &Scaleway<'_>| {
                    scaleway.from.zone.as_deref().map(text)
                }),
                Field::new("name_filter", |scaleway: &Scaleway<'_>| {
                    scaleway.from.name_filter.as_deref().map(text)
                }),
                Field::new("tags_filter", |scaleway: &Scaleway<'_>| {
                    texts(&scaleway.from.tags_filter)
                }),
                Field::new("refresh_interval", |scaleway: &Scaleway<'_>| {
                    scaleway.from.refresh_interval.as_deref().map(text)
                }),
            ]
        }
    }
}
