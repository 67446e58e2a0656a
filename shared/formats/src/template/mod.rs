//! Templates of Go (`text/template`): whether one parses. Nothing is executed. Pure.
//!
//! The language is that of Go 1.26, its rules those of the package `text/template/parse`; the recordings of the
//! conformance suite hold us to them. Time and memory grow with the length of the text: blocks are kept on a list and
//! not on the stack of calls, so they nest as deeply as the text is long; parentheses nest up to [`MAX_DEPTH`], as in Go.

mod error;
mod function;
mod letter;
mod lexer;
mod literal;
mod parser;
mod pipeline;
mod quoted;
mod scope;
mod token;

#[cfg(test)]
mod tests;

pub use error::{Cause, Error, MAX_DEPTH};
pub use function::Functions;
pub use token::{Keyword, Place};

/// Checks a template without a name of its own, with the `functions` that it may call.
pub fn check(text: &str, functions: &Functions) -> Result<(), Error> {
    check_named("", text, functions)
}

/// Checks a template called `name`: a `define` in it that is not blank must not take the same name.
pub fn check_named(name: &str, text: &str, functions: &Functions) -> Result<(), Error> {
    parser::Parser::new(name, text, functions).run()
}
