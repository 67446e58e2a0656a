//! What a message quotes of a text that somebody else wrote: the beginning, where it is long. A megabyte in a field must not
//! become a megabyte in every condition, event and log line about it. Pure.

use std::fmt;

/// Most characters of a quoted text.
const MOST: usize = 200;

/// A text, or the first 200 characters of it and an ellipsis.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Excerpt(Box<str>);

impl From<&str> for Excerpt {
    fn from(text: &str) -> Self {
        Self(match text.char_indices().nth(MOST) {
            None => text.into(),
            Some((end, _)) => format!("{}…", &text[..end]).into(),
        })
    }
}

impl From<&Box<str>> for Excerpt {
    fn from(text: &Box<str>) -> Self {
        Self::from(&**text)
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

/// The beginning of `text`, of at most `most` bytes, cut between characters.
pub fn beginning(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_ends_between_characters() {
        assert_eq!(beginning("short", 9), "short");
        assert_eq!(beginning(&format!("x{}", "é".repeat(600)), 1024).len(), 1023);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(Excerpt::from("a\"b").to_string(), "a\"b");
        assert_eq!(format!("{:?}", Excerpt::from("a\"b")), r#""a\"b""#);
        assert_eq!(Excerpt::from(&*"é".repeat(200)).to_string(), "é".repeat(200));
        assert_eq!(
            Excerpt::from(&*"é".repeat(100_000)).to_string(),
            format!("{}…", "é".repeat(200))
        );
    }
}
