//! Whether Prometheus compiles a regular expression, and whether it matches the empty text. Pure.
//!
//! Prometheus is written in Go, whose syntax differs from that of the `regex` crate in both directions (repetitions of
//! repetitions, `\Q…\E`, octal escapes, set operations in classes, names of groups and of Unicode classes, flags). The
//! operator matches nothing else, so this is a reader of Go's syntax (`regexp/syntax`, Perl flags) and no translator.

mod checked;
mod limits;
mod unicode_class;

#[cfg(test)]
mod tests;

pub use checked::Expression;

/// An expression that does not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A group is not closed.
    #[error("missing closing )")]
    MissingParenthesis,
    /// A group is closed that was not opened.
    #[error("unexpected )")]
    UnexpectedParenthesis,
    /// A character class is not closed.
    #[error("missing closing ]")]
    MissingBracket,
    /// `[z-a]`, or a class that does not exist.
    #[error("invalid character class range")]
    CharacterRange,
    /// A group whose name has other characters than letters, digits and underscores, or none.
    #[error("invalid named capture")]
    NamedCapture,
    /// `(?` and something unknown.
    #[error("invalid or unsupported Perl syntax")]
    PerlSyntax,
    /// A repetition of nothing.
    #[error("missing argument to repetition operator")]
    MissingRepeatArgument,
    /// A repetition of a repetition.
    #[error("invalid nested repetition operator")]
    NestedRepeat,
    /// More than 1000 repetitions, nested ones multiplied, or fewer at most than at least.
    #[error("invalid repeat count")]
    RepeatCount,
    /// A backslash before something that has no meaning with it.
    #[error("invalid escape sequence")]
    Escape,
    /// More than 1000 levels.
    #[error("expression nests too deeply")]
    NestingDepth,
    /// More than about three million instructions, or more than about thirty million characters in classes.
    #[error("expression too large")]
    TooLarge,
}

/// Most repetitions, and most levels: limits of Go.
const MAX_REPEAT: u32 = 1000;
const MAX_HEIGHT: u32 = 1000;
/// Numbers from here on are too large, whatever follows.
const MAX_COUNT: u32 = 100_000_000;

/// Checks `text` as Prometheus compiles it for relabeling: anchored, and with a dot that matches newlines.
pub fn check(text: &str) -> Result<(), Error> {
    // The text can close the group or take up the rest, so what is read must be what Prometheus reads.
    let anchored = format!("^(?s:{text})$");
    Reader::new(&anchored).expression().map(|_| ())
}

/// Checks `text` as Prometheus compiles it for labels, on its own, and says whether it matches the empty text.
pub fn matches_empty(text: &str) -> Result<bool, Error> {
    let whole = Reader::new(text).expression()?;
    // What is read is then compiled between anchors, which is one more level.
    whole.raised().map(|anchored| anchored.matches_empty)
}

/// What a repetition may apply to, and what limits look at.
#[derive(Clone, Copy)]
struct Atom {
    /// Largest product of nested repeat counts.
    repeats: u32,
    /// Levels of the syntax tree.
    height: u32,
    /// Instructions of the program.
    size: u32,
    matches_empty: bool,
}

/// How often something is repeated.
#[derive(Clone, Copy)]
struct Counts {
    least: u32,
    most: Option<u32>,
    /// Whether it is written as a number, which nests only so far.
    is_number: bool,
}

impl Counts {
    /// `*`, `+` or `?`.
    const fn of_sign(sign: char) -> Self {
        Self {
            least: if sign == '+' { 1 } else { 0 },
            most: if sign == '?' { Some(1) } else { None },
            is_number: false,
        }
    }

    /// Instructions of the repetition of something that has `once`.
    fn size(self, once: u32) -> u32 {
        match self {
            Self {
                least: 0, most: None, ..
            } => once.saturating_add(2),
            Self { least, most: None, .. } => once.saturating_mul(least).saturating_add(1),
            Self {
                least,
                most: Some(most),
                ..
            } => once.saturating_mul(most).saturating_add(most - least).max(1),
        }
    }
}

/// An open group, or the whole expression.
struct Group {
    captures: bool,
    /// Largest of the alternatives that are read.
    done: Option<Atom>,
    alternatives: u32,
    /// The alternative that is being read: largest of its atoms but the last.
    sequence: Option<Atom>,
    last: Option<Atom>,
}

