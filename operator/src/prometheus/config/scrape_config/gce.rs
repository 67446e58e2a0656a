//! Targets from Google Compute Engine. Pure.

use crds::v1alpha1::{GceSdConfig, ScrapeConfigSpec};
use formats::{version::Field, yaml::Yaml};

use super::discovery::Discovery;
use crate::prometheus::config::section::PartScope;
use crate::prometheus::config::sections::{self, Section, Table};
use crate::prometheus::config::value::text;

impl Discovery for GceSdConfig {
    const FIELD: &'static str = "gceSDConfigs";
    const KEY: &'static str = "gce_sd_configs";

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.gce_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        scope.mapping::<sections::Gce>(self)
    }
}

/// Keys of Google Compute Engine.
impl Section for sections::Gce {
    type Source<'a> = GceSdConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("project", |from: &GceSdConfig| Some(text(&from.project))),
                Field::new("zone", |from: &GceSdConfig| Some(text(&from.zone))),
                Field::new("filter", |from: &GceSdConfig| from.filter.as_deref().map(text)),
                Field::new("refresh_interval", |from: &GceSdConfig| {
                    from.refresh_interval.as_deref().map(text)
                }),
                Field::new("port", |from: &GceSdConfig| from.port.map(Yaml::from)),
                Field::new("tag_separator", |from: &GceSdConfig| {
                    from.tag_separator.as_deref().map(text)
                }),
            ]
        }
    }
}
