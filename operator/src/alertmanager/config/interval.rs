//! The named time intervals: which keys they have. Pure.

use super::range;
use super::schema::{Key, Kind, Section, sections, text};

/// One of the `mute_time_intervals` or `time_intervals`.
pub static NAMED_INTERVALS: Section =
    Section::new(&[text("name").always(), sections("time_intervals", &INTERVAL).always()]);

/// One of the intervals of a name.
pub static INTERVAL: Section = Section::new(&[
    sections("times", &TIMES),
    Key::new("weekdays", Kind::Ranges(range::Kind::Weekdays)),
    Key::new("days_of_month", Kind::Ranges(range::Kind::DaysOfMonth)),
    Key::new("months", Kind::Ranges(range::Kind::Months)),
    Key::new("years", Kind::Ranges(range::Kind::Years)),
    text("location").since(0, 25),
]);

/// A span of a day.
pub static TIMES: Section = Section::new(&[text("start_time"), text("end_time")]);
