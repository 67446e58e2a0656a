//! Targets from Oracle Cloud Infrastructure. Pure.

use crds::v1alpha1::{OciAuthenticationMethod, OciSdConfig, ScrapeConfigSpec};
use formats::{
    version::{Field, Version},
    yaml::Yaml,
};

use super::{
    client::{
        Client,
        Setting::{EnableHttp2, FollowRedirects, Proxy, Tls},
    },
    discovery::{Discovery, Entry},
};
use crate::prometheus::config::section::{Mapping, PartScope};
use crate::prometheus::config::sections::{self, Section, Table};
use crate::prometheus::config::value::{text, texts};

impl Discovery for OciSdConfig {
    const FIELD: &'static str = "ociSDConfigs";
    const KEY: &'static str = "oci_sd_configs";
    const SINCE: Option<Version> = Some(Version::new(3, 14, 0));

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.oci_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        Mapping::new(scope)
            .with::<sections::Oci>(&Entry { scope, from: self })
            .with_client(&Client::new(self, scope), &[Proxy, FollowRedirects, EnableHttp2, Tls])
            .into_yaml()
    }
}

type Oci<'a> = Entry<'a, OciSdConfig>;

/// Keys of Oracle Cloud Infrastructure.
impl Section for sections::Oci {
    type Source<'a> = Entry<'a, OciSdConfig>;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("auth", |oci: &Oci<'_>| {
                    let method = oci.from.authentication_method?;
                    Some(Yaml::from(match method {
                        OciAuthenticationMethod::ApiKey => "api_key",
                        OciAuthenticationMethod::InstancePrincipal => "instance_principal",
                    }))
                }),
                Field::new("tenancy", |oci: &Oci<'_>| oci.from.tenancy.as_deref().map(text)),
                Field::new("user", |oci: &Oci<'_>| oci.from.user.as_deref().map(text)),
                Field::new("fingerprint", |oci: &Oci<'_>| oci.from.fingerprint.as_deref().map(text)),
                Field::new("key_file", |oci: &Oci<'_>| oci.from.key_file.as_deref().map(text)),
                Field::new("key_passphrase", |oci: &Oci<'_>| {
                    oci.secret(oci.from.key_passphrase.as_deref())
                }),
                Field::new("region", |oci: &Oci<'_>| Some(text(&oci.from.region))),
                Field::new("compartments", |oci: &Oci<'_>| texts(&oci.from.compartments)),
                Field::new("port", |oci: &Oci<'_>| oci.from.port.map(Yaml::from)),
                Field::new("refresh_interval", |oci: &Oci<'_>| {
                    oci.from.refresh_interval.as_deref().map(text)
                }),
            ]
        }
    }
}
