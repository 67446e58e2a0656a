//! The order in which go-yaml v2 writes the keys of a Go map: texts by letters and by the value of the numbers in them.
//!
//! Only what the original keeps in a Go map needs it (most of Alertmanager's configuration); what it lists in order
//! is in our trees in that order anyway. Pure; `sorter.go` of gopkg.in/yaml.v2 is where it is defined.

use std::cmp::Ordering;

use super::Yaml;

/// A mapping with its keys in natural order: `host-9` in front of `host-10`.
pub fn natural_map(mut pairs: Vec<(Yaml, Yaml)>) -> Yaml {
    pairs.sort_by(|(left, _), (right, _)| keys(left, right));
    Yaml::Map(pairs)
}

fn keys(left: &Yaml, right: &Yaml) -> Ordering {
    match (number(left), number(right)) {
        (Some(a), Some(b)) => a
            .partial_cmp(&b)
            .unwrap_or(Ordering::Equal)
            .then(rank(left).cmp(&rank(right))),
        _ => match (left.as_str(), right.as_str()) {
            (Some(left), Some(right)) => by_natural_order(left, right),
            _ => rank(left).cmp(&rank(right)),
        },
    }
}

#[expect(clippy::cast_precision_loss, reason = "go-yaml compares numbers as floats")]
fn number(key: &Yaml) -> Option<f64> {
    match key {
        Yaml::Bool(value) => Some(f64::from(u8::from(*value))),
        Yaml::Int(value) => Some(*value as f64),
        Yaml::UInt(value) => Some(*value as f64),
        Yaml::Float(value) => Some(*value),
        _ => None,
    }
}

/// Go's order of types.
fn rank(key: &Yaml) -> u8 {
    match key {
        Yaml::Null => 0,
        Yaml::Bool(_) => 1,
        Yaml::Int(_) => 2,
        Yaml::UInt(_) => 3,
        Yaml::Float(_) => 4,
        Yaml::Map(_) => 5,
        Yaml::Seq(_) | Yaml::Flow(_) => 6,
        Yaml::Str(_) | Yaml::Plain(_) | Yaml::Bytes(_) => 7,
    }
}

/// Compares two keys: other characters sort in front of letters, and numbers by their value.
pub fn by_natural_order(left: &str, right: &str) -> Ordering {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let Some(at) = left.iter().zip(&right).position(|(a, b)| a != b) else {
        return left.len().cmp(&right.len());
    };
    let (a, b) = (left[at], right[at]);
    match (a.is_alphabetic(), b.is_alphabetic()) {
        (true, true) => return a.cmp(&b),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    // A zero inside a number counts as a digit of it, one in front does not.
    let inside = (a == '0' || b == '0')
        && left[..at]
            .iter()
            .rev()
            .take_while(|digit| digit.is_ascii_digit())
            .any(|digit| *digit != '0');
    let (value_a, length_a) = digits(&left[at..], inside);
    let (value_b, length_b) = digits(&right[at..], inside);
    value_a.cmp(&value_b).then(length_a.cmp(&length_b)).then(a.cmp(&b))
}

/// The number at the start of `text` (it wraps, as Go's does) and how many digits it has.
fn digits(text: &[char], inside: bool) -> (i64, usize) {
    let mut value = i64::from(inside);
    let mut length = 0;
    for digit in text.iter().map_while(|digit| digit.to_digit(10)) {
        value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
        length += 1;
    }
    (value, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_and_letters_come_last() {
        for sorted in [
            ["host-9", "host-09", "host-10"],
            ["v1.2", "v1.9", "v1.10"],
            [".a", "_a", "a"],
            ["", "a", "ab"],
            ["x-1", "x1", "xa"],
            ["a1", "a01", "a2"],
        ] {
            let mut keys = [sorted[2], sorted[0], sorted[1]];
            keys.sort_by(|left, right| by_natural_order(left, right));
            assert_eq!(keys, sorted);
        }
    }
}
