use super::*;
use crate::regular_expression::Error as Expression;

/// The normal forms of the matchers of a list.
fn listed(text: &str, mode: Mode) -> Vec<String> {
    let matchers = matchers(text, mode).unwrap_or_else(|error| panic!("{text}: {error}"));
    matchers.iter().map(Matcher::to_string).collect()
}

#[test]
fn a_list_may_stand_between_braces_and_end_with_a_comma() {
    for text in [
        r#"team="a b",zone!~"x|y""#,
        r#" { team = "a b", zone !~ "x|y", } "#,
        "{\tteam=\"a b\",zone!~x|y}",
    ] {
        assert_eq!(listed(text, Mode::Utf8), [r#"team="a b""#, r#"zone!~"x|y""#], "{text}");
    }
    assert!(listed("{}", Mode::Utf8).is_empty());
    assert!(listed("", Mode::Classic).is_empty());
}

#[test]
fn classic_values_need_no_quotes_and_know_three_escapes() {
    for (text, normal) in [
        ("team=a b ", r#"team="a b""#),
        ("team=", r#"team="""#),
        ("team==~", r#"team="=~""#),
        (r"path=C:\temp\new", r#"path="C:\\temp\new""#),
        (r#"path="say \"\\""#, r#"path="say \"\\""#),
        (r"path=\", r#"path="\\""#),
    ] {
        for mode in [Mode::Classic, Mode::Fallback] {
            assert_eq!(
                matcher(text, mode).map(|matcher| matcher.to_string()).as_deref(),
                Ok(normal)
            );
        }
    }
    for text in [r#"a="b"#, r#"a=b""#, r#"a="b"c"#, r#"a="b"c""#, r#"a="b\""#] {
        assert_eq!(
            matcher(text, Mode::Classic),
            Err(Error::Quote { position: 1 }),
            "{text}"
        );
    }
}

#[test]
fn braces_and_commas_between_quotes_are_text_and_commas_without_quotes_separate() {
    assert_eq!(listed(r#"a="x,{y}",b=z"#, Mode::Classic), [r#"a="x,{y}""#, r#"b="z""#]);
    assert_eq!(listed(r#"a="x,{y}",b=z"#, Mode::Utf8), [r#"a="x,{y}""#, r#"b="z""#]);
    assert_eq!(matchers("a=x,b", Mode::Classic), Err(Error::Format { position: 5 }));
    // A backslash before a comma is still in force behind it.
    assert_eq!(
        matchers(r#"a="\,",b="c"#, Mode::Classic),
        Err(Error::Quote { position: 1 })
    );
}

#[test]
fn names_of_utf8_stand_between_quotes_where_they_must() {
    for (text, normal) in [
        ("größe=1", r#"größe="1""#),
        (r#""größe"=1"#, r#"größe="1""#),
        (r#""the \"size\"\n"="1""#, r#""the \"size\"\n"="1""#),
        (r#"a="\x41\u00e9\t""#, "a=\"Aé\t\""),
        (r#"""="1""#, r#"="1""#),
    ] {
        assert_eq!(
            matcher(text, Mode::Utf8).map(|matcher| matcher.to_string()).as_deref(),
            Ok(normal)
        );
    }
    assert_eq!(matcher("größe=1", Mode::Classic), Err(Error::Format { position: 1 }));
}

#[test]
fn fallback_prefers_the_classic_reading() {
    let value = |mode| matcher(r#"a="\t""#, mode).map(|matcher| matcher.value);
    assert_eq!(value(Mode::Fallback).as_deref(), Ok(r"\t"));
    assert_eq!(value(Mode::Utf8).as_deref(), Ok("\t"));
    assert_eq!(listed("größe=1", Mode::Fallback), [r#"größe="1""#]);
}

#[test]
fn says_what_is_missing_and_where() {
    use Expected as E;
    let expected = |expected, position| Error::Expected { expected, position };
    for (text, error) in [
        ("{a=b", expected(E::CloseBrace, 5)),
        ("a=b}", expected(E::OpenBrace, 4)),
        ("{a=b}}", expected(E::End, 6)),
        ("=b", expected(E::Name, 1)),
        ("é ! b", expected(E::Operator, 3)),
        ("é b", expected(E::Operator, 3)),
        ("a=,", expected(E::Value, 3)),
        ("a=b c", expected(E::CommaOrBrace, 5)),
        ("a=b,,", expected(E::MatcherOrBrace, 5)),
        (
            "a='b'",
            Error::Character {
                character: '\'',
                position: 3,
            },
        ),
        ("a=\"b", Error::Unclosed { position: 3 }),
        (r#"a="\d""#, Error::Quoted { position: 3 }),
        ("a=\"\n\"", Error::Quoted { position: 3 }),
        (r#"a="\xff""#, Error::Quoted { position: 3 }),
        ("a=~\"[b\"", Error::Expression(Expression::MissingBracket)),
    ] {
        assert_eq!(matchers(text, Mode::Utf8), Err(error), "{text}");
    }
    for mode in [Mode::Utf8, Mode::Fallback] {
        assert_eq!(matcher("{a=b}", mode), Err(Error::Brace));
    }
    assert_eq!(matcher("a=b,c=d", Mode::Utf8), Err(Error::Count { count: 2 }));
    assert_eq!(matcher(" ", Mode::Utf8), Err(Error::Count { count: 0 }));
    assert_eq!(
        matcher("a=~)", Mode::Classic),
        Err(Error::Expression(Expression::UnexpectedParenthesis))
    );
}

#[test]
fn long_texts_end() {
    for text in ["{", "a=b,", "\"", "a=\"", "\\", "=~", " ", "a=\\,", "é"] {
        let long = text.repeat(1 << 18);
        for mode in [Mode::Classic, Mode::Utf8, Mode::Fallback] {
            // Whether it is a list is not the point: it ends.
            let _ = matchers(&long, mode);
        }
    }
    assert_eq!(listed(&"a=b,".repeat(100_000), Mode::Fallback).len(), 100_000);
}
