//! Numbers of bytes as Prometheus reads them: `512MB`, `1.5GiB`, each unit 1024 times the one before. Pure; the format is
//! that of `units.ParseBase2Bytes` of alecthomas/units.

/// Units, the short and the long form: a text uses one of both.
const UNITS: [(&str, &str); 7] = [
    ("B", "B"),
    ("KB", "KiB"),
    ("MB", "MiB"),
    ("GB", "GiB"),
    ("TB", "TiB"),
    ("PB", "PiB"),
    ("EB", "EiB"),
];

/// Not a number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not numbers with units.
    #[error("not a number of bytes, such as 512MB or 1.5GiB")]
    Invalid,
    /// Less than none.
    #[error("a number of bytes must not be negative")]
    Negative,
    /// More than 2⁶³.
    #[error("the number of bytes is too large")]
    OutOfRange,
}

/// Checks that `text` is a number of bytes, and not a negative one.
pub fn check(text: &str) -> Result<(), ParseError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits == "0" {
        return Ok(());
    }
    let short = bytes(digits, |(short, _)| short);
    let total = short.or_else(|_| bytes(digits, |(_, long)| long))?;
    if negative && total > 0.0 {
        return Err(ParseError::Negative);
    }
    Ok(())
}

fn bytes(text: &str, unit: fn(&(&'static str, &'static str)) -> &'static str) -> Result<f64, ParseError> {
    if text.is_empty() {
        return Err(ParseError::Invalid);
    }
    let (mut rest, mut total) = (text, 0.0);
    while !rest.is_empty() {
        let end = rest
            .find(|next: char| !next.is_ascii_digit() && next != '.')
            .unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let end = after
            .find(|next: char| next.is_ascii_digit() || next == '.')
            .unwrap_or(after.len());
        let (name, after) = after.split_at(end);
        let power = UNITS
            .iter()
            .position(|names| unit(names) == name)
            .ok_or(ParseError::Invalid)?;
        let power = i32::try_from(power).map_err(|_| ParseError::Invalid)?;
        total += number_of(number)? * 1024_f64.powi(power);
        rest = after;
    }
    // 2⁶³ is the first number that does not fit.
    if total >= 2_f64.powi(63) {
        return Err(ParseError::OutOfRange);
    }
    Ok(total)
}

/// Digits with at most one point, each side of which fits into 63 bits.
fn number_of(text: &str) -> Result<f64, ParseError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let part = |digits: &str| digits.is_empty() || digits.parse::<i64>().is_ok_and(|value| value < i64::MAX - 9);
    if (whole.is_empty() && fraction.is_empty()) || !part(whole) || !part(fraction) || fraction.contains('.') {
        return Err(ParseError::Invalid);
    }
    format!("0{text}").parse().map_err(|_| ParseError::Invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_prometheus_reads_them() {
        for (text, expected) in [
            ("0", Ok(())),
            ("512MB", Ok(())),
            ("1.5GiB", Ok(())),
            (".5KB", Ok(())),
            ("1KiB2MiB", Ok(())),
            ("+1B", Ok(())),
            ("-0", Ok(())),
            ("7EiB", Ok(())),
            ("8EiB", Err(ParseError::OutOfRange)),
            ("-1KB", Err(ParseError::Negative)),
            ("1KiB2MB", Err(ParseError::Invalid)),
            ("about 5MB", Err(ParseError::Invalid)),
            ("5", Err(ParseError::Invalid)),
            ("", Err(ParseError::Invalid)),
            (".MB", Err(ParseError::Invalid)),
            ("1.2.3MB", Err(ParseError::Invalid)),
            ("99999999999999999999B", Err(ParseError::Invalid)),
        ] {
            assert_eq!(check(text), expected, "{text}");
        }
    }
}
