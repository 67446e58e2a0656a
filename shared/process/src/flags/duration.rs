//! Durations as Go's `time.ParseDuration` reads them: `1h30m`, `1.5s`, `100ms`, `0`. Negative ones are refused, since
//! no flag of ours has a meaning for them.

use std::time::Duration;

/// Units and their nanoseconds; the longer of two that begin alike comes first. Both signs for micro are in use.
const UNITS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// A text that is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a duration such as 1m30s, 500ms or 0")]
pub struct InvalidDuration(Box<str>);

/// Reads a duration, to the nanosecond.
pub fn parse_duration(text: &str) -> Result<Duration, InvalidDuration> {
    nanoseconds(text)
        .map(Duration::from_nanos)
        .ok_or_else(|| InvalidDuration(text.into()))
}

fn nanoseconds(text: &str) -> Option<u64> {
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return Some(0);
    }
    let mut total = 0_u64;
    loop {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(end);
        let (unit, nanoseconds) = UNITS.iter().find(|(unit, _)| tail.starts_with(unit))?;
        total = total.checked_add(scaled(number, *nanoseconds)?)?;
        rest = &tail[unit.len()..];
        if rest.is_empty() {
            // The longest duration that Go has.
            return (i64::try_from(total).is_ok()).then_some(total);
        }
    }
}

/// A decimal number times a unit; what is below a nanosecond is cut off.
fn scaled(number: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole = if whole.is_empty() {
        0
    } else {
        whole.parse::<u64>().ok()?
    };
    let mut total = whole.checked_mul(unit)?;
    let mut place = unit;
    for digit in fraction.chars() {
        place /= 10;
        total = total.checked_add(u64::from(digit.to_digit(10)?) * place)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_reads() {
        for (text, milliseconds) in [
            ("0", 0),
            ("0s", 0),
            ("5s", 5_000),
            ("3m", 180_000),
            ("1h30m", 5_400_000),
            ("1.5s", 1_500),
            (".5s", 500),
            ("1.s", 1_000),
            ("100ms", 100),
            ("+2s", 2_000),
            ("1m1m", 120_000),
            ("1000us", 1),
        ] {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        assert_eq!(parse_duration("1.000000001s"), Ok(Duration::new(1, 1)));
    }

    #[test]
    fn refuses_what_go_refuses_and_what_is_negative() {
        for text in [
            "",
            "3",
            "s",
            ".",
            ".s",
            "1d",
            "1 s",
            "-1s",
            "1s2",
            "1..5s",
            "99999999999h",
            "00",
        ] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
