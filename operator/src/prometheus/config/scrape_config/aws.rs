//! Targets from Amazon Web Services: EC2 and Lightsail. Pure.

use crds::v1alpha1::{Ec2SdConfig, LightsailSdConfig, ScrapeConfigSpec};
use formats::{
    version::{Field, Version},
    yaml::Yaml,
};

use super::{
    client::{
        Client,
        Setting::{Authorization, BasicAuth, EnableHttp2, FollowRedirects, OAuth2, Proxy, Tls},
    },
    discovery::{Discovery, Entry},
    filter::filters,
};
use crate::prometheus::config::section::{Mapping, PartScope};
use crate::prometheus::config::sections::{self, Section, Table};
use crate::prometheus::config::value::text;

impl Discovery for Ec2SdConfig {
    const FIELD: &'static str = "ec2SDConfigs";
    const KEY: &'static str = "ec2_sd_configs";

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.ec2_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        let client = Client::new(self, scope);
        Mapping::new(scope)
            .with_client(&client, &[Proxy])
            .with::<sections::Ec2>(&Entry { scope, from: self })
            .with::<sections::Ec2Client>(&client)
            .into_yaml()
    }
}

type Ec2<'a> = Entry<'a, Ec2SdConfig>;

impl Ec2<'_> {
    fn keys(&self) -> Option<(Yaml, Yaml)> {
        let from = self.from;
        self.scope
            .aws_keys(from.access_key.as_deref(), from.secret_key.as_deref())
    }
}

/// Keys of EC2.
impl Section for sections::Ec2 {
    type Source<'a> = Entry<'a, Ec2SdConfig>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("region", |ec2: &Ec2<'_>| ec2.from.region.as_deref().map(text)),
                Field::new("access_key", |ec2: &Ec2<'_>| {
                    ec2.keys().map(|(access_key, _)| access_key)
                }),
                Field::new("secret_key", |ec2: &Ec2<'_>| {
                    ec2.keys().map(|(_, secret_key)| secret_key)
                }),
                Field::new("role_arn", |ec2: &Ec2<'_>| ec2.from.role_arn.as_deref().map(text)),
                Field::new("refresh_interval", |ec2: &Ec2<'_>| {
                    ec2.from.refresh_interval.as_deref().map(text)
                }),
                Field::new("port", |ec2: &Ec2<'_>| ec2.from.port.map(Yaml::from)),
                Field::new("filters", |ec2: &Ec2<'_>| filters(&ec2.from.filters)).since(2, 3),
            ]
        }
    }
}

/// Keys of the client of EC2, which was not configurable at first.
impl Section for sections::Ec2Client {
    type Source<'a> = Client<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("follow_redirects", Client::follow_redirects).since(2, 41),
                Field::new("enable_http2", Client::enable_http2).since(2, 41),
                Field::new("tls_config", Client::tls_config).since(2, 41),
            ]
        }
    }
}

impl Discovery for LightsailSdConfig {
    const FIELD: &'static str = "lightSailSDConfigs";
    const KEY: &'static str = "lightsail_sd_configs";
    const SINCE: Option<Version> = Some(Version::new(2, 27, 0));

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.lightsail_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        let client = Client::new(self, scope);
        Mapping::new(scope)
            .with_client(&client, &[BasicAuth, Authorization, Proxy, OAuth2])
            .with::<sections::Lightsail>(&Entry { scope, from: self })
            .with_client(&client, &[Tls, FollowRedirects, EnableHttp2])
            .into_yaml()
    }
}

type Lightsail<'a> = Entry<'a, LightsailSdConfig>;

impl Lightsail<'_> {
    fn keys(&self) -> Option<(Yaml, Yaml)> {
        let from = self.from;
        self.scope
            .aws_keys(from.access_key.as_deref(), from.secret_key.as_deref())
    }
}

/// Keys of Lightsail.
impl Section for sections::Lightsail {
    type Source<'a> = Entry<'a, LightsailSdConfig>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("region", |lightsail: &Lightsail<'_>| {
                    lightsail.from.region.as_deref().map(text)
                }),
                Field::new("endpoint", |lightsail: &Lightsail<'_>| {
                    lightsail.from.endpoint.as_deref().map(text)
                }),
                Field::new("port", |lightsail: &Lightsail<'_>| lightsail.from.port.map(Yaml::from)),
                Field::new("refresh_interval", |lightsail: &Lightsail<'_>| {
                    lightsail.from.refresh_interval.as_deref().map(text)
                }),
                Field::new("access_key", |lightsail: &Lightsail<'_>| {
                    lightsail.keys().map(|(access_key, _)| access_key)
                }),
                Field::new("secret_key", |lightsail: &Lightsail<'_>| {
                    lightsail.keys().map(|(_, secret_key)| secret_key)
                }),
                Field::new("role_arn", |lightsail: &Lightsail<'_>| {
                    lightsail.from.role_arn.as_deref().map(text)
                }),
            ]
        }
    }
}
