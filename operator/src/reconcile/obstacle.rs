//! Why a StatefulSet or DaemonSet cannot make pods: its controller says so in events alone (`FailedCreate`), which name a
//! missing service account, a quota, or a label that is too long. Reads events; without the permission nothing is found.

use k8s_openapi::api::events::v1::Event;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::Client;
use kube::api::{Api, ListParams};

use super::health::{Runner, Set};
use crate::object::ObjectKey;

/// The reason of such events.
const REASON: &str = "FailedCreate";
/// As many events are read: they differ in their notes, of which the last one counts.
const EVENTS: u32 = 50;
/// Longest note that is repeated, in characters.
const NOTE_LIMIT: usize = 1000;

/// The last reason why this set, as it is called, could not make a pod. `None` where none is known.
pub(super) async fn obstacle(client: &Client, key: &ObjectKey, runner: Runner, set: &Set) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the namespace is that of an object of the API server"
    )]
    let api: Api<Event> = Api::namespaced(client.clone(), &key.namespace);
    let fields = format!(
        "reason={REASON},regarding.kind={},regarding.name={}",
        runner.kind(),
        key.name
    );
    // A condition can do without: whatever is in the way of this list is in the way of others, which say so.
    let events = api
        .list(&ListParams::default().fields(&fields).limit(EVENTS))
        .await
        .ok()?;
    latest(events.items, &set.uid)
}

fn latest(events: Vec<Event>, uid: &str) -> Option<String> {
    let of_set = |event: &Event| event.regarding.as_ref().and_then(|it| it.uid.as_deref()) == Some(uid);
    let event = events.into_iter().filter(of_set).max_by_key(seen)?;
    event.note.map(|note| note.chars().take(NOTE_LIMIT).collect())
}

/// When an event happened last, in nanoseconds; events of older controllers have another field for it.
fn seen(event: &Event) -> i128 {
    let of_series = event.series.as_ref().map(|series| &series.last_observed_time);
    let new = of_series
        .or(event.event_time.as_ref())
        .map(|MicroTime(time)| time.as_nanosecond());
    let old = event
        .deprecated_last_timestamp
        .as_ref()
        .map(|time| time.0.as_nanosecond());
    new.into_iter().chain(old).max().unwrap_or(i128::MIN)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "literals of JSON are made for the call")]
    fn event(uid: &str, note: &str, times: serde_json::Value) -> Event {
        let mut event = json!({
            "metadata": {"name": note, "namespace": "ns"}, "note": note, "reason": REASON,
            "regarding": {"kind": "StatefulSet", "name": "x", "uid": uid},
        });
        for (key, value) in times.as_object().into_iter().flatten() {
            event[key] = value.clone();
        }
        serde_json::from_value(event).expect("an event")
    }

    #[test]
    fn the_last_event_of_this_set_counts() {
        let events = vec![
            event("u", "old", json!({"deprecatedLastTimestamp": "2026-01-01T00:00:02Z"})),
            event(
                "u",
                "new",
                json!({"eventTime": "2026-01-01T00:00:01.000000Z",
                "series": {"count": 3, "lastObservedTime": "2026-01-01T00:00:09.000000Z"}}),
            ),
            event("u", "timeless", json!({})),
            event(
                "another",
                "newer",
                json!({"deprecatedLastTimestamp": "2026-01-02T00:00:00Z"}),
            ),
        ];
        assert_eq!(latest(events, "u").as_deref(), Some("new"));
        assert_eq!(latest(Vec::new(), "u"), None);
        let long = event("u", &"é".repeat(5000), json!({}));
        assert_eq!(
            latest(vec![long], "u").map(|note| note.chars().count()),
            Some(NOTE_LIMIT)
        );
    }
}
