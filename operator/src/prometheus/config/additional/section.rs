//! What a mapping of a user's own configuration may hold: its keys, and what their values are. Pure data.

/// The keys of a mapping.
pub(super) struct Section {
    /// What values are, and the keys that have such ones.
    pub(super) keys: &'static [(Kind, &'static [&'static str])],
    /// Mappings whose keys are in this one, too.
    pub(super) includes: &'static [&'static Section],
}

/// What the value of a key is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Any scalar.
    Text,
    /// A whole number.
    Integer,
    /// A whole number that is not negative.
    Count,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A duration.
    Duration,
    /// A duration that is longer than nothing: Prometheus ends where it is zero.
    Pause,
    /// A number of bytes.
    Size,
    /// An address.
    Url,
    /// A regular expression.
    Expression,
    /// A list of scalars.
    Texts,
    /// Scalars by name.
    TextMap,
    /// Lists of scalars by name.
    TextsMap,
    /// Anything.
    Any,
    /// A mapping.
    Mapping(&'static Section),
    /// A list of mappings.
    Mappings(&'static Section),
    /// Mappings by name.
    MappingsByName(&'static Section),
}

impl Section {
    /// What the value of `key` is.
    pub(super) fn kind(&self, key: &str) -> Option<Kind> {
        let own = self.keys.iter().find(|(_, keys)| keys.contains(&key));
        own.map(|(kind, _)| *kind)
            .or_else(|| self.includes.iter().find_map(|section| section.kind(key)))
    }
}
