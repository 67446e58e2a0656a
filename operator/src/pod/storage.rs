//! Where a workload keeps its data: a volume of the pod, or a claim of the StatefulSet. Pure.

use crds::{EmbeddedPersistentVolumeClaim, StorageSpec};
use k8s_openapi::api::core::v1::{
    EmptyDirVolumeSource, PersistentVolumeClaim, PersistentVolumeClaimSpec, Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::{metadata, volume};

/// The data volume of a workload.
#[derive(Debug, Clone, PartialEq)]
pub struct Storage {
    /// Name of the volume or claim template.
    pub name: String,
    /// The volume, unless the StatefulSet claims one.
    pub volume: Option<Volume>,
    /// The claim template of the StatefulSet.
    pub claim: Option<PersistentVolumeClaim>,
    /// Directory of the volume that is mounted; absent: all of it.
    pub sub_path: Option<&'static str>,
}

impl Storage {
    /// The storage that `spec` asks for; a directory that lives as long as the pod where it asks for nothing.
    ///
    /// `default_name` names the volume unless the claim template has a name, `sub_path` is the directory on volumes of the
    /// user, if any: file systems come with a `lost+found`.
    pub fn of(spec: Option<&StorageSpec>, default_name: String, sub_path: impl Into<Option<&'static str>>) -> Self {
        let Some(spec) = spec else {
            return Self {
                volume: Some(volume::directory(&default_name, EmptyDirVolumeSource::default())),
                name: default_name,
                claim: None,
                sub_path: None,
            };
        };
        let template = spec.volume_claim_template.as_deref();
        let name = template
            .and_then(|template| template.metadata.as_ref()?.name.as_deref())
            .map_or(default_name, str::to_owned);
        let volume = if let Some(source) = &spec.empty_dir {
            Some(volume::directory(&name, (**source).clone()))
        } else {
            spec.ephemeral.as_ref().map(|source| Volume {
                name: name.clone(),
                ephemeral: Some((**source).clone()),
                ..Volume::default()
            })
        };
        Self {
            claim: volume.is_none().then(|| claim(template, &name)),
            volume,
            name,
            sub_path: sub_path.into().filter(|_| spec.disable_mount_sub_path != Some(true)),
        }
    }

    /// The mount at `path`.
    pub fn mount(&self, path: &str) -> VolumeMount {
        VolumeMount {
            sub_path: self.sub_path.map(str::to_owned),
            ..volume::mount(&self.name, path)
        }
    }
}

/// The claim template. Its kind and status have no meaning in a StatefulSet and are left out.
fn claim(template: Option<&EmbeddedPersistentVolumeClaim>, name: &str) -> PersistentVolumeClaim {
    let given = template.and_then(|template| template.metadata.as_deref());
    let texts = |map| Some(metadata::texts(map)).filter(|texts| !texts.is_empty());
    let spec = template
        .and_then(|template| template.spec.as_deref().cloned())
        .unwrap_or_default();
    PersistentVolumeClaim {
        metadata: ObjectMeta {
            name: Some(name.to_owned()),
            labels: given.and_then(|given| texts(&given.labels)),
            annotations: given.and_then(|given| texts(&given.annotations)),
            ..ObjectMeta::default()
        },
        spec: Some(PersistentVolumeClaimSpec {
            access_modes: spec
                .access_modes
                .filter(|modes| !modes.is_empty())
                .or_else(|| Some(vec!["ReadWriteOnce".to_owned()])),
            ..spec
        }),
        status: None,
    }
}
