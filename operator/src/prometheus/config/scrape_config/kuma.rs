//! Targets from the service mesh Kuma. Pure.

use crds::v1alpha1::{KumaSdConfig, ScrapeConfigSpec};
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

impl Discovery for KumaSdConfig {
    const FIELD: &'static str = "kumaSDConfigs";
    const KEY: &'static str = "kuma_sd_configs";

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.kuma_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        let client = Client::new(self, scope);
        Mapping::new(scope)
            .with_client(&client, &[BasicAuth, Authorization, OAuth2, Proxy])
            .pair("server", Some(text(&self.server)))
            .with_client(&client, &[FollowRedirects, EnableHttp2, Tls])
            .with::<sections::Kuma>(self)
            .into_yaml()
    }
}

/// Keys of Kuma after those of the client.
impl Section for sections::Kuma {
    type Source<'a> = KumaSdConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("refresh_interval", |from: &KumaSdConfig| {
                    from.refresh_interval.as_deref().map(text)
                }),
                Field::new("fetch_timeout", |from: &KumaSdConfig| {
                    from.fetch_timeout.as_deref().map(text)
                }),
                Field::new("client_id", |from: &KumaSdConfig| from.client_id.as_deref().map(text)).since(2, 50),
            ]
        }
    }
}
