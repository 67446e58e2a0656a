//! All that the operator made in a namespace, as one text that is the same for the same outcome: without versions and
//! times, and with names in the place of what differs from one namespace to the next.

use std::fmt::{Debug, Write as _};

use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{ConfigMap, Secret, Service};
use kube::api::ListParams;
use kube::{Resource, ResourceExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::Space;

const MANAGED: &str = "app.kubernetes.io/managed-by=prometheus-operator";
/// Depends on the identity of the owner.
const INPUT_HASH: &str = "prometheus-operator-input-hash";
/// Longest configuration that a test reads.
const LIMIT: u64 = 1 << 20;

impl Space {
    /// The objects; `known` are custom resources, kind and name, whose identity may occur in them.
    pub(crate) async fn snapshot(&self, known: &[(&str, &str)]) -> String {
        let mut text = String::new();
        self.describe::<Service>(&mut text).await;
        self.describe::<StatefulSet>(&mut text).await;
        self.describe::<ConfigMap>(&mut text).await;
        self.describe::<Secret>(&mut text).await;
        for (kind, name) in known {
            if let Some(object) = self.json(kind, name).await {
                text = text.replace(object["metadata"]["uid"].as_str().expect("an identity"), name);
            }
        }
        text.replace(&self.namespace, "NAMESPACE")
    }

    async fn describe<K>(&self, text: &mut String)
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope> + Clone + Debug + DeserializeOwned + Serialize,
    {
        let list = self.api::<K>().list(&ListParams::default().labels(MANAGED)).await;
        for mut object in list.expect("the API server answers").items {
            let metadata = object.meta_mut();
            if metadata.deletion_timestamp.is_some() {
                continue;
            }
            metadata.managed_fields = None;
            metadata.resource_version = None;
            metadata.uid = None;
            metadata.creation_timestamp = None;
            metadata.generation = None;
            object.annotations_mut().remove(INPUT_HASH);
            let mut object = serde_json::to_value(&object).expect("plain data");
            object["status"] = json!(null);
            unpack(&mut object["data"]);
            writeln!(text, "{} {object:#}", K::kind(&())).expect("a String takes every write");
        }
    }
}

/// Writes what is compressed as text.
fn unpack(data: &mut serde_json::Value) {
    for value in data.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut) {
        let packed = serde_json::from_value::<k8s_openapi::ByteString>(value.clone());
        if let Ok(packed) = packed
            && let Ok(text) = formats::gzip::decompress(&*packed.0, LIMIT)
        {
            *value = String::from_utf8(text).expect("configuration is text").into();
        }
    }
}
