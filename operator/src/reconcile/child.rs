//! What the applier must know of each kind of child: what of the live object is kept, and whether it is as we left it.
//! Pure. Behaviour: metadata that others added stays, content is ours alone.

use std::collections::BTreeMap;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::ByteString;
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::Resource as _;
use k8s_openapi::api::apps::v1::{DaemonSet, StatefulSet};
use k8s_openapi::api::core::v1::{ConfigMap, PodTemplateSpec, Secret, Service};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::Resource;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::pod::changed_at;
use crate::watch::Edition;

/// Annotations with this prefix belong to the operator: those that it does not set any more go away.
const OWN_PREFIX: &str = "operator.prometheus.io/";
/// Annotations with this prefix are put on pod templates by `kubectl rollout restart` and the like, and are kept.
const KUBECTL_PREFIX: &str = "kubectl.kubernetes.io/";

/// A kind of object that workloads consist of.
pub(crate) trait Child:
    Resource<DynamicType = (), Scope = NamespaceResourceScope>
    + Clone
    + std::fmt::Debug
    + DeserializeOwned
    + Serialize
    + PartialEq
    + Send
    + Sync
    + 'static
{
    /// Takes over from the live object what is not ours to decide.
    fn carry_over(&mut self, live: &Self);

    /// Itself in the place of a live object of which the metadata alone are known; `None` where those are not enough.
    fn over(self, _live: &ObjectMeta) -> Option<Self> {
        None
    }

    /// Whether writing `self`, which carries over what `live` has, would change nothing. `false` where defaults that
    /// the API server fills in make the two incomparable.
    fn equals(&self, live: &Self) -> bool;

    /// Writes what tells this content from others: equal where it is equal.
    fn write_content(&self, to: &mut dyn io::Write) -> io::Result<()> {
        to.write_all(&serde_json::to_vec(self)?)
    }

    /// Itself as JSON.
    fn body(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }

    /// Says in the room that there may be for it when the change that it holds was noticed.
    fn changed_at(&mut self, _time: &str) {}

    /// Whether pods of `live` could be taken over if `self` took its place as another object.
    fn takes_over_pods(&self, _live: &Self) -> bool {
        false
    }

    /// What changes when somebody else edits the object: compared with what it was after our own write.
    fn edition(meta: &ObjectMeta) -> Edition {
        Edition::of(meta)
    }
}

/// A Secret as the API server takes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SecretBody<'a> {
    api_version: &'static str,
    kind: &'static str,
    metadata: &'a ObjectMeta,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    data: BTreeMap<&'a str, Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    string_data: Option<&'a BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    immutable: Option<bool>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    type_: Option<&'a str>,
}

impl Child for Secret {
    fn carry_over(&mut self, live: &Self) {
        merge_metadata(&mut self.metadata, &live.metadata);
        changed_at::keep(self.data.as_mut(), live.data.as_ref());
    }

    /// The values as they are: as JSON they are encoded first, and a configuration is large.
    fn write_content(&self, to: &mut dyn io::Write) -> io::Result<()> {
        let beside = (&self.metadata, &self.type_, &self.string_data, self.immutable);
        to.write_all(&serde_json::to_vec(&beside)?)?;
        write_values(
            to,
            self.data.iter().flatten().map(|(key, value)| (key, value.0.as_slice())),
        )
    }

    /// Base64 has nothing to escape, which need not be found out byte by byte: a configuration is large.
    fn body(&self) -> serde_json::Result<Vec<u8>> {
        let quoted = |value: &ByteString| RawValue::from_string(format!("\"{}\"", STANDARD.encode(&value.0)));
        let data = self.data.iter().flatten();
        let data = data.map(|(key, value)| Ok((key.as_str(), quoted(value)?)));
        let body = SecretBody {
            api_version: Self::API_VERSION,
            kind: Self::KIND,
            metadata: &self.metadata,
            data: data.collect::<serde_json::Result<_>>()?,
            string_data: self.string_data.as_ref(),
            immutable: self.immutable,
            type_: self.type_.as_deref(),
        };
        serde_json::to_vec(&body)
    }

    fn changed_at(&mut self, time: &str) {
        changed_at::fill(self.data.as_mut(), ByteString(time.as_bytes().to_vec()));
    }

    fn over(mut self, live: &ObjectMeta) -> Option<Self> {
        merge_metadata(&mut self.metadata, live);
        Some(self)
    }

