//! Durations as users write them: Prometheus' (`1d12h`) and Go's (`1h30m0.5s`), read and written as the original does.
//!
//! Both are whole numbers of nanoseconds in 64 bits. Pure; the formats are those of `model.ParseDuration` of
//! prometheus/common and of `time.ParseDuration` of Go.

use std::fmt;

use crate::excerpt::Excerpt;

const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000 * MICROSECOND;
const SECOND: u64 = 1_000 * MILLISECOND;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// 2⁶³: one nanosecond more than fits.
const TOO_MANY: u64 = 1 << 63;

/// Prometheus' units, from large to small: a duration names them in this order, each at most once.
const PROMETHEUS_UNITS: [(&str, u64); 7] = [
    ("y", 365 * DAY),
    ("w", 7 * DAY),
    ("d", DAY),
    ("h", HOUR),
    ("m", MINUTE),
    ("s", SECOND),
    ("ms", MILLISECOND),
];

/// Go's units; the second and the third are the micro sign and the Greek letter.
const GO_UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", MICROSECOND),
    ("\u{b5}s", MICROSECOND),
    ("\u{3bc}s", MICROSECOND),
    ("ms", MILLISECOND),
    ("s", SECOND),
    ("m", MINUTE),
    ("h", HOUR),
];

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Nothing there.
    #[error("empty duration string")]
    Empty,
    /// No number, no unit, or units out of order.
    #[error("not a valid duration string: {text:?}")]
    Invalid {
        /// The whole text.
        text: Excerpt,
    },
    /// A unit that does not exist.
    #[error("unknown unit {unit:?} in duration {text:?}")]
    UnknownUnit {
        /// What follows the number.
        unit: Excerpt,
        /// The whole text.
        text: Excerpt,
    },
    /// More than about 292 years.
    #[error("duration out of range")]
    OutOfRange,
}

/// A duration of Prometheus, in nanoseconds; displayed in its normal form (`90m` is `1h30m`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrometheusDuration(i64);

/// A duration of Go, in nanoseconds; displayed in its normal form (`90m` is `1h30m0s`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GoDuration(i64);

impl PrometheusDuration {
    /// A duration of so many nanoseconds.
    pub const fn from_nanoseconds(nanoseconds: i64) -> Self {
        Self(nanoseconds)
    }

    /// Reads a duration that is not negative; a year has 365 days.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        match text {
            "" => return Err(ParseError::Empty),
            "0" => return Ok(Self(0)),
            _ => {}
        }
        let invalid = || ParseError::Invalid { text: text.into() };
        let mut rest = text;
        let mut units = PROMETHEUS_UNITS.iter();
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let (digits, after) = split_at(rest, |byte| !byte.is_ascii_digit());
            let number: u64 = digits.parse().map_err(|_| invalid())?;
            let (unit, after) = split_at(after, |byte| byte.is_ascii_digit());
            if unit.is_empty() {
                return Err(invalid());
            }
            if !PROMETHEUS_UNITS.iter().any(|(name, _)| *name == unit) {
                return Err(ParseError::UnknownUnit {
                    unit: unit.into(),
                    text: text.into(),
                });
            }
            let (_, nanoseconds) = units.find(|(name, _)| *name == unit).ok_or_else(invalid)?;
            total = number
                .checked_mul(*nanoseconds)
                .and_then(|part| total.checked_add(part))
                .ok_or(ParseError::OutOfRange)?;
            rest = after;
        }
        i64::try_from(total).map(Self).map_err(|_| ParseError::OutOfRange)
    }

    /// Reads a duration, with or without a minus in front.
    pub fn parse_signed(text: &str) -> Result<Self, ParseError> {
        match text.strip_prefix('-') {
            Some(positive) => Self::parse(positive).map(|Self(nanoseconds)| Self(-nanoseconds)),
            None => Self::parse(text),
        }
    }

    /// Length in nanoseconds.
    pub const fn nanoseconds(self) -> i64 {
        self.0
    }
}

impl fmt::Display for PrometheusDuration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.unsigned_abs() / MILLISECOND;
        if rest == 0 {
            return formatter.write_str("0s");
        }
        if self.0 < 0 {
            formatter.write_str("-")?;
        }
        for (unit, nanoseconds) in PROMETHEUS_UNITS {
            let length = nanoseconds / MILLISECOND;
            // Years and weeks only where nothing is left over: 90d reads better than 12w6d.
            if matches!(unit, "y" | "w") && !rest.is_multiple_of(length) {
                continue;
            }
            if rest >= length {
                write!(formatter, "{}{unit}", rest / length)?;
                rest %= length;
            }
        }
        Ok(())
    }
}

impl GoDuration {
    /// A duration of so many nanoseconds.
    pub const fn from_nanoseconds(nanoseconds: i64) -> Self {
        Self(nanoseconds)
    }

    /// Length in nanoseconds.
    pub const fn nanoseconds(self) -> i64 {
        self.0
    }

