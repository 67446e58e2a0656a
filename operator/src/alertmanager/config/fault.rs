//! What a rule finds wrong with a section: at which key, and why. Keys are those of the file; the walk that asked the rule
//! puts them into the words of the reader. Pure data.

use std::error::Error;

/// A wrong section.
#[derive(Debug)]
pub struct Fault {
    /// The key, or a path that begins with it; empty: the section as a whole.
    pub key: String,
    /// Why.
    pub cause: Cause,
}

/// Why a section is wrong: one of the reasons that many sections share, which name keys, or one of its own. Never holds a
/// value of a file.
#[derive(Debug)]
pub enum Cause {
    /// The key must be set.
    Required,
    /// One of these must be set.
    OneOf(&'static [&'static str]),
    /// One of these must be set, and one only.
    OnlyOneOf(&'static [&'static str]),
    /// One of the first must be set, or one of the second in the global section.
    OneOfOrGlobal(&'static [&'static str], &'static [&'static str]),
    /// The key and these must not both be set.
    NotWith(&'static [&'static str]),
    /// The key is of no use unless one of these is set.
    OnlyWith(&'static [&'static str]),
    /// The value is not one of these; the empty one may be left out.
    NoneOf(&'static [&'static str]),
    /// The value is negative.
    Negative,
    /// A reason that only this section has.
    Own(Box<dyn Error + Send + Sync>),
}

impl Fault {
    /// A fault at `key`.
    pub fn new(key: impl Into<String>, cause: Cause) -> Self {
        Self { key: key.into(), cause }
    }
}

/// Gives a plain error the key that it is about.
pub(super) trait At<T> {
    /// The error is about `key`.
    fn at(self, key: impl Into<String>) -> Result<T, Fault>;
}

impl<T, E: Error + Send + Sync + 'static> At<T> for Result<T, E> {
    fn at(self, key: impl Into<String>) -> Result<T, Fault> {
        self.map_err(|error| Fault::new(key, Cause::Own(Box::new(error))))
    }
}
