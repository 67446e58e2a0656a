//! Time intervals, at which routes are muted or active: whether each range makes sense. Pure.

use crds::{TimeInterval, TimeRange};

use crate::alertmanager::config::interval::minute;
use crate::alertmanager::config::range::{self, Kind};
use crate::check::invalid::{Field, Invalid, Within};

/// A part of a day that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum TimeError {
    #[error("startTime and endTime are required")]
    Missing,
    #[error("{text:?} is not a time from 00:00 to 24:00")]
    Time { text: Box<str> },
    #[error("startTime must be before endTime")]
    Order,
}

/// Checks the intervals of a name.
pub(super) fn check_all(intervals: &[TimeInterval]) -> Result<(), Invalid> {
    for (index, interval) in intervals.iter().enumerate() {
        check(interval).within(format!("timeIntervals[{index}]"))?;
    }
    Ok(())
}

fn check(interval: &TimeInterval) -> Result<(), Invalid> {
    for (index, range) in interval.times.iter().enumerate() {
        check_times(range).field(format!("times[{index}]"))?;
    }
    check_ranges(
        Kind::Weekdays,
        "weekdays",
        interval.weekdays.iter().map(|range| &**range),
    )?;
    let days: Vec<String> = interval.days_of_month.iter().copied().map(range::days).collect();
    check_ranges(Kind::DaysOfMonth, "daysOfMonth", days.iter().map(String::as_str))?;
    check_ranges(Kind::Months, "months", interval.months.iter().map(|range| &**range))?;
    check_ranges(Kind::Years, "years", interval.years.iter().map(|range| &**range))
}

fn check_ranges<'a>(kind: Kind, field: &'static str, mut ranges: impl Iterator<Item = &'a str>) -> Result<(), Invalid> {
    let mut index = 0..;
    ranges.try_for_each(|text| {
        let checked = range::normal(kind, text);
        checked
            .map(drop)
            .field(format!("{field}[{}]", index.next().unwrap_or(0)))
    })
}

fn check_times(range: &TimeRange) -> Result<(), TimeError> {
    let (Some(start), Some(end)) = (&range.start_time, &range.end_time) else {
        return Err(TimeError::Missing);
    };
    let minute = |text: &str| minute(text).ok_or_else(|| TimeError::Time { text: text.into() });
    if minute(start)? >= minute(end)? {
        return Err(TimeError::Order);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn message(interval: Value) -> Option<String> {
        let interval: TimeInterval = serde_json::from_value(interval).expect("an interval");
        check_all(&[interval]).err().map(|error| error.to_string())
    }

    #[test]
    fn times_are_in_order_and_within_the_day() {
        for (start, end, expected) in [
            ("09:00", "17:30", None),
            ("00:00", "24:00", None),
            ("17:30", "09:00", Some("startTime must be before endTime")),
            ("09:00", "09:00", Some("startTime must be before endTime")),
            ("9:00", "17:30", Some("\"9:00\" is not a time from 00:00 to 24:00")),
            ("09:00", "24:01", Some("\"24:01\" is not a time from 00:00 to 24:00")),
            ("09:60", "17:30", Some("\"09:60\" is not a time from 00:00 to 24:00")),
            ("09:+1", "17:30", Some("\"09:+1\" is not a time from 00:00 to 24:00")),
        ] {
            let message = message(json!({ "times": [{ "startTime": start, "endTime": end }] }));
            let expected = expected.map(|cause| format!("timeIntervals[0].times[0]: {cause}"));
            assert_eq!(message, expected, "{start}-{end}");
        }
        let message = message(json!({ "times": [{ "endTime": "09:00" }] }));
        assert_eq!(
            message.as_deref(),
            Some("timeIntervals[0].times[0]: startTime and endTime are required")
        );
    }

    #[test]
    fn every_list_of_ranges_is_checked_and_the_place_is_named() {
        for (interval, field) in [
            (json!({ "weekdays": ["monday", "friday:monday"] }), "weekdays[1]"),
            (json!({ "daysOfMonth": [{ "start": 5 }] }), "daysOfMonth[0]"),
            (json!({ "daysOfMonth": [{ "start": -1, "end": 5 }] }), "daysOfMonth[0]"),
            (json!({ "months": ["12:1"] }), "months[0]"),
            (json!({ "years": ["2030:2040", "2050:2040"] }), "years[1]"),
        ] {
            let message = message(interval).expect("a fault");
            assert!(message.starts_with(&format!("timeIntervals[0].{field}: ")), "{message}");
        }
        let fine = json!({
            "weekdays": ["Monday:friday"], "daysOfMonth": [{ "start": 1, "end": -1 }], "months": ["1:march"], "years": ["2030"],
        });
        assert_eq!(message(fine), None);
    }
}
