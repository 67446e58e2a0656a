use super::*;

#[test]
fn reads_what_users_write() {
    for text in [
        "",
        "(.*)",
        "([^:]+)(?::\\d+)?;(\\d+)",
        "a|",
        "kube_(pod|node)_.+",
        "(?i:prod|Prod)",
        "[]a-]",
        "a{,5}",
        "a{02}",
        "\\Qa.b\\E",
        "[[:alpha:]_]+",
        "\\p{Greek}",
        "\\pL*?",
        "^a$",
        "\\x{1F600}|\\041",
        "(?P<zone>.+)-(?<id>.+)",
    ] {
        assert_eq!(check(text), Ok(()), "{text}");
    }
}

#[test]
fn says_what_is_wrong() {
    for (text, error) in [
        ("a(", Error::MissingParenthesis),
        ("a)", Error::UnexpectedParenthesis),
        ("a**", Error::NestedRepeat),
        ("(|*)", Error::MissingRepeatArgument),
        ("(a{100}){11}", Error::RepeatCount),
        ("a{3,2}", Error::RepeatCount),
        ("[z-a]", Error::CharacterRange),
        ("[a", Error::MissingBracket),
        ("\\p{Emoji}", Error::CharacterRange),
        ("(?=a)", Error::PerlSyntax),
        ("(?x)a", Error::PerlSyntax),
        ("(?P<a-b>.)", Error::NamedCapture),
        ("(a)\\1", Error::Escape),
        ("\\Qa", Error::MissingParenthesis),
    ] {
        assert_eq!(check(text), Err(error), "{text}");
    }
    assert_eq!(
        check(&format!("{}a{}", "(".repeat(1001), ")".repeat(1001))),
        Err(Error::NestingDepth)
    );
}

#[test]
fn says_what_matches_the_empty_text() {
    for (text, expected) in [
        ("", true),
        (".*", true),
        (".+", false),
        ("a|", true),
        ("a?b?", true),
        ("a?b", false),
        ("(a|b*)", true),
        ("(a*)+", true),
        ("(?i)", true),
        ("a{0,3}", true),
        ("a{1,3}", false),
        ("^$", true),
        ("\\b", false),
        ("\\B\\z", true),
        ("[^a]", false),
        ("\\Q\\E", true),
    ] {
        assert_eq!(matches_empty(text), Ok(expected), "{text}");
    }
    // The text of a label's matcher is not put into anything that it could close.
    assert_eq!(matches_empty("a)(b"), Err(Error::UnexpectedParenthesis));
    assert_eq!(check("a)(b"), Ok(()));
}

#[test]
fn what_go_calls_too_large_is_refused() {
    // One instruction for each letter of a repetition: the limit is 3,355,443.
    let repeated = |times: usize| "a{1000}".repeat(times);
    assert_eq!(check(&repeated(3_300)), Ok(()));
    assert_eq!(check(&repeated(3_356)), Err(Error::TooLarge));
    assert_eq!(check(&format!("({})*", repeated(3_355))), Ok(()));
    assert_eq!(
        check(&format!("(?:{}|{})", repeated(1_700), repeated(1_700))),
        Err(Error::TooLarge)
    );
    assert_eq!(
        check(&format!("((a{{100}}){{10}}{{0,}}|{})", repeated(1))),
        Err(Error::NestedRepeat)
    );
    assert_eq!(matches_empty(&repeated(3_356)), Err(Error::TooLarge));
    // Classes count by the ranges that they may have.
    assert_eq!(check(&"\\pL".repeat(8_000)), Ok(()));
    assert_eq!(check(&"\\pL".repeat(30_000)), Err(Error::TooLarge));
    assert_eq!(check(&"[a-z]".repeat(200_000)), Ok(()));
    assert_eq!(check(&format!("(?i){}", "[a-z]".repeat(10_000))), Err(Error::TooLarge));
}

#[test]
fn an_expression_is_checked_quoted_or_constant() {
    assert_eq!(Expression::new("(").unwrap_err(), Error::MissingParenthesis);
    assert_eq!(Expression::new("a|b").unwrap().as_str(), "a|b");
    assert_eq!(Expression::quoted("a.b").as_str(), r"a\.b");
    assert_eq!(Expression::or_quoted("a.b").as_str(), "a.b");
    assert_eq!(Expression::or_quoted("*a(").as_str(), r"\*a\(");
    assert_eq!(Expression::constant("(.+)").to_string(), "(.+)");
}
