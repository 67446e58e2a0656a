//! How alerts find their receivers: routes, the matchers of which they are made, inhibition rules and time intervals.
//! Both versions of AlertmanagerConfig have these types; each brings its own matcher (`M`), since v1beta1 has lost the
//! old way to write one. Types, and the reading of child routes.

mod inhibition;
mod route;
mod time_interval;

pub use self::inhibition::InhibitRule;
pub use self::route::{InvalidChildRoute, Route};
pub use self::time_interval::{
    DayOfMonthRange, MonthRange, NamedTimeIntervals, TimeInterval, TimeOfDay, TimeRange, WeekdayRange, YearRange,
};

words! {
    /// How a matcher compares the value of a label. Needs Alertmanager v0.22.0.
    #[derive(Default)]
    pub enum MatchType {
        /// Not equal.
        NotEqual = "!=",
        /// Equal.
        #[default]
        Equal = "=",
        /// Matches the regular expression as a whole.
        Regex = "=~",
        /// Does not match the regular expression.
        NotRegex = "!~",
    }
}
