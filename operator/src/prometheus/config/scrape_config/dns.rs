//! Targets from DNS. Pure.

use crds::v1alpha1::{DnsRecordType, DnsSdConfig, ScrapeConfigSpec};
use formats::{version::Field, yaml::Yaml};

use super::discovery::Discovery;
use crate::prometheus::config::section::PartScope;
use crate::prometheus::config::sections::{self, Section, Table};
use crate::prometheus::config::value::{text, texts};

impl Discovery for DnsSdConfig {
    const FIELD: &'static str = "dnsSDConfigs";
    const KEY: &'static str = "dns_sd_configs";

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.dns_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        scope.mapping::<sections::Dns>(self)
    }
}

/// Keys of names. Not every version knows every type of records.
impl Section for sections::Dns {
    type Source<'a> = DnsSdConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        use DnsRecordType::{A, Aaaa, Mx, Ns, Srv};
        const {
            &[
                Field::new("names", |from: &DnsSdConfig| texts(&from.names)),
                Field::new("refresh_interval", |from: &DnsSdConfig| {
                    from.refresh_interval.as_deref().map(text)
                }),
                Field::new("type", |from: &DnsSdConfig| record_type(from, &[A, Aaaa, Srv])),
                Field::new("type", |from: &DnsSdConfig| record_type(from, &[Mx])).since(2, 38),
                Field::new("type", |from: &DnsSdConfig| record_type(from, &[Ns])).since(2, 49),
                Field::new("port", |from: &DnsSdConfig| from.port.map(Yaml::from)),
            ]
        }
    }
}

fn record_type(from: &DnsSdConfig, among: &[DnsRecordType]) -> Option<Yaml> {
    let record_type = from.type_.filter(|record_type| among.contains(record_type))?;
    Some(record_type.as_str().into())
}
