//! Keeps one object from failing the list or the watch event that it comes in. Each object is taken as text and read by
//! itself: what cannot be read is the reason why, which names the object and its wrong field. Pure.
//!
//! Reading ends at a depth of 127 levels, so that no object can exhaust the stack, and an object is not read at all if it would
//! take more than [`MOST_MEMORY`]: `{}` is two bytes of text, and a hundred times that as a relabeling. Of such objects nothing
//! but the identity is read; the text around it is passed over without recursion.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use crds::Unreadable;
use kube::Resource;
use kube::api::{ApiResource, ObjectMeta};
use kube::core::DynamicResourceScope;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::object::ObjectKey;

/// Bytes that an object may take. The largest honest one, a megabyte and a half of short rules, takes five sixths of it.
const MOST_MEMORY: usize = 11 << 20;
/// Bytes of a mapping: those of the larger types of the definitions that come in lists.
const MAPPING: usize = 256;
/// Bytes of a string or a key: the string and its allocation.
const STRING: usize = 48;
/// No text up to this length takes too much, whatever is in it: a mapping has at least two bytes of text.
const HARMLESS: usize = MOST_MEMORY / (1 + MAPPING / 2);

/// An object whose text does not fit its type.
#[derive(Debug, Clone)]
pub(crate) struct Malformed {
    /// Kind of the object.
    pub kind: String,
    /// Its identity, which could be read: name, namespace, UID and version.
    pub metadata: ObjectMeta,
    /// Path of the field and what is wrong with it.
    pub cause: Unreadable,
}

impl Malformed {
    /// Namespace and name of the object.
    pub(crate) fn key(&self) -> ObjectKey {
        key(&self.metadata)
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} cannot be read: {}", self.kind, self.key(), self.cause)
    }
}

/// An object as it came, of which nothing but the identity is read. To be read from lists and watch events in the place of the
/// object: all kinds are followed as this type, and the memory that an object takes is taken for one at a time. With
/// `METADATA_ONLY` the API server is asked for no more than the metadata.
#[derive(Debug, Clone)]
pub(super) struct Unread<const METADATA_ONLY: bool = false> {
    identity: ObjectMeta,
    text: Box<RawValue>,
}

impl<'de, const METADATA_ONLY: bool> Deserialize<'de> for Unread<METADATA_ONLY> {
    /// Fails on what is no object at all.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let Identified { metadata } = serde_json::from_str(text.get()).map_err(D::Error::custom)?;
        let identity = ObjectMeta {
            name: metadata.name,
            namespace: metadata.namespace,
            uid: metadata.uid,
            resource_version: metadata.resource_version,
            ..ObjectMeta::default()
        };
        Ok(Self { identity, text })
    }
}

/// The part of an object without which it cannot be named. Everything else is passed over, however deep.
#[derive(Deserialize)]
struct Identified {
    metadata: Identity,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    name: Option<String>,
    namespace: Option<String>,
    uid: Option<String>,
    resource_version: Option<String>,
}

impl<const METADATA_ONLY: bool> Unread<METADATA_ONLY> {
    /// Namespace and name of the object.
    pub(super) fn key(&self) -> ObjectKey {
        key(&self.identity)
    }

    /// The object, or why there is none.
    pub(super) fn read<K>(self) -> Result<K, Box<Malformed>>
    where
        K: DeserializeOwned + Resource<DynamicType = ()>,
    {
        parsed(self.text.get()).map_err(|cause| {
            Box::new(Malformed {
                kind: K::kind(&()).into_owned(),
                metadata: self.identity,
                cause,
            })
        })
    }
}

impl From<Unread<true>> for Unread {
    fn from(Unread { identity, text }: Unread<true>) -> Self {
        Self { identity, text }
    }
}

fn key(identity: &ObjectMeta) -> ObjectKey {
    let [namespace, name] = [&identity.namespace, &identity.name].map(|text| text.as_deref().unwrap_or_default());
    ObjectKey::new(namespace, name)
}

fn parsed<K: DeserializeOwned>(text: &str) -> Result<K, Unreadable> {
    let memory = if text.len() <= HARMLESS { 0 } else { memory(text) };
    if memory > MOST_MEMORY {
        return Err(Unreadable {
            path: "spec".into(),
            cause: format!(
                "too large: the object takes about {} MiB of memory, and {} are allowed: divide it",
                memory >> 20,
                MOST_MEMORY >> 20
            )
            .into(),
        });
    }
    if let Ok(object) = serde_json::from_str(text) {
        return Ok(object);
    }
    match serde_json::from_str::<Value>(text) {
        Ok(object) => crds::read(&object),
        Err(error) => Err(unreadable(text, &error)),
    }
}

