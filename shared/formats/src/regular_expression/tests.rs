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
