//! Reads an expression: operators by precedence, with what is open on a stack of its own, and types checked on the way.
//!
//! `operand` reads what operands start with, `modifier` what follows selectors, `duration` lengths of time,
//! `operation` what operators and their operands must be, `aggregation` and `call` the ends of these.

mod aggregation;
mod call;
mod duration;
mod labels;
mod modifier;
mod operand;
mod operation;
mod selector;

use self::aggregation::OpenAggregation;
use self::call::OpenCall;
use self::operation::{OpenBinary, OpenSign};
use super::ast::{Expr, Node, NodeId, ValueType};
use super::duration::DurationNode;
use super::error::{Error, Expected, Fault};
use super::lexer::Lexer;
use super::name::Names;
use super::operator::Precedence;
use super::token::{Kind, Token};
use super::{MAX_DEPTH, Options};

/// The expression that `text` is.
pub(super) fn parse(text: &str, options: Options) -> Result<Expr, Error> {
    if u32::try_from(text.len()).is_err() {
        return Err(Error::new(text, 0, Fault::TooLarge));
    }
    let mut lexer = Lexer::new(text, options);
    let token = lexer.next()?;
    let parser = Parser {
        lexer,
        options,
        token,
        nodes: Vec::new(),
        durations: Vec::new(),
        open: Vec::new(),
        depth: 0,
        arguments: Vec::new(),
    };
    parser.expression()
}

/// An operand that is read.
#[derive(Clone, Copy)]
struct Operand {
    node: NodeId,
    value_type: ValueType,
    /// First byte.
    start: usize,
}

/// What is open: its operands are not all read.
enum Open {
    Parentheses { start: usize },
    Call(OpenCall),
    Aggregation(OpenAggregation),
    Sign(OpenSign),
    Binary(OpenBinary),
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    options: Options,
    /// The next token.
    token: Token,
    nodes: Vec<Node>,
    durations: Vec<DurationNode>,
    open: Vec<Open>,
    /// How many of `open` have parentheses.
    depth: usize,
    /// Arguments of all calls and aggregations that are open, those of inner ones last.
    arguments: Vec<Operand>,
}

impl<'a> Parser<'a> {
    fn expression(mut self) -> Result<Expr, Error> {
        if self.token.kind == Kind::EndOfText {
            return Err(self.error(Fault::Empty));
        }
        loop {
            let Some(operand) = self.operand()? else { continue };
            if let Some(whole) = self.behind_operand(operand)? {
                return Ok(Expr {
                    nodes: self.nodes.into(),
                    durations: self.durations.into(),
                    value_type: whole.value_type,
                    names: Names::of(self.options),
                });
            }
        }
    }

    /// Reads what follows an operand up to the start of the next one. At the end of the text, gives the whole.
    fn behind_operand(&mut self, mut operand: Operand) -> Result<Option<Operand>, Error> {
        loop {
            operand = self.modified(operand)?;
            match self.token.kind {
                Kind::Operator(operator) => {
                    let left = self.reduced(operand, Some(operator.precedence()))?;
                    self.open_binary(left, operator)?;
                    return Ok(None);
                }
                Kind::EndOfText => {
                    let whole = self.reduced(operand, None)?;
                    if !self.open.is_empty() {
                        return Err(self.unexpected(self.expected_behind_operand()));
                    }
                    return Ok(Some(whole));
                }
                Kind::Comma => {
                    let argument = self.reduced(operand, None)?;
                    if !matches!(self.open.last(), Some(Open::Call(_) | Open::Aggregation(_))) {
                        return Err(self.unexpected(self.expected_behind_operand()));
                    }
                    self.arguments.push(argument);
                    self.advance()?;
                    return Ok(None);
                }
                Kind::RightParenthesis => {
                    let last = self.reduced(operand, None)?;
                    operand = self.close(last)?;
                }
                _ => {
                    self.reduced(operand, None)?;
                    return Err(self.unexpected(self.expected_behind_operand()));
                }
            }
        }
    }

