//! The words of an expression. Pure.

/// A word.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Name(String),
    Text(String),
    Integer(i64),
    Sign(&'static str),
}

/// Longer ones before those that they begin with.
const SIGNS: [&str; 17] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "?", ":", ".", ",", "(", ")", "[", "]",
];

/// The words of `text`; `None` where it has what is not known.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            'a'..='z' | 'A'..='Z' | '_' => {
                let (name, after) = split(rest, |character| character.is_ascii_alphanumeric() || character == '_');
                (Token::Name(name.to_owned()), after)
            }
            '0'..='9' => {
                let (digits, after) = split(rest, |character| character.is_ascii_digit());
                (Token::Integer(digits.parse().ok()?), after)
            }
            '\'' | '"' => {
                let (content, after) = rest[1..].split_once(first)?;
                // Escapes are not needed so far.
                if content.contains('\\') {
                    return None;
                }
                (Token::Text(content.to_owned()), after)
            }
            _ => {
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign))?;
                (Token::Sign(sign), &rest[sign.len()..])
            }
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Some(tokens)
}

/// What `text` begins with, and the rest.
fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|character| !belongs(character)).unwrap_or(text.len());
    text.split_at(end)
}
