//! Filters that service discoveries hand on to their server. Pure.

use crds::v1alpha1::DiscoveryFilter;
use formats::yaml::{Yaml, map};

use crate::prometheus::config::value::text;

/// The filters, sorted by name, so that their order in the object does not matter; nothing where there are none.
pub(super) fn filters(filters: &[DiscoveryFilter]) -> Option<Yaml> {
    let mut filters: Vec<_> = filters.iter().collect();
    filters.sort_by(|left, right| left.name.cmp(&right.name));
    let entry = |filter: &DiscoveryFilter| {
        let values = filter.values.iter().map(|value| text(value)).collect();
        map([("name", text(&filter.name)), ("values", values)])
    };
    (!filters.is_empty()).then(|| filters.into_iter().map(entry).collect())
}
