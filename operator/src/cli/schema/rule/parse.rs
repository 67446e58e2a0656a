//! Expressions out of words, by precedence. Pure.

use serde_json::Value;

use super::tokens::{Token, tokens};

/// Deepest nesting: more than any rule has, and no danger for the stack.
const DEPTH: usize = 64;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Literal(Value),
    Name(String),
    Field(Box<Self>, String),
    /// Whether a field is set.
    Has(Box<Self>, String),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Compare(Operator, Box<Self>, Box<Self>),
    Choice(Box<Self>, Box<Self>, Box<Self>),
    List(Vec<Self>),
    /// The items for which an expression is true, under a name of their own.
    Filter(Box<Self>, String, Box<Self>),
    /// A function; a method has its object as the first argument.
    Call(String, Vec<Self>),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

const OPERATORS: [(&str, Operator); 6] = [
    ("==", Operator::Equal),
    ("!=", Operator::Unequal),
    ("<", Operator::Less),
    ("<=", Operator::LessOrEqual),
    (">", Operator::Greater),
    (">=", Operator::GreaterOrEqual),
];

/// Functions and methods that are known.
const FUNCTIONS: [&str; 5] = ["size", "string", "quantity", "isLessThan", "isGreaterThan"];

/// The expression of a text; `None` where it is none, or has what is not known.
pub(super) fn expression(text: &str) -> Option<Expression> {
    let tokens = tokens(text)?;
    let mut parser = Parser {
        rest: &tokens,
        depth: 0,
    };
    let expression = parser.choice()?;
    parser.rest.is_empty().then_some(expression)
}

struct Parser<'a> {
    rest: &'a [Token],
    depth: usize,
}

impl Parser<'_> {
    /// Whether the sign is next; then it is taken.
    fn takes(&mut self, sign: &str) -> bool {
        let is_next = matches!(self.rest.first(), Some(Token::Sign(next)) if *next == sign);
        if is_next {
            self.rest = &self.rest[1..];
        }
        is_next
    }

    fn expect(&mut self, sign: &str) -> Option<()> {
        self.takes(sign).then_some(())
    }

    fn name(&mut self) -> Option<String> {
        let Some((Token::Name(name), rest)) = self.rest.split_first() else {
            return None;
        };
        self.rest = rest;
        Some(name.clone())
    }

    fn choice(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let condition = self.or()?;
        let chosen = if self.takes("?") {
            let yes = self.choice()?;
            self.expect(":")?;
            Expression::Choice(Box::new(condition), Box::new(yes), Box::new(self.choice()?))
        } else {
            condition
        };
        self.depth -= 1;
        Some(chosen)
    }

    fn or(&mut self) -> Option<Expression> {
        let mut one = self.and()?;
        while self.takes("||") {
            one = Expression::Or(Box::new(one), Box::new(self.and()?));
        }
        Some(one)
    }

    fn and(&mut self) -> Option<Expression> {
        let mut one = self.comparison()?;
        while self.takes("&&") {
            one = Expression::And(Box::new(one), Box::new(self.comparison()?));
        }
        Some(one)
    }

    fn comparison(&mut self) -> Option<Expression> {
        let mut one = self.not()?;
        while let Some((_, operator)) = OPERATORS.iter().find(|(sign, _)| self.takes(sign)) {
            one = Expression::Compare(*operator, Box::new(one), Box::new(self.not()?));
        }
        Some(one)
    }

    fn not(&mut self) -> Option<Expression> {
        let mut count = 0;
        while self.takes("!") {
            count += 1;
        }
        let mut inner = self.member()?;
        if count % 2 == 1 {
            inner = Expression::Not(Box::new(inner));
        }
        Some(inner)
    }

    /// A value, with the fields and methods after it.
    fn member(&mut self) -> Option<Expression> {
        let mut of = self.primary()?;
        while self.takes(".") {
            let name = self.name()?;
            of = if !self.takes("(") {
                Expression::Field(Box::new(of), name)
            } else if name == "filter" {
                let item = self.name()?;
                self.expect(",")?;
                let wanted = self.choice()?;
                self.expect(")")?;
                Expression::Filter(Box::new(of), item, Box::new(wanted))
            } else {
                let mut arguments = vec![of];
                arguments.extend(self.list(")")?);
                call(name, arguments)?
            };
        }
        Some(of)
    }

    fn primary(&mut self) -> Option<Expression> {
        if self.takes("(") {
            let inner = self.choice()?;
            self.expect(")")?;
            return Some(inner);
        }
        if self.takes("[") {
            return self.list("]").map(Expression::List);
        }
        let (token, rest) = self.rest.split_first()?;
        self.rest = rest;
        match token {
            Token::Text(text) => Some(Expression::Literal(text.as_str().into())),
            Token::Integer(number) => Some(Expression::Literal((*number).into())),
            Token::Sign(_) => None,
            Token::Name(name) => match name.as_str() {
                "true" => Some(Expression::Literal(true.into())),
                "false" => Some(Expression::Literal(false.into())),
                _ if !self.takes("(") => Some(Expression::Name(name.clone())),
                "has" => match self.list(")")?.as_mut_slice() {
                    [Expression::Field(of, name)] => Some(Expression::Has(of.clone(), name.clone())),
                    _ => None,
                },
                _ => call(name.clone(), self.list(")")?),
            },
        }
    }

    /// Expressions up to a sign that closes them.
    fn list(&mut self, end: &str) -> Option<Vec<Expression>> {
        let mut items = Vec::new();
        while !self.takes(end) {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(self.choice()?);
        }
        Some(items)
    }
}

/// The call of a function that is known.
fn call(name: String, arguments: Vec<Expression>) -> Option<Expression> {
    let is_known = FUNCTIONS.contains(&name.as_str());
    is_known.then_some(Expression::Call(name, arguments))
}
