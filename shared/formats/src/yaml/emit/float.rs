//! Floating-point numbers of YAML: those that are none have names of their own, the others are written as by Go.

use crate::float;

/// `number` as text.
pub(super) fn text(number: f64) -> String {
    if number.is_nan() {
        return ".nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    float::general(number)
}
