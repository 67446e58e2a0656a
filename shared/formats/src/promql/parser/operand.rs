//! What an operand starts with: a literal, a selector, a call, an aggregation, parentheses or a sign.

use super::aggregation::OpenAggregation;
use super::call::OpenCall;
use super::operation::OpenSign;
use super::{Open, Operand, Parser};
use crate::duration::PrometheusDuration;
use crate::promql::ast::{Node, Number, Text, ValueType};
use crate::promql::error::{Error, Expected, Fault};
use crate::promql::number;
use crate::promql::operator::BinaryOperator;
use crate::promql::token::{Kind, Token};
use crate::quote;

const NANOSECONDS: i64 = 1_000_000_000;

impl Parser<'_> {
    /// Reads an operand, or the start of one, of which nothing is given.
    pub(super) fn operand(&mut self) -> Result<Option<Operand>, Error> {
        let token = self.token;
        let start = token.start as usize;
        match token.kind {
            Kind::Number | Kind::Duration => {
                let number = self.number()?;
                Ok(Some(self.push(Node::Number(number), ValueType::Scalar, start)))
            }
            Kind::String => {
                let text = self.string()?;
                Ok(Some(self.push(Node::String(text), ValueType::String, start)))
            }
            Kind::LeftBrace => self.selector(None, start).map(Some),
            Kind::LeftParenthesis => {
                self.advance()?;
                self.open(Open::Parentheses { start })?;
                Ok(None)
            }
            Kind::Operator(operator @ (BinaryOperator::Add | BinaryOperator::Subtract)) => {
                self.advance()?;
                let is_minus = operator == BinaryOperator::Subtract;
                self.open.push(Open::Sign(OpenSign { is_minus, start }));
                Ok(None)
            }
            kind if kind.names_metric() => self.named(token),
            _ => Err(self.unexpected(Expected::Operand)),
        }
    }

    /// Reads what starts with a name.
    fn named(&mut self, token: Token) -> Result<Option<Operand>, Error> {
        self.advance()?;
        let start = token.start as usize;
        match (token.kind, self.token.kind) {
            (Kind::Aggregator(aggregator), Kind::LeftParenthesis | Kind::By | Kind::Without) => {
                let grouping = self.grouping()?;
                self.take_expected(Kind::LeftParenthesis, Expected::OpeningParenthesis)?;
                let aggregation = OpenAggregation {
                    aggregator,
                    grouping,
                    start,
                    arguments: self.arguments.len(),
                };
                if self.token.kind == Kind::RightParenthesis {
                    self.advance()?;
                    return self.close_aggregation(aggregation).map(Some);
                }
                self.open(Open::Aggregation(aggregation))?;
                Ok(None)
            }
            (kind, Kind::LeftParenthesis) if kind.names_function() => {
                let call = OpenCall {
                    function: self.function(token)?,
                    start,
                    arguments: self.arguments.len(),
                };
                self.advance()?;
                if self.token.kind == Kind::RightParenthesis {
                    self.advance()?;
                    return self.close_call(&call).map(Some);
                }
                self.open(Open::Call(call))?;
                Ok(None)
            }
            _ => self.selector(Some(self.slice(token)), start).map(Some),
        }
    }

    /// Reads a number or a duration.
    #[expect(clippy::cast_precision_loss, reason = "Prometheus counts seconds in floating point")]
    pub(super) fn number(&mut self) -> Result<Number, Error> {
        let token = self.token;
        let fault = |fault| self.error(fault);
        let number = if token.kind == Kind::Duration {
            let duration =
                PrometheusDuration::parse(self.slice(token)).map_err(|error| fault(Fault::Duration(error)))?;
            let nanoseconds = duration.nanoseconds();
            Number {
                value: (nanoseconds / NANOSECONDS) as f64 + (nanoseconds % NANOSECONDS) as f64 / 1e9,
                is_duration: true,
            }
        } else {
            Number {
                value: number::value(self.slice(token)).map_err(fault)?,
                is_duration: false,
            }
        };
        self.advance()?;
        Ok(number)
    }

    /// Reads a string.
    pub(super) fn string(&mut self) -> Result<Text, Error> {
        let token = self.token;
        let text = quote::unquoted(self.slice(token))
            .map_err(|position| self.error_at(token.start as usize + position, Fault::Escape))?;
        self.advance()?;
        Ok(Text(text))
    }
}
