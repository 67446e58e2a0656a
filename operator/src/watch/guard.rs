//! Keeps a malformed object from failing the list or the watch event that it comes in: it is read as the reason why it
//! cannot be, which names the object and its wrong field. Pure.

use std::borrow::Cow;
use std::fmt;

use crds::Unreadable;
use kube::Resource;
use kube::api::{ObjectMeta, PartialObjectMeta};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

use crate::object::ObjectKey;

/// An object whose text does not fit its type.
#[derive(Debug, Clone)]
pub struct Malformed {
    /// Kind of the object.
    pub kind: String,
    /// Its metadata, which could be read.
    pub metadata: ObjectMeta,
    /// Path of the field and what is wrong with it.
    pub cause: Unreadable,
}

impl Malformed {
    /// Namespace and name of the object.
    pub fn key(&self) -> ObjectKey {
        let [namespace, name] =
            [&self.metadata.namespace, &self.metadata.name].map(|text| text.as_deref().unwrap_or_default());
        ObjectKey::new(namespace, name)
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} cannot be read: {}", self.kind, self.key(), self.cause)
    }
}

/// An object, or why there is none. To be read from lists and watch events in the place of the object.
#[derive(Debug, Clone)]
pub(super) struct Guarded<K>(pub(super) Result<K, Box<Malformed>>);

impl<'de, K: DeserializeOwned + Resource<DynamicType = ()>> Deserialize<'de> for Guarded<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = Value::deserialize(deserializer)?;
        let cause = match crds::read(&object) {
            Ok(object) => return Ok(Self(Ok(object))),
            Err(cause) => cause,
        };
        let PartialObjectMeta { metadata, .. } =
            PartialObjectMeta::<K>::deserialize(&object).map_err(D::Error::custom)?;
        Ok(Self(Err(Box::new(Malformed {
            kind: K::kind(&()).into_owned(),
            metadata,
            cause,
        }))))
    }
}

impl<K: Resource<DynamicType = ()>> Resource for Guarded<K> {
    type DynamicType = ();
    type Scope = K::Scope;

    fn kind((): &()) -> Cow<'_, str> {
        K::kind(&())
    }

    fn group((): &()) -> Cow<'_, str> {
        K::group(&())
    }

    fn version((): &()) -> Cow<'_, str> {
        K::version(&())
    }

    fn plural((): &()) -> Cow<'_, str> {
        K::plural(&())
    }

    fn meta(&self) -> &ObjectMeta {
        self.0.as_ref().map_or_else(|malformed| &malformed.metadata, K::meta)
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        self.0
            .as_mut()
            .map_or_else(|malformed| &mut malformed.metadata, K::meta_mut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crds::ServiceMonitor;
    use kube::core::WatchEvent;
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
        let [shop, bank] = from_value::<[Guarded<ServiceMonitor>; 2]>(list).expect("a list of guarded objects");
        assert_eq!(shop.meta().name.as_deref(), Some("shop"));
        assert_eq!(
            shop.0.expect("an object").spec.endpoints[1].relabelings[0].modulus,
            Some(4)
        );
        assert_eq!(bank.meta().name.as_deref(), Some("bank"));
        let malformed = bank.0.expect_err("a malformed object");
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
        let event: WatchEvent<Guarded<ServiceMonitor>> = serde_json::from_str(&event).expect("an event");
        let WatchEvent::Modified(Guarded(Err(malformed))) = event else {
            panic!("{event:?}")
        };
        assert_eq!(malformed.key().to_string(), "team-a/bank");
    }

    #[test]
    fn what_is_no_object_at_all_is_an_error() {
        from_value::<Guarded<ServiceMonitor>>(json!(5)).expect_err("a number");
    }
}
