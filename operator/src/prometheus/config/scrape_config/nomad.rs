//! Targets from Nomad. Pure.

use crds::v1alpha1::{NomadSdConfig, ScrapeConfigSpec};
use formats::{version::Field, yaml::Yaml};

use super::{
    client::{
        Client,
        Setting::{Authorization, BasicAuth, EnableHttp2, FollowRedirects, OAuth2, Proxy, Tls},
    },
    discovery::Discovery,
};
use crate::prometheus::config::section::{Mapping, PartScope};
use crate::prometheus::config::sections::{self, Section, Table};
use crate::prometheus::config::value::text;

impl Discovery for NomadSdConfig {
    const FIELD: &'static str = "nomadSDConfigs";
    const KEY: &'static str = "nomad_sd_configs";

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.nomad_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        let client = Client::new(self, scope);
        Mapping::new(scope)
            .with_client(&client, &[BasicAuth, Authorization, OAuth2, Proxy])
            .with::<sections::Nomad>(self)
            .with_client(&client, &[FollowRedirects, EnableHttp2, Tls])
            .into_yaml()
    }
}

/// Keys of Nomad.
impl Section for sections::Nomad {
    type Source<'a> = NomadSdConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("server", |from: &NomadSdConfig| Some(text(&from.server))),
                Field::new("allow_stale", |from: &NomadSdConfig| from.allow_stale.map(Yaml::from)),
                Field::new("namespace", |from: &NomadSdConfig| from.namespace.as_deref().map(text)),
                Field::new("refresh_interval", |from: &NomadSdConfig| {
                    from.refresh_interval.as_deref().map(text)
                }),
                Field::new("region", |from: &NomadSdConfig| from.region.as_deref().map(text)),
                Field::new("tag_separator", |from: &NomadSdConfig| {
                    from.tag_separator.as_deref().map(text)
                }),
            ]
        }
    }
}
