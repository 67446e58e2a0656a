//! Fields of rules that old versions would refuse to load: a table of gates, and the one loop that applies it. Pure.

use crds::RuleGroup;
use formats::version::{Dropped, Version};

use super::{Component, Target};

/// A field and the first versions that know it; `None`: none does.
struct Gate {
    key: &'static str,
    prometheus: Option<Version>,
    thanos: Option<Version>,
    /// Removes the field and says whether it was there.
    clear: fn(&mut RuleGroup) -> bool,
}

const GATES: [Gate; 5] = [
    Gate {
        key: "labels",
        prometheus: Some(Version::new(3, 0, 0)),
        thanos: Some(Version::new(0, 39, 0)),
        clear: |group| !std::mem::take(&mut group.labels).is_empty(),
    },
    Gate {
        key: "limit",
        prometheus: Some(Version::new(2, 31, 0)),
        thanos: Some(Version::new(0, 24, 0)),
        clear: |group| group.limit.take().is_some(),
    },
    Gate {
        key: "query_offset",
        prometheus: Some(Version::new(2, 53, 0)),
        thanos: Some(Version::new(0, 38, 0)),
        clear: |group| group.query_offset.take().is_some(),
    },
    Gate {
        key: "partial_response_strategy",
        prometheus: None,
        thanos: Some(Version::new(0, 0, 0)),
        clear: |group| group.partial_response_strategy.take().is_some(),
    },
    Gate {
        key: "keep_firing_for",
        prometheus: Some(Version::new(2, 42, 0)),
        thanos: Some(Version::new(0, 34, 0)),
        clear: |group| {
            let cleared = group.rules.iter_mut().filter_map(|rule| rule.keep_firing_for.take());
            cleared.count() > 0
        },
    },
];

/// `groups` without what `target` does not know, and what that was.
pub(super) fn sanitised(target: &Target, mut groups: Vec<RuleGroup>) -> (Vec<RuleGroup>, Vec<Dropped>) {
    let mut dropped = Vec::new();
    for gate in &GATES {
        let since = match target.component {
            Component::Prometheus => gate.prometheus,
            Component::Thanos => gate.thanos,
        };
        if since.is_some_and(|since| target.version >= since) {
            continue;
        }
        let cleared = groups.iter_mut().map(gate.clear).filter(|found| *found).count();
        if cleared > 0 {
            dropped.push(Dropped {
                key: gate.key,
                since,
                until: None,
            });
        }
    }
    (groups, dropped)
}
