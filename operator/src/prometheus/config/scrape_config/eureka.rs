//! Targets from Eureka. Pure.

use crds::v1alpha1::{EurekaSdConfig, ScrapeConfigSpec};
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

impl Discovery for EurekaSdConfig {
    const FIELD: &'static str = "eurekaSDConfigs";
    const KEY: &'static str = "eureka_sd_configs";

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.eureka_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        let settings = [
            BasicAuth,
            Authorization,
            OAuth2,
            Proxy,
            FollowRedirects,
            EnableHttp2,
            Tls,
        ];
        Mapping::new(scope)
            .with_client(&Client::new(self, scope), &settings)
            .with::<sections::Eureka>(self)
            .into_yaml()
    }
}

/// Keys of Eureka.
impl Section for sections::Eureka {
    type Source<'a> = EurekaSdConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("refresh_interval", |from: &EurekaSdConfig| {
                    from.refresh_interval.as_deref().map(text)
                }),
                Field::new("server", |from: &EurekaSdConfig| Some(text(&from.server))),
            ]
        }
    }
}
