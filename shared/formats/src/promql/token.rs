//! Kinds of tokens, and the words that are keywords. Data only.
//!
//! Nearly every keyword is also a name where no keyword can occur: of a metric, or of a label in a list of labels.

use super::operator::{Aggregator, BinaryOperator};

/// A piece of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// First byte.
    pub(super) start: u32,
    /// Behind the last byte.
    pub(super) end: u32,
}

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    EndOfText,
    LeftParenthesis,
    RightParenthesis,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    Comma,
    Colon,
    At,
    /// `=`, between braces.
    Equal,
    /// `=~`
    EqualRegex,
    /// `!~`
    NotEqualRegex,
    Number,
    Duration,
    String,
    Identifier,
    /// A name with a colon.
    MetricIdentifier,
    Operator(BinaryOperator),
    Aggregator(Aggregator),
    Anchored,
    Bool,
    By,
    End,
    Fill,
    FillLeft,
    FillRight,
    GroupLeft,
    GroupRight,
    Ignoring,
    MaxOf,
    MinOf,
    Offset,
    On,
    Range,
    Smoothed,
    Start,
    Step,
    Without,
}

/// Length of the longest keyword.
const LONGEST: usize = 12;

/// The keywords, sorted. Upper and lower case are the same.
const KEYWORDS: &[(&[u8], Kind)] = &[
    (b"anchored", Kind::Anchored),
    (b"and", Kind::Operator(BinaryOperator::And)),
    (b"atan2", Kind::Operator(BinaryOperator::Atan2)),
    (b"avg", Kind::Aggregator(Aggregator::Avg)),
    (b"bool", Kind::Bool),
    (b"bottomk", Kind::Aggregator(Aggregator::Bottomk)),
    (b"by", Kind::By),
    (b"count", Kind::Aggregator(Aggregator::Count)),
    (b"count_values", Kind::Aggregator(Aggregator::CountValues)),
    (b"end", Kind::End),
    (b"fill", Kind::Fill),
    (b"fill_left", Kind::FillLeft),
    (b"fill_right", Kind::FillRight),
    (b"group", Kind::Aggregator(Aggregator::Group)),
    (b"group_left", Kind::GroupLeft),
    (b"group_right", Kind::GroupRight),
    (b"ignoring", Kind::Ignoring),
    (b"inf", Kind::Number),
    (b"limit_ratio", Kind::Aggregator(Aggregator::LimitRatio)),
    (b"limitk", Kind::Aggregator(Aggregator::Limitk)),
    (b"max", Kind::Aggregator(Aggregator::Max)),
    (b"max_of", Kind::MaxOf),
    (b"min", Kind::Aggregator(Aggregator::Min)),
    (b"min_of", Kind::MinOf),
    (b"nan", Kind::Number),
    (b"offset", Kind::Offset),
    (b"on", Kind::On),
    (b"or", Kind::Operator(BinaryOperator::Or)),
    (b"quantile", Kind::Aggregator(Aggregator::Quantile)),
    (b"range", Kind::Range),
    (b"smoothed", Kind::Smoothed),
    (b"start", Kind::Start),
    (b"stddev", Kind::Aggregator(Aggregator::Stddev)),
    (b"stdvar", Kind::Aggregator(Aggregator::Stdvar)),
    (b"step", Kind::Step),
    (b"sum", Kind::Aggregator(Aggregator::Sum)),
    (b"topk", Kind::Aggregator(Aggregator::Topk)),
    (b"unless", Kind::Operator(BinaryOperator::Unless)),
    (b"without", Kind::Without),
];

impl Kind {
    /// The keyword that `word` is.
    pub(super) fn keyword(word: &[u8]) -> Option<Self> {
        let mut lower = [0; LONGEST];
        let lower = lower.get_mut(..word.len())?;
        lower.copy_from_slice(word);
        lower.make_ascii_lowercase();
        let index = KEYWORDS.binary_search_by(|(name, _)| (*name).cmp(lower)).ok()?;
        KEYWORDS.get(index).map(|(_, kind)| *kind)
    }

    /// Whether the word may be the name of a metric.
    pub(super) const fn names_metric(self) -> bool {
        use BinaryOperator::{And, Or, Unless};
        matches!(
            self,
            Self::Identifier
                | Self::MetricIdentifier
                | Self::Operator(And | Or | Unless)
                | Self::Aggregator(_)
                | Self::Anchored
                | Self::By
                | Self::Fill
                | Self::FillLeft
                | Self::FillRight
                | Self::Offset
                | Self::Smoothed
                | Self::Without
        ) || self.names_function()
    }

    /// Whether the word may be the name of a function.
    pub(super) const fn names_function(self) -> bool {
        matches!(
            self,
            Self::Identifier | Self::Start | Self::End | Self::Step | Self::Range | Self::MaxOf | Self::MinOf
        )
    }

    /// Whether the word may be the name of a label in a list of labels.
    pub(super) const fn names_label(self) -> bool {
        match self {
            Self::Without => false,
            Self::Operator(BinaryOperator::Atan2)
            | Self::Bool
            | Self::GroupLeft
            | Self::GroupRight
            | Self::Ignoring
            | Self::On => true,
            _ => self.names_metric(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_and_found_in_any_case() {
        assert!(KEYWORDS.is_sorted_by_key(|(name, _)| *name));
        assert!(KEYWORDS.iter().all(|(name, _)| name.len() <= LONGEST));
        assert_eq!(Kind::keyword(b"Group_Left"), Some(Kind::GroupLeft));
        assert_eq!(Kind::keyword(b"group_middle"), None);
        assert_eq!(Kind::keyword(b"count_values_"), None);
    }
}
