//! Times at which routes are muted or active. Types only: whether a range makes sense is checked by whoever renders it.

use crate::{JsonSchema, absent::is_empty};
use serde::{Deserialize, Serialize};

text! {
    /// A time of day from `00:00` to `24:00`.
    pub struct TimeOfDay { "pattern": "^((([01][0-9])|(2[0-3])):[0-5][0-9])$|(^24:00$)" }
}

text! {
    /// A day of the week, such as `Sunday`, or several: `monday:friday`.
    pub struct WeekdayRange {
        "pattern": "^((?i)sun|mon|tues|wednes|thurs|fri|satur)day(?:((:(sun|mon|tues|wednes|thurs|fri|satur)day)$)|$)"
    }
}

text! {
    /// A month by name or number, such as `January` or `1`, or several: `1:march`.
    pub struct MonthRange {
        "pattern": "^((?i)january|february|march|april|may|june|july|august|september|october|november|december|1[0-2]|[1-9])(?:((:((?i)january|february|march|april|may|june|july|august|september|october|november|december|1[0-2]|[1-9]))$)|$)"
    }
}

text! {
    /// A year from 2000 on, or several: `2024:2026`.
    pub struct YearRange { "pattern": "^2\\d{3}(?::2\\d{3}|$)" }
}

/// A name for times that routes refer to.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedTimeIntervals {
    /// Name of the intervals.
    pub name: Box<str>,
    /// The intervals, one of which must hold.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub time_intervals: Box<[TimeInterval]>,
}

/// A span of time in UTC: each list that is not empty must hold a range in which the time lies.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TimeInterval {
    /// Times of day.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub times: Box<[TimeRange]>,
    /// Days of the week, such as `Sunday` or `monday:friday`.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub weekdays: Box<[WeekdayRange]>,
    /// Days of the month.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub days_of_month: Box<[DayOfMonthRange]>,
    /// Months by name or number, such as `January` or `1:march`.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub months: Box<[MonthRange]>,
    /// Years, such as `2024` or `2024:2026`.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub years: Box<[YearRange]>,
}

/// A part of the day. Both ends are needed.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TimeRange {
    /// First minute, as `HH:MM`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<TimeOfDay>,
    /// Minute after the last one, as `HH:MM`; up to `24:00`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<TimeOfDay>,
}

/// A part of the month. Negative numbers count from its end: -1 is the last day.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct DayOfMonthRange {
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<crate::schema::Integer>", range(min = -31, max = 31))]
    pub start: Option<i8>,
    /// Last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<crate::schema::Integer>", range(min = -31, max = 31))]
    pub end: Option<i8>,
}
