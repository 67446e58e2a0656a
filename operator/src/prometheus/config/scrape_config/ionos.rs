//! Targets from IONOS Cloud. Pure.

use crds::v1alpha1::{IonosSdConfig, ScrapeConfigSpec};
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

impl Discovery for IonosSdConfig {
    const FIELD: &'static str = "ionosSDConfigs";
    const KEY: &'static str = "ionos_sd_configs";
    const SINCE: Option<Version> = Some(Version::new(2, 36, 0));

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.ionos_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        let client = Client::new(self, scope);
        // The schema requires an Authorization header, which OAuth 2.0 sets itself.
        let header: &[_] = if self.oauth2.is_some() { &[] } else { &[Authorization] };
        Mapping::new(scope)
            .with_client(&client, header)
            .with_client(&client, &[OAuth2, Proxy, Tls])
            .pair("datacenter_id", Some(text(&self.datacenter_id)))
            .with_client(&client, &[FollowRedirects, EnableHttp2])
            .with::<sections::Ionos>(self)
            .into_yaml()
    }
}

/// Keys of IONOS Cloud after those of the client.
impl Section for sections::Ionos {
    type Source<'a> = IonosSdConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("port", |from: &IonosSdConfig| from.port.map(Yaml::from)),
                Field::new("refresh_interval", |from: &IonosSdConfig| {
                    from.refresh_interval.as_deref().map(text)
                }),
            ]
        }
    }
}
