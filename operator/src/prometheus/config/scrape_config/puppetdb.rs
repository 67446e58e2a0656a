//! Targets from PuppetDB. Pure.

use crds::v1alpha1::{PuppetDbSdConfig, ScrapeConfigSpec};
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

impl Discovery for PuppetDbSdConfig {
    const FIELD: &'static str = "puppetDBSDConfigs";
    const KEY: &'static str = "puppetdb_sd_configs";
    const SINCE: Option<Version> = Some(Version::new(2, 31, 0));

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.puppet_db_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        let client = Client::new(self, scope);
        Mapping::new(scope)
            .with_client(&client, &[BasicAuth, Authorization, OAuth2, Proxy])
            .with::<sections::Puppetdb>(self)
            .with_client(&client, &[FollowRedirects, Tls, EnableHttp2])
            .into_yaml()
    }
}

/// Keys of PuppetDB.
impl Section for sections::Puppetdb {
    type Source<'a> = PuppetDbSdConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("url", |from: &PuppetDbSdConfig| Some(text(&from.url))),
                Field::new("query", |from: &PuppetDbSdConfig| Some(text(&from.query))),
                Field::new("include_parameters", |from: &PuppetDbSdConfig| {
                    from.include_parameters.map(Yaml::from)
                }),
                Field::new("port", |from: &PuppetDbSdConfig| from.port.map(Yaml::from)),
                Field::new("refresh_interval", |from: &PuppetDbSdConfig| {
                    from.refresh_interval.as_deref().map(text)
                }),
            ]
        }
    }
}
