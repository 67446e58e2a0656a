//! The syntax since Alertmanager 0.27, without what is left of the one before.

use super::token::{Lexer, Token};
use super::{Error, Expected, Matcher};

/// The matchers between commas, and between braces or not.
pub(super) fn matchers(text: &str) -> Result<Vec<Matcher>, Error> {
    let mut lexer = Lexer::new(text);
    let mut matchers = Vec::new();
    let mut token = lexer.next()?;
    let has_brace = matches!(token, Token::OpenBrace);
    if has_brace {
        token = lexer.next()?;
    }
    while !matches!(token, Token::CloseBrace | Token::End) {
        matchers.push(read(token, &mut lexer)?);
        token = lexer.next()?;
        match token {
            Token::Comma => token = after_comma(&mut lexer)?,
            Token::CloseBrace | Token::End => {}
            _ => return Err(lexer.unexpected(token, Expected::CommaOrBrace)),
        }
    }
    match (has_brace, token) {
        (true, Token::CloseBrace) => match lexer.next()? {
            Token::End => Ok(matchers),
            other => Err(lexer.unexpected(other, Expected::End)),
        },
        (true, _) => Err(lexer.unexpected(token, Expected::CloseBrace)),
        (false, Token::CloseBrace) => Err(lexer.unexpected(token, Expected::OpenBrace)),
        (false, _) => Ok(matchers),
    }
}

/// The one matcher that `text` is.
pub(super) fn matcher(text: &str) -> Result<Matcher, Error> {
    let mut matchers = matchers(text)?;
    match (matchers.len(), matchers.pop()) {
        (1, Some(matcher)) => Ok(matcher),
        (count, _) => Err(Error::Count { count }),
    }
}

/// The matcher that begins with the token `first`.
fn read(first: Token<'_>, lexer: &mut Lexer<'_>) -> Result<Matcher, Error> {
    let name = lexer
        .content(first)?
        .ok_or_else(|| lexer.unexpected(first, Expected::Name))?;
    let operator = match lexer.next()? {
        Token::Operator(operator) => operator,
        other => return Err(lexer.unexpected(other, Expected::Operator)),
    };
    let token = lexer.next()?;
    let value = lexer
        .content(token)?
        .ok_or_else(|| lexer.unexpected(token, Expected::Value))?;
    Matcher::new(name, operator, value)
}

/// The token after a comma, where a list may end.
fn after_comma<'a>(lexer: &mut Lexer<'a>) -> Result<Token<'a>, Error> {
    match lexer.next()? {
        token @ (Token::CloseBrace | Token::End | Token::Quoted(_) | Token::Unquoted(_)) => Ok(token),
        other => Err(lexer.unexpected(other, Expected::MatcherOrBrace)),
    }
}
