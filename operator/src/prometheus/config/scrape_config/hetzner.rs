//! Targets from Hetzner. Pure.

use crds::v1alpha1::{HetznerSdConfig, ScrapeConfigSpec};
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

impl Discovery for HetznerSdConfig {
    const FIELD: &'static str = "hetznerSDConfigs";
    const KEY: &'static str = "hetzner_sd_configs";

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.hetzner_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        let client = Client::new(self, scope);
        Mapping::new(scope)
            .with_client(&client, &[BasicAuth, Authorization, OAuth2, Proxy])
            .pair("role", Some(self.role.as_str().into()))
            .with_client(&client, &[FollowRedirects, EnableHttp2, Tls])
            .with::<sections::Hetzner>(self)
            .into_yaml()
    }
}

/// Keys of Hetzner after those of the client.
impl Section for sections::Hetzner {
    type Source<'a> = HetznerSdConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("port", |from: &HetznerSdConfig| from.port.map(Yaml::from)),
                Field::new("refresh_interval", |from: &HetznerSdConfig| {
                    from.refresh_interval.as_deref().map(text)
                }),
                Field::new("label_selector", |from: &HetznerSdConfig| {
                    from.label_selector.as_deref().map(text)
                })
                .since(3, 5),
            ]
        }
    }
}
