//! The volumes of an Alertmanager pod, and where Alertmanager and its reloader mount them. Pure.

use std::collections::BTreeSet;

use crds::AlertmanagerSpec;
use k8s_openapi::api::core::v1::{
    ConfigMapProjection, KeyToPath, SecretProjection, Volume, VolumeMount, VolumeProjection,
};
use kube::ResourceExt;

use super::input::Input;
use crate::alertmanager::{cluster_tls, names};
use crate::pod::storage::Storage;
use crate::pod::volume::{self, Mounted};
use crate::pod::web;

const CONFIG: &str = "config-volume";
const CONFIG_OUT: &str = "config-out";
const TLS_ASSETS: &str = "tls-assets";
const TEMPLATES: &str = "notification-templates";

/// The volumes and mounts of a pod, in output order.
#[derive(Debug, Clone, Default)]
pub(super) struct Volumes {
    /// The volumes, but for those of the data and of the user.
    pub(super) pod: Vec<Volume>,
    /// Mounts of Alertmanager.
    pub(super) alertmanager: Vec<VolumeMount>,
    /// Mounts of the reloader, sidecar and init container.
    pub(super) reloader: Vec<VolumeMount>,
    /// Directories whose change makes Alertmanager load its configuration again.
    pub(super) watched: Vec<String>,
}

impl Volumes {
    pub(super) fn of(input: &Input<'_>, storage: &Storage) -> Self {
        let spec = &input.alertmanager.spec;
        let name = input.alertmanager.name_any();
        let mut files = templates(spec);
        for mounted in [
            volume::user_secrets(&spec.secrets, "/etc/alertmanager/secrets"),
            volume::user_config_maps(&spec.config_maps, "/etc/alertmanager/configmaps"),
        ] {
            files.volumes.extend(mounted.volumes);
            files.mounts.extend(mounted.mounts);
        }
        let web = web_config(input, &name);
        let cluster = cluster_config(input, &name);

        let mut pod = vec![
            volume::secret(CONFIG, &names::generated_config(&name)),
            volume::secrets(TLS_ASSETS, input.tls_assets),
            volume::memory(CONFIG_OUT),
        ];
        pod.extend(files.volumes);
        pod.extend(web.volumes);
        pod.extend(cluster.volumes);

        let mut alertmanager = vec![
            volume::mount(CONFIG, names::CONFIG_DIRECTORY),
            volume::read_only(CONFIG_OUT, names::CONFIG_OUT_DIRECTORY),
            volume::read_only(TLS_ASSETS, names::TLS_ASSETS_DIRECTORY),
            storage.mount(names::STORAGE_DIRECTORY),
        ];
        alertmanager.extend(files.mounts.iter().cloned());
        alertmanager.extend(spec.pod.volume_mounts.iter().cloned());
        alertmanager.extend(web.mounts.iter().cloned());
        alertmanager.extend(cluster.mounts);

        let directories = files.mounts.iter().map(|mount| mount.mount_path.clone());
        let watched = std::iter::once(names::CONFIG_DIRECTORY.to_owned())
            .chain(directories)
            .collect();
        let mut reloader = vec![
            volume::read_only(CONFIG, names::CONFIG_DIRECTORY),
            volume::mount(CONFIG_OUT, names::CONFIG_OUT_DIRECTORY),
        ];
        reloader.extend(files.mounts);
        reloader.extend(web.mounts);
        Self {
            pod,
            alertmanager,
            reloader,
            watched,
        }
    }
}

fn web_config(input: &Input<'_>, name: &str) -> Mounted {
    if input.version < web::ALERTMANAGER_SINCE {
        return Mounted::default();
    }
    let config = input.alertmanager.spec.web.as_ref().map(|web| &web.config_file);
    web::mounted(config, names::WEB_CONFIG_DIRECTORY, &names::web_config(name))
}

fn cluster_config(input: &Input<'_>, name: &str) -> Mounted {
    if input.version < cluster_tls::SINCE {
        return Mounted::default();
    }
    let config = input.alertmanager.spec.cluster_tls.as_deref();
    cluster_tls::mounted(config, names::CLUSTER_TLS_DIRECTORY, &names::cluster_tls_config(name))
}

/// The notification templates as one directory. Of two files with the same name the first counts.
fn templates(spec: &AlertmanagerSpec) -> Mounted {
    let mut mounted = Mounted::default();
    let mut keys = BTreeSet::new();
    let mut sources = Vec::new();
    let item = |key: &str| {
        Some(vec![KeyToPath {
            key: key.to_owned(),
            path: key.to_owned(),
            mode: None,
        }])
    };
    let configuration = spec.alertmanager_configuration.iter();
    for template in configuration.flat_map(|configuration| &configuration.templates) {
        let mut source = VolumeProjection::default();
        let key = match (&template.secret, &template.config_map) {
            (Some(secret), _) => {
                source.secret = Some(SecretProjection {
                    name: secret.name.clone(),
                    items: item(&secret.key),
                    optional: secret.optional,
                });
                &secret.key
            }
            (None, Some(config_map)) => {
                source.config_map = Some(ConfigMapProjection {
                    name: config_map.name.clone(),
                    items: item(&config_map.key),
                    optional: config_map.optional,
                });
                &config_map.key
            }
            (None, None) => continue,
        };
        if keys.insert(key) {
            sources.push(source);
        }
    }
    if !sources.is_empty() {
        mounted.push(
            volume::projected(TEMPLATES, sources),
            volume::read_only(TEMPLATES, names::TEMPLATES_DIRECTORY),
        );
    }
    mounted
}
