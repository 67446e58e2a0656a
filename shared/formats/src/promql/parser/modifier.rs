//! What follows a selector or a subquery: a range, `offset`, `@`, `anchored` and `smoothed`.

use super::{Operand, Parser};
use crate::promql::ast::{At, Length, Node, Selector, Subquery, ValueType, Window};
use crate::promql::edition::Edition;
use crate::promql::error::{Error, Expected, Fault};
use crate::promql::number;
use crate::promql::token::Kind;

/// What modifiers change.
enum Modified<'a> {
    Selector(&'a mut Selector),
    Subquery(&'a mut Subquery),
}

impl Parser<'_> {
    /// Reads all that is after `operand` and belongs to it.
    pub(super) fn modified(&mut self, mut operand: Operand) -> Result<Operand, Error> {
        loop {
            match self.token.kind {
                Kind::LeftBracket => operand = self.range(operand)?,
                Kind::Offset => self.offset(operand)?,
                Kind::At => self.at(operand)?,
                Kind::Anchored => self.window(operand, Window::Anchored)?,
                Kind::Smoothed => self.window(operand, Window::Smoothed)?,
                _ => return Ok(operand),
            }
        }
    }

    fn target(&mut self, operand: Operand) -> Option<Modified<'_>> {
        match self.node_mut(operand) {
            Some(Node::Selector(selector)) => Some(Modified::Selector(selector)),
            Some(Node::Subquery(subquery)) => Some(Modified::Subquery(subquery)),
            _ => None,
        }
    }

    fn range(&mut self, operand: Operand) -> Result<Operand, Error> {
        let start = self.advance()?.start as usize;
        let range = self.positive_duration()?;
        if self.take(Kind::RightBracket)? {
            return self.with_range(operand, range, start);
        }
        self.take_expected(Kind::Colon, Expected::Range)?;
        let resolution = match self.token.kind {
            Kind::RightBracket => None,
            _ => Some(self.positive_duration()?),
        };
        self.take_expected(Kind::RightBracket, Expected::ClosingBracket)?;
        if operand.value_type != ValueType::Vector {
            return Err(self.type_error("what a subquery evaluates".into(), ValueType::Vector, operand));
        }
        let subquery = Subquery {
            operand: operand.node,
            range,
            resolution,
            at: None,
            offset: None,
        };
        Ok(self.push(Node::Subquery(Box::new(subquery)), ValueType::Matrix, operand.start))
    }

    fn with_range(&mut self, operand: Operand, range: Length, start: usize) -> Result<Operand, Error> {
        // Before, Prometheus did not look at calculated offsets, nor at start() and end().
        let looks_at_all = self.options.edition >= Edition::V3_15;
        let fault = match self.target(operand) {
            Some(Modified::Selector(selector)) if selector.range.is_none() => match (selector.offset, selector.at) {
                (Some(Length::Fixed(_)), _) => Fault::BeforeRange { modifier: "offset" },
                (Some(_), _) if looks_at_all => Fault::BeforeRange { modifier: "offset" },
                (_, Some(At::Time(_))) => Fault::BeforeRange { modifier: "@" },
                (_, Some(_)) if looks_at_all => Fault::BeforeRange { modifier: "@" },
                _ => {
                    selector.range = Some(range);
                    return Ok(Operand {
                        value_type: ValueType::Matrix,
                        ..operand
                    });
                }
            },
            _ => Fault::Range,
        };
        Err(self.error_at(start, fault))
    }

    fn offset(&mut self, operand: Operand) -> Result<(), Error> {
        let modifier = "offset";
        let start = self.advance()?.start as usize;
        let length = self.offset_duration()?;
        let fault = match self.target(operand) {
            Some(Modified::Selector(Selector { offset, .. }) | Modified::Subquery(Subquery { offset, .. }))
                if offset.is_none() =>
            {
                // No offset at all, and another one may follow.
                *offset = (length != Length::Fixed(0)).then_some(length);
                return Ok(());
            }
            Some(_) => Fault::ModifierTwice { modifier },
            None => Fault::Modifier { modifier },
        };
        Err(self.error_at(start, fault))
    }

    fn at(&mut self, operand: Operand) -> Result<(), Error> {
        let modifier = "@";
        let start = self.advance()?.start as usize;
        let time = self.time()?;
        let fault = match self.target(operand) {
            Some(Modified::Selector(Selector { at, .. }) | Modified::Subquery(Subquery { at, .. })) if at.is_none() => {
                *at = Some(time);
                return Ok(());
            }
            Some(_) => Fault::ModifierTwice { modifier },
            None => Fault::Modifier { modifier },
        };
        Err(self.error_at(start, fault))
    }

    fn time(&mut self) -> Result<At, Error> {
        let start = self.token.start as usize;
        let at = match self.token.kind {
            Kind::Start => At::Start,
            Kind::End => At::End,
            _ => {
                let seconds = self.signed_number(Expected::Time)?;
                // What milliseconds in 64 bits cannot hold is not refused, only seconds.
                if seconds.is_nan() || seconds.abs() >= 9_223_372_036_854_775_808.0 {
                    return Err(self.error_at(start, Fault::Time));
                }
                return Ok(At::Time(number::truncated((seconds * 1000.0).round())));
            }
        };
        self.advance()?;
        self.empty_parentheses()?;
        Ok(at)
    }

    /// Reads `()`.
    pub(super) fn empty_parentheses(&mut self) -> Result<(), Error> {
        self.take_expected(Kind::LeftParenthesis, Expected::OpeningParenthesis)?;
        self.take_expected(Kind::RightParenthesis, Expected::ClosingParenthesis)
    }

    fn window(&mut self, operand: Operand, window: Window) -> Result<(), Error> {
        let modifier = match window {
            Window::Anchored => "anchored",
            Window::Smoothed => "smoothed",
        };
        let start = self.advance()?.start as usize;
        let is_enabled = self.options.extended_range_selectors || self.options.edition >= Edition::V3_16;
        self.enabled(is_enabled, start, modifier, "promql-extended-range-selectors")?;
        match self.target(operand) {
            Some(Modified::Selector(selector)) if selector.window.is_none_or(|other| other == window) => {
                selector.window = Some(window);
                Ok(())
            }
            _ => Err(self.error_at(start, Fault::Window { modifier })),
        }
    }
}
