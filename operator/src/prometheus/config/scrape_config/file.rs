//! Targets from files of the container. Pure.

use crds::v1alpha1::{FileSdConfig, ScrapeConfigSpec};
use formats::{version::Field, yaml::Yaml};

use super::discovery::Discovery;
use crate::prometheus::config::section::{Scope, Table};
use crate::prometheus::config::value::{text, texts};

impl Discovery for FileSdConfig {
    const FIELD: &'static str = "fileSDConfigs";
    const KEY: &'static str = "file_sd_configs";

    fn all(spec: &ScrapeConfigSpec) -> &[Self] {
        &spec.file_sd_configs
    }

    fn entry(&self, scope: Scope<'_>) -> Yaml {
        scope.mapping(file_fields(), self)
    }
}

/// Keys of files.
pub(crate) fn file_fields<'a>() -> Table<'a, FileSdConfig> {
    const {
        &[
            Field::new("files", |from: &FileSdConfig| texts(&from.files)),
            Field::new("refresh_interval", |from: &FileSdConfig| {
                from.refresh_interval.as_deref().map(text)
            }),
        ]
    }
}
