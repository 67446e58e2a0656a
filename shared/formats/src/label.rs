//! Names of labels and metrics: which are valid, and how other names are made so.
//!
//! Pure; the rules are those of prometheus/common's `model` package, of the original's service discovery (Kubernetes'
//! meta labels), and of Go's `regexp.QuoteMeta`.

/// Which names are valid: all of UTF-8 since Prometheus 3, letters, digits and underscores before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `[a-zA-Z_][a-zA-Z0-9_]*`, for metrics with `:` too.
    Legacy,
    /// Any text but the empty one.
    Utf8,
}

impl Scheme {
    /// Whether `name` may be the name of a label.
    pub fn allows_label(self, name: &str) -> bool {
        match self {
            Self::Legacy => is_identifier(name, |_| false),
            Self::Utf8 => !name.is_empty(),
        }
    }

    /// Whether `name` may be the name of a metric.
    pub fn allows_metric(self, name: &str) -> bool {
        match self {
            Self::Legacy => is_identifier(name, |byte| byte == b':'),
            Self::Utf8 => !name.is_empty(),
        }
    }
}

fn is_identifier(name: &str, also: fn(u8) -> bool) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || also(byte))
}

/// `name` with an underscore in place of each character that is no ASCII letter, digit or underscore, as Prometheus names
/// the meta labels of Kubernetes' labels and annotations.
pub fn sanitized(name: &str) -> String {
    name.chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '_'
            }
        })
        .collect()
}

/// A regular expression that matches `text` and nothing else.
pub fn quoted(text: &str) -> String {
    let mut expression = String::with_capacity(text.len());
    for character in text.chars() {
        if r"\.+*?()|[]{}^$".contains(character) {
            expression.push('\\');
        }
        expression.push(character);
    }
    expression
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legacy_names_are_identifiers() {
        for (name, label, metric) in [
            ("job", true, true),
            ("__meta_x9", true, true),
            ("rule:sum", false, true),
            ("9lives", false, false),
            ("a-b", false, false),
            ("größe", false, false),
            ("", false, false),
        ] {
            assert_eq!(Scheme::Legacy.allows_label(name), label, "{name}");
            assert_eq!(Scheme::Legacy.allows_metric(name), metric, "{name}");
            assert_eq!(Scheme::Utf8.allows_label(name), !name.is_empty(), "{name}");
        }
    }

    #[test]
    fn sanitizes_by_character_and_quotes_by_syntax() {
        assert_eq!(sanitized("app.kubernetes.io/größe"), "app_kubernetes_io_gr__e");
        assert_eq!(quoted("a.b|c-d"), r"a\.b\|c-d");
    }
}
