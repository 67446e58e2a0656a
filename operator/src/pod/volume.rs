//! Volumes and mounts in the shapes that workloads use. Pure.

use k8s_openapi::api::core::v1::{
    ConfigMapVolumeSource, EmptyDirVolumeSource, ProjectedVolumeSource, SecretProjection, SecretVolumeSource, Volume,
    VolumeMount, VolumeProjection,
};

use super::name;

/// Volumes of a pod, and where one of its containers mounts them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mounted {
    /// The volumes, in output order.
    pub volumes: Vec<Volume>,
    /// The mounts, in output order.
    pub mounts: Vec<VolumeMount>,
}

impl Mounted {
    /// Adds a volume and its mount.
    pub fn push(&mut self, volume: Volume, mount: VolumeMount) {
        self.volumes.push(volume);
        self.mounts.push(mount);
    }
}

/// A Secret as a volume.
pub fn secret(volume: &str, secret: &str) -> Volume {
    Volume {
        name: volume.to_owned(),
        secret: Some(SecretVolumeSource {
            secret_name: Some(secret.to_owned()),
            ..SecretVolumeSource::default()
        }),
        ..Volume::default()
    }
}

/// A ConfigMap as a volume.
pub fn config_map(volume: &str, config_map: &str) -> Volume {
    Volume {
        name: volume.to_owned(),
        config_map: Some(ConfigMapVolumeSource {
            name: config_map.to_owned(),
            ..ConfigMapVolumeSource::default()
        }),
        ..Volume::default()
    }
}

/// A ConfigMap as a volume that is empty while the ConfigMap does not exist.
pub fn optional_config_map(volume: &str, name: &str) -> Volume {
    let mut volume = config_map(volume, name);
    if let Some(source) = &mut volume.config_map {
        source.optional = Some(true);
    }
    volume
}

/// Several Secrets as one volume.
pub fn secrets(volume: &str, secrets: &[String]) -> Volume {
    let projection = |secret: &String| VolumeProjection {
        secret: Some(SecretProjection {
            name: secret.clone(),
            ..SecretProjection::default()
        }),
        ..VolumeProjection::default()
    };
    projected(volume, secrets.iter().map(projection).collect())
}

/// Several sources as one volume.
pub fn projected(volume: &str, sources: Vec<VolumeProjection>) -> Volume {
    Volume {
        name: volume.to_owned(),
        projected: Some(ProjectedVolumeSource {
            sources: Some(sources),
            default_mode: None,
        }),
        ..Volume::default()
    }
}

/// A directory that lives as long as the pod.
pub fn directory(volume: &str, source: EmptyDirVolumeSource) -> Volume {
    Volume {
        name: volume.to_owned(),
        empty_dir: Some(source),
        ..Volume::default()
    }
}

/// A directory in memory, for generated files: they hold secrets, which must not reach a disk.
pub fn memory(volume: &str) -> Volume {
    let source = EmptyDirVolumeSource {
        medium: Some("Memory".to_owned()),
        size_limit: None,
    };
    directory(volume, source)
}

/// A mount that the container may write to.
pub fn mount(volume: &str, path: &str) -> VolumeMount {
    VolumeMount {
        name: volume.to_owned(),
        mount_path: path.to_owned(),
        ..VolumeMount::default()
    }
}

/// A mount that the container may only read.
pub fn read_only(volume: &str, path: &str) -> VolumeMount {
    VolumeMount {
        read_only: Some(true),
        ..mount(volume, path)
    }
}

/// The Secrets of `spec.secrets`, each mounted in a directory of its name below `directory`.
pub fn user_secrets(secrets: &[Box<str>], directory: &str) -> Mounted {
    let mut mounted = Mounted::default();
    for name in secrets {
        let volume = name::label("secret", name);
        mounted.push(
            secret(&volume, name),
            read_only(&volume, &format!("{directory}/{name}")),
        );
    }
    mounted
}

/// The ConfigMaps of `spec.configMaps`, each mounted in a directory of its name below `directory`.
pub fn user_config_maps(config_maps: &[Box<str>], directory: &str) -> Mounted {
    let mut mounted = Mounted::default();
    for name in config_maps {
        let volume = name::label("configmap", name);
        mounted.push(
            config_map(&volume, name),
            read_only(&volume, &format!("{directory}/{name}")),
        );
    }
    mounted
}
