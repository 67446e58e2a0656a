//! Shards that a smaller number of shards leaves over: which are kept, and for how long. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use crds::{PrometheusSpec, WhenScaledRetentionType};
use formats::duration::PrometheusDuration;
use jiff::{SignedDuration, Timestamp};

use super::config::retention_percentage;
use crate::settings::Gates;

/// What the annotation says of a shard that is kept for ever.
const NEVER: &str = "0001-01-01T00:00:00Z";
/// How long a shard is kept where neither the policy nor the retention of the data says.
const DEFAULT_SECONDS: i64 = 24 * 60 * 60;

/// Shards that are left over and not deleted yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retained {
    /// Up to when each StatefulSet is kept (RFC 3339).
    pub deadlines: BTreeMap<String, String>,
    /// Time until the first of them ends.
    pub next: Option<Duration>,
}

/// The shards among `excess` (name of the StatefulSet and the deadline that it carries already) that are kept at `now`.
pub fn retained(spec: &PrometheusSpec, gates: Gates, excess: &[(String, Option<String>)], now: Timestamp) -> Retained {
    let policy = spec.shard_retention_policy.as_deref().filter(|_| gates.shard_retention);
    let Some(policy) = policy.filter(|policy| policy.when_scaled == Some(WhenScaledRetentionType::Retain)) else {
        return Retained::default();
    };
    let chosen = policy.retain.as_ref().map(|retain| retain.retention_period.as_str());
    let fresh = match chosen.or(spec.retention.as_deref()) {
        None if spec.retention_size.is_some() || retention_percentage(spec).is_some() => NEVER.to_owned(),
        None => deadline(now, DEFAULT_SECONDS),
        Some(period) => {
            match PrometheusDuration::parse(period).map_or(0, PrometheusDuration::nanoseconds) / 1_000_000_000 {
                0 => NEVER.to_owned(),
                seconds => deadline(now, seconds),
            }
        }
    };
    let mut retained = Retained::default();
    for (name, noted) in excess {
        let deadline = noted.clone().unwrap_or_else(|| fresh.clone());
        let left = match deadline.parse::<Timestamp>() {
            Ok(end) if deadline != NEVER => end.duration_since(now),
            _ => SignedDuration::MAX,
        };
        if let Ok(left) = Duration::try_from(left)
            && !left.is_zero()
        {
            if deadline != NEVER {
                retained.next = Some(retained.next.map_or(left, |next| next.min(left)));
            }
            retained.deadlines.insert(name.clone(), deadline);
        }
    }
    retained
}

fn deadline(now: Timestamp, seconds: i64) -> String {
    let end = now.saturating_add(SignedDuration::from_secs(seconds));
    end.map_or_else(
        |_| NEVER.to_owned(),
        |end| end.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ON: Gates = Gates {
        topology_sharding: true,
        shard_retention: true,
        agent_daemon_sets: false,
        bindings: false,
    };

    fn spec(value: serde_json::Value) -> PrometheusSpec {
        serde_json::from_value(value).unwrap()
    }

    fn deadlines(value: serde_json::Value, noted: Option<&str>) -> Vec<String> {
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        let excess = [("prometheus-x-shard-1".to_owned(), noted.map(str::to_owned))];
        retained(&spec(value), ON, &excess, now)
            .deadlines
            .into_values()
            .collect()
    }

    #[test]
    fn shards_are_kept_as_long_as_the_policy_says() {
        let keep =
            |period: serde_json::Value| json!({"shardRetentionPolicy": {"whenScaled": "Retain", "retain": period}});
        assert_eq!(deadlines(json!({}), None), Vec::<String>::new());
        assert_eq!(
            deadlines(json!({"shardRetentionPolicy": {"whenScaled": "Delete"}}), None),
            Vec::<String>::new()
        );
        assert_eq!(
            deadlines(keep(json!({"retentionPeriod": "1h"})), None),
            ["2026-01-02T04:04:05Z"]
        );
        assert_eq!(deadlines(keep(json!({"retentionPeriod": "0s"})), None), [NEVER]);
        assert_eq!(deadlines(keep(json!(null)), None), ["2026-01-03T03:04:05Z"]);
    }

    #[test]
    fn a_limit_of_size_has_no_end() {
        let limited = |field: &str, value: &str| {
            let mut spec = json!({ "shardRetentionPolicy": { "whenScaled": "Retain" } });
            spec[field] = value.into();
            deadlines(spec, None)
        };
        assert_eq!(limited("retentionSize", "1GB"), [NEVER]);
        assert_eq!(limited("retentionPercentage", "80"), [NEVER]);
        assert_eq!(limited("retentionPercentage", "0"), ["2026-01-03T03:04:05Z"]);
    }

    #[test]
    fn a_noted_deadline_holds_and_ends() {
        let keep = json!({"shardRetentionPolicy": {"whenScaled": "Retain"}});
        assert_eq!(
            deadlines(keep.clone(), Some("2026-01-02T03:05:05Z")),
            ["2026-01-02T03:05:05Z"]
        );
        assert_eq!(
            deadlines(keep.clone(), Some("2026-01-02T03:04:05Z")),
            Vec::<String>::new()
        );
        assert_eq!(deadlines(keep, Some(NEVER)), [NEVER]);
    }
}
