//! What the selected objects refer to, kept from one reconciliation to the next, since few of thousands change. Pure.

use std::mem;
use std::sync::Arc;

use crds::{PodMonitor, Probe, ServiceMonitor, v1alpha1::ScrapeConfig};

use super::scrape_object::{ByKey, ScrapeObject, ScrapeObjects};
use crate::assets::{Reference, References};
use crate::object::ObjectKey;

/// What is known of the objects of the last reconciliation.
#[derive(Debug, Default)]
pub struct Referred {
    service_monitors: Vec<Known<ServiceMonitor>>,
    pod_monitors: Vec<Known<PodMonitor>>,
    probes: Vec<Known<Probe>>,
    scrape_configs: Vec<Known<ScrapeConfig>>,
}

/// An object and what it refers to.
#[derive(Debug)]
struct Known<K> {
    key: ObjectKey,
    object: Arc<K>,
    references: Box<[Reference]>,
}

impl Referred {
    /// Adds what `objects` refer to.
    pub fn add_to(&mut self, references: &mut References, objects: &ScrapeObjects) {
        let ScrapeObjects {
            service_monitors,
            pod_monitors,
            probes,
            scrape_configs,
        } = objects;
        add(references, &mut self.service_monitors, service_monitors);
        add(references, &mut self.pod_monitors, pod_monitors);
        add(references, &mut self.probes, probes);
        add(references, &mut self.scrape_configs, scrape_configs);
    }
}

fn add<K: ScrapeObject>(references: &mut References, known: &mut Vec<Known<K>>, objects: &ByKey<K>) {
    // Both are in the order of the keys.
    let mut last = mem::take(known).into_iter().peekable();
    for (key, object) in objects {
        while last.next_if(|last| last.key < *key).is_some() {}
        let same = last.next_if(|last| last.key == *key);
        let now = match same.filter(|last| Arc::ptr_eq(&last.object, object)) {
            Some(same) => same,
            None => Known {
                key: key.clone(),
                object: Arc::clone(object),
                references: {
                    let mut own = References::default();
                    own.add(&key.namespace, &**object);
                    own.into_iter().collect()
                },
            },
        };
        for reference in &now.references {
            if !references.contains(reference) {
                references.insert(reference.clone());
            }
        }
        known.push(now);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn monitor(name: &str, secret: &str) -> (ObjectKey, Arc<ServiceMonitor>) {
        let token = json!({"name": secret, "key": "token"});
        let object = json!({
            "apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor",
            "metadata": {"namespace": "team", "name": name},
            "spec": {"selector": {}, "endpoints": [{"port": "web", "bearerTokenSecret": token}]},
        });
        let object = serde_json::from_value(object).expect("a ServiceMonitor");
        (ObjectKey::new("team", name), Arc::new(object))
    }

    #[test]
    fn what_was_kept_never_shows() {
        let mut referred = Referred::default();
        let mut objects = ScrapeObjects::default();
        let mut texts = |objects: &ScrapeObjects| {
            let mut references = References::default();
            referred.add_to(&mut references, objects);
            references.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert!(texts(&objects).is_empty());
        objects
            .service_monitors
            .extend([monitor("b", "one"), monitor("d", "two")]);
        assert_eq!(texts(&objects), ["secret team/one", "secret team/two"]);
        assert_eq!(texts(&objects), ["secret team/one", "secret team/two"]);
        objects
            .service_monitors
            .extend([monitor("a", "zero"), monitor("c", "two"), monitor("d", "four")]);
        assert_eq!(
            texts(&objects),
            [
                "secret team/four",
                "secret team/one",
                "secret team/two",
                "secret team/zero"
            ]
        );
        objects.service_monitors.retain(|key, _| *key.name == *"c");
        assert_eq!(texts(&objects), ["secret team/two"]);
    }
}