    fn equals(&self, live: &Self) -> bool {
        same_metadata(&self.metadata, &live.metadata) && self.data.iter().flatten().eq(live.data.iter().flatten())
    }
}

impl Child for ConfigMap {
    fn carry_over(&mut self, live: &Self) {
        merge_metadata(&mut self.metadata, &live.metadata);
        changed_at::keep(self.data.as_mut(), live.data.as_ref());
    }

    fn write_content(&self, to: &mut dyn io::Write) -> io::Result<()> {
        to.write_all(&serde_json::to_vec(&(
            &self.metadata,
            self.immutable,
            &self.binary_data,
        ))?)?;
        write_values(
            to,
            self.data.iter().flatten().map(|(key, value)| (key, value.as_bytes())),
        )
    }

    fn changed_at(&mut self, time: &str) {
        changed_at::fill(self.data.as_mut(), time.to_owned());
    }

    fn over(mut self, live: &ObjectMeta) -> Option<Self> {
        merge_metadata(&mut self.metadata, live);
        Some(self)
    }

    fn equals(&self, live: &Self) -> bool {
        same_metadata(&self.metadata, &live.metadata)
            && self.data.iter().flatten().eq(live.data.iter().flatten())
            && self.binary_data.iter().flatten().eq(live.binary_data.iter().flatten())
    }
}

/// Writes values so that no two lists of them are written alike: each after its key and both lengths.
fn write_values<'a>(to: &mut dyn io::Write, values: impl Iterator<Item = (&'a String, &'a [u8])>) -> io::Result<()> {
    for (key, value) in values {
        write!(to, "{}:{key}{}:", key.len(), value.len())?;
        to.write_all(value)?;
    }
    Ok(())
}

impl Child for Service {
    fn carry_over(&mut self, live: &Self) {
        merge_metadata(&mut self.metadata, &live.metadata);
        let (Some(spec), Some(live)) = (&mut self.spec, &live.spec) else {
            return;
        };
        spec.cluster_ip.clone_from(&live.cluster_ip);
        spec.cluster_ips.clone_from(&live.cluster_ips);
        spec.ip_families.clone_from(&live.ip_families);
        spec.ip_family_policy.clone_from(&live.ip_family_policy);
    }

    fn equals(&self, live: &Self) -> bool {
        let ports = |service: &Self| {
            let ports = service
                .spec
                .as_ref()
                .and_then(|spec| spec.ports.clone())
                .unwrap_or_default();
            ports
                .into_iter()
                .map(|p| {
                    (
                        p.name,
                        p.port,
                        p.protocol.unwrap_or_else(|| "TCP".to_owned()),
                        p.target_port,
                    )
                })
                .collect::<Vec<_>>()
        };
        let rest = |service: &Self| {
            let spec = service.spec.clone().unwrap_or_default();
            (
                spec.selector,
                spec.cluster_ip,
                spec.publish_not_ready_addresses.unwrap_or(false),
            )
        };
        same_metadata(&self.metadata, &live.metadata) && ports(self) == ports(live) && rest(self) == rest(live)
    }
}

impl Child for StatefulSet {
    fn carry_over(&mut self, live: &Self) {
        merge_metadata(&mut self.metadata, &live.metadata);
        if let (Some(own), Some(live)) = (&mut self.spec, &live.spec) {
            carry_over_annotations(&mut own.template, &live.template);
        }
    }

    fn equals(&self, _live: &Self) -> bool {
        false
    }

    fn takes_over_pods(&self, live: &Self) -> bool {
        let selector = |set: &Self| set.spec.as_ref().map(|spec| spec.selector.clone());
        selector(self) == selector(live)
    }

    fn edition(meta: &ObjectMeta) -> Edition {
        edition_of_specification(meta)
    }
}

impl Child for DaemonSet {
    fn carry_over(&mut self, live: &Self) {
        merge_metadata(&mut self.metadata, &live.metadata);
        if let (Some(own), Some(live)) = (&mut self.spec, &live.spec) {
            carry_over_annotations(&mut own.template, &live.template);
        }
    }

    fn equals(&self, _live: &Self) -> bool {
        false
    }

    fn edition(meta: &ObjectMeta) -> Edition {
        edition_of_specification(meta)
    }
}

