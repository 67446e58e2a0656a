//! Aggregations: their groups, and whether their arguments are what they take.

use super::call::EXPERIMENTAL;
use super::{Operand, Parser};
use crate::promql::ast::{Aggregation, Node, ValueType};
use crate::promql::error::{Error, Fault};
use crate::promql::operator::Aggregator;
use crate::promql::token::Kind;

/// An aggregation whose arguments are not all read.
pub(super) struct OpenAggregation {
    pub(super) aggregator: Aggregator,
    /// What precedes the arguments; it may occur after them instead.
    pub(super) grouping: Option<Grouping>,
    pub(super) start: usize,
    /// Where in the list of arguments its own start.
    pub(super) arguments: usize,
}

/// `by` or `without`, and the labels.
pub(super) struct Grouping {
    is_without: bool,
    labels: Box<[Box<str>]>,
}

impl Parser<'_> {
    /// Reads `by` or `without` and the labels, if they are here.
    pub(super) fn grouping(&mut self) -> Result<Option<Grouping>, Error> {
        let is_without = match self.token.kind {
            Kind::By => false,
            Kind::Without => true,
            _ => return Ok(None),
        };
        self.advance()?;
        let labels = self.labels()?;
        Ok(Some(Grouping { is_without, labels }))
    }

    /// Makes a node of an aggregation whose arguments are read.
    pub(super) fn close_aggregation(&mut self, aggregation: OpenAggregation) -> Result<Operand, Error> {
        let OpenAggregation { aggregator, start, .. } = aggregation;
        let grouping = match aggregation.grouping {
            Some(grouping) => Some(grouping),
            None => self.grouping()?,
        };
        let is_enabled = !aggregator.is_experimental() || self.options.experimental_functions;
        self.enabled(is_enabled, start, aggregator.text(), EXPERIMENTAL)?;
        let arguments = self.arguments.split_off(aggregation.arguments);
        let (parameter, operand) = match (parameter(aggregator), arguments.as_slice()) {
            (None, [operand]) => (None, *operand),
            (Some(expected), [parameter, operand]) => {
                if parameter.value_type != expected {
                    let place = format!("the parameter of {}", aggregator.text());
                    return Err(self.type_error(place, expected, *parameter));
                }
                (Some(parameter.node), *operand)
            }
            (parameter, found) => {
                let expected = if parameter.is_some() { "2" } else { "1" }.to_owned();
                return Err(self.count_error(aggregator.text(), expected, found.len(), start));
            }
        };
        if operand.value_type != ValueType::Vector {
            let place = format!("the operand of {}", aggregator.text());
            return Err(self.type_error(place, ValueType::Vector, operand));
        }
        let (is_without, labels) =
            grouping.map_or_else(Default::default, |grouping| (grouping.is_without, grouping.labels));
        let node = Node::Aggregation(Box::new(Aggregation {
            aggregator,
            is_without,
            labels,
            parameter,
            operand: operand.node,
        }));
        Ok(self.push(node, ValueType::Vector, start))
    }

    pub(super) fn type_error(&self, place: String, expected: ValueType, operand: Operand) -> Error {
        let fault = Fault::Type {
            place: place.into(),
            expected,
            found: operand.value_type,
        };
        self.error_at(operand.start, fault)
    }
}

/// Type of the parameter that is in front of the series.
const fn parameter(aggregator: Aggregator) -> Option<ValueType> {
    match aggregator {
        Aggregator::Bottomk | Aggregator::LimitRatio | Aggregator::Limitk | Aggregator::Quantile | Aggregator::Topk => {
            Some(ValueType::Scalar)
        }
        Aggregator::CountValues => Some(ValueType::String),
        _ => None,
    }
}
