//! Targets from Docker: containers of an engine, and what runs in a swarm. Pure.

use crds::v1alpha1::{DockerSdConfig, DockerSwarmSdConfig, ScrapeConfigSpec};
use formats::{
    version::{Field, Range, Version},
    yaml::Yaml,
};

use super::{
    client::{
        Client,
        Setting::{Authorization, BasicAuth, EnableHttp2, FollowRedirects, OAuth2, Proxy, Tls},
    },
    discovery::{Discovery, lowercase},
    filter::filters,
};
use crate::prometheus::config::section::{Mapping, PartScope};
use crate::prometheus::config::sections::{self, Section, Table};
use crate::prometheus::config::value::text;

/// First version that takes one network of a container without crashing on the others.
const FIRST_NETWORK: Version = Version::new(2, 54, 1);

impl Discovery for DockerSdConfig {
    const FIELD: &'static str = "dockerSDConfigs";
    const KEY: &'static str = "docker_sd_configs";

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.docker_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        let client = Client::new(self, scope);
        Mapping::new(scope)
            .with_client(&client, &[Authorization, OAuth2, Proxy, BasicAuth])
            .pair("filters", filters(&self.filters))
            .pair("host", Some(text(&self.host)))
            .with_client(&client, &[Tls])
            .with::<sections::Docker>(self)
            .with_client(&client, &[FollowRedirects, EnableHttp2])
            .into_yaml()
    }
}

/// Keys of an engine after its host.
impl Section for sections::Docker {
    type Source<'a> = DockerSdConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("port", |from: &DockerSdConfig| from.port.map(Yaml::from)),
                Field::new("host_networking_host", |from: &DockerSdConfig| {
                    from.host_networking_host.as_deref().map(text)
                }),
                Field {
                    versions: Range::ALL.since(FIRST_NETWORK),
                    ..Field::new("match_first_network", |from: &DockerSdConfig| {
                        from.match_first_network.map(Yaml::from)
                    })
                },
                Field::new("refresh_interval", |from: &DockerSdConfig| {
                    from.refresh_interval.as_deref().map(text)
                }),
            ]
        }
    }
}

impl Discovery for DockerSwarmSdConfig {
    const FIELD: &'static str = "dockerSwarmSDConfigs";
    const KEY: &'static str = "dockerswarm_sd_configs";
    const SINCE: Option<Version> = Some(Version::new(2, 20, 0));

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.docker_swarm_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        let client = Client::new(self, scope);
        Mapping::new(scope)
            .with_client(&client, &[BasicAuth, Authorization, OAuth2, Proxy])
            .pair("filters", filters(&self.filters))
            .pair("host", Some(text(&self.host)))
            .with_client(&client, &[Tls])
            .with::<sections::DockerSwarm>(self)
            .with_client(&client, &[FollowRedirects, EnableHttp2])
            .into_yaml()
    }
}

/// Keys of a swarm after its host.
impl Section for sections::DockerSwarm {
    type Source<'a> = DockerSwarmSdConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("role", |from: &DockerSwarmSdConfig| Some(lowercase(from.role.as_str()))),
                Field::new("port", |from: &DockerSwarmSdConfig| from.port.map(Yaml::from)),
                Field::new("refresh_interval", |from: &DockerSwarmSdConfig| {
                    from.refresh_interval.as_deref().map(text)
                }),
            ]
        }
    }
}
