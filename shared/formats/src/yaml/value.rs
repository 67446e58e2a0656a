//! The tree. Mappings keep the order in which their pairs were put in.

use std::borrow::Cow;

/// A YAML node.
#[derive(Debug, Clone, PartialEq)]
pub enum Yaml {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number above `i64::MAX`.
    UInt(u64),
    /// A number with a fraction or an exponent, an infinity, or not a number.
    Float(f64),
    /// A text.
    Str(Cow<'static, str>),
    /// A number, a truth value or a date in the words of its author, such as `1.10`, `0123` or `on`: a reader that wants a
    /// text gets these words.
    Plain(Box<str>),
    /// A text that is not UTF-8, such as a password in Latin-1: written in base64 after `!!binary`.
    Bytes(Box<[u8]>),
    /// A list, written as a block.
    Seq(Vec<Yaml>),
    /// A list, written on one line: `[a, b]`.
    Flow(Vec<Yaml>),
    /// Key-value pairs in output order. Keys are texts in all that we generate; users may write others.
    Map(Vec<(Yaml, Yaml)>),
}

/// A mapping with static keys: `map([("action", "keep".into())])`.
pub fn map(pairs: impl IntoIterator<Item = (&'static str, Yaml)>) -> Yaml {
    Yaml::Map(pairs.into_iter().map(|(key, value)| (Yaml::from(key), value)).collect())
}

impl Yaml {
    /// The content of a Secret: a text, or bytes where it is not UTF-8.
    pub fn from_utf8_or_bytes(content: Vec<u8>) -> Self {
        match String::from_utf8(content) {
            Ok(text) => Self::Str(Cow::Owned(text)),
            Err(error) => Self::Bytes(error.into_bytes().into_boxed_slice()),
        }
    }

    /// The text of a text node.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The words of a scalar that was read with them ([`parse_mappings`](super::parse_mappings)), which is what a reader
    /// gets that wants a text.
    pub fn words(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Str(text) => Some(Cow::Borrowed(text)),
            Self::Plain(words) => Some(Cow::Borrowed(words)),
            Self::Bool(_) | Self::Int(_) | Self::UInt(_) | Self::Float(_) => {
                Some(Cow::Owned(super::to_string(self).trim_end().to_owned()))
            }
            Self::Null | Self::Bytes(_) | Self::Seq(_) | Self::Flow(_) | Self::Map(_) => None,
        }
    }

    /// The items of a list, block or flow.
    pub fn as_seq(&self) -> Option<&[Yaml]> {
        match self {
            Self::Seq(items) | Self::Flow(items) => Some(items),
            _ => None,
        }
    }

    /// The pairs of a mapping.
    pub fn as_map(&self) -> Option<&[(Yaml, Yaml)]> {
        match self {
            Self::Map(pairs) => Some(pairs),
            _ => None,
        }
    }

    /// The value of `key` in a mapping; the first one where a key occurs twice.
    pub fn value_of(&self, key: &str) -> Option<&Yaml> {
        self.as_map()?
            .iter()
            .find(|(name, _)| name.as_str() == Some(key))
            .map(|(_, value)| value)
    }
}

impl From<bool> for Yaml {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i32> for Yaml {
    fn from(value: i32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<i64> for Yaml {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u64> for Yaml {
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or(Self::UInt(value), Self::Int)
    }
}

impl From<f64> for Yaml {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<&'static str> for Yaml {
    fn from(text: &'static str) -> Self {
        Self::Str(Cow::Borrowed(text))
    }
}

impl From<String> for Yaml {
    fn from(text: String) -> Self {
        Self::Str(Cow::Owned(text))
    }
}

impl From<Box<str>> for Yaml {
    fn from(text: Box<str>) -> Self {
        Self::Str(Cow::Owned(text.into_string()))
    }
}

impl<T: Into<Yaml>> From<Vec<T>> for Yaml {
    fn from(items: Vec<T>) -> Self {
        Self::Seq(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Yaml>> FromIterator<T> for Yaml {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::Seq(items.into_iter().map(Into::into).collect())
    }
}
