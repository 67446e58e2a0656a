//! What kinds of failures a reload has, for metrics, health and logs.

/// What kind of failure it is; a word of metrics and logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The target cannot be called: it is away, or something is between.
    Unreachable,
    /// It took too long.
    TimedOut,
    /// It said no.
    Refused,
    /// It said yes, and runs something else.
    Unconfirmed,
}

impl Trouble {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Unreachable, Self::TimedOut, Self::Refused, Self::Unconfirmed];

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Refused => "refused",
            Self::Unconfirmed => "unconfirmed",
        }
    }
}
