//! Checks of targets from files. Pure.

use crds::v1alpha1::FileSdConfig;

use super::discovery::{Checked, DiscoveryError};
use crate::check::http_client::Credentials;
use crate::check::invalid::{Field, Invalid};
use crate::prometheus::select::Checks;

impl Checked for FileSdConfig {
    /// An object may be older than the pattern of the schema.
    fn check(&self, _: &Checks<'_>, _: &mut Credentials<'_>) -> Result<(), Invalid> {
        match self.files.iter().position(|path| !is_path(path)) {
            Some(index) => Err(DiscoveryError::Path).field(format!("files[{index}]")),
            None => Ok(()),
        }
    }
}

/// `[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)`
fn is_path(path: &str) -> bool {
    let Some((stem, ending)) = path.rsplit_once('.') else {
        return false;
    };
    let is_known = matches!(ending, "json" | "yml" | "yaml" | "JSON" | "YML" | "YAML");
    is_known && stem.split_once('*').is_none_or(|(_, rest)| !rest.contains('/'))
}
