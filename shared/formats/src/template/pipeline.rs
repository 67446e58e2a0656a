//! What an action computes: commands with `|` between them, and the variables in front. Parentheses are kept on a list.

use super::error::{Cause, Error, MAX_DEPTH, excerpt};
use super::parser::Parser;
use super::token::{Keyword, Kind, Place, Token};

/// Commands that are being read.
struct Pipeline {
    place: Place,
    /// How many commands have begun.
    commands: usize,
    /// Whether the last of them has not ended.
    is_open: bool,
    /// Whether the next value is the first of its command.
    is_first: bool,
}

impl Pipeline {
    const fn new(place: Place) -> Self {
        Self {
            place,
            commands: 0,
            is_open: false,
            is_first: true,
        }
    }

    fn end(&self) -> Kind {
        match self.place {
            Place::Parentheses => Kind::RightParenthesis,
            Place::Action | Place::Clause(_) => Kind::Close,
        }
    }
}

impl Parser<'_> {
    /// Reads to the end of the action at `place`.
    pub(super) fn pipeline(&mut self, place: Place) -> Result<(), Error> {
        let mut outer = Vec::new();
        let mut pipeline = Pipeline::new(place);
        self.declarations(place)?;
        loop {
            let token = self.peek();
            if pipeline.is_open && token.kind == Kind::LeftParenthesis {
                if outer.len() >= MAX_DEPTH {
                    return Err(self.error(token.start, Cause::TooDeep));
                }
                self.read += 1;
                outer.push(pipeline);
                pipeline = Pipeline::new(Place::Parentheses);
                self.declarations(Place::Parentheses)?;
            } else if pipeline.is_open {
                if self.value(token)? {
                    self.read += 1;
                    self.operand(&mut pipeline, token)?;
                }
                self.behind_operand(&mut pipeline)?;
            } else if token.kind == pipeline.end() {
                if pipeline.commands == 0 {
                    let place = pipeline.place;
                    return Err(self.error(token.start, Cause::NoValue { place }));
                }
                let Some(around) = outer.pop() else {
                    return Ok(());
                };
                self.read += 1;
                pipeline = around;
                self.operand(&mut pipeline, token)?;
                self.behind_operand(&mut pipeline)?;
            } else if begins_command(token.kind) {
                pipeline.commands += 1;
                pipeline.is_open = true;
                pipeline.is_first = true;
            } else {
                return Err(self.unexpected(token, pipeline.place));
            }
        }
    }

    /// Variables in front of the commands. A `=` declares, too.
    fn declarations(&mut self, place: Place) -> Result<(), Error> {
        let is_range = place == Place::Clause(Keyword::Range);
        let mut declared = 0;
        loop {
            let variable = self.peek();
            if variable.kind != Kind::Variable {
                return Ok(());
            }
            let start = self.read;
            self.read += 1;
            let behind = self.peek();
            match behind.kind {
                Kind::Assign | Kind::Declare => {
                    self.read += 1;
                    self.scope.declare(variable.text);
                    return Ok(());
                }
                Kind::Comma if is_range && declared == 0 => {
                    self.read += 1;
                    self.scope.declare(variable.text);
                    declared += 1;
                    if self.peek().kind != Kind::Variable {
                        return Err(self.error(behind.start, Cause::RangeVariable));
                    }
                }
                Kind::Comma => return Err(self.error(behind.start, Cause::Declarations { place })),
                _ => {
                    self.read = start;
                    return Ok(());
                }
            }
        }
    }

    /// Whether `token` is a value, which must be known.
    fn value(&self, token: Token<'_>) -> Result<bool, Error> {
        let name = || excerpt(token.text);
        match token.kind {
            Kind::Function if !self.functions.defines(token.text) => {
                Err(self.error(token.start, Cause::Function { name: name() }))
            }
            Kind::Variable if !self.scope.declares(token.text) => {
                Err(self.error(token.start, Cause::Variable { name: name() }))
            }
            kind => Ok(begins_command(kind)),
        }
    }

    /// The fields after a value whose last token was `value`.
    fn operand(&mut self, pipeline: &mut Pipeline, value: Token<'_>) -> Result<(), Error> {
        let is_literal = is_literal(value.kind);
        while self.adjacent().kind == Kind::Field {
            let field = self.adjacent();
            if is_literal {
                let (text, field_text) = (excerpt(value.text), excerpt(field.text));
                let cause = Cause::FieldOfLiteral {
                    text,
                    field: field_text,
                };
                return Err(self.error(field.start, cause));
            }
            self.read += 1;
        }
        if pipeline.is_first && pipeline.commands > 1 && is_literal {
            let text = excerpt(value.text);
            return Err(self.error(value.start, Cause::NotCalled { text }));
        }
        pipeline.is_first = false;
        Ok(())
    }

    /// A space, or the end of the command.
    fn behind_operand(&mut self, pipeline: &mut Pipeline) -> Result<(), Error> {
        let token = self.adjacent();
        match token.kind {
            Kind::Space => self.read += 1,
            Kind::Close | Kind::RightParenthesis => pipeline.is_open = false,
            Kind::Pipe => {
                self.read += 1;
                pipeline.is_open = false;
            }
            _ => return Err(self.unexpected(token, pipeline.place)),
        }
        Ok(())
    }
}

fn begins_command(kind: Kind) -> bool {
    is_literal(kind)
        || matches!(
            kind,
            Kind::Field | Kind::Variable | Kind::Function | Kind::LeftParenthesis
        )
}

/// Whether it has neither fields nor arguments.
fn is_literal(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Boolean | Kind::Dot | Kind::Nil | Kind::Number | Kind::String
    )
}
