//! Values of the API as values of the file. Pure.

use formats::yaml::Yaml;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

/// A text of the API as a YAML text.
pub(crate) fn text(text: &str) -> Yaml {
    Yaml::from(text.to_owned())
}

/// A list of texts, or nothing where it is empty.
pub(crate) fn texts<T: AsRef<str>>(texts: &[T]) -> Option<Yaml> {
    (!texts.is_empty()).then(|| texts.iter().map(|item| text(item.as_ref())).collect())
}

/// A list of label names.
pub(crate) fn labels<T: Into<Yaml>>(names: impl IntoIterator<Item = T>) -> Yaml {
    names.into_iter().collect()
}

/// A mapping of texts, sorted by key, or nothing where it is empty.
pub(crate) fn text_map<'a>(pairs: impl IntoIterator<Item = (&'a Box<str>, &'a Box<str>)>) -> Option<Yaml> {
    let pairs: Vec<_> = (pairs.into_iter())
        .map(|(key, value)| (text(key), text(value)))
        .collect();
    (!pairs.is_empty()).then_some(Yaml::Map(pairs))
}

/// A quantity of Kubernetes as a number: `500m` is 0.5.
pub(crate) fn number(quantity: &Quantity) -> Option<f64> {
    let text = quantity.0.as_str();
    let unit = text.find(|character: char| !matches!(character, '0'..='9' | '.' | '+' | '-'));
    let (digits, unit) = text.split_at(unit.unwrap_or(text.len()));
    let digits: f64 = digits.parse().ok()?;
    let scaled = match unit {
        "" => digits,
        "n" => digits / 1e9,
        "u" => digits / 1e6,
        "m" => digits / 1e3,
        "k" => digits * 1e3,
        "M" => digits * 1e6,
        "G" => digits * 1e9,
        "T" => digits * 1e12,
        "P" => digits * 1e15,
        "E" => digits * 1e18,
        "Ki" => digits * 1024_f64,
        "Mi" => digits * 1024_f64.powi(2),
        "Gi" => digits * 1024_f64.powi(3),
        "Ti" => digits * 1024_f64.powi(4),
        "Pi" => digits * 1024_f64.powi(5),
        "Ei" => digits * 1024_f64.powi(6),
        _ => text.parse().ok()?,
    };
    Some(scaled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_numbers() {
        for (text, expected) in [
            ("12.124", Some(12.124)),
            ("500m", Some(0.5)),
            ("1", Some(1.0)),
            ("2Ki", Some(2048.0)),
            ("1e-3", Some(0.001)),
            ("-1.5k", Some(-1500.0)),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(number(&Quantity(text.to_owned())), expected, "{text}");
        }
    }
}
