//! Targets from OVHcloud. Pure.

use crds::v1alpha1::{OvhCloudSdConfig, OvhService, ScrapeConfigSpec};
use formats::{
    version::{Field, Version},
    yaml::Yaml,
};

use super::discovery::{Discovery, Entry};
use crate::prometheus::config::section::PartScope;
use crate::prometheus::config::sections::{self, Section, Table};
use crate::prometheus::config::value::text;

impl Discovery for OvhCloudSdConfig {
    const FIELD: &'static str = "ovhcloudSDConfigs";
    const KEY: &'static str = "ovhcloud_sd_configs";
    const SINCE: Option<Version> = Some(Version::new(2, 40, 0));

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.ovhcloud_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        scope.mapping::<sections::Ovhcloud>(&Entry { scope, from: self })
    }
}

type OvhCloud<'a> = Entry<'a, OvhCloudSdConfig>;

/// Keys of OVHcloud.
impl Section for sections::Ovhcloud {
    type Source<'a> = Entry<'a, OvhCloudSdConfig>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("application_key", |ovhcloud: &OvhCloud<'_>| {
                    Some(text(&ovhcloud.from.application_key))
                }),
                Field::new("application_secret", |ovhcloud: &OvhCloud<'_>| {
                    ovhcloud.secret(Some(&ovhcloud.from.application_secret))
                }),
                Field::new("consumer_key", |ovhcloud: &OvhCloud<'_>| {
                    ovhcloud.secret(Some(&ovhcloud.from.consumer_key))
                }),
                Field::new("service", |ovhcloud: &OvhCloud<'_>| {
                    Some(Yaml::from(match ovhcloud.from.service {
                        OvhService::Vps => "vps",
                        OvhService::DedicatedServer => "dedicated_server",
                    }))
                }),
                Field::new("endpoint", |ovhcloud: &OvhCloud<'_>| {
                    ovhcloud.from.endpoint.as_deref().map(text)
                }),
                Field::new("refresh_interval", |ovhcloud: &OvhCloud<'_>| {
                    ovhcloud.from.refresh_interval.as_deref().map(text)
                }),
            ]
        }
    }
}
