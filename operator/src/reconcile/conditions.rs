//! The conditions of all workloads as metrics, so that an alert can be written on them. Names and labels are the original's
//! (`prometheus_operator_…_status_condition`, the prefix comes from the registry).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crds::{ConditionStatus, Word};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use serde_json::Value;

use crate::object::{ControllerLabel, ObjectKey};

/// One possible status of one condition of one workload.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ConditionLabel {
    /// Name of the object.
    name: String,
    /// Its namespace.
    namespace: String,
    /// Type of the condition.
    condition: String,
    /// The status: 1 for the one that it has.
    status: &'static str,
}

/// Conditions and their statuses, by workload.
type ByObject = BTreeMap<(ControllerLabel, ObjectKey), Vec<(String, ConditionStatus)>>;

/// The conditions that were reported last. Encoded when they are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conditions(Arc<Mutex<ByObject>>);

impl Conditions {
    fn lock(&self) -> MutexGuard<'_, ByObject> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the list `conditions` of a status.
    pub(super) fn note(&self, controller: ControllerLabel, key: &ObjectKey, conditions: &Value) {
        let read = |condition: &Value| {
            let status = ConditionStatus::from_word(condition["status"].as_str()?)?;
            Some((condition["type"].as_str()?.to_owned(), status))
        };
        let conditions = conditions.as_array().into_iter().flatten().filter_map(read).collect();
        self.lock().insert((controller, key.clone()), conditions);
    }

    /// Forgets an object that is gone, or going.
    pub(super) fn forget(&self, controller: ControllerLabel, key: &ObjectKey) {
        self.lock().remove(&(controller, key.clone()));
    }
}

/// The controllers, by their labels, and the metrics of their kinds.
const METRICS: [(&str, &str); 4] = [
    ("prometheus", "prometheus_status_condition"),
    ("prometheus-agent", "prometheus_agent_status_condition"),
    ("alertmanager", "alertmanager_status_condition"),
    ("thanos", "thanos_ruler_status_condition"),
];

/// The series of the conditions of one object.
fn add(family: &Family<ConditionLabel, Gauge>, key: &ObjectKey, conditions: &[(String, ConditionStatus)]) {
    for (condition, current) in conditions {
        for (status, value) in ConditionStatus::WORDS {
            let label = ConditionLabel {
                name: key.name.to_string(),
                namespace: key.namespace.to_string(),
                condition: condition.clone(),
                status,
            };
            family.get_or_create(&label).set(i64::from(value == current));
        }
    }
}

impl Collector for Conditions {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let objects = self.lock();
        for (label, metric) in METRICS {
            let family = Family::<ConditionLabel, Gauge>::default();
            for ((_, key), conditions) in objects
                .iter()
                .filter(|((controller, _), _)| controller.controller == label)
            {
                add(&family, key, conditions);
            }
            let help = "1 for the status that a condition of the object has, 0 for the others";
            family.encode(encoder.encode_descriptor(metric, help, None, family.metric_type())?)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text::encode;
    use prometheus_client::registry::Registry;
    use serde_json::json;

    use super::*;

    fn text(conditions: &Conditions) -> String {
        let mut registry = Registry::with_prefix("prometheus_operator");
        registry.register_collector(Box::new(conditions.clone()));
        let mut text = String::new();
        encode(&mut text, &registry).expect("text");
        text
    }

    #[test]
    fn each_status_is_a_series_and_the_current_one_is_1() {
        let (thanos, agent) = (
            ControllerLabel { controller: "thanos" },
            ControllerLabel {
                controller: "prometheus-agent",
            },
        );
        let key = ObjectKey::new("web", "main");
        let conditions = Conditions::default();
        let status = |status: &str| json!([{ "type": "Available", "status": status }]);
        conditions.note(thanos, &key, &status("Degraded"));
        conditions.note(agent, &key, &status("True"));
        let series = |kind: &str, status: &str, value: u8| {
            format!(
                "prometheus_operator_{kind}_status_condition{{name=\"main\",namespace=\"web\",condition=\"Available\",status=\"{status}\"}} {value}\n"
            )
        };
        let all = text(&conditions);
        for (status, value) in [("True", 0), ("Degraded", 1), ("False", 0), ("Unknown", 0)] {
            assert!(all.contains(&series("thanos_ruler", status, value)), "{all}");
        }
        assert!(all.contains(&series("prometheus_agent", "True", 1)), "{all}");

        conditions.note(thanos, &key, &status("False"));
        assert!(text(&conditions).contains(&series("thanos_ruler", "Degraded", 0)));
        conditions.forget(thanos, &key);
        assert!(!text(&conditions).contains("thanos_ruler_status_condition{"));
    }
}
