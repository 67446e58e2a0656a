//! Names that need no quotes: of ASCII, and with a feature flag also with letters of any script and dots. Pure.

use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};

use super::edition::Edition;
use super::{Options, number};
use crate::label::Scheme;

/// Which names need no quotes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Names {
    /// Letters of ASCII, digits and underscores.
    #[default]
    Ascii,
    /// Also letters of any script, and after the first character dots.
    Utf8,
}

impl Names {
    /// Those that are read with these options.
    pub(super) fn of(options: Options) -> Self {
        if options.unquoted_utf8_names && options.edition >= Edition::V3_16 {
            Self::Utf8
        } else {
            Self::Ascii
        }
    }

    /// Whether a name outside of ASCII begins with this text.
    pub(super) fn starts(self, text: &str) -> bool {
        self == Self::Utf8 && text.starts_with(|first: char| !first.is_ascii() && is_letter(first))
    }

    /// How many bytes of `text` go on with a name.
    pub(super) fn length(self, text: &str, also: impl Fn(u8) -> bool) -> usize {
        let mut length = 0;
        while let Some(rest) = text.get(length..) {
            length += match rest.bytes().next() {
                Some(byte) if number::is_word(byte) || also(byte) => 1,
                Some(b'.') if self == Self::Utf8 => 1,
                Some(0x80..) if self.starts(rest) => rest.chars().next().map_or(0, char::len_utf8),
                _ => return length,
            };
        }
        length
    }

    /// Whether a label is printed without quotes.
    pub(super) fn allow(self, label: &str) -> bool {
        let starts =
            || label.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') || self.starts(label);
        match self {
            Self::Ascii => Scheme::Legacy.allows_label(label),
            Self::Utf8 => starts() && self.length(label, |_| false) == label.len(),
        }
    }
}

/// Letters are those of the Unicode version of our tables. Go's may be an older one, which knows fewer.
fn is_letter(character: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    GeneralCategoryGroup::Letter.contains(category)
}
