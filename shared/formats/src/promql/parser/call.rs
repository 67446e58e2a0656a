//! Functions: whether they exist, and whether their arguments are what they take.

use super::{Operand, Parser};
use crate::promql::ast::{Call, Node};
use crate::promql::error::{Error, Fault};
use crate::promql::function::Function;
use crate::promql::token::Token;

/// Which flag brings functions and aggregators under trial.
pub(super) const EXPERIMENTAL: &str = "promql-experimental-functions";

/// A call whose arguments are not all read.
pub(super) struct OpenCall {
    pub(super) function: &'static Function,
    pub(super) start: usize,
    /// Where in the list of arguments its own start.
    pub(super) arguments: usize,
}

impl OpenCall {
    /// Whether the argument at `index` is a bare set of labels: the second one of `info`.
    pub(super) fn takes_labels(&self, index: usize) -> bool {
        self.function.name == "info" && index == 1
    }
}

impl Parser<'_> {
    /// The function that `token` names.
    pub(super) fn function(&self, token: Token) -> Result<&'static Function, Error> {
        let name = self.slice(token);
        let start = token.start as usize;
        let edition = self.options.edition;
        let function = Function::named(name)
            .filter(|function| function.since <= edition)
            .ok_or_else(|| self.error_at(start, Fault::UnknownFunction { name: name.into() }))?;
        let is_enabled = !function.is_experimental(edition) || self.options.experimental_functions;
        self.enabled(is_enabled, start, name, EXPERIMENTAL)?;
        Ok(function)
    }

    /// Makes a node of a call whose arguments are read.
    pub(super) fn close_call(&mut self, call: &OpenCall) -> Result<Operand, Error> {
        let function = call.function;
        let arguments = self.arguments.split_off(call.arguments);
        let (least, most, found) = (function.least(), function.most(), arguments.len());
        if found < least || most.is_some_and(|most| found > most) {
            let expected = match most {
                Some(most) if most == least => least.to_string(),
                Some(most) => format!("{least} to {most}"),
                None => format!("{least} or more"),
            };
            return Err(self.count_error(function.name, expected, found, call.start));
        }
        for (index, argument) in arguments.iter().enumerate() {
            if let Some(expected) = function.argument(index)
                && argument.value_type != expected
            {
                let place = format!("argument {} of {}", index + 1, function.name);
                return Err(self.type_error(place, expected, *argument));
            }
            if call.takes_labels(index) && !self.is_label_set(*argument) {
                return Err(self.error_at(argument.start, Fault::InfoSelector));
            }
        }
        let node = Node::Call(Call {
            function,
            arguments: arguments.iter().map(|argument| argument.node).collect(),
        });
        Ok(self.push(node, function.returns, call.start))
    }

    fn is_label_set(&mut self, operand: Operand) -> bool {
        matches!(self.node_mut(operand), Some(Node::Selector(selector)) if selector.name.is_none())
    }

    pub(super) fn count_error(&self, name: &'static str, arguments: String, found: usize, start: usize) -> Error {
        let fault = Fault::ArgumentCount {
            name,
            arguments: arguments.into(),
            found,
        };
        self.error_at(start, fault)
    }
}
