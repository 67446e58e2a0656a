//! Targets from Azure. Pure.

use crds::v1alpha1::{AzureSdConfig, ScrapeConfigSpec};
use formats::{version::Field, yaml::Yaml};

use super::{
    client::{
        Client,
        Setting::{Authorization, BasicAuth, OAuth2, Proxy},
    },
    discovery::{Discovery, Entry},
};
use crate::prometheus::config::section::{Mapping, PartScope};
use crate::prometheus::config::sections::{self, Section, Table};
use crate::prometheus::config::value::text;

impl Discovery for AzureSdConfig {
    const FIELD: &'static str = "azureSDConfigs";
    const KEY: &'static str = "azure_sd_configs";

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.azure_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        let client = Client::new(self, scope);
        Mapping::new(scope)
            .with_client(&client, &[BasicAuth, Authorization, OAuth2, Proxy])
            .with::<sections::Azure>(&Entry { scope, from: self })
            .with::<sections::AzureClient>(&client)
            .into_yaml()
    }
}

type Azure<'a> = Entry<'a, AzureSdConfig>;

/// Keys of Azure.
impl Section for sections::Azure {
    type Source<'a> = Entry<'a, AzureSdConfig>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("environment", |azure: &Azure<'_>| {
                    azure.from.environment.as_deref().map(text)
                }),
                Field::new("authentication_method", |azure: &Azure<'_>| {
                    (azure.from.authentication_method).map(|method| method.as_str().into())
                }),
                Field::new("subscription_id", |azure: &Azure<'_>| {
                    Some(text(&azure.from.subscription_id))
                }),
                Field::new("tenant_id", |azure: &Azure<'_>| {
                    azure.from.tenant_id.as_deref().map(text)
                }),
                Field::new("client_id", |azure: &Azure<'_>| {
                    azure.from.client_id.as_deref().map(text)
                }),
                Field::new("client_secret", |azure: &Azure<'_>| {
                    azure.secret(azure.from.client_secret.as_deref())
                }),
                Field::new("resource_group", |azure: &Azure<'_>| {
                    azure.from.resource_group.as_deref().map(text)
                })
                .since(2, 35),
                Field::new("refresh_interval", |azure: &Azure<'_>| {
                    azure.from.refresh_interval.as_deref().map(text)
                }),
                Field::new("port", |azure: &Azure<'_>| azure.from.port.map(Yaml::from)),
            ]
        }
    }
}

/// Keys of the client of Azure that the original does not write.
impl Section for sections::AzureClient {
    type Source<'a> = Client<'a>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("follow_redirects", Client::follow_redirects).since(2, 31),
                Field::new("enable_http2", Client::enable_http2).since(2, 35),
                Field::new("tls_config", Client::tls_config).since(2, 31),
            ]
        }
    }
}
