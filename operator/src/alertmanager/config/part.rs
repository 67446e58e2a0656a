//! What an object adds to the configuration. Pure data; [`super::object`] makes it, [`super::outline`] writes it.

use formats::yaml::Yaml;

/// What an object adds.
#[derive(Debug, Default, PartialEq)]
pub struct Part {
    /// Its route, a child of the root.
    pub route: Option<Yaml>,
    /// Its receivers.
    pub receivers: Vec<Yaml>,
    /// Its inhibition rules.
    pub inhibit_rules: Vec<Yaml>,
    /// Its time intervals.
    pub intervals: Vec<Yaml>,
    /// Field of the API that has them: the versions of the kind differ.
    pub intervals_field: IntervalsField,
}

/// Field of an object that has its time intervals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IntervalsField {
    /// That of the version in which objects are stored.
    #[default]
    MuteTimeIntervals,
    /// That of the newer one.
    TimeIntervals,
}

impl IntervalsField {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MuteTimeIntervals => "muteTimeIntervals",
            Self::TimeIntervals => "timeIntervals",
        }
    }
}
