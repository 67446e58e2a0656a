//! The files in Thanos' own formats that a user hands in by Secrets: nobody reads them before Thanos does. Pure; one table.

use crds::ThanosRulerSpec;
use k8s_openapi::api::core::v1::{KeyToPath, SecretKeySelector, Volume};

use super::names;
use crate::pod::volume::{self, Mounted};

/// A file that a field may select from a Secret.
pub struct ConfigFile {
    /// Name of the volume, and of the directory of the file.
    volume: &'static str,
    secret: fn(&ThanosRulerSpec) -> Option<&SecretKeySelector>,
    /// Path of a file that the pod has anyway, which goes before the Secret.
    path: fn(&ThanosRulerSpec) -> Option<&str>,
}

/// What is queried.
pub const QUERY: ConfigFile = ConfigFile {
    volume: "query-config",
    secret: |spec| spec.query_config.as_deref(),
    path: |_| None,
};
/// Where alerts are sent to.
pub const ALERTMANAGERS: ConfigFile = ConfigFile {
    volume: "alertmanager-config",
    secret: |spec| spec.alertmanagers_config.as_deref(),
    path: |_| None,
};
/// Where blocks are uploaded to.
pub const OBJECT_STORAGE: ConfigFile = ConfigFile {
    volume: "objstorage-config",
    secret: |spec| spec.object_storage_config.as_deref(),
    path: |spec| spec.object_storage_config_file.as_deref(),
};
/// Where traces are sent to.
pub const TRACING: ConfigFile = ConfigFile {
    volume: "tracing-config",
    secret: |spec| spec.tracing_config.as_deref(),
    path: |spec| spec.tracing_config_file.as_deref(),
};
/// What becomes of the labels of alerts.
pub const ALERT_RELABELING: ConfigFile = ConfigFile {
    volume: "alertrelabel-config",
    secret: |spec| spec.alert_relabel_configs.as_deref(),
    path: |spec| spec.alert_relabel_config_file.as_deref(),
};

/// All files, in the order of the volumes.
const ALL: [ConfigFile; 5] = [QUERY, ALERTMANAGERS, OBJECT_STORAGE, TRACING, ALERT_RELABELING];

impl ConfigFile {
    /// Path of the file in the container, if there is one.
    pub fn path(&self, spec: &ThanosRulerSpec) -> Option<String> {
        let own = (self.path)(spec).map(str::to_owned);
        own.or_else(|| Some(format!("{}/{}", directory(self.volume), self.selected(spec)?.key)))
    }

    /// The key of a Secret that must be mounted.
    fn selected<'a>(&self, spec: &'a ThanosRulerSpec) -> Option<&'a SecretKeySelector> {
        (self.secret)(spec).filter(|_| (self.path)(spec).is_none())
    }
}

/// The volumes and mounts of all files that Secrets hold, that of the remote-write configuration first.
pub fn mounted(spec: &ThanosRulerSpec, name: &str) -> Mounted {
    let mut mounted = Mounted::default();
    let mut push = |volume: &str, secret: &str, key: &str| {
        mounted.push(file(volume, secret, key), volume::read_only(volume, &directory(volume)));
    };
    let remote_write = names::config(name);
    push(names::REMOTE_WRITE_VOLUME, &remote_write, names::REMOTE_WRITE_FILE);
    for config in &ALL {
        if let Some(selected) = config.selected(spec) {
            push(config.volume, &selected.name, &selected.key);
        }
    }
    mounted
}

/// Path of the remote-write configuration.
pub fn remote_write_path() -> String {
    format!("{}/{}", directory(names::REMOTE_WRITE_VOLUME), names::REMOTE_WRITE_FILE)
}

fn directory(volume: &str) -> String {
    format!("{}/{volume}", names::CONFIG_DIRECTORY)
}

/// One key of a Secret as a volume.
fn file(volume: &str, secret: &str, key: &str) -> Volume {
    let mut file = volume::secret(volume, secret);
    if let Some(source) = &mut file.secret {
        source.items = Some(vec![KeyToPath {
            key: key.to_owned(),
            path: key.to_owned(),
            mode: None,
        }]);
    }
    file
}