    /// Closes signs and operators that take `operand` before an operator of precedence `next`, or all of them.
    fn reduced(&mut self, mut operand: Operand, next: Option<Precedence>) -> Result<Operand, Error> {
        let comes_before = |precedence: Precedence| next.is_none_or(|next| precedence.comes_before(next));
        while let Some(innermost) = self.open.pop() {
            operand = match innermost {
                Open::Binary(binary) if comes_before(binary.operator.precedence()) => {
                    self.close_binary(binary, operand)?
                }
                Open::Sign(sign) if comes_before(Precedence::Product) => self.close_sign(&sign, operand)?,
                other => {
                    self.open.push(other);
                    break;
                }
            };
        }
        Ok(operand)
    }

    /// Closes the innermost parentheses after `last`.
    fn close(&mut self, last: Operand) -> Result<Operand, Error> {
        let Some(innermost) = self.open.pop() else {
            return Err(self.unexpected(Expected::Operator));
        };
        self.depth -= 1;
        self.advance()?;
        match innermost {
            Open::Parentheses { start } => Ok(self.push(Node::Parentheses(last.node), last.value_type, start)),
            Open::Call(call) => {
                self.arguments.push(last);
                self.close_call(&call)
            }
            Open::Aggregation(aggregation) => {
                self.arguments.push(last);
                self.close_aggregation(aggregation)
            }
            // Closed by `reduced`.
            Open::Sign(_) | Open::Binary(_) => Ok(last),
        }
    }

    /// Opens something with parentheses.
    fn open(&mut self, open: Open) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(Fault::TooDeep));
        }
        self.open.push(open);
        Ok(())
    }

    fn push(&mut self, node: Node, value_type: ValueType, start: usize) -> Operand {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node);
        Operand {
            node: id,
            value_type,
            start,
        }
    }

    fn node_mut(&mut self, operand: Operand) -> Option<&mut Node> {
        self.nodes.get_mut(operand.node.0 as usize)
    }

    /// Goes on to the next token and gives the one before.
    fn advance(&mut self) -> Result<Token, Error> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.token, next))
    }

    /// Goes on to the next token if this one is of `kind`.
    fn take(&mut self, kind: Kind) -> Result<bool, Error> {
        let takes = self.token.kind == kind;
        if takes {
            self.advance()?;
        }
        Ok(takes)
    }

    fn take_expected(&mut self, kind: Kind, expected: Expected) -> Result<(), Error> {
        if self.take(kind)? {
            Ok(())
        } else {
            Err(self.unexpected(expected))
        }
    }

    /// Text of a token.
    fn slice(&self, token: Token) -> &'a str {
        self.lexer.slice(token)
    }

    fn expected_behind_operand(&self) -> Expected {
        match self.open.last() {
            None => Expected::Operator,
            Some(Open::Call(_) | Open::Aggregation(_)) => Expected::NextArgument,
            Some(_) => Expected::OperatorOrParenthesis,
        }
    }

    /// `fault` at the next token.
    fn error(&self, fault: Fault) -> Error {
        self.error_at(self.token.start as usize, fault)
    }

    fn error_at(&self, start: usize, fault: Fault) -> Error {
        self.lexer.error(start, fault)
    }

    fn unexpected(&self, expected: Expected) -> Error {
        const LONGEST: usize = 40;
        let found = match self.slice(self.token) {
            "" => "end of the expression".into(),
            text => match text.char_indices().nth(LONGEST) {
                None => text.into(),
                Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()).into(),
            },
        };
        self.error(Fault::Unexpected { found, expected })
    }

    /// Fails unless a part of the language is switched on.
    fn enabled(&self, is_enabled: bool, start: usize, what: &str, feature: &'static str) -> Result<(), Error> {
        if is_enabled {
            return Ok(());
        }
        let what = what.into();
        Err(self.error_at(start, Fault::Disabled { what, feature }))
    }
}
