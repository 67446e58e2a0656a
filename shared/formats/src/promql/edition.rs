//! What the language was at a version of Prometheus, as far as that changes which texts are expressions. Data only.

use crate::version::Version;

/// An edition of the language, called after the first version of Prometheus that reads it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// Up to 3.13.
    #[default]
    V3_13,
    /// Calculated durations and `first_over_time` need no feature flag, and there is `start_timestamp`.
    V3_14,
    /// A range does not follow a calculated offset, nor `@ start()` and `@ end()`. A number between parentheses is a calculated
    /// duration, which may be 0 or negative.
    V3_15,
    /// `anchored` and `smoothed` need no feature flag, there is `integral`, and the range of a subquery may be a word alone.
    V3_16,
}

/// The editions after the first, the newest first, with the versions that begin them.
const EDITIONS: [(Version, Edition); 3] = [
    (Version::candidate(3, 16, 0, 0), Edition::V3_16),
    (Version::candidate(3, 15, 0, 0), Edition::V3_15),
    (Version::candidate(3, 14, 0, 0), Edition::V3_14),
];

impl Edition {
    /// The one that this version of Prometheus reads.
    pub fn of(version: Version) -> Self {
        let edition = EDITIONS.iter().find(|(since, _)| version >= *since);
        edition.map_or(Self::V3_13, |(_, edition)| *edition)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edition_begins_with_its_first_candidate() {
        for (text, expected) in [
            ("2.55.1", Edition::V3_13),
            ("3.13.5", Edition::V3_13),
            ("3.14.0-rc.0", Edition::V3_14),
            ("3.14.9", Edition::V3_14),
            ("3.15.1", Edition::V3_15),
            ("3.16.0", Edition::V3_16),
            ("4.0.0", Edition::V3_16),
        ] {
            let version = Version::parse(text).expect("a version");
            assert_eq!(Edition::of(version), expected, "{text}");
        }
    }
}
