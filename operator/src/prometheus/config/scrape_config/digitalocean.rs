//! Targets from DigitalOcean. Pure.

use crds::v1alpha1::{DigitalOceanSdConfig, ScrapeConfigSpec};
use formats::{
    version::{Field, Version},
    yaml::Yaml,
};

use super::{
    client::{
        Client,
        Setting::{Authorization, EnableHttp2, FollowRedirects, OAuth2, Proxy, Tls},
    },
    discovery::Discovery,
};
use crate::prometheus::config::section::{Mapping, PartScope};
use crate::prometheus::config::sections::{self, Section, Table};
use crate::prometheus::config::value::text;

impl Discovery for DigitalOceanSdConfig {
    const FIELD: &'static str = "digitalOceanSDConfigs";
    const KEY: &'static str = "digitalocean_sd_configs";
    const SINCE: Option<Version> = Some(Version::new(2, 20, 0));

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.digital_ocean_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        let client = Client::new(self, scope);
        Mapping::new(scope)
            .with_client(
                &client,
                &[Authorization, OAuth2, Proxy, FollowRedirects, EnableHttp2, Tls],
            )
            .with::<sections::Digitalocean>(self)
            .into_yaml()
    }
}

/// Keys of DigitalOcean.
impl Section for sections::Digitalocean {
    type Source<'a> = DigitalOceanSdConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("port", |from: &DigitalOceanSdConfig| from.port.map(Yaml::from)),
                Field::new("refresh_interval", |from: &DigitalOceanSdConfig| {
                    from.refresh_interval.as_deref().map(text)
                }),
            ]
        }
    }
}