struct Reader<'a> {
    rest: &'a str,
    runes: limits::Runes,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            runes: limits::Runes::default(),
        }
    }

    fn expression(&mut self) -> Result<Atom, Error> {
        let mut open = vec![Group::new(false)];
        let mut captures = 0;
        let mut after_repeat = false;
        while let Some(next) = self.rest.chars().next() {
            let mut repeats = false;
            let group = open.last_mut().ok_or(Error::UnexpectedParenthesis)?;
            match next {
                '(' => {
                    if let Some(is_captured) = self.group()? {
                        captures += u32::from(is_captured);
                        // Each is a level, be it closed or not: millions of them would take the memory.
                        if captures > MAX_HEIGHT {
                            return Err(Error::NestingDepth);
                        }
                        open.push(Group::new(is_captured));
                    }
                }
                ')' => {
                    self.take(1);
                    let closed = open.pop().ok_or(Error::UnexpectedParenthesis)?;
                    captures -= u32::from(closed.captures);
                    let parent = open.last_mut().ok_or(Error::UnexpectedParenthesis)?;
                    parent.push(closed.close()?);
                }
                '|' => {
                    self.take(1);
                    group.next_alternative()?;
                }
                '*' | '+' | '?' => {
                    self.take(1);
                    group.repeat(Counts::of_sign(next), after_repeat)?;
                    self.lazy();
                    repeats = true;
                }
                '{' => {
                    if let Some(counts) = self.counts()? {
                        group.repeat(counts, after_repeat)?;
                        self.lazy();
                        repeats = true;
                    } else {
                        self.take(1);
                        group.push(Atom::LEAF);
                    }
                }
                '[' => {
                    self.class()?;
                    group.push(Atom::LEAF);
                }
                '\\' => self.escaped(group)?,
                '^' | '$' => {
                    self.take(1);
                    group.push(Atom::EMPTY);
                }
                other => {
                    self.take(other.len_utf8());
                    group.push(Atom::LEAF);
                }
            }
            after_repeat = repeats;
        }
        self.runes.check()?;
        match open.len() {
            1 => open.remove(0).close(),
            _ => Err(Error::MissingParenthesis),
        }
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }

    fn take_if(&mut self, prefix: &str) -> bool {
        let found = self.rest.starts_with(prefix);
        if found {
            self.take(prefix.len());
        }
        found
    }

    /// The question mark after a repetition.
    fn lazy(&mut self) {
        self.take_if("?");
    }

    /// Reads the start of a group. Gives whether it captures, or nothing when only flags were set.
    fn group(&mut self) -> Result<Option<bool>, Error> {
        if !self.rest.starts_with("(?") {
            self.take(1);
            return Ok(Some(true));
        }
        if self.take_if("(?P<") || self.take_if("(?<") {
            let end = self.rest.find('>').ok_or(Error::NamedCapture)?;
            let name = self.take(end);
            self.take(1);
            let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            if name.is_empty() || !name.bytes().all(is_word) {
                return Err(Error::NamedCapture);
            }
            return Ok(Some(true));
        }
        self.take(2);
        self.flags()
    }

    fn flags(&mut self) -> Result<Option<bool>, Error> {
        let (mut negated, mut named) = (false, false);
        while let Some(flag) = self.rest.chars().next() {
            self.take(flag.len_utf8());
            match flag {
                'i' | 'm' | 's' | 'U' => {
                    named = true;
                    self.runes.folds |= flag == 'i';
                }
                '-' if !negated => (negated, named) = (true, false),
                ':' | ')' if negated && !named => return Err(Error::PerlSyntax),
                ':' => return Ok(Some(false)),
                ')' => return Ok(None),
                _ => return Err(Error::PerlSyntax),
            }
        }
        Err(Error::MissingParenthesis)
    }

    /// Reads `{n}`, `{n,}` or `{n,m}`. Anything else is text.
    fn counts(&mut self) -> Result<Option<Counts>, Error> {
        let Some((inside, after)) = self.rest[1..].split_once('}') else {
            return Ok(None);
        };
        let (least, most) = match inside.split_once(',') {
            None => (count(inside), count(inside).map(Some)),
            Some((least, "")) => (count(least), Some(None)),
            Some((least, most)) => (count(least), count(most).map(Some)),
        };
        let (Some(least), Some(most)) = (least, most) else {
            return Ok(None);
        };
        if least > MAX_REPEAT || most.is_some_and(|most| most > MAX_REPEAT || most < least) {
            return Err(Error::RepeatCount);
        }
        self.rest = after;
        Ok(Some(Counts {
            least,
            most,
            is_number: true,
        }))
    }

    /// Reads a backslash and what follows it outside of a class.
    fn escaped(&mut self, group: &mut Group) -> Result<(), Error> {
        if self.take_if("\\Q") {
            let (text, after) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
            self.rest = after;
            text.chars().for_each(|_| group.push(Atom::LEAF));
            return Ok(());
        }
        if ["\\A", "\\B", "\\z"].iter().any(|text| self.take_if(text)) {
            group.push(Atom::EMPTY);
            return Ok(());
        }
        // An empty text has no edge of a word.
        if !self.take_if("\\b") && !self.escaped_class()? {
            self.escaped_character()?;
        }
        group.push(Atom::LEAF);
        Ok(())
    }

    /// Reads `\d`, `\pL`, `\p{Greek}` and the like, if one is here.
    fn escaped_class(&mut self) -> Result<bool, Error> {
        if ["\\d", "\\D", "\\s", "\\S", "\\w", "\\W"]
            .iter()
            .any(|text| self.take_if(text))
        {
            return Ok(true);
        }
        if !self.take_if("\\p") && !self.take_if("\\P") {
            return Ok(false);
        }
        let name = if self.take_if("{") {
            let end = self.rest.find('}').ok_or(Error::CharacterRange)?;
            let name = self.take(end);
            self.take(1);
            name.strip_prefix('^').unwrap_or(name)
        } else {
            let letter = self.rest.chars().next().ok_or(Error::CharacterRange)?;
            self.take(letter.len_utf8())
        };
        if unicode_class::is_known(name) {
            self.runes.class();
            Ok(true)
        } else {
            Err(Error::CharacterRange)
        }
    }

    /// Reads an escape that stands for one character.
    fn escaped_character(&mut self) -> Result<char, Error> {
        self.take(1);
        let escaped = self.rest.chars().next().ok_or(Error::Escape)?;
        self.take(escaped.len_utf8());
        match escaped {
            '0' => Ok(self.octal(0)),
            // One digit would refer back to a group, which Go has not.
            '1'..='7' if self.rest.starts_with(|next: char| next.is_digit(8)) => {
                Ok(self.octal(escaped.to_digit(8).unwrap_or_default()))
            }
            'x' => self.hexadecimal(),
            'a' => Ok('\x07'),
            'f' => Ok('\x0c'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            'v' => Ok('\x0b'),
            other if other.is_ascii() && !other.is_ascii_alphanumeric() => Ok(other),
            _ => Err(Error::Escape),
        }
    }

    /// Up to two more octal digits.
    fn octal(&mut self, first: u32) -> char {
        let mut value = first;
        for _ in 0..2 {
            let Some(digit) = self.rest.chars().next().and_then(|next| next.to_digit(8)) else {
                break;
            };
            self.take(1);
            value = value * 8 + digit;
        }
        char::from_u32(value).unwrap_or(char::MAX)
    }

    fn hexadecimal(&mut self) -> Result<char, Error> {
        let digits = if self.take_if("{") {
            let end = self.rest.find('}').ok_or(Error::Escape)?;
            let digits = self.take(end);
            self.take(1);
            digits
        } else {
            let digits = self.rest.get(..2).ok_or(Error::Escape)?;
            self.take(digits.len())
        };
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Error::Escape);
        }
        match u32::from_str_radix(digits, 16) {
            // Go takes surrogates, which match nothing; a neighbour keeps the order of ranges.
            Ok(0xd800..=0xdfff) => Ok('\u{d7ff}'),
            Ok(value) => char::from_u32(value).ok_or(Error::Escape),
            Err(_) => Err(Error::Escape),
        }
    }

    /// Reads a class in brackets.
    fn class(&mut self) -> Result<(), Error> {
        self.take(1);
        self.take_if("^");
        self.runes.bracket();
        let mut first = true;
        while first || !self.rest.starts_with(']') {
            first = false;
            self.runes.item();
            if self.rest.starts_with("[:") && self.named_class()? {
                continue;
            }
            if self.rest.starts_with('\\') && self.escaped_class()? {
                continue;
            }
            let low = self.class_character()?;
            if self.rest.starts_with('-') && !self.rest.starts_with("-]") && self.rest.len() > 1 {
                self.take(1);
                if self.class_character()? < low {
                    return Err(Error::CharacterRange);
                }
            }
        }
        self.take(1);
        Ok(())
    }

    fn class_character(&mut self) -> Result<char, Error> {
        let character = self.rest.chars().next().ok_or(Error::MissingBracket)?;
        if character == '\\' {
            return self.escaped_character();
        }
        self.take(character.len_utf8());
        Ok(character)
    }

    /// Reads `[:alpha:]` and the like; without an end it is text.
    fn named_class(&mut self) -> Result<bool, Error> {
        const NAMES: [&str; 14] = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper",
            "word", "xdigit",
        ];
        let Some((name, after)) = self.rest[2..].split_once(":]") else {
            return Ok(false);
        };
        if !NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err(Error::CharacterRange);
        }
        self.rest = after;
        Ok(true)
    }
}

