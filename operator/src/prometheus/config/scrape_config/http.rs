//! Targets from an HTTP server that lists them. Pure.

use crds::v1alpha1::{HttpSdConfig, ScrapeConfigSpec};
use formats::{
    version::{Field, Version},
    yaml::Yaml,
};

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

impl Discovery for HttpSdConfig {
    const FIELD: &'static str = "httpSDConfigs";
    const KEY: &'static str = "http_sd_configs";
    const SINCE: Option<Version> = Some(Version::new(2, 28, 0));

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.http_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        let client = Client::new(self, scope);
        Mapping::new(scope)
            .with_client(&client, &[BasicAuth, Authorization, Tls, Proxy, OAuth2])
            .with::<sections::Http>(self)
            .with_client(&client, &[FollowRedirects, EnableHttp2])
            .into_yaml()
    }
}

/// Keys of an HTTP server.
impl Section for sections::Http {
    type Source<'a> = HttpSdConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("url", |from: &HttpSdConfig| Some(text(&from.url))),
                Field::new("refresh_interval", |from: &HttpSdConfig| {
                    from.refresh_interval.as_deref().map(text)
                }),
            ]
        }
    }
}
