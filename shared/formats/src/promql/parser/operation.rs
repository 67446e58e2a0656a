//! Signs and operators between two operands: what follows the operator, and what the operands must be.

use super::{Open, Operand, Parser};
use crate::promql::ast::{Binary, Cardinality, Matching, Node, ValueType};
use crate::promql::error::{Error, Expected, Fault};
use crate::promql::operator::BinaryOperator;
use crate::promql::token::Kind;

/// A sign whose operand is not read.
pub(super) struct OpenSign {
    pub(super) is_minus: bool,
    pub(super) start: usize,
}

/// An operator whose right operand is not read.
pub(super) struct OpenBinary {
    pub(super) operator: BinaryOperator,
    left: Operand,
    returns_bool: bool,
    matching: Option<Box<Matching>>,
    /// First byte of the operator.
    start: usize,
}

impl Parser<'_> {
    /// Makes a node of a sign. That of a number becomes part of it.
    pub(super) fn close_sign(&mut self, sign: &OpenSign, operand: Operand) -> Result<Operand, Error> {
        let start = sign.start;
        if let Some(Node::Number(number)) = self.node_mut(operand) {
            if sign.is_minus {
                number.value = -number.value;
            }
            return Ok(Operand { start, ..operand });
        }
        self.check_operand("the operand of a sign", operand)?;
        let node = if sign.is_minus {
            Node::Minus(operand.node)
        } else {
            Node::Plus(operand.node)
        };
        Ok(self.push(node, operand.value_type, start))
    }

    /// Reads an operator and what says how its operands are matched.
    pub(super) fn open_binary(&mut self, left: Operand, operator: BinaryOperator) -> Result<(), Error> {
        let start = self.advance()?.start as usize;
        let returns_bool = self.take(Kind::Bool)?;
        let matching = self.matching()?;
        self.open.push(Open::Binary(OpenBinary {
            operator,
            left,
            returns_bool,
            matching,
            start,
        }));
        Ok(())
    }

    fn matching(&mut self) -> Result<Option<Box<Matching>>, Error> {
        // Most operators have none of this after them.
        let is_plain = !matches!(
            self.token.kind,
            Kind::On | Kind::Ignoring | Kind::Fill | Kind::FillLeft | Kind::FillRight
        );
        if is_plain {
            return Ok(None);
        }
        let mut matching = Matching {
            is_on: false,
            labels: Box::default(),
            cardinality: Cardinality::Plain,
            include: Box::default(),
            fill_left: None,
            fill_right: None,
        };
        if matches!(self.token.kind, Kind::On | Kind::Ignoring) {
            matching.is_on = self.advance()?.kind == Kind::On;
            matching.labels = self.labels()?;
            self.group(&mut matching)?;
        }
        self.fill(&mut matching)?;
        Ok((!matching.is_default()).then(|| Box::new(matching)))
    }

    fn group(&mut self, matching: &mut Matching) -> Result<(), Error> {
        matching.cardinality = match self.token.kind {
            Kind::GroupLeft => Cardinality::ManyToOne,
            Kind::GroupRight => Cardinality::OneToMany,
            _ => return Ok(()),
        };
        self.advance()?;
        if self.token.kind == Kind::LeftParenthesis {
            matching.include = self.labels()?;
        }
        Ok(())
    }

    /// Reads `fill`, or `fill_left` and `fill_right` in either order.
    fn fill(&mut self, matching: &mut Matching) -> Result<(), Error> {
        let start = self.token.start as usize;
        match self.token.kind {
            Kind::Fill => {
                matching.fill_left = Some(self.fill_value()?);
                matching.fill_right = matching.fill_left;
            }
            Kind::FillLeft => {
                matching.fill_left = Some(self.fill_value()?);
                if self.token.kind == Kind::FillRight {
                    matching.fill_right = Some(self.fill_value()?);
                }
            }
            Kind::FillRight => {
                matching.fill_right = Some(self.fill_value()?);
                if self.token.kind == Kind::FillLeft {
                    matching.fill_left = Some(self.fill_value()?);
                }
            }
            _ => return Ok(()),
        }
        let is_enabled = self.options.fill_modifiers;
        self.enabled(is_enabled, start, "fill", "promql-binop-fill-modifiers")
    }

    fn fill_value(&mut self) -> Result<f64, Error> {
        self.advance()?;
        self.take_expected(Kind::LeftParenthesis, Expected::OpeningParenthesis)?;
        let value = self.signed_number(Expected::Number)?;
        self.take_expected(Kind::RightParenthesis, Expected::ClosingParenthesis)?;
        Ok(value)
    }

    /// Reads a number with or without a sign.
    pub(super) fn signed_number(&mut self, expected: Expected) -> Result<f64, Error> {
        let is_minus = self.take(Kind::Operator(BinaryOperator::Subtract))?;
        if !is_minus {
            self.take(Kind::Operator(BinaryOperator::Add))?;
        }
        if !matches!(self.token.kind, Kind::Number | Kind::Duration) {
            return Err(self.unexpected(expected));
        }
        let value = self.number()?.value;
        Ok(if is_minus { -value } else { value })
    }

    /// Makes a node of an operator whose operands are read.
    pub(super) fn close_binary(&mut self, binary: OpenBinary, right: Operand) -> Result<Operand, Error> {
        let OpenBinary {
            operator,
            left,
            returns_bool,
            mut matching,
            start,
        } = binary;
        let fault = |fault| self.error_at(start, fault);
        let are_scalars = left.value_type == ValueType::Scalar && right.value_type == ValueType::Scalar;
        let are_vectors = left.value_type == ValueType::Vector && right.value_type == ValueType::Vector;
        if returns_bool && !operator.is_comparison() {
            return Err(fault(Fault::Bool));
        }
        if operator.is_comparison() && !returns_bool && are_scalars {
            return Err(fault(Fault::ScalarComparison));
        }
        self.check_operand("the left operand", left)?;
        self.check_operand("the right operand", right)?;
        if operator.is_set() && !are_vectors {
            let operator = operator.text();
            return Err(fault(Fault::ScalarSet { operator }));
        }
        if let Some(matching) = &matching {
            check_matching(matching, operator, are_vectors).map_err(fault)?;
        }
        if !are_vectors {
            matching = None;
        }
        let value_type = if are_scalars {
            ValueType::Scalar
        } else {
            ValueType::Vector
        };
        let node = Node::Binary(Binary {
            operator,
            returns_bool,
            left: left.node,
            right: right.node,
            matching,
        });
        Ok(self.push(node, value_type, left.start))
    }

    fn check_operand(&self, place: &'static str, operand: Operand) -> Result<(), Error> {
        let found = operand.value_type;
        match found {
            ValueType::Scalar | ValueType::Vector => Ok(()),
            ValueType::String | ValueType::Matrix => Err(self.error_at(operand.start, Fault::Operand { place, found })),
        }
    }
}

fn check_matching(matching: &Matching, operator: BinaryOperator, are_vectors: bool) -> Result<(), Fault> {
    let twice = matching.include.iter().find(|label| matching.labels.contains(label));
    if let Some(label) = twice
        && matching.is_on
    {
        return Err(Fault::LabelTwice { label: label.clone() });
    }
    let fills = matching.fill_left.is_some() || matching.fill_right.is_some();
    if !are_vectors {
        return match (matching.labels.is_empty(), fills) {
            (false, _) => Err(Fault::ScalarMatching),
            (true, true) => Err(Fault::Fill),
            (true, false) => Ok(()),
        };
    }
    if !operator.is_set() {
        return Ok(());
    }
    if matching.cardinality != Cardinality::Plain {
        let operator = operator.text();
        return Err(Fault::GroupedSet { operator });
    }
    if fills { Err(Fault::Fill) } else { Ok(()) }
}
