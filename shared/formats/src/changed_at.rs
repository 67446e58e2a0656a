//! When the change was noticed that a mounted folder holds, in a file of that folder: how the operator says it to the
//! config-reloader, which knows when the change is live. Seconds since 1970 with six digits after the point. Pure.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The file. Hidden, so that no pattern of rule files takes it.
pub const FILE: &str = ".changed-at";

/// The content of the file.
pub fn text(at: SystemTime) -> String {
    let age = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{}.{:06}", age.as_secs(), age.subsec_micros())
}

/// The time in the file, if it is one.
pub fn read(text: &str) -> Option<SystemTime> {
    let (seconds, microseconds) = text.trim_end().split_once('.')?;
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if microseconds.len() != 6 || !is_number(seconds) || !is_number(microseconds) {
        return None;
    }
    let age = Duration::from_secs(seconds.parse().ok()?) + Duration::from_micros(microseconds.parse().ok()?);
    UNIX_EPOCH.checked_add(age)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for (seconds, microseconds, expected) in [(0, 0, "0.000000"), (1_800_000_000, 42, "1800000000.000042")] {
            let at = UNIX_EPOCH + Duration::from_secs(seconds) + Duration::from_micros(microseconds);
            assert_eq!(text(at), expected);
            assert_eq!(read(expected), Some(at));
        }
    }

    #[test]
    fn nothing_else_is_a_time() {
        for wrong in [
            "",
            "1",
            "1.5",
            "1.0000000",
            "-1.000000",
            "+1.000000",
            "a.000000",
            "1.00000a",
            "99999999999999999999.000000",
        ] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
