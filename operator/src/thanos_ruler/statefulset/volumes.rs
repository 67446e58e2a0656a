//! The volumes of a Thanos Ruler pod, and where Thanos Ruler and its reloader mount them. Pure.

use k8s_openapi::api::core::v1::{Volume, VolumeMount};
use kube::ResourceExt;

use super::input::Input;
use crate::pod::storage::Storage;
use crate::pod::volume::{self, Mounted};
use crate::pod::web;
use crate::pod::web::users::are_given;
use crate::thanos_ruler::{config_file, names};

const TLS_ASSETS: &str = "tls-assets";

/// The volumes and mounts of a pod, in output order.
#[derive(Debug, Clone, Default)]
pub(super) struct Volumes {
    /// The volumes, but for those of the user.
    pub(super) pod: Vec<Volume>,
    /// Mounts of Thanos Ruler.
    pub(super) thanos_ruler: Vec<VolumeMount>,
    /// Mounts of the reloader.
    pub(super) reloader: Vec<VolumeMount>,
    /// Directories whose change makes Thanos Ruler load its rules again.
    pub(super) watched: Vec<String>,
}

impl Volumes {
    pub(super) fn of(input: &Input<'_>, storage: &Storage) -> Self {
        let spec = &input.thanos_ruler.spec;
        let name = input.thanos_ruler.name_any();
        let mut files = config_file::mounted(spec, &name);
        files.push(
            volume::secrets(TLS_ASSETS, input.tls_assets),
            volume::read_only(TLS_ASSETS, names::TLS_ASSETS_DIRECTORY),
        );
        let web = web_config(input, &name);
        let rules = input
            .rule_config_maps
            .iter()
            .map(|name| (name, format!("{}/{name}", names::RULES_DIRECTORY)));
        let rules: Vec<(&String, String)> = rules.collect();

        let mut pod = files.volumes;
        pod.extend(web.volumes);
        pod.extend(rules.iter().map(|(name, _)| volume::optional_config_map(name, name)));
        pod.extend(storage.volume.clone());

        let mut thanos_ruler = files.mounts;
        thanos_ruler.extend(web.mounts.iter().cloned());
        thanos_ruler.push(storage.mount(names::STORAGE_DIRECTORY));
        thanos_ruler.extend(rules.iter().map(|(name, directory)| volume::read_only(name, directory)));
        thanos_ruler.extend(spec.pod.volume_mounts.iter().cloned());

        let reloader = rules.iter().map(|(name, directory)| volume::mount(name, directory));
        Self {
            pod,
            thanos_ruler,
            reloader: reloader.chain(web.mounts).collect(),
            watched: rules.into_iter().map(|(_, directory)| directory).collect(),
        }
    }
}

/// The web configuration, which the original gives to pods with rules only. Without it, nobody would be asked for a password.
fn web_config(input: &Input<'_>, name: &str) -> Mounted {
    let config = input.thanos_ruler.spec.web.as_deref();
    let is_needed = !input.rule_config_maps.is_empty() || are_given(config);
    if input.version < web::THANOS_SINCE || !is_needed {
        return Mounted::default();
    }
    web::mounted(config, names::WEB_CONFIG_DIRECTORY, &names::web_config(name))
}
