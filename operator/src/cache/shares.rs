//! Who goes where there is not enough for all: of what a namespace has too much of, or of the namespace that has most, the
//! largest object first. So who asks for little is not concerned by those who ask for much. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::object::{ConfigKind, LeftOut, ObjectKey};

/// What one object takes of something of which there is only so much. Sorted by what it takes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Share {
    /// How much.
    pub(crate) amount: usize,
    /// Kind of the object.
    pub(crate) kind: ConfigKind,
    /// The object.
    pub(crate) object: ObjectKey,
}

/// A share that goes, and how much its namespace has with it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excess {
    /// The share.
    pub(crate) share: Share,
    /// That of its namespace.
    pub(crate) of_namespace: usize,
}

/// What a namespace takes.
#[derive(Default)]
struct Total {
    amount: usize,
    /// Sorted by size.
    shares: Vec<Share>,
}

impl Total {
    fn without_largest(&mut self) -> Option<Excess> {
        let share = self.shares.pop()?;
        let of_namespace = self.amount;
        self.amount -= share.amount;
        Some(Excess { share, of_namespace })
    }
}

fn by_namespace(shares: impl IntoIterator<Item = Share>) -> BTreeMap<Arc<str>, Total> {
    let mut totals: BTreeMap<Arc<str>, Total> = BTreeMap::new();
    for share in shares {
        let total = totals.entry(Arc::clone(&share.object.namespace)).or_default();
        total.amount += share.amount;
        total.shares.push(share);
    }
    for total in totals.values_mut() {
        total.shares.sort_unstable();
    }
    totals
}

/// Those that go so that no namespace has more than `most`.
pub(crate) fn over_namespaces(shares: impl IntoIterator<Item = Share>, most: usize) -> Vec<Excess> {
    let mut gone = Vec::new();
    for mut total in by_namespace(shares).into_values() {
        while total.amount > most
            && let Some(excess) = total.without_largest()
        {
            gone.push(excess);
        }
    }
    gone
}

/// Those that go so that all together have no more than `most`.
pub(crate) fn over_all(shares: impl IntoIterator<Item = Share>, most: usize) -> Vec<Excess> {
    let mut totals = by_namespace(shares);
    let mut all: usize = totals.values().map(|total| total.amount).sum();
    let mut gone = Vec::new();
    while all > most {
        let largest = totals.values_mut().max_by_key(|total| total.amount);
        let Some(excess) = largest.and_then(Total::without_largest) else {
            break;
        };
        all -= excess.share.amount;
        gone.push(excess);
    }
    gone
}

/// The objects whose shares are gone, each with a message.
pub(crate) fn left_out(gone: Vec<Excess>, message: impl Fn(&Excess) -> String) -> LeftOut {
    let entry = |excess: Excess| {
        let message = message(&excess);
        ((excess.share.kind, excess.share.object), message)
    };
    gone.into_iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(shares: &[(&str, &str, usize)]) -> Vec<Share> {
        let share = |(namespace, name, amount): &(&str, &str, usize)| Share {
            amount: *amount,
            kind: ConfigKind::Probe,
            object: ObjectKey::new(*namespace, *name),
        };
        shares.iter().map(share).collect()
    }

    fn names(gone: &[Excess]) -> Vec<(String, usize)> {
        gone.iter()
            .map(|gone| (gone.share.object.to_string(), gone.of_namespace))
            .collect()
    }

    #[test]
    fn the_largest_of_a_namespace_go_until_the_others_fit() {
        let shares = shares(&[
            ("shop", "a", 4),
            ("bank", "small", 1),
            ("bank", "huge", 8),
            ("bank", "large", 5),
            ("bank", "large-too", 5),
        ]);
        let gone = over_namespaces(shares.clone(), 6);
        let expected = [("bank/huge", 19), ("bank/large-too", 11)];
        assert_eq!(names(&gone), expected.map(|(name, total)| (name.to_owned(), total)));
        assert_eq!(over_namespaces(shares, 19), []);
    }

    #[test]
    fn who_has_most_goes_first() {
        let shares = shares(&[
            ("shop", "a", 4),
            ("shop", "b", 4),
            ("bank", "a", 5),
            ("bank", "b", 6),
            ("farm", "a", 7),
        ]);
        let gone = over_all(shares.clone(), 16);
        // Without its largest, the bank has less than the shop and the farm.
        let expected = [("bank/b", 11), ("shop/b", 8)];
        assert_eq!(names(&gone), expected.map(|(name, total)| (name.to_owned(), total)));
        assert_eq!(over_all(shares.clone(), 26), []);
        assert_eq!(over_all(shares, 0).len(), 5);
    }
}
