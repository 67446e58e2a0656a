//! Lengths of time: of ranges, resolutions and offsets. A plain one is a number; a calculated one is a tree.
//!
//! This is the one part that calls itself, up to [`MAX_DURATION_DEPTH`] levels.

use super::Parser;
use crate::promql::MAX_DURATION_DEPTH;
use crate::promql::ast::{Length, Number};
use crate::promql::duration::{DurationId, DurationNode};
use crate::promql::edition::Edition;
use crate::promql::error::{Error, Expected, Fault};
use crate::promql::number;
use crate::promql::operator::{BinaryOperator, Precedence};
use crate::promql::token::Kind;

/// More seconds than 64 bits of nanoseconds hold: 2⁶³ nanoseconds.
const TOO_MANY_SECONDS: f64 = 9_223_372_036_854_775_808.0 / 1e9;

/// A duration that is read.
#[derive(Clone, Copy)]
enum Value {
    Number(Number),
    Node(DurationId),
}

impl Parser<'_> {
    /// Reads a duration, which must be longer than nothing if it is a plain one.
    pub(super) fn positive_duration(&mut self) -> Result<Length, Error> {
        let start = self.token.start as usize;
        let value = self.duration(None, 0)?;
        match value {
            Value::Number(number) if number.value <= 0.0 => Err(self.error_at(start, Fault::DurationNotPositive)),
            value => Ok(length(value)),
        }
    }

    /// Reads the duration of an offset, which ends where a calculation could go on: `a offset 1m + 1` is a sum.
    pub(super) fn offset_duration(&mut self) -> Result<Length, Error> {
        let value = match self.token.kind {
            // Whatever starts with other things is read as between brackets, to its end.
            Kind::LeftParenthesis => self.duration(None, 0)?,
            Kind::Operator(sign @ (BinaryOperator::Add | BinaryOperator::Subtract)) => {
                let start = self.advance()?.start as usize;
                let is_minus = sign == BinaryOperator::Subtract;
                match self.token.kind {
                    Kind::LeftParenthesis => {
                        self.advance()?;
                        let inner = self.duration(None, 1)?;
                        self.take_expected(Kind::RightParenthesis, Expected::ClosingParenthesis)?;
                        let inner = self.between_parentheses(inner);
                        self.signed(inner, is_minus, start)?
                    }
                    Kind::Operator(_) => {
                        let inner = self.duration(Some(Precedence::Power), 1)?;
                        let first = self.signed(inner, is_minus, start)?;
                        self.calculated(first, None, 0)?
                    }
                    _ => {
                        let inner = self.plain_operand(0)?;
                        self.signed(inner, is_minus, start)?
                    }
                }
            }
            _ => self.plain_operand(0)?,
        };
        Ok(length(value))
    }

    /// Reads a duration as far as its operators bind at least as tight as `least`.
    fn duration(&mut self, least: Option<Precedence>, depth: usize) -> Result<Value, Error> {
        if depth > MAX_DURATION_DEPTH {
            return Err(self.error(Fault::DurationTooDeep));
        }
        let start = self.token.start as usize;
        let first = match self.token.kind {
            Kind::Operator(sign @ (BinaryOperator::Add | BinaryOperator::Subtract)) => {
                self.advance()?;
                // A sign binds like a product: a power comes first.
                let inner = self.duration(Some(Precedence::Power), depth + 1)?;
                self.signed(inner, sign == BinaryOperator::Subtract, start)?
            }
            Kind::LeftParenthesis => {
                self.advance()?;
                let inner = self.duration(None, depth + 1)?;
                self.take_expected(Kind::RightParenthesis, Expected::ClosingParenthesis)?;
                self.calculation_enabled(start)?;
                self.between_parentheses(inner)
            }
            _ => self.plain_operand(depth)?,
        };
        self.calculated(first, least, depth)
    }

    /// Reads the operators after the first operand.
    fn calculated(&mut self, first: Value, least: Option<Precedence>, depth: usize) -> Result<Value, Error> {
        use BinaryOperator::{Add, Divide, Modulo, Multiply, Power, Subtract};
        let mut left = first;
        while let Kind::Operator(operator @ (Add | Subtract | Multiply | Divide | Modulo | Power)) = self.token.kind {
            let precedence = operator.precedence();
            if least.is_some_and(|least| precedence < least) {
                break;
            }
            let start = self.advance()?.start as usize;
            self.calculation_enabled(start)?;
            let right_least = match precedence {
                Precedence::Sum => Precedence::Product,
                _ => Precedence::Power,
            };
            let right = self.duration(Some(right_least), depth + 1)?;
            let is_zero = matches!(right, Value::Number(Number { value: 0.0, .. }));
            if matches!(operator, Divide | Modulo) && is_zero {
                return Err(self.error_at(start, Fault::ZeroDivisor));
            }
            let (left_node, right_node) = (self.duration_node(left), self.duration_node(right));
            left = self.push_duration(DurationNode::Binary(operator, left_node, right_node));
        }
        Ok(left)
    }

    /// Reads an operand without sign or parentheses.
    fn plain_operand(&mut self, depth: usize) -> Result<Value, Error> {
        let token = self.token;
        let start = token.start as usize;
        match token.kind {
            Kind::Number | Kind::Duration => {
                let number = self.number()?;
                self.check_length(number, start)?;
                Ok(Value::Number(number))
            }
            Kind::Step | Kind::Range => {
                self.advance()?;
                self.empty_parentheses()?;
                self.calculation_enabled(start)?;
                let node = match token.kind {
                    Kind::Step => DurationNode::Step,
                    _ => DurationNode::Range,
                };
                Ok(self.push_duration(node))
            }
            Kind::MaxOf | Kind::MinOf => {
                self.advance()?;
                self.take_expected(Kind::LeftParenthesis, Expected::OpeningParenthesis)?;
                let left = self.duration(None, depth + 1)?;
                self.take_expected(Kind::Comma, Expected::Comma)?;
                let right = self.duration(None, depth + 1)?;
                self.take_expected(Kind::RightParenthesis, Expected::ClosingParenthesis)?;
                self.calculation_enabled(start)?;
                let (left, right) = (self.duration_node(left), self.duration_node(right));
                Ok(self.push_duration(match token.kind {
                    Kind::MaxOf => DurationNode::MaxOf(left, right),
                    _ => DurationNode::MinOf(left, right),
                }))
            }
            _ => Err(self.unexpected(Expected::Duration)),
        }
    }

    fn signed(&mut self, value: Value, is_minus: bool, start: usize) -> Result<Value, Error> {
        match value {
            Value::Number(mut number) => {
                if is_minus {
                    number.value = -number.value;
                }
                self.check_length(number, start)?;
                Ok(Value::Number(number))
            }
            Value::Node(id) if is_minus => Ok(self.push_duration(DurationNode::Minus(id))),
            node @ Value::Node(_) => Ok(node),
        }
    }

    /// Double parentheses are not kept, and until 3.14 nor are those around a number.
    fn between_parentheses(&mut self, value: Value) -> Value {
        match value {
            Value::Node(_) if matches!(self.durations.last(), Some(DurationNode::Parentheses(_))) => value,
            Value::Number(_) if self.options.edition < Edition::V3_15 => value,
            value => {
                let id = self.duration_node(value);
                self.push_duration(DurationNode::Parentheses(id))
            }
        }
    }

    fn check_length(&self, number: Number, start: usize) -> Result<(), Error> {
        if number.value.abs() > TOO_MANY_SECONDS {
            return Err(self.error_at(start, Fault::DurationTooLong));
        }
        Ok(())
    }

    fn calculation_enabled(&self, start: usize) -> Result<(), Error> {
        let is_enabled = self.options.duration_expressions || self.options.edition >= Edition::V3_14;
        self.enabled(
            is_enabled,
            start,
            "the calculation of a duration",
            "promql-duration-expr",
        )
    }

    fn duration_node(&mut self, value: Value) -> DurationId {
        match value {
            Value::Node(id) => id,
            Value::Number(number) => self.push_duration_node(DurationNode::Number(number)),
        }
    }

    fn push_duration(&mut self, node: DurationNode) -> Value {
        Value::Node(self.push_duration_node(node))
    }

    fn push_duration_node(&mut self, node: DurationNode) -> DurationId {
        let id = DurationId(u32::try_from(self.durations.len()).unwrap_or(u32::MAX));
        self.durations.push(node);
        id
    }
}

fn length(value: Value) -> Length {
    match value {
        Value::Number(number) => Length::Fixed(number::truncated((number.value * 1e9).round())),
        Value::Node(id) => Length::Computed(id),
    }
}