/// The bytes that an object takes once it is read, at most: those of its text, and of each mapping and each string.
fn memory(text: &str) -> usize {
    let mut bytes = text.bytes();
    let (mut mappings, mut strings) = (0, 0);
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' => mappings += 1,
            b'"' => {
                strings += 1;
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'"' => break,
                        b'\\' => drop(bytes.next()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    text.len() + mappings * MAPPING + strings * STRING
}

/// Why JSON that is well formed cannot be read: it is too deep, or has a number that is no number here.
fn unreadable(text: &str, error: &serde_json::Error) -> Unreadable {
    let cause = if error.to_string().starts_with("recursion limit exceeded") {
        "nested too deeply: at most 127 levels of an object are read".to_owned()
    } else {
        error.to_string()
    };
    Unreadable {
        path: path_of(text).into(),
        cause: cause.into(),
    }
}

/// The field that cannot be read: `spec`, and the field below it.
fn path_of(text: &str) -> String {
    let mut path = Vec::new();
    let mut rest: Option<Box<RawValue>> = RawValue::from_string(text.to_owned()).ok();
    while path.len() < 2 {
        let fields = rest.and_then(|text| serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(text.get()).ok());
        let is_wrong = |(_, value): &(String, Box<RawValue>)| serde_json::from_str::<Value>(value.get()).is_err();
        let Some((name, value)) = fields.into_iter().flatten().find(is_wrong) else {
            break;
        };
        path.push(name);
        rest = Some(value);
    }
    path.join(".")
}

impl<const METADATA_ONLY: bool> Resource for Unread<METADATA_ONLY> {
    type DynamicType = ApiResource;
    type Scope = DynamicResourceScope;

    fn metadata_api() -> bool {
        METADATA_ONLY
    }

    fn kind(resource: &ApiResource) -> Cow<'_, str> {
        Cow::from(&resource.kind)
    }

    fn group(resource: &ApiResource) -> Cow<'_, str> {
        Cow::from(&resource.group)
    }

    fn version(resource: &ApiResource) -> Cow<'_, str> {
        Cow::from(&resource.version)
    }

    fn plural(resource: &ApiResource) -> Cow<'_, str> {
        Cow::from(&resource.plural)
    }

    fn meta(&self) -> &ObjectMeta {
        &self.identity
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.identity
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crds::ServiceMonitor;
    use crds::v1alpha1::AlertmanagerConfig;
    use k8s_openapi::api::core::v1::Secret;
    use kube::api::PartialObjectMeta;
    use kube::core::{ObjectList, WatchEvent};
    use serde_json::{from_value, json};

    fn monitor(name: &str, modulus: &Value) -> Value {
        let rule = json!({"sourceLabels": ["__address__"], "action": "hashmod", "modulus": modulus});
        json!({
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "ServiceMonitor",
            "metadata": {"namespace": "team-a", "name": name, "uid": "u-1"},
            "spec": {"selector": {}, "endpoints": [{"port": "web"}, {"port": "admin", "relabelings": [rule]}]},
        })
    }

    #[test]
    fn a_malformed_object_is_told_with_its_name_and_field() {
        let list = json!([monitor("shop", &json!(4)), monitor("bank", &json!("x"))]);
        let [shop, bank] = from_value::<[Unread; 2]>(list).expect("a list of objects");
        assert_eq!(shop.meta().name.as_deref(), Some("shop"));
        assert_eq!(
            shop.read::<ServiceMonitor>().expect("an object").spec.endpoints[1].relabelings[0].modulus,
            Some(4)
        );
        assert_eq!(bank.meta().name.as_deref(), Some("bank"));
        let malformed = bank.read::<ServiceMonitor>().expect_err("a malformed object");
        assert_eq!(malformed.metadata.uid.as_deref(), Some("u-1"));
        assert_eq!(
            malformed.to_string(),
            "ServiceMonitor team-a/bank cannot be read: spec.endpoints[1].relabelings[0].modulus: \
             invalid type: string \"x\", expected u64"
        );
    }

    #[test]
    fn a_watch_event_may_hold_a_malformed_object() {
        let event = json!({"type": "MODIFIED", "object": monitor("bank", &json!([]))}).to_string();
        let event: WatchEvent<Unread> = serde_json::from_str(&event).expect("an event");
        let WatchEvent::Modified(bank) = event else {
            panic!("{event:?}")
        };
        let malformed = bank.read::<ServiceMonitor>().expect_err("a malformed object");
        assert_eq!(malformed.key().to_string(), "team-a/bank");
    }

    #[test]
    fn what_is_no_object_at_all_is_an_error() {
        from_value::<Unread>(json!(5)).expect_err("a number");
    }

    /// A monitor with so many levels below `spec.relabelings`.
    fn nested(name: &str, levels: usize) -> String {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        format!(
            r#"{{"kind": "AlertmanagerConfig", "metadata": {{"name": "{name}", "namespace": "ns", "resourceVersion": "5"}},
                "spec": {{"receivers": [{{"name": "x"}}], "route": {{"receiver": "x", "routes": {open}{close}}}}}}}"#
        )
    }

    fn is_read(object: &Unread) -> bool {
        object.clone().read::<AlertmanagerConfig>().is_ok()
    }

    #[test]
    fn a_deep_object_is_rejected_alone() {
        for levels in [64, 100, 123, 128, 129, 200, 1000, 10_000] {
            let objects = [nested("before", 2), nested("deep", levels), nested("after", 2)].join(",");
            let list = format!(
                r#"{{"kind": "List", "apiVersion": "v1", "metadata": {{"resourceVersion": "9"}}, "items": [{objects}]}}"#
            );
            let list: ObjectList<Unread> = serde_json::from_str(&list).expect("a list");
            // Besides the lists of routes: the object, `spec`, `route`.
            let fits = levels + 3 <= 127;
            assert_eq!(
                list.items.iter().map(is_read).collect::<Vec<_>>(),
                [true, fits, true],
                "{levels}"
            );
            let event = format!(r#"{{"type": "ADDED", "object": {}}}"#, nested("deep", levels));
            let event: WatchEvent<Unread> = serde_json::from_str(&event).expect("an event");
            let WatchEvent::Added(object) = event else {
                panic!("{event:?}")
            };
            assert_eq!(is_read(&object), fits, "{levels}");
            assert_eq!(
                object.meta().resource_version.as_deref(),
                Some("5"),
                "the watch goes on from here"
            );
            if let Err(malformed) = object.read::<AlertmanagerConfig>() {
                assert_eq!(
                    malformed.to_string(),
                    "AlertmanagerConfig ns/deep cannot be read: spec.route: nested too deeply: \
                     at most 127 levels of an object are read"
                );
            }
        }
    }

    #[test]
    fn an_object_that_would_take_too_much_is_rejected_alone() {
        let of = |endpoint: &str, count: usize| {
            let endpoints = vec![endpoint; count].join(",");
            format!(r#"{{"metadata": {{"name": "a"}}, "spec": {{"selector": {{}}, "endpoints": [{endpoints}]}}}}"#)
        };
        let read = |text: String| {
            let object: Unread = serde_json::from_str(&text).expect("an object");
            object.read::<ServiceMonitor>()
        };
        read(of("{}", 40_000)).expect("as large as one may be");
        let malformed = read(of("{}", 400_000)).expect_err("too large");
        assert_eq!(
            malformed.to_string(),
            "ServiceMonitor /a cannot be read: spec: too large: the object takes about 98 MiB of memory, and 11 are allowed: divide it"
        );
        read(of(r#"{"port": "a"}"#, 80_000)).expect_err("too large");
        // What is in strings is text.
        let template = r#"{"path": "{{{{{{{{\"{{{{{{{{{\\"}"#;
        read(of(template, 20_000)).expect("text");
    }

    /// Metadata grow with the object, since they say who owns which field.
    #[test]
    fn deep_metadata_are_rejected_alone() {
        let fields = format!("{}{}", r#"{"f:a": "#.repeat(500), "{}".to_owned() + &"}".repeat(500));
        let secret = format!(r#"{{"metadata": {{"name": "a", "managedFields": [{{"fieldsV1": {fields}}}]}}}}"#);
        let object: Unread<true> = serde_json::from_str(&secret).expect("an object");
        let malformed = object.read::<PartialObjectMeta<Secret>>().expect_err("too deep");
        assert_eq!(malformed.metadata.name.as_deref(), Some("a"));
    }
}
