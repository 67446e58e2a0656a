//! Blocks of a template: what begins and ends them, and what they hide. What is within an action is the matter of
//! `pipeline`.

use std::collections::BTreeMap;
use std::mem;

use super::Functions;
use super::error::{Cause, Error, excerpt};
use super::lexer::{Lexer, Segment};
use super::quoted;
use super::scope::Scope;
use super::token::{Keyword, Kind, Place, Token};

/// A template that is being checked.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) functions: &'a Functions,
    /// The action at hand, and how many of its tokens are read.
    pub(super) tokens: Vec<Token<'a>>,
    pub(super) read: usize,
    pub(super) scope: Scope<'a>,
    /// Templates around the one of `scope`.
    outer: Vec<Scope<'a>>,
    blocks: Vec<Block>,
    /// Templates by name, and whether they are blank.
    templates: BTreeMap<Vec<u8>, bool>,
}

/// A block that is not ended yet.
struct Block {
    keyword: Keyword,
    /// Where it begins.
    start: usize,
    /// How many variables are declared in front of it.
    variables: usize,
    has_else: bool,
}

impl<'a> Parser<'a> {
    /// At the start of the template `name`.
    pub(super) fn new(name: &str, text: &'a str, functions: &'a Functions) -> Self {
        let mut scope = Scope::new(name.as_bytes().to_vec());
        for variable in functions.variables() {
            scope.declare(variable);
            scope.is_blank = false;
        }
        Self {
            text,
            functions,
            tokens: Vec::new(),
            read: 0,
            scope,
            outer: Vec::new(),
            blocks: Vec::new(),
            templates: BTreeMap::new(),
        }
    }

    /// Checks the whole text.
    pub(super) fn run(mut self) -> Result<(), Error> {
        let mut lexer = Lexer::new(self.text);
        while let Some(segment) = lexer.segment(&mut self.tokens)? {
            match segment {
                Segment::Text(text) => self.scope.is_blank &= text.trim().is_empty(),
                Segment::Action => {
                    self.read = 0;
                    self.action()?;
                }
            }
        }
        if let Some(Block { keyword, start, .. }) = self.blocks.pop() {
            return Err(self.error(start, Cause::UnclosedBlock { keyword }));
        }
        let scope = mem::take(&mut self.scope);
        self.define(scope, self.text.len())
    }

    fn action(&mut self) -> Result<(), Error> {
        let first = self.peek();
        let Kind::Keyword(keyword) = first.kind else {
            self.scope.is_blank = false;
            return self.pipeline(Place::Action);
        };
        self.read += 1;
        let place = Place::Clause(keyword);
        match keyword {
            Keyword::Define if !self.blocks.is_empty() => Err(self.unexpected(first, Place::Action)),
            Keyword::Define => {
                let name = self.name(place)?;
                self.close(place)?;
                self.open(keyword, first.start);
                self.enter(name);
                Ok(())
            }
            Keyword::Else => self.alternative(first),
            Keyword::End => self.end(first),
            Keyword::Block => {
                self.scope.is_blank = false;
                let name = self.name(place)?;
                self.pipeline(place)?;
                self.open(keyword, first.start);
                self.enter(name);
                Ok(())
            }
            Keyword::Break | Keyword::Continue => {
                self.close(place)?;
                if self.scope.loops == 0 {
                    return Err(self.error(first.start, Cause::OutsideRange { keyword }));
                }
                Ok(())
            }
            Keyword::If | Keyword::Range | Keyword::With => {
                self.scope.is_blank = false;
                self.open(keyword, first.start);
                self.pipeline(place)?;
                self.scope.loops += usize::from(keyword == Keyword::Range);
                Ok(())
            }
            Keyword::Template => {
                self.scope.is_blank = false;
                self.name(place)?;
                if self.peek().kind == Kind::Close {
                    return Ok(());
                }
                self.pipeline(place)
            }
        }
    }