/// A number of a repetition: digits without a leading zero.
fn count(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || (text.len() > 1 && text.starts_with('0')) {
        return None;
    }
    Some(text.parse().map_or(MAX_COUNT, |value: u32| value.min(MAX_COUNT)))
}

impl Atom {
    /// Something that takes a character, or matches no empty text.
    const LEAF: Self = Self {
        repeats: 1,
        height: 1,
        size: 1,
        matches_empty: false,
    };
    /// Nothing, or something that takes no character.
    const EMPTY: Self = Self {
        matches_empty: true,
        ..Self::LEAF
    };

    /// One after the other.
    fn and(self, other: Option<Self>) -> Self {
        other.map_or(self, |other| Self {
            matches_empty: self.matches_empty && other.matches_empty,
            size: self.size.saturating_add(other.size),
            ..self.larger(other)
        })
    }

    /// One or the other.
    fn or(self, other: Option<Self>) -> Self {
        other.map_or(self, |other| Self {
            matches_empty: self.matches_empty || other.matches_empty,
            // One instruction chooses.
            size: self.size.saturating_add(other.size).saturating_add(1),
            ..self.larger(other)
        })
    }

    fn larger(self, other: Self) -> Self {
        Self {
            repeats: self.repeats.max(other.repeats),
            height: self.height.max(other.height),
            ..self
        }
    }

