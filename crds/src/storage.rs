//! Where a workload keeps its data: an emptyDir, an ephemeral volume or a claim per pod. Types only; if several are
//! given, they count in this order.

use crate::{EmbeddedObjectMetadata, JsonSchema, absent::empty_is_none};
use k8s_openapi::api::core::v1::{
    EmptyDirVolumeSource, EphemeralVolumeSource, PersistentVolumeClaimSpec, PersistentVolumeClaimStatus,
};
use serde::{Deserialize, Serialize};

/// Where the data is kept.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StorageSpec {
    /// Deprecated: mount the root of the volume instead of a directory in it. Will be removed together with subPath
    /// mounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_mount_sub_path: Option<bool>,
    /// An emptyDir per pod, lost with the pod. Takes precedence over `ephemeral` and `volumeClaimTemplate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub empty_dir: Option<Box<EmptyDirVolumeSource>>,
    /// A generic ephemeral volume per pod. Takes precedence over `volumeClaimTemplate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ephemeral: Option<Box<EphemeralVolumeSource>>,
    /// Template of the claims that the StatefulSet makes, one per pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_claim_template: Option<Box<EmbeddedPersistentVolumeClaim>>,
}

/// A claim for a volume as part of another object.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmbeddedPersistentVolumeClaim {
    /// Version of the object's schema, as in every Kubernetes object.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub api_version: Option<Box<str>>,
    /// Kind of the object, as in every Kubernetes object.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "empty_is_none")]
    pub kind: Option<Box<str>>,
    /// Name, labels and annotations of the claims.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Box<EmbeddedObjectMetadata>>,
    /// What the claims ask for: size, storage class, access modes …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec: Option<Box<PersistentVolumeClaimSpec>>,
    /// Deprecated: nothing sets or reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Box<PersistentVolumeClaimStatus>>,
}
