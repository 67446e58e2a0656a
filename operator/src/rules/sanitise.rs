//! Fields of rules that old versions would refuse to load: a table, and the one loop that applies it. Pure.

use crds::RuleGroup;
use formats::version::{Dropped, Range, Version};

use super::{Component, RuleTarget};

/// A field and the versions of each program that know it; `None`: none does.
struct RuleField {
    key: &'static str,
    prometheus: Option<Range>,
    thanos: Option<Range>,
    /// Removes the field and says whether it was there.
    clear: fn(&mut RuleGroup) -> bool,
}

/// The versions from `major.minor.0` on.
const fn since(major: u64, minor: u64) -> Range {
    Range::ALL.since(Version::new(major, minor, 0))
}

const FIELDS: [RuleField; 5] = [
    RuleField {
        key: "labels",
        prometheus: Some(since(3, 0)),
        thanos: Some(since(0, 39)),
        clear: |group| !std::mem::take(&mut group.labels).is_empty(),
    },
    RuleField {
        key: "limit",
        prometheus: Some(since(2, 31)),
        thanos: Some(since(0, 24)),
        clear: |group| group.limit.take().is_some(),
    },
    RuleField {
        key: "query_offset",
        prometheus: Some(since(2, 53)),
        thanos: Some(since(0, 38)),
        clear: |group| group.query_offset.take().is_some(),
    },
    RuleField {
        key: "partial_response_strategy",
        prometheus: None,
        thanos: Some(Range::ALL),
        clear: |group| group.partial_response_strategy.take().is_some(),
    },
    RuleField {
        key: "keep_firing_for",
        prometheus: Some(since(2, 42)),
        thanos: Some(since(0, 34)),
        clear: |group| {
            let cleared = group.rules.iter_mut().filter_map(|rule| rule.keep_firing_for.take());
            cleared.count() > 0
        },
    },
];

/// `groups` without what `target` does not know, and what that was.
pub(super) fn sanitised(target: &RuleTarget, mut groups: Vec<RuleGroup>) -> (Vec<RuleGroup>, Vec<Dropped>) {
    let mut dropped = Vec::new();
    for field in &FIELDS {
        let versions = match target.component {
            Component::Prometheus => field.prometheus,
            Component::Thanos => field.thanos,
        };
        if versions.is_some_and(|versions| versions.contains(target.version)) {
            continue;
        }
        let cleared = groups.iter_mut().map(field.clear).filter(|found| *found).count();
        if cleared > 0 {
            dropped.push(Dropped {
                key: field.key,
                versions: versions.unwrap_or_default(),
            });
        }
    }
    (groups, dropped)
}