/// Of the annotations of the pods, those of kubectl stay.
fn carry_over_annotations(own: &mut PodTemplateSpec, live: &PodTemplateSpec) {
    let live = live
        .metadata
        .iter()
        .filter_map(|metadata| metadata.annotations.as_ref());
    let kept: BTreeMap<&String, &String> = live
        .flatten()
        .filter(|(key, _)| key.starts_with(KUBECTL_PREFIX))
        .collect();
    if kept.is_empty() {
        return;
    }
    let own = own.metadata.get_or_insert_default().annotations.get_or_insert_default();
    for (key, value) in kept {
        own.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

/// The edition of what has a status, which moves the resource version all the time; the generation moves with the
/// specification alone.
fn edition_of_specification(meta: &ObjectMeta) -> Edition {
    let metadata = (&meta.labels, &meta.annotations, &meta.owner_references);
    let generation = meta.generation.unwrap_or_default();
    Edition::named(&format!("{generation}/{}", serde_json::json!(metadata)))
}

/// Labels and annotations that others added stay, ours win; owners are united.
pub(crate) fn merge_metadata(own: &mut ObjectMeta, live: &ObjectMeta) {
    let labels = own.labels.get_or_insert_default();
    for (key, value) in live.labels.iter().flatten() {
        labels.entry(key.clone()).or_insert_with(|| value.clone());
    }
    let annotations = own.annotations.get_or_insert_default();
    for (key, value) in live
        .annotations
        .iter()
        .flatten()
        .filter(|(key, _)| !key.starts_with(OWN_PREFIX))
    {
        annotations.entry(key.clone()).or_insert_with(|| value.clone());
    }
    own.owner_references = Some(united(
        own.owner_references.take().unwrap_or_default(),
        live.owner_references.as_deref().unwrap_or_default(),
    ));
    own.finalizers.clone_from(&live.finalizers);
    own.resource_version.clone_from(&live.resource_version);
}

/// Owners stay in their order, each as we know it; ours are added at the end.
fn united(mut own: Vec<OwnerReference>, live: &[OwnerReference]) -> Vec<OwnerReference> {
    let mut owners = Vec::with_capacity(live.len() + own.len());
    for owner in live {
        let ours = own.iter().position(|own| own.uid == owner.uid);
        owners.push(ours.map_or_else(|| owner.clone(), |index| own.remove(index)));
    }
    owners.append(&mut own);
    owners
}

pub(crate) fn same_metadata(own: &ObjectMeta, live: &ObjectMeta) -> bool {
    let sorted = |meta: &ObjectMeta| {
        let mut owners: Vec<(String, Option<bool>)> = meta
            .owner_references
            .iter()
            .flatten()
            .map(|owner| (owner.uid.clone(), owner.controller))
            .collect();
        owners.sort();
        owners
    };
    own.labels.iter().flatten().eq(live.labels.iter().flatten())
        && own.annotations.iter().flatten().eq(live.annotations.iter().flatten())
        && sorted(own) == sorted(live)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(uid: &str, controller: Option<bool>) -> OwnerReference {
        OwnerReference {
            uid: uid.to_owned(),
            controller,
            ..OwnerReference::default()
        }
    }

    #[test]
    fn a_secret_is_written_as_it_is_read() {
        let full = serde_json::json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "a", "namespace": "b" },
            "data": { "empty": "", "key": "AP/+ABw=" }, "stringData": { "c": "\"d\"" }, "immutable": true, "type": "Opaque",
        });
        let bare = serde_json::json!({ "apiVersion": "v1", "kind": "Secret", "metadata": {} });
        for text in [full, bare] {
            let secret: Secret = serde_json::from_value(text.clone()).expect("a Secret");
            let body: serde_json::Value = serde_json::from_slice(&secret.body().expect("a body")).expect("JSON");
            assert_eq!(body, text);
        }
    }

    #[test]
    fn owners_stay_in_the_order_in_which_they_came() {
        let live = [owner("a", None), owner("b", None)];
        let own = owner("a", Some(true));
        assert_eq!(united(vec![own.clone()], &live), [own.clone(), owner("b", None)]);
        let third = owner("c", None);
        assert_eq!(
            united(vec![third.clone()], &live),
            [owner("a", None), owner("b", None), third]
        );
        assert_eq!(united(vec![own.clone()], &[]), [own]);
    }
}
