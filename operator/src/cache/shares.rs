//! Who goes where there is not enough for all: of what a namespace has too much of, or of the namespace that has most, the
//! largest object first. So who asks for little is not concerned by those who ask for much. Pure.

use std::collections::BTreeMap;

use crate::object::{ConfigKind, LeftOut, ObjectKey};

/// What one object takes of something of which there is only so much. Sorted by what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Share<'a> {
    /// How much.
    pub(crate) amount: usize,
    /// Kind of the object.
    pub(crate) kind: ConfigKind,
    /// The object.
    pub(crate) object: &'a ObjectKey,
}

/// A share that goes, and how much its namespace has with it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excess<'a> {
    /// The share.
    pub(crate) share: Share<'a>,
    /// That of its namespace.
    pub(crate) of_namespace: usize,
}

/// What a namespace takes.
#[derive(Default)]
struct Total<'a> {
    amount: usize,
    /// Sorted by size.
    shares: Vec<Share<'a>>,
}

impl<'a> Total<'a> {
    fn without_largest(&mut self) -> Option<Excess<'a>> {
        let share = self.shares.pop()?;
        let of_namespace = self.amount;
        self.amount -= share.amount;
        Some(Excess { share, of_namespace })
    }
}

fn by_namespace<'a>(shares: impl IntoIterator<Item = Share<'a>>) -> BTreeMap<&'a str, Total<'a>> {
    let mut totals: BTreeMap<&str, Total<'_>> = BTreeMap::new();
    for share in shares {
        let total = totals.entry(&*share.object.namespace).or_default();
        total.amount += share.amount;
        total.shares.push(share);
    }
    for total in totals.values_mut() {
        total.shares.sort_unstable();
    }
    totals
}

/// Those that go so that no namespace has more than `most`.
pub(crate) fn over_namespaces<'a>(shares: impl Iterator<Item = Share<'a>> + Clone, most: usize) -> Vec<Excess<'a>> {
    let mut gone = Vec::new();
    // As nearly always: what fits all together need not be divided.
    if shares.clone().map(|share| share.amount).sum::<usize>() <= most {
        return gone;
    }
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
pub(crate) fn over_all<'a>(shares: impl IntoIterator<Item = Share<'a>>, most: usize) -> Vec<Excess<'a>> {
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
pub(crate) fn left_out(gone: Vec<Excess<'_>>, message: impl Fn(&Excess<'_>) -> String) -> LeftOut {
    let entry = |excess: Excess<'_>| {
        let message = message(&excess);
        ((excess.share.kind, excess.share.object.clone()), message)
    };
    gone.into_iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amounts(amounts: &[(&str, &str, usize)]) -> Vec<(ObjectKey, usize)> {
        let amount = |(namespace, name, amount): &(&str, &str, usize)| (ObjectKey::new(*namespace, *name), *amount);
        amounts.iter().map(amount).collect()
    }

    fn shares(amounts: &[(ObjectKey, usize)]) -> impl Iterator<Item = Share<'_>> + Clone {
        amounts.iter().map(|(object, amount)| Share {
            amount: *amount,
            kind: ConfigKind::Probe,
            object,
        })
    }

    fn names(gone: &[Excess<'_>]) -> Vec<(String, usize)> {
        gone.iter()
            .map(|gone| (gone.share.object.to_string(), gone.of_namespace))
            .collect()
    }

    #[test]
    fn the_largest_of_a_namespace_go_until_the_others_fit() {
        let amounts = amounts(&[
            ("shop", "a", 4),
            ("bank", "small", 1),
            ("bank", "huge", 8),
            ("bank", "large", 5),
            ("bank", "large-too", 5),
        ]);
        let gone = over_namespaces(shares(&amounts), 6);
        let expected = [("bank/huge", 19), ("bank/large-too", 11)];
        assert_eq!(names(&gone), expected.map(|(name, total)| (name.to_owned(), total)));
        assert_eq!(over_namespaces(shares(&amounts), 19), []);
    }

    #[test]
    fn who_has_most_goes_first() {
        let amounts = amounts(&[
            ("shop", "a", 4),
            ("shop", "b", 4),
            ("bank", "a", 5),
            ("bank", "b", 6),
            ("farm", "a", 7),
        ]);
        let gone = over_all(shares(&amounts), 16);
        // Without its largest, the bank has less than the shop and the farm.
        let expected = [("bank/b", 11), ("shop/b", 8)];
        assert_eq!(names(&gone), expected.map(|(name, total)| (name.to_owned(), total)));
        assert_eq!(over_all(shares(&amounts), 26), []);
        assert_eq!(over_all(shares(&amounts), 0).len(), 5);
    }
}
