//! Targets from Linode. Pure.

use crds::v1alpha1::{LinodeSdConfig, ScrapeConfigSpec};
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

impl Discovery for LinodeSdConfig {
    const FIELD: &'static str = "linodeSDConfigs";
    const KEY: &'static str = "linode_sd_configs";
    const SINCE: Option<Version> = Some(Version::new(2, 28, 0));

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.linode_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        let client = Client::new(self, scope);
        Mapping::new(scope)
            .with_client(&client, &[Authorization, OAuth2, Proxy, Tls])
            .with::<sections::LinodePlace>(self)
            .with_client(&client, &[EnableHttp2])
            .with::<sections::LinodeTags>(self)
            .with_client(&client, &[FollowRedirects])
            .into_yaml()
    }
}

/// Keys that say where the machines are.
impl Section for sections::LinodePlace {
    type Source<'a> = LinodeSdConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("port", |from: &LinodeSdConfig| from.port.map(Yaml::from)),
                Field::new("region", |from: &LinodeSdConfig| from.region.as_deref().map(text)).since(2, 52),
            ]
        }
    }
}

/// Keys for the tags of the machines, and for how often they are read.
impl Section for sections::LinodeTags {
    type Source<'a> = LinodeSdConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("tag_separator", |from: &LinodeSdConfig| {
                    from.tag_separator.as_deref().map(text)
                }),
                Field::new("refresh_interval", |from: &LinodeSdConfig| {
                    from.refresh_interval.as_deref().map(text)
                }),
            ]
        }
    }
}
