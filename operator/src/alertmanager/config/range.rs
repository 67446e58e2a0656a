//! Ranges of weekdays, days of the month, months and years: `monday:friday`, `1:15`, `january`, `2026:2030`. Pure; the
//! format is that of Alertmanager's `time_intervals`, and they are written as it writes them.

use crds::DayOfMonthRange;
use formats::excerpt::Excerpt;
use formats::yaml::Yaml;

/// What a range is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Days from `sunday` to `saturday`.
    Weekdays,
    /// Days from 1 to 31, and from -31 to -1 counted from the end of the month.
    DaysOfMonth,
    /// Months by name or number.
    Months,
    /// Years.
    Years,
}

/// Whether a range of weekdays may go on after the end of the week, as `friday:monday` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrap {
    /// It may.
    Allowed,
    /// It may not.
    Refused,
}

/// Why a text is no such range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// More than one colon.
    #[error("{0:?} is not a range")]
    Form(Excerpt),
    /// One of its ends.
    #[error("{0:?} is not {1}")]
    End(Excerpt, &'static str),
    /// The second end comes before the first one.
    #[error("{0:?} ends before it begins")]
    Order(Excerpt),
    /// A day from the end of the month and then one from its beginning.
    #[error("{0:?}: the last day must be negative because the first one is")]
    Sign(Excerpt),
}

/// The days of the week, in order.
pub(crate) const WEEKDAYS: [&str; 7] = [
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
];
/// The months, in order.
pub(crate) const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Every month has this many days: a range is checked in the shortest one.
const SHORTEST_MONTH: i64 = 28;

/// A range in the form in which Alertmanager writes it: months as numbers, one end where both are the same.
///
/// # Errors
/// When it is none.
pub(crate) fn normal(kind: Kind, wrap: Wrap, text: &str) -> Result<String, Error> {
    let lower = text.to_lowercase();
    let (first, last) = lower.split_once(':').unwrap_or((&lower, &lower));
    if last.contains(':') && lower.contains(':') {
        return Err(Error::Form(text.into()));
    }
    let (begin, end) = (kind.number(first)?, kind.number(last)?);
    if kind == Kind::DaysOfMonth && begin < 0 && end > 0 {
        return Err(Error::Sign(text.into()));
    }
    if kind.position(begin) > kind.position(end) && !(kind == Kind::Weekdays && wrap == Wrap::Allowed) {
        return Err(Error::Order(text.into()));
    }
    let (begin, end) = (kind.word(begin), kind.word(end));
    Ok(if begin == end { begin } else { format!("{begin}:{end}") })
}

/// A range of days of the API as a text. An end that is missing is no day, as in the original.
pub(crate) fn days(range: DayOfMonthRange) -> String {
    format!("{}:{}", range.start.unwrap_or(0), range.end.unwrap_or(0))
}

/// Ranges on one line.
///
/// # Errors
/// The first that is none, and its place.
pub(crate) fn list<'a>(
    kind: Kind,
    wrap: Wrap,
    texts: impl IntoIterator<Item = &'a str>,
) -> Result<Yaml, (usize, Error)> {
    let range = |(place, text)| normal(kind, wrap, text).map(Yaml::from).map_err(|error| (place, error));
    let ranges: Result<Vec<Yaml>, _> = texts.into_iter().enumerate().map(range).collect();
    ranges.map(Yaml::Flow)
}

impl Kind {
    fn number(self, text: &str) -> Result<i64, Error> {
        let place = |names: &[&str]| {
            names
                .iter()
                .position(|name| *name == text)
                .and_then(|place| i64::try_from(place).ok())
        };
        let number = || text.parse::<i64>().ok();
        let (value, noun) = match self {
            Self::Weekdays => (place(&WEEKDAYS), "a day of the week"),
            Self::Months => (
                place(&MONTHS)
                    .map(|place| place + 1)
                    .or_else(number)
                    .filter(|month| (1..=12).contains(month)),
                "a month",
            ),
            Self::DaysOfMonth => (
                number().filter(|day| *day != 0 && (-31..=31).contains(day)),
                "a day of the month: 1 to 31, or -31 to -1",
            ),
            Self::Years => (number(), "a year"),
        };
        value.ok_or_else(|| Error::End(text.into(), noun))
    }

    /// What the ends are compared by.
    fn position(self, value: i64) -> i64 {
        if self == Self::DaysOfMonth && value < 0 {
            SHORTEST_MONTH + value
        } else {
            value
        }
    }

    fn word(self, value: i64) -> String {
        let weekday = || {
            WEEKDAYS
                .get(usize::try_from(value).ok()?)
                .map(|name| (*name).to_owned())
        };
        if self == Self::Weekdays {
            weekday().unwrap_or_default()
        } else {
            value.to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_written_in_one_form() {
        for (kind, text, expected) in [
            (Kind::Weekdays, "Monday:FRIDAY", Some("monday:friday")),
            (Kind::Weekdays, "sunday:sunday", Some("sunday")),
            (Kind::Weekdays, "saturday:sunday", None),
            (Kind::Weekdays, "1", None),
            (Kind::Months, "January:March", Some("1:3")),
            (Kind::Months, "12", Some("12")),
            (Kind::Months, "13", None),
            (Kind::Months, "march:1", None),
            (Kind::DaysOfMonth, "1:-1", Some("1:-1")),
            (Kind::DaysOfMonth, "-5:-1", Some("-5:-1")),
            (Kind::DaysOfMonth, "-1:5", None),
            (Kind::DaysOfMonth, "0", None),
            (Kind::DaysOfMonth, "-32", None),
            (Kind::DaysOfMonth, "30:-3", None),
            (Kind::Years, "2030:2050", Some("2030:2050")),
            (Kind::Years, "2030:2029", None),
            (Kind::Years, "1:2:3", None),
            (Kind::Years, "", None),
        ] {
            assert_eq!(normal(kind, Wrap::Refused, text).ok().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn weekdays_may_go_on_after_the_end_of_the_week() {
        let normal = |kind, text| normal(kind, Wrap::Allowed, text).ok();
        assert_eq!(
            normal(Kind::Weekdays, "friday:monday").as_deref(),
            Some("friday:monday")
        );
        assert_eq!(normal(Kind::Months, "12:1"), None);
    }
}
