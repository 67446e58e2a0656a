//! Expansion of `$(NAME)`, exactly as the original's `\$\(([a-zA-Z_0-9]+)\)`: a set variable is replaced by its value,
//! which is not looked at again; everything else stays, references to unset variables included. There is no escape.
//! Works piece by piece as they are read, so memory is bounded however long a line is.

use std::collections::BTreeSet;
use std::io::{self, BufRead, Write};

use crate::environment::{Environment, Value};

/// Names of unset variables that are kept for the log.
const NAMED: usize = 20;

/// Longest name that is waited for, in bytes: the system takes no longer variable (`execve(2)`).
const LONGEST_NAME: usize = 128 * 1024;

/// What an expansion could not replace.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unset {
    /// References, each occurrence counted.
    pub references: u64,
    /// The first names, without repetition.
    pub names: BTreeSet<String>,
}

impl Unset {
    /// Adds those of another file.
    pub fn add(&mut self, other: Self) {
        self.references += other.references;
        let room = NAMED.saturating_sub(self.names.len());
        self.names.extend(other.names.into_iter().take(room));
    }

    /// The names, in one line.
    pub fn listed(&self) -> String {
        self.names.iter().map(String::as_str).collect::<Vec<_>>().join(",")
    }
}

/// Copies `input` to `output` with its references replaced.
pub fn copy(input: &mut dyn BufRead, output: &mut dyn Write, environment: &Environment) -> io::Result<Unset> {
    let mut unset = Unset::default();
    // What was read and not written yet.
    let mut text = Vec::new();
    loop {
        let piece = match input.fill_buf() {
            Ok(piece) => piece,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let count = piece.len();
        if count == 0 {
            replace(&text, output, environment, &mut unset)?;
            return Ok(unset);
        }
        text.extend_from_slice(piece);
        input.consume(count);
        let whole = without_half_a_reference(&text);
        replace(&text[..whole], output, environment, &mut unset)?;
        text.drain(..whole);
    }
}

/// Up to where `text` holds no reference whose end is still to come.
fn without_half_a_reference(text: &[u8]) -> usize {
    let Some(start) = text.iter().rposition(|&byte| byte == b'$') else {
        return text.len();
    };
    let is_open = match &text[start + 1..] {
        [] => true,
        [b'(', name @ ..] => name.len() <= LONGEST_NAME && name.iter().copied().all(is_of_name),
        _ => false,
    };
    if is_open { start } else { text.len() }
}

fn replace(mut text: &[u8], output: &mut dyn Write, environment: &Environment, unset: &mut Unset) -> io::Result<()> {
    while let Some(start) = text.iter().position(|&byte| byte == b'$') {
        let Some(name) = reference(&text[start..]) else {
            output.write_all(&text[..=start])?;
            text = &text[start + 1..];
            continue;
        };
        let end = start + name.len() + "$()".len();
        match environment.value(name) {
            Value::Set(value) => {
                output.write_all(&text[..start])?;
                output.write_all(value)?;
            }
            Value::Foreign => output.write_all(&text[..end])?,
            Value::Unset => {
                output.write_all(&text[..end])?;
                unset.references += 1;
                if unset.names.len() < NAMED {
                    unset.names.insert(String::from_utf8_lossy(name).into_owned());
                }
            }
        }
        text = &text[end..];
    }
    output.write_all(text)
}

/// The name, if `text` begins with a reference.
fn reference(text: &[u8]) -> Option<&[u8]> {
    let body = text.strip_prefix(b"$(")?;
    let end = body.iter().position(|&byte| !is_of_name(byte))?;
    (end > 0 && body[end] == b')').then_some(&body[..end])
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> (String, Unset) {
        let variables = [
            ("POD_NAME", "prom-0"),
            ("SHARD", "1"),
            ("NESTED", "$(SHARD)"),
            ("EMPTY", ""),
            ("9", "nine"),
        ];
        let environment = Environment::new(variables.map(|(name, value)| (name.into(), value.into())), "");
        let mut output = Vec::new();
        let unset = copy(&mut text.as_bytes(), &mut output, &environment).expect("memory takes every write");
        (String::from_utf8(output).expect("the input is UTF-8"), unset)
    }

    #[test]
    fn references_are_replaced_once() {
        for (text, expected) in [
            ("replica: $(POD_NAME)\n", "replica: prom-0\n"),
            ("$(SHARD)$(SHARD)", "11"),
            ("a: $(NESTED)", "a: $(SHARD)"),
            ("a: [$(EMPTY)]", "a: []"),
            ("$(9)", "nine"),
            ("x\r\n\r\n$(SHARD)\n\n", "x\r\n\r\n1\n\n"),
        ] {
            assert_eq!(expanded(text), (expected.to_owned(), Unset::default()), "{text}");
        }
    }

    #[test]
    fn what_is_no_reference_stays() {
        for text in [
            "",
            "$",
            "$$",
            "$(",
            "$()",
            "$(SHARD",
            "$( SHARD)",
            "$(SHARD )",
            "$(A-B)",
            "${SHARD}",
            "$SHARD",
            "$1",
            "$(SHA\nRD)",
            "$(\u{e9})",
        ] {
            assert_eq!(expanded(text), (text.to_owned(), Unset::default()), "{text}");
        }
        assert_eq!(expanded("$($(SHARD))").0, "$(1)");
        assert_eq!(expanded("$$(SHARD)").0, "$1");
    }

    #[test]
    fn a_reference_that_never_ends_is_not_waited_for() {
        let text = format!("$({}", "A".repeat(3 * LONGEST_NAME));
        assert_eq!(expanded(&text), (text.clone(), Unset::default()));
        assert_eq!(without_half_a_reference(text.as_bytes()), text.len());
        for (text, whole) in [
            ("a$", 1),
            ("a$(", 1),
            ("a$(B", 1),
            ("a$(B)", 5),
            ("a$(B$", 4),
            ("a$b", 3),
            ("ab", 2),
        ] {
            assert_eq!(without_half_a_reference(text.as_bytes()), whole, "{text}");
        }
    }

    #[test]
    fn unset_variables_stay_and_are_counted() {
        let (text, unset) = expanded("$(HOME_) $(SHARD) $(nothing)\n$(nothing)");
        assert_eq!(text, "$(HOME_) 1 $(nothing)\n$(nothing)");
        assert_eq!(unset.references, 3);
        assert_eq!(unset.names.into_iter().collect::<Vec<_>>(), ["HOME_", "nothing"]);
    }
}
