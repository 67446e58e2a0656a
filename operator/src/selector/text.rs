//! Selectors of labels and of fields as the API of Kubernetes takes them in a query, which is how users write them for
//! Prometheus. Pure; the grammars are those of apimachinery's `labels.Parse` and `fields.ParseSelector`.

use super::{Error, check_key, check_value};
use formats::excerpt::Excerpt;

/// A text that is no selector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TextError {
    /// Something else is expected here.
    #[error("expected {expected} at {rest:?}")]
    Expected {
        /// What should.
        expected: &'static str,
        /// The text from there on.
        rest: Excerpt,
    },
    /// No label has this key or value.
    #[error(transparent)]
    Requirement(#[from] Error),
    /// Only numbers can be compared.
    #[error("{value:?} is not a whole number")]
    Number {
        /// What is given.
        value: Excerpt,
    },
    /// A comma, an equals sign or a backslash in a value needs a backslash in front of it, and nothing else has one.
    #[error("{value:?} is not escaped correctly")]
    Escape {
        /// The value.
        value: Excerpt,
    },
}

/// Checks a selector of labels, such as `app=web,tier in (a,b),!canary`.
pub(crate) fn check_label_text(text: &str) -> Result<(), TextError> {
    let mut cursor = Cursor {
        rest: text.trim_start(),
    };
    while !cursor.is_at_end() {
        cursor.requirement()?;
        if cursor.is_at_end() {
            break;
        }
        cursor.expect(",", "a comma")?;
        if cursor.is_at_end() {
            return Err(cursor.expected("a requirement"));
        }
    }
    Ok(())
}

/// Checks a selector of fields, such as `status.phase=Running,metadata.name!=node-1`.
pub(crate) fn check_field_text(text: &str) -> Result<(), TextError> {
    for term in split_unescaped(text).filter(|term| !term.is_empty()) {
        let Some((field, value)) = term.split_once('=') else {
            let (expected, rest) = ("a field with an operator", term.into());
            return Err(TextError::Expected { expected, rest });
        };
        let value = match value.strip_prefix('=') {
            Some(value) if !field.ends_with('!') => value,
            _ => value,
        };
        if !is_escaped(value) {
            return Err(TextError::Escape { value: value.into() });
        }
    }
    Ok(())
}

/// The parts between commas that have no backslash in front of them.
fn split_unescaped(text: &str) -> impl Iterator<Item = &str> {
    let mut is_after_backslash = false;
    text.split(move |character| {
        let is_separator = character == ',' && !is_after_backslash;
        is_after_backslash = character == '\\' && !is_after_backslash;
        is_separator
    })
}

fn is_escaped(value: &str) -> bool {
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        let is_fine = match character {
            '\\' => matches!(characters.next(), Some('\\' | ',' | '=')),
            ',' | '=' => false,
            _ => true,
        };
        if !is_fine {
            return false;
        }
    }
    true
}

/// Symbols, the longer ones first.
const SYMBOLS: [&str; 9] = ["==", "!=", "=", "!", "(", ")", ",", ">", "<"];

/// A place in the text of a selector of labels. Space is skipped after each word and symbol.
struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    fn expected(&self, expected: &'static str) -> TextError {
        let rest = self.rest.into();
        TextError::Expected { expected, rest }
    }

    fn symbol(&self) -> Option<&'static str> {
        SYMBOLS.into_iter().find(|symbol| self.rest.starts_with(symbol))
    }

    fn advance(&mut self, length: usize) {
        self.rest = self.rest[length..].trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn take(&mut self, symbol: &str) -> bool {
        let is_next = self.symbol() == Some(symbol);
        if is_next {
            self.advance(symbol.len());
        }
        is_next
    }

    fn expect(&mut self, symbol: &str, expected: &'static str) -> Result<(), TextError> {
        if self.take(symbol) {
            return Ok(());
        }
        Err(self.expected(expected))
    }

    /// The word that is here; empty where a symbol does.
    fn word(&mut self) -> &'a str {
        let is_other = |character: char| "=!(),><".contains(character) || " \t\r\n".contains(character);
        let end = self.rest.find(is_other).unwrap_or(self.rest.len());
        let word = &self.rest[..end];
        self.advance(end);
        word
    }

    /// A key with or without an operator and values.
    fn requirement(&mut self) -> Result<(), TextError> {
        let is_negated = self.take("!");
        let key = self.word();
        check_key(key)?;
        if self.is_at_end() || self.symbol() == Some(",") {
            return Ok(());
        }
        if is_negated {
            return Err(self.expected("a comma"));
        }
        if self.take("=") || self.take("==") || self.take("!=") {
            return Ok(check_value(key, self.word())?);
        }
        if self.take(">") || self.take("<") {
            let value = self.word();
            return match value.parse::<i64>() {
                Ok(_) => Ok(check_value(key, value)?),
                Err(_) => Err(TextError::Number { value: value.into() }),
            };
        }
        let at_operator = self.expected("an operator");
        match self.word() {
            "in" | "notin" => self.values(key),
            _ => Err(at_operator),
        }
    }

    /// Values between brackets. Each of several may be empty.
    fn values(&mut self, key: &str) -> Result<(), TextError> {
        self.expect("(", "an opening bracket")?;
        if self.take(")") {
            return Err(Error::NoValues { key: key.into() }.into());
        }
        loop {
            check_value(key, self.word())?;
            if self.take(")") {
                return Ok(());
            }
            self.expect(",", "a comma or a closing bracket")?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_of_labels_are_read_as_kubernetes_reads_them() {
        for text in [
            "",
            " ",
            "app",
            "!app",
            "! example.com/app , tier",
            "app=web",
            "app == web,tier!=db",
            "app=",
            "app=,tier=x",
            "in in (in, notin)",
            "app notin (a,,b)",
            "app in (,)",
            "size>5,size<7",
        ] {
            assert_eq!(check_label_text(text), Ok(()), "{text}");
        }
        for (text, message) in [
            ("app,", "expected a requirement at \"\""),
            ("app tier", "expected an operator at \"tier\""),
            ("!app=web", "expected a comma at \"=web\""),
            ("=web", "\"\" is not a valid label key"),
            ("!=web", "\"\" is not a valid label key"),
            ("app=web=x", "expected a comma at \"=x\""),
            (
                "app in ()",
                "key \"app\": for 'In' and 'NotIn' operators, values set can't be empty",
            ),
            ("app in a", "expected an opening bracket at \"a\""),
            ("app in (a b)", "expected a comma or a closing bracket at \"b)\""),
            ("app in (a", "expected a comma or a closing bracket at \"\""),
            ("app=-x", "key \"app\": \"-x\" is not a valid label value"),
            ("size<-7", "key \"size\": \"-7\" is not a valid label value"),
            ("size>big", "\"big\" is not a whole number"),
            ("app)", "expected an operator at \")\""),
        ] {
            let error = check_label_text(text).expect_err(text);
            assert_eq!(error.to_string(), message, "{text}");
        }
    }

    #[test]
    fn selectors_of_fields_are_read_as_kubernetes_reads_them() {
        for text in [
            "",
            "status.phase=Running,metadata.name!=node-1",
            "a==b,,c=",
            r"a=one\,two\=three\\",
        ] {
            assert_eq!(check_field_text(text), Ok(()), "{text}");
        }
        for text in ["status.phase", "a=b=c", "a!==b", "a===b", r"a=b\", r"a=\b"] {
            assert!(check_field_text(text).is_err(), "{text}");
        }
    }
}