    /// Reads a duration: an optional sign, then numbers with or without a fraction, each with a unit.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let invalid = || ParseError::Invalid { text: text.into() };
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        match unsigned {
            "" if text.is_empty() => return Err(ParseError::Empty),
            "" => return Err(invalid()),
            "0" => return Ok(Self(0)),
            _ => {}
        }
        let mut rest = unsigned;
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let (whole, after) = split_at(rest, |byte| !byte.is_ascii_digit());
            let (fraction, after) = match after.strip_prefix('.') {
                Some(after) => split_at(after, |byte| !byte.is_ascii_digit()),
                None => ("", after),
            };
            if whole.is_empty() && fraction.is_empty() {
                return Err(invalid());
            }
            let (unit, after) = split_at(after, |byte| byte.is_ascii_digit() || byte == b'.');
            if unit.is_empty() {
                return Err(invalid());
            }
            let (_, nanoseconds) =
                GO_UNITS
                    .iter()
                    .find(|(name, _)| *name == unit)
                    .ok_or_else(|| ParseError::UnknownUnit {
                        unit: unit.into(),
                        text: text.into(),
                    })?;
            let number = if whole.is_empty() {
                0
            } else {
                whole.parse::<u64>().map_err(|_| ParseError::OutOfRange)?
            };
            total = number
                .checked_mul(*nanoseconds)
                .and_then(|part| part.checked_add(part_of(*nanoseconds, fraction)))
                .and_then(|part| total.checked_add(part))
                .filter(|total| *total <= TOO_MANY)
                .ok_or(ParseError::OutOfRange)?;
            rest = after;
        }
        if text.starts_with('-') {
            return Ok(Self(0_i64.wrapping_sub_unsigned(total)));
        }
        i64::try_from(total).map(Self).map_err(|_| ParseError::OutOfRange)
    }
}

impl fmt::Display for GoDuration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanoseconds = self.0.unsigned_abs();
        if nanoseconds == 0 {
            return formatter.write_str("0s");
        }
        if self.0 < 0 {
            formatter.write_str("-")?;
        }
        match nanoseconds {
            0..MICROSECOND => write!(formatter, "{nanoseconds}ns"),
            MICROSECOND..MILLISECOND => with_fraction(formatter, nanoseconds, MICROSECOND, "\u{b5}s"),
            MILLISECOND..SECOND => with_fraction(formatter, nanoseconds, MILLISECOND, "ms"),
            _ => {
                if nanoseconds >= HOUR {
                    write!(formatter, "{}h", nanoseconds / HOUR)?;
                }
                if nanoseconds >= MINUTE {
                    write!(formatter, "{}m", nanoseconds % HOUR / MINUTE)?;
                }
                with_fraction(formatter, nanoseconds % MINUTE, SECOND, "s")
            }
        }
    }
}

/// Splits in front of the first byte that `ends` holds for. All such bytes are ASCII.
fn split_at(text: &str, ends: fn(u8) -> bool) -> (&str, &str) {
    text.split_at(text.bytes().position(ends).unwrap_or(text.len()))
}

/// `0.fraction` of `unit`, rounded as Go rounds it; digits that 64 bits cannot hold are dropped.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "Go computes the fraction in floating point"
)]
fn part_of(unit: u64, fraction: &str) -> u64 {
    let mut value: u64 = 0;
    let mut scale = 1.0;
    for digit in fraction.bytes() {
        if value > (TOO_MANY - 1) / 10 || value * 10 + u64::from(digit - b'0') > TOO_MANY {
            break;
        }
        value = value * 10 + u64::from(digit - b'0');
        scale *= 10.0;
    }
    (value as f64 * (unit as f64 / scale)) as u64
}

fn with_fraction(formatter: &mut fmt::Formatter<'_>, nanoseconds: u64, unit: u64, name: &str) -> fmt::Result {
    write!(formatter, "{}", nanoseconds / unit)?;
    let fraction = nanoseconds % unit;
    if fraction > 0 {
        let width = unit.ilog10() as usize;
        let digits = format!("{fraction:0width$}");
        write!(formatter, ".{}", digits.trim_end_matches('0'))?;
    }
    formatter.write_str(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_normalises_prometheus_durations() {
        for (text, nanoseconds, normal) in [
            ("30s", 30 * SECOND, "30s"),
            ("90m", 90 * MINUTE, "1h30m"),
            (
                "1y2w3d4h5m6s7ms",
                382 * DAY + 4 * HOUR + 5 * MINUTE + 6 * SECOND + 7 * MILLISECOND,
                "382d4h5m6s7ms",
            ),
            ("14d", 14 * DAY, "2w"),
            ("365d", 365 * DAY, "1y"),
        ] {
            let duration = PrometheusDuration::parse(text).unwrap();
            assert_eq!(duration.nanoseconds().unsigned_abs(), nanoseconds, "{text}");
            assert_eq!(duration.to_string(), normal, "{text}");
        }
        assert_eq!(PrometheusDuration::parse_signed("-5m").unwrap().to_string(), "-5m");
        assert_eq!(PrometheusDuration::parse(""), Err(ParseError::Empty));
        for text in [
            "5",
            "m",
            "1m1h",
            "1s1s",
            "-5m",
            "1.5h",
            "1 s",
            "300y",
            "99999999999999999999s",
        ] {
            assert!(PrometheusDuration::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn reads_and_normalises_go_durations() {
        for (text, nanoseconds, normal) in [
            ("+1.5h", 90 * MINUTE, "1h30m0s"),
            ("2m3.25s", 123 * SECOND + 250 * MILLISECOND, "2m3.25s"),
            (".5ms", 500 * MICROSECOND, "500\u{b5}s"),
            ("1h1h", 2 * HOUR, "2h0m0s"),
            ("17ns", 17, "17ns"),
        ] {
            let duration = GoDuration::parse(text).unwrap();
            assert_eq!(duration.nanoseconds().unsigned_abs(), nanoseconds, "{text}");
            assert_eq!(duration.to_string(), normal, "{text}");
        }
        assert_eq!(GoDuration::parse("-1m").unwrap().to_string(), "-1m0s");
        for text in ["", "-", "3", "s", ".s", "1d", "1 s", "3000000h"] {
            assert!(GoDuration::parse(text).is_err(), "{text}");
        }
    }
}
