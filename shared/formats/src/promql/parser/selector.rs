//! Selectors: the name of a metric and matchers between braces.

use super::{Open, Operand, Parser};
use crate::promql::ast::{MatchOperator, Matcher, Node, Selector, Text, ValueType};
use crate::promql::error::{Error, Expected, Fault};
use crate::promql::operator::BinaryOperator;
use crate::promql::token::Kind;
use crate::regular_expression;

/// Label that holds the name of the metric.
const NAME: &[u8] = b"__name__";

impl Parser<'_> {
    /// Reads a selector whose `name` is read.
    pub(super) fn selector(&mut self, name: Option<&str>, start: usize) -> Result<Operand, Error> {
        let (mut matchers, mut selects_all) = (Vec::new(), true);
        if self.take(Kind::LeftBrace)? {
            while !self.take(Kind::RightBrace)? {
                let at = self.token.start as usize;
                let matcher = self.matcher()?;
                selects_all &= self.matches_empty(&matcher, at)?;
                if name.is_some() && *matcher.label.0 == *NAME {
                    return Err(self.error_at(at, Fault::NameTwice));
                }
                matchers.push(matcher);
                if !self.take(Kind::Comma)? && self.token.kind != Kind::RightBrace {
                    return Err(self.unexpected(Expected::NextMatcher));
                }
            }
        }
        if name.is_none() && selects_all && !self.is_label_set_expected() {
            return Err(self.error_at(start, Fault::SelectsAll));
        }
        let selector = Selector {
            name: name.map(Into::into),
            matchers: matchers.into(),
            range: None,
            at: None,
            offset: None,
            window: None,
        };
        Ok(self.push(Node::Selector(Box::new(selector)), ValueType::Vector, start))
    }

    fn is_label_set_expected(&self) -> bool {
        match self.open.last() {
            Some(Open::Call(call)) => call.takes_labels(self.arguments.len() - call.arguments),
            _ => false,
        }
    }

    fn matcher(&mut self) -> Result<Matcher, Error> {
        let token = self.token;
        let label = match token.kind {
            Kind::Identifier => {
                self.advance()?;
                Text(self.slice(token).as_bytes().into())
            }
            Kind::String => {
                let label = self.string()?;
                if matches!(self.token.kind, Kind::Comma | Kind::RightBrace) {
                    return Ok(Matcher {
                        label: Text(NAME.into()),
                        operator: MatchOperator::Equal,
                        value: label,
                    });
                }
                label
            }
            _ => return Err(self.unexpected(Expected::Matcher)),
        };
        let operator = match self.token.kind {
            Kind::Equal => MatchOperator::Equal,
            Kind::Operator(BinaryOperator::NotEqual) => MatchOperator::NotEqual,
            Kind::EqualRegex => MatchOperator::Regex,
            Kind::NotEqualRegex => MatchOperator::NotRegex,
            _ => return Err(self.unexpected(Expected::MatchOperator)),
        };
        self.advance()?;
        if self.token.kind != Kind::String {
            return Err(self.unexpected(Expected::Value));
        }
        let value = self.string()?;
        Ok(Matcher { label, operator, value })
    }

    /// Whether a series without the label would be selected.
    fn matches_empty(&self, matcher: &Matcher, at: usize) -> Result<bool, Error> {
        let value = &*matcher.value.0;
        Ok(match matcher.operator {
            MatchOperator::Equal => value.is_empty(),
            MatchOperator::NotEqual => !value.is_empty(),
            MatchOperator::Regex => regex_matches_empty(value).map_err(|fault| self.error_at(at, fault))?,
            MatchOperator::NotRegex => !regex_matches_empty(value).map_err(|fault| self.error_at(at, fault))?,
        })
    }
}

/// Whether an expression matches the empty text. Plain alternatives need not be UTF-8, as nothing is compiled for them.
fn regex_matches_empty(value: &[u8]) -> Result<bool, Fault> {
    if !value.iter().any(|byte| br"\.+*?()[]{}^$".contains(byte)) {
        return Ok(value.split(|byte| *byte == b'|').any(<[u8]>::is_empty));
    }
    let text = std::str::from_utf8(value).map_err(|_| Fault::RegularExpressionEncoding)?;
    regular_expression::matches_empty(text).map_err(Fault::RegularExpression)
}