    /// `else`, and `else if` of an `if`, and `else with` of a `with`.
    fn alternative(&mut self, first: Token<'a>) -> Result<(), Error> {
        let place = Place::Clause(Keyword::Else);
        let next = self.peek();
        let block = match self.blocks.last_mut() {
            Some(block) if !matches!(block.keyword, Keyword::Block | Keyword::Define) => block,
            _ => return Err(self.error(first.start, Cause::NoBlock { keyword: Keyword::Else })),
        };
        if block.has_else {
            return Err(self.error(first.start, Cause::SecondElse));
        }
        // What is declared in front of an `else` can still be seen behind it: variables are forgotten at the `end`.
        match next.kind {
            Kind::Keyword(keyword @ (Keyword::If | Keyword::With)) if block.keyword == keyword => {
                self.read += 1;
                self.pipeline(Place::Clause(keyword))
            }
            _ => {
                block.has_else = true;
                self.scope.loops -= usize::from(block.keyword == Keyword::Range);
                self.close(place)
            }
        }
    }

    fn end(&mut self, first: Token<'a>) -> Result<(), Error> {
        self.close(Place::Clause(Keyword::End))?;
        let Some(block) = self.blocks.pop() else {
            return Err(self.error(first.start, Cause::NoBlock { keyword: Keyword::End }));
        };
        match block.keyword {
            Keyword::Block | Keyword::Define => {
                let outer = self.outer.pop().unwrap_or_default();
                let ended = mem::replace(&mut self.scope, outer);
                self.define(ended, first.start)
            }
            keyword => {
                self.scope.forget(block.variables);
                self.scope.loops -= usize::from(keyword == Keyword::Range && !block.has_else);
                Ok(())
            }
        }
    }

    fn open(&mut self, keyword: Keyword, start: usize) {
        self.blocks.push(Block {
            keyword,
            start,
            variables: self.scope.variables(),
            has_else: false,
        });
    }

    /// Goes into the template `name` within this one.
    fn enter(&mut self, name: Vec<u8>) {
        self.outer.push(mem::replace(&mut self.scope, Scope::new(name)));
    }

    /// Ends the template of `scope`. One that is blank does not count where there is another of its name.
    fn define(&mut self, scope: Scope<'a>, start: usize) -> Result<(), Error> {
        let is_defined = self.templates.get(&scope.name) == Some(&false);
        if is_defined && !scope.is_blank {
            let name = excerpt(&String::from_utf8_lossy(&scope.name));
            return Err(self.error(start, Cause::Redefined { name }));
        }
        if !is_defined {
            self.templates.insert(scope.name, scope.is_blank);
        }
        Ok(())
    }

    /// The name of a template.
    fn name(&mut self, place: Place) -> Result<Vec<u8>, Error> {
        let token = self.peek();
        let name = quoted::content(token.text).filter(|_| token.kind == Kind::String);
        self.read += 1;
        name.ok_or_else(|| self.unexpected(token, place))
    }

    /// The end of the action.
    fn close(&mut self, place: Place) -> Result<(), Error> {
        match self.peek() {
            Token { kind: Kind::Close, .. } => Ok(()),
            token => Err(self.unexpected(token, place)),
        }
    }

    /// The next token that is no space.
    pub(super) fn peek(&mut self) -> Token<'a> {
        while self.adjacent().kind == Kind::Space {
            self.read += 1;
        }
        self.adjacent()
    }

    /// The next token.
    pub(super) fn adjacent(&self) -> Token<'a> {
        self.tokens.get(self.read).copied().unwrap_or(Token {
            kind: Kind::Close,
            text: "",
            start: self.text.len(),
        })
    }

    pub(super) fn error(&self, start: usize, cause: Cause) -> Error {
        Error::at(self.text, start, cause)
    }

    pub(super) fn unexpected(&self, token: Token<'_>, place: Place) -> Error {
        let text = excerpt(token.text);
        self.error(token.start, Cause::Unexpected { token: text, place })
    }
}