    fn raised(mut self) -> Result<Self, Error> {
        self.height += 1;
        if self.height > MAX_HEIGHT {
            return Err(Error::NestingDepth);
        }
        Ok(self)
    }

    /// The same with more instructions.
    fn sized(self, size: u32) -> Result<Self, Error> {
        limits::check_size(size)?;
        Ok(Self { size, ..self })
    }
}

impl Group {
    const fn new(captures: bool) -> Self {
        Self {
            captures,
            done: None,
            alternatives: 0,
            sequence: None,
            last: None,
        }
    }

    fn push(&mut self, atom: Atom) {
        if let Some(last) = self.last.replace(atom) {
            self.sequence = Some(last.and(self.sequence));
        }
    }

    fn repeat(&mut self, counts: Counts, after_repeat: bool) -> Result<(), Error> {
        let last = self.last.ok_or(Error::MissingRepeatArgument)?;
        if after_repeat {
            return Err(Error::NestedRepeat);
        }
        let mut repeated = last.raised()?;
        repeated.matches_empty |= counts.least == 0;
        if counts.is_number {
            // Without an upper bound, the lower one counts.
            repeated.repeats = match counts.most.unwrap_or(counts.least) {
                0 => 1,
                count => last.repeats.saturating_mul(count),
            };
        }
        if repeated.repeats > MAX_REPEAT {
            return Err(Error::RepeatCount);
        }
        self.last = Some(repeated.sized(counts.size(last.size))?);
        Ok(())
    }

    fn next_alternative(&mut self) -> Result<(), Error> {
        let sequence = self.sequence.take();
        let last = self.last.take().unwrap_or(Atom::EMPTY);
        let alternative = match sequence {
            Some(_) => last.and(sequence).raised()?,
            None => last,
        };
        self.done = Some(alternative.or(self.done));
        self.alternatives += 1;
        Ok(())
    }

    fn close(mut self) -> Result<Atom, Error> {
        self.next_alternative()?;
        let mut atom = self.done.unwrap_or(Atom::LEAF);
        if self.alternatives > 1 {
            atom = atom.raised()?;
        }
        limits::check_size(atom.size)?;
        if self.captures {
            let size = atom.size.saturating_add(2);
            atom.raised()?.sized(size)
        } else {
            Ok(atom)
        }
    }
}
