//! Floating-point numbers as Go's `strconv.FormatFloat` writes them: as few digits as read back the same.

/// Format `f`: never an exponent.
pub(crate) fn plain(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    number.to_string()
}

/// Format `g`: an exponent of at least two digits below 1e-04 and from 1e+06 on.
pub(crate) fn general(number: f64) -> String {
    let scientific = format!("{number:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return plain(number);
    };
    match exponent.parse::<i32>() {
        Ok(exponent) if !(-4..6).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
        }
        _ => plain(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_as_go_does() {
        for (number, long, short) in [
            (1e21, "1000000000000000000000", "1e+21"),
            (1_234_567.0, "1234567", "1.234567e+06"),
            (999_999.5, "999999.5", "999999.5"),
            (-0.00005, "-0.00005", "-5e-05"),
            (f64::NEG_INFINITY, "-Inf", "-Inf"),
            (f64::NAN, "NaN", "NaN"),
            (-0.0, "-0", "-0"),
        ] {
            assert_eq!((plain(number).as_str(), general(number).as_str()), (long, short));
        }
    }
}
