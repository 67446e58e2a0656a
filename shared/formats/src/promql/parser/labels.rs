//! Lists of labels between parentheses: of groups, and of what series are matched on.

use super::Parser;
use crate::promql::error::{Error, Expected, Fault};
use crate::promql::name::Names;
use crate::promql::token::Kind;

impl Parser<'_> {
    /// Reads a list of labels. A comma may occur after the last one.
    pub(super) fn labels(&mut self) -> Result<Box<[Box<str>]>, Error> {
        self.take_expected(Kind::LeftParenthesis, Expected::OpeningParenthesis)?;
        let mut labels = Vec::new();
        while !self.take(Kind::RightParenthesis)? {
            labels.push(self.label()?);
            if !self.take(Kind::Comma)? {
                self.take_expected(Kind::RightParenthesis, Expected::NextLabel)?;
                break;
            }
        }
        Ok(labels.into())
    }

    fn label(&mut self) -> Result<Box<str>, Error> {
        let token = self.token;
        match token.kind {
            Kind::String => {
                let text = self.string()?;
                match std::str::from_utf8(&text.0) {
                    Ok(label) if !label.is_empty() => Ok(label.into()),
                    _ => Err(self.error_at(token.start as usize, Fault::LabelName)),
                }
            }
            kind if kind.names_label() => {
                self.advance()?;
                let label = self.slice(token);
                // Taken for a label as ever, unless the flag says which names are.
                if Names::of(self.options) == Names::Utf8 && label.contains(':') {
                    return Err(self.error_at(token.start as usize, Fault::LabelName));
                }
                Ok(label.into())
            }
            _ => Err(self.unexpected(Expected::Label)),
        }
    }
}
