//! Targets from OpenStack. Pure.

use crds::v1alpha1::{OpenStackSdConfig, ScrapeConfigSpec};
use formats::{version::Field, yaml::Yaml};

use super::discovery::{Discovery, Entry, lowercase};
use crate::prometheus::config::section::PartScope;
use crate::prometheus::config::sections::{self, Section, Table};
use crate::prometheus::config::value::text;

impl Discovery for OpenStackSdConfig {
    const FIELD: &'static str = "openstackSDConfigs";
    const KEY: &'static str = "openstack_sd_configs";

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.openstack_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        scope.mapping::<sections::Openstack>(&Entry { scope, from: self })
    }
}

type OpenStack<'a> = Entry<'a, OpenStackSdConfig>;

/// Keys of OpenStack. That a version knows the role is checked at selection.
impl Section for sections::Openstack {
    type Source<'a> = Entry<'a, OpenStackSdConfig>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("role", |openstack: &OpenStack<'_>| {
                    Some(lowercase(openstack.from.role.as_str()))
                }),
                Field::new("region", |openstack: &OpenStack<'_>| Some(text(&openstack.from.region))),
                Field::new("identity_endpoint", |openstack: &OpenStack<'_>| {
                    openstack.from.identity_endpoint.as_deref().map(text)
                }),
                Field::new("username", |openstack: &OpenStack<'_>| {
                    openstack.from.username.as_deref().map(text)
                }),
                Field::new("userid", |openstack: &OpenStack<'_>| {
                    openstack.from.userid.as_deref().map(text)
                }),
                Field::new("password", |openstack: &OpenStack<'_>| {
                    openstack.secret(openstack.from.password.as_deref())
                }),
                Field::new("domain_name", |openstack: &OpenStack<'_>| {
                    openstack.from.domain_name.as_deref().map(text)
                }),
                Field::new("domain_id", |openstack: &OpenStack<'_>| {
                    openstack.from.domain_id.as_deref().map(text)
                }),
                Field::new("project_name", |openstack: &OpenStack<'_>| {
                    openstack.from.project_name.as_deref().map(text)
                }),
                Field::new("project_id", |openstack: &OpenStack<'_>| {
                    openstack.from.project_id.as_deref().map(text)
                }),
                Field::new("application_credential_name", |openstack: &OpenStack<'_>| {
                    openstack.from.application_credential_name.as_deref().map(text)
                }),
                Field::new("application_credential_id", |openstack: &OpenStack<'_>| {
                    openstack.from.application_credential_id.as_deref().map(text)
                }),
                Field::new("application_credential_secret", |openstack: &OpenStack<'_>| {
                    openstack.secret(openstack.from.application_credential_secret.as_deref())
                }),
                Field::new("all_tenants", |openstack: &OpenStack<'_>| {
                    openstack.from.all_tenants.map(Yaml::from)
                }),
                Field::new("refresh_interval", |openstack: &OpenStack<'_>| {
                    openstack.from.refresh_interval.as_deref().map(text)
                }),
                Field::new("port", |openstack: &OpenStack<'_>| openstack.from.port.map(Yaml::from)),
                Field::new("availability", |openstack: &OpenStack<'_>| {
                    (openstack.from.availability).map(|availability| lowercase(availability.as_str()))
                }),
                Field::new("tls_config", |openstack: &OpenStack<'_>| {
                    openstack.scope.tls_config(openstack.from.tls_config.as_deref())
                }),
            ]
        }
    }
}
