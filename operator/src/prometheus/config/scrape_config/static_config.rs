//! Targets that are written down in the object itself. Pure.

use crds::v1alpha1::{ScrapeConfigSpec, StaticConfig};
use formats::{
    version::Field,
    yaml::{Yaml, natural_map},
};

use super::discovery::Discovery;
use crate::prometheus::config::section::PartScope;
use crate::prometheus::config::sections::{self, Section, Table};
use crate::prometheus::config::value::text;

impl Discovery for StaticConfig {
    const FIELD: &'static str = "staticConfigs";
    const KEY: &'static str = "static_configs";

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.static_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        scope.mapping::<sections::Static>(self)
    }
}

/// Keys of a list of targets, both of which are always there.
impl Section for sections::Static {
    type Source<'a> = StaticConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("targets", |from: &StaticConfig| {
                    Some(from.targets.iter().map(|target| text(target)).collect())
                }),
                Field::new("labels", |from: &StaticConfig| {
                    let labels = from.labels.iter();
                    Some(natural_map(
                        labels.map(|(name, value)| (text(name), text(value))).collect(),
                    ))
                }),
            ]
        }
    }
}
