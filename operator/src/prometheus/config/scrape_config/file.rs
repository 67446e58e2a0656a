//! Targets from files of the container. Pure.

use crds::v1alpha1::{FileSdConfig, ScrapeConfigSpec};
use formats::{version::Field, yaml::Yaml};

use super::discovery::Discovery;
use crate::prometheus::config::section::PartScope;
use crate::prometheus::config::sections::{self, Section, Table};
use crate::prometheus::config::value::{text, texts};

impl Discovery for FileSdConfig {
    const FIELD: &'static str = "fileSDConfigs";
    const KEY: &'static str = "file_sd_configs";

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.file_sd_configs
    }

    fn entry(&self, scope: PartScope<'_>) -> Yaml {
        scope.mapping::<sections::File>(self)
    }
}

/// Keys of files.
impl Section for sections::File {
    type Source<'a> = FileSdConfig;

    fn fields<'a>() -> Table<'a, Self::Source<'a>> {
        const {
            &[
                Field::new("files", |from: &FileSdConfig| texts(&from.files)),
                Field::new("refresh_interval", |from: &FileSdConfig| {
                    from.refresh_interval.as_deref().map(text)
                }),
            ]
        }
    }
}
