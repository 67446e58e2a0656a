//! Two macros for the small texts of the API: `words!` for closed lists (an enum that knows its spellings) and `text!`
//! for strings with a pattern. Both write serde and schema by hand: the derives would leave aliases out of the schema
//! and cost more to build.

use serde::{
    Deserializer, Serializer,
    de::{Error, Visitor},
};
use std::{fmt, marker::PhantomData};

/// A value of a closed list, written as one of its words.
pub trait Word: Copy + 'static {
    /// Every accepted spelling with its value; the first of a value is the canonical one.
    const WORDS: &'static [(&'static str, Self)];

    /// The value with this spelling, if there is one. Case matters, as in the schema.
    fn from_word(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, value)| *value)
    }
}

/// Reads one word, or says which ones there are.
pub(crate) fn deserialize<'de, W: Word, D: Deserializer<'de>>(deserializer: D) -> Result<W, D::Error> {
    struct Reader<W>(PhantomData<W>);
    impl<W: Word> Visitor<'_> for Reader<W> {
        type Value = W;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("one of")?;
            W::WORDS.iter().try_for_each(|(word, _)| write!(f, " {word:?}"))
        }

        fn visit_str<E: Error>(self, word: &str) -> Result<W, E> {
            W::from_word(word).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(word), &self))
        }
    }
    deserializer.deserialize_str(Reader(PhantomData))
}

/// The schema of a closed list: all spellings, in order.
#[cfg(feature = "schema")]
pub(crate) fn schema<W: Word>() -> schemars::Schema {
    let words: Vec<_> = W::WORDS.iter().map(|(word, _)| *word).collect();
    schemars::json_schema!({ "type": "string", "enum": words })
}

/// Writes a string unchanged.
pub(crate) fn serialize<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

/// Declares an enum by its words: `Variant = "canonical" | "other spelling"`.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $word:literal $(| $alias:literal)*,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $name {
            /// The canonical spelling.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl $crate::words::Word for $name {
            const WORDS: &'static [(&'static str, Self)] =
                &[$(($word, Self::$variant), $(($alias, Self::$variant),)*)+];
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::words::serialize(self.as_str(), serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::words::deserialize(deserializer)
            }
        }

        #[cfg(feature = "schema")]
        impl ::schemars::JsonSchema for $name {
            fn inline_schema() -> bool { true }

            fn schema_name() -> ::std::borrow::Cow<'static, str> { stringify!($name).into() }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                $crate::words::schema::<Self>()
            }
        }
    };
}

/// Declares a string whose form the schema prescribes. It reads as a `str` and is not checked again here: the API
/// server has applied the pattern, and each renderer parses what it needs. A serialiser is told its name.
macro_rules! text {
    ($(#[$meta:meta])* pub struct $name:ident { $($keyword:literal: $value:expr),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, ::serde::Deserialize, ::serde::Serialize)]
        pub struct $name(Box<str>);

        impl $name {
            /// The string as written.
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl ::std::ops::Deref for $name {
            type Target = str;

            fn deref(&self) -> &str { &self.0 }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self { Self(text.into()) }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { f.pad(&self.0) }
        }

        #[cfg(feature = "schema")]
        impl ::schemars::JsonSchema for $name {
            fn inline_schema() -> bool { true }

            fn schema_name() -> ::std::borrow::Cow<'static, str> { stringify!($name).into() }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({ "type": "string", $($keyword: $value),+ })
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RelabelAction, Scheme};
    use serde_json::{from_value, json, to_value};

    #[test]
    fn every_spelling_is_read_and_the_first_is_written() {
        for spelling in ["https", "HTTPS"] {
            assert_eq!(from_value::<Scheme>(json!(spelling)).unwrap(), Scheme::Https);
        }
        assert_eq!(to_value(RelabelAction::LabelDrop).unwrap(), json!("labeldrop"));
        assert_eq!(RelabelAction::from_word("LABELDROP"), None);
    }

    #[test]
    fn an_unknown_word_is_refused_with_the_known_ones() {
        let error = from_value::<Scheme>(json!("ftp")).unwrap_err().to_string();
        assert_eq!(
            error,
            r#"invalid value: string "ftp", expected one of "http" "HTTP" "https" "HTTPS""#
        );
    }
}
