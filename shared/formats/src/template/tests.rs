use super::token::Kind;
use super::{Cause, Error, Functions, Keyword, MAX_DEPTH, Place, check, check_named, letter, literal};

fn accepts(text: &str) -> bool {
    check(text, &Functions::BUILTIN).is_ok()
}

fn refusal(text: &str) -> Error {
    check(text, &Functions::BUILTIN).expect_err(text)
}

#[test]
fn text_and_comments_and_trimming() {
    for text in [
        "",
        "}} { {",
        "{{/* a }} b */}}",
        "a {{- /* b */ -}} c",
        "{{- .X -}}",
        "{{-\n.X\n-}}",
        "{{.X  -}}",
        "{{-1}}",
        "{{1 -}}",
        "{{ .X }} }}",
    ] {
        assert!(accepts(text), "{text:?}");
    }
    for (text, cause) in [
        ("a {{", Cause::UnclosedAction),
        ("{{/* a", Cause::UnclosedComment),
        ("{{/* a */ }}", Cause::CommentEnd),
        ("{{- -}}", Cause::Literal { text: "-".into() }),
        ("{{-}}", Cause::Literal { text: "-".into() }),
        ("{{1 - }}", Cause::Literal { text: "-".into() }),
        ("{{ /* a */}}", unexpected("/", Place::Action)),
    ] {
        assert_eq!(refusal(text).cause, cause, "{text:?}");
    }
}

fn unexpected(token: &str, place: Place) -> Cause {
    Cause::Unexpected {
        token: token.into(),
        place,
    }
}

#[test]
fn operands_and_pipelines() {
    for text in [
        "{{.X.Y $.Z $ . nil}}",
        "{{len .X | printf \"%d\" | print}}",
        "{{(.X | len).Y}}",
        "{{(1).Y}}",
        "{{1 .Y}}",
        "{{. .Y}}",
        "{{len.Y}}",
        "{{.X | (1)}}",
        "{{.X |}}",
        "{{($x := 1) | len}}{{$x}}",
        "{{.X\n.Y}}",
    ] {
        assert!(accepts(text), "{text:?}");
    }
    let parentheses = Place::Parentheses;
    for (text, cause) in [
        ("{{}}", Cause::NoValue { place: Place::Action }),
        ("{{len ()}}", Cause::NoValue { place: parentheses }),
        (
            "{{if}}{{end}}",
            Cause::NoValue {
                place: Place::Clause(Keyword::If),
            },
        ),
        ("{{| .X}}", unexpected("|", Place::Action)),
        ("{{.X || .Y}}", unexpected("|", Place::Action)),
        ("{{len 1, 2}}", unexpected(",", Place::Action)),
        ("{{(1)(2)}}", unexpected("(", Place::Action)),
        ("{{(if)}}", unexpected("if", parentheses)),
        ("{{\"a\"\"b\"}}", unexpected("\"b\"", Place::Action)),
        ("{{.X | break}}", unexpected("break", Place::Action)),
        ("{{(.X}}", Cause::UnclosedParenthesis),
        ("{{(.X -}}", Cause::UnclosedParenthesis),
        ("{{.X)}}", Cause::UnopenedParenthesis),
        ("{{.X | 1}}", Cause::NotCalled { text: "1".into() }),
        ("{{.X | len | .}}", Cause::NotCalled { text: ".".into() }),
        (
            "{{..Y}}",
            Cause::FieldOfLiteral {
                text: ".".into(),
                field: ".Y".into(),
            },
        ),
        (
            "{{\"a\".Y}}",
            Cause::FieldOfLiteral {
                text: "\"a\"".into(),
                field: ".Y".into(),
            },
        ),
        ("{{.X!}}", Cause::Character { character: '!' }),
        ("{{$x+1}}", Cause::Character { character: '+' }),
        ("{{.X:}}", Cause::Character { character: ':' }),
        ("{{\u{a0}}}", Cause::Character { character: '\u{a0}' }),
        ("{{foo}}", Cause::Function { name: "foo".into() }),
    ] {
        assert_eq!(refusal(text).cause, cause, "{text:?}");
    }
}

#[test]
fn variables_live_until_the_end_of_their_block() {
    for text in [
        "{{$x := 1}}{{if .X}}{{$x = 2}}{{end}}{{$x}}",
        "{{$x = 1}}{{$x}}",
        "{{$x := $x}}",
        "{{if $x := .X}}{{else}}{{$x}}{{end}}",
        "{{if .X}}{{$x := 1}}{{else if $x}}{{$x}}{{end}}",
        "{{range $i, $x := .X}}{{$i}}{{$x}}{{end}}",
        "{{$x := 1}}{{range $i, $x}}{{$i}}{{end}}",
        "{{template \"a\" $x := 1}}{{$x}}",
        "{{block \"a\" $x := 1}}{{$}}{{end}}{{$x}}",
    ] {
        assert!(accepts(text), "{text:?}");
    }
    for text in [
        "{{$x}}",
        "{{if $x := .X}}{{end}}{{$x}}",
        "{{if .X}}{{$x := 1}}{{end}}{{$x}}",
        "{{$x := 1}}{{define \"a\"}}{{$x}}{{end}}",
        "{{$x := 1}}{{block \"a\" .}}{{$x}}{{end}}",
        "{{define \"a\"}}{{$x := 1}}{{end}}{{$x}}",
    ] {
        assert_eq!(refusal(text).cause, Cause::Variable { name: "$x".into() }, "{text:?}");
    }
    let place = Place::Clause(Keyword::Range);
    for (text, cause) in [
        ("{{$x, $y := .X}}", Cause::Declarations { place: Place::Action }),
        ("{{range $x, $y, $z := .X}}{{end}}", Cause::Declarations { place }),
        ("{{range $x, .X}}{{end}}", Cause::RangeVariable),
    ] {
        assert_eq!(refusal(text).cause, cause, "{text:?}");
    }
}

#[test]
fn blocks_begin_and_end() {
    for text in [
        "{{if .X}}{{else if .Y}}{{else}}{{end}}",
        "{{with .X}}{{else with .Y}}{{else}}{{end}}",
        "{{range .X}}{{if .Y}}{{break}}{{end}}{{continue}}{{else}}{{end}}",
        "{{range .X}}{{range .Y}}{{else}}{{break}}{{end}}{{end}}",
    ] {
        assert!(accepts(text), "{text:?}");
    }
    let outside = |keyword| Cause::OutsideRange { keyword };
    for (text, cause) in [
        ("{{break}}", outside(Keyword::Break)),
        ("{{range .X}}{{else}}{{continue}}{{end}}", outside(Keyword::Continue)),
        ("{{range .X}}{{end}}{{break}}", outside(Keyword::Break)),
        (
            "{{range .}}{{block \"a\" .}}{{break}}{{end}}{{end}}",
            outside(Keyword::Break),
        ),
        ("{{break 1}}", unexpected("1", Place::Clause(Keyword::Break))),
        ("{{end}}", Cause::NoBlock { keyword: Keyword::End }),
        ("{{else}}", Cause::NoBlock { keyword: Keyword::Else }),
        (
            "{{define \"a\"}}{{else}}{{end}}",
            Cause::NoBlock { keyword: Keyword::Else },
        ),
        ("{{if .X}}{{else}}{{else}}{{end}}", Cause::SecondElse),
        ("{{if .X}}{{else}}{{else if .Y}}{{end}}", Cause::SecondElse),
        (
            "{{if .X}}{{else with .Y}}{{end}}",
            unexpected("with", Place::Clause(Keyword::Else)),
        ),
        (
            "{{range .X}}{{else if .Y}}{{end}}",
            unexpected("if", Place::Clause(Keyword::Else)),
        ),
        ("{{if .X}}{{end .Y}}", unexpected(".Y", Place::Clause(Keyword::End))),
        (
            "{{if .X}}{{define \"a\"}}{{end}}{{end}}",
            unexpected("define", Place::Action),
        ),
        (
            "{{if .X}}{{with .Y}}{{end}}",
            Cause::UnclosedBlock { keyword: Keyword::If },
        ),
    ] {
        assert_eq!(refusal(text).cause, cause, "{text:?}");
    }
}

#[test]
fn templates_have_one_definition_with_content() {
    for text in [
        "{{define \"a\"}}x{{end}}{{template \"a\"}}{{template `b` .}}",
        "{{define \"a\"}} {{end}}{{define \"a\"}}x{{end}}{{define \"\\x61\"}}{{/* y */}}{{end}}",
    ] {
        assert!(accepts(text), "{text:?}");
    }
    for text in [
        "{{define \"a\"}}x{{end}}{{define `a`}}y{{end}}",
        "{{block \"\\x61\" .}}x{{end}}{{define \"a\"}}{{.}}{{end}}",
    ] {
        assert_eq!(refusal(text).cause, Cause::Redefined { name: "a".into() }, "{text:?}");
    }
    let own = "x{{define \"own\"}}y{{end}}";
    assert!(accepts(own));
    assert!(check_named("own", own, &Functions::BUILTIN).is_err());
    for text in [
        "{{define a}}{{end}}",
        "{{define \"a\" .}}{{end}}",
        "{{template .X}}",
        "{{block .X .}}{{end}}",
    ] {
        assert!(matches!(refusal(text).cause, Cause::Unexpected { .. }), "{text:?}");
    }
}

#[test]
fn numbers_are_those_of_go() {
    for text in [
        "0",
        "017",
        "0_7",
        "0b101",
        "0O17",
        "0x_1_f",
        "1_000",
        "1.",
        ".5",
        "1.e1_0",
        "1e-400",
        "08.5",
        "-0",
        "1i",
        "08i",
        "1e4_0i",
        "1+2i",
        "-1.5e1-0x1p1i",
        "0x1p4",
        "0x.8p-1",
        "0x0p99999",
        "0x1p-99999",
        "18446744073709551615",
        "-9223372036854775808",
        "1.7976931348623158e308",
        "0x1.fffffffffffff7p1023",
        "0x1.fffffffffffff7ffffffffp1023",
        "0x0.8p1024",
    ] {
        assert_eq!(literal::number(text), Some(text.len()), "{text}");
        assert_eq!(literal::number(&format!("{text})")), Some(text.len()), "{text}");
    }
    for text in [
        "+",
        "08",
        "0b2",
        "0o8",
        "0x",
        "0xg",
        "0xi",
        "1__0",
        "1_",
        "0_x1",
        "1_.5",
        "1e",
        "1e+",
        "1k",
        "1p4",
        "0b1i",
        "0x1.8",
        "0x1p",
        "0x1+1i",
        "1+2",
        "1+i",
        "1i+2i",
        "1e400",
        "1e400i",
        "18446744073709551616",
        "+9223372036854775808",
        "-9223372036854775809",
        "1.7976931348623159e308",
        "0x1.fffffffffffff8p1023",
        "0x1p1024",
        "0x1p99999999999999999999",
    ] {
        assert_eq!(literal::number(text), None, "{text}");
    }
}

#[test]
fn strings_and_characters_are_those_of_go() {
    for text in [
        r#""a\a\b\f\n\r\t\v\\\"\x41\u0041\U00000041\101""#,
        r#""\xff""#,
        r"`\x`",
        "`a\nb`",
        "'a'",
        "'日'",
        r"'\''",
        r"'\x80'",
        r"'\377'",
    ] {
        assert!(accepts(&format!("{{{{{text}}}}}")), "{text}");
    }
    for text in [
        r#""\q""#,
        r#""\'""#,
        r#""\x4""#,
        r#""\x4g""#,
        r#""\ud800""#,
        r#""\U00110000""#,
        r#""\08""#,
        "''",
        "'ab'",
        r#"'\"'"#,
        r"'\400'",
    ] {
        let cause = refusal(&format!("{{{{{text}}}}}")).cause;
        assert_eq!(cause, Cause::Literal { text: text.into() }, "{text}");
    }
    for (text, quote) in [
        ("\"a", '"'),
        ("\"a\nb\"", '"'),
        ("\"a\\\n\"", '"'),
        ("'a", '\''),
        ("`a", '`'),
    ] {
        let cause = refusal(&format!("{{{{{text}}}}}")).cause;
        assert_eq!(cause, Cause::UnclosedQuote { quote }, "{text}");
    }
}

#[test]
fn names_are_made_of_letters_and_digits() {
    for text in ["{{.é}}", "{{.日本}}", "{{$é_1 := 1}}{{$é_1}}", "{{.\u{663}}}"] {
        assert!(accepts(text), "{text}");
    }
    // A mark, a number that is no digit, a letter of Unicode 16.
    for character in ['\u{301}', '\u{93f}', '\u{2160}', '\u{1c89}'] {
        assert_eq!(
            refusal(&format!("{{{{.e{character}}}}}")).cause,
            Cause::Character { character }
        );
    }
    let names: String = ('\0'..=char::MAX)
        .filter(|character| letter::is_name(*character))
        .collect();
    // As many as Go counts.
    assert_eq!(names.chars().count(), 136_785);
    assert_eq!(names.replace(|character: char| character.is_alphanumeric(), ""), "_");
}

#[test]
fn each_program_has_its_functions() {
    for (text, prometheus, alertmanager, builtin) in [
        ("{{printf \"%d\" 1}}", true, true, true),
        ("{{title .X}}", true, true, false),
        ("{{query .X}}", true, false, false),
        ("{{toJson .X}}", false, true, false),
        ("{{Printf .X}}", false, false, false),
        (
            "{{$labels.a}} {{$value}} {{$externalURL}} {{$externalLabels}}",
            true,
            false,
            false,
        ),
        ("{{define \"a\"}}{{$labels}}{{end}}", false, false, false),
    ] {
        assert_eq!(check(text, &Functions::PROMETHEUS).is_ok(), prometheus, "{text}");
        assert_eq!(check(text, &Functions::ALERTMANAGER).is_ok(), alertmanager, "{text}");
        assert_eq!(check(text, &Functions::BUILTIN).is_ok(), builtin, "{text}");
    }
}

#[test]
fn errors_name_the_line_and_repeat_little() {
    assert_eq!(
        refusal("a\n{{.X}}\n\n{{.X\n| foo}}").to_string(),
        "line 5: function foo is not defined"
    );
    assert_eq!(
        refusal("{{if .X}}\n{{range .X}}\n{{end}}\n").to_string(),
        "line 1: {{if}} without {{end}}"
    );
    let long = refusal(&format!("{{{{{}}}}}", "é".repeat(1_000))).to_string();
    assert_eq!(long, format!("line 1: function {}… is not defined", "é".repeat(40)));
}

#[test]
fn large_texts_are_read_in_one_pass() {
    let parentheses = |count| format!("{{{{{}.X{}}}}}", "(".repeat(count), ")".repeat(count));
    assert!(accepts(&parentheses(MAX_DEPTH)));
    assert_eq!(refusal(&parentheses(MAX_DEPTH + 1)).cause, Cause::TooDeep);
    let many = 100_000;
    assert!(accepts(&("{{if .X}}".repeat(many) + &"{{end}}".repeat(many))));
    assert!(accepts(
        &("{{if .X}}".to_owned() + &"{{else if .X}}".repeat(many) + "{{end}}")
    ));
    assert!(accepts(&format!("{{{{.X {}}}}}", " ( .X ) ".repeat(many))));
    let declared: Vec<_> = (0..many)
        .map(|number| format!("{{{{$x{number} := 1}}}}{{{{$x{number}}}}}"))
        .collect();
    assert!(accepts(&declared.concat()));
    assert!(!accepts(&"{{define \"a\"}}".repeat(many)));
    assert!(!accepts(&"(".repeat(many).replace('(', "{{(")));
}

#[test]
fn spaces_are_tokens() {
    let mut tokens = Vec::new();
    let mut lexer = super::lexer::Lexer::new("{{ .X \n.Y  -}}");
    lexer.segment(&mut tokens).expect("an action");
    let kinds: Vec<_> = tokens.iter().map(|token| token.kind).collect();
    assert_eq!(
        kinds,
        [
            Kind::Space,
            Kind::Field,
            Kind::Space,
            Kind::Field,
            Kind::Space,
            Kind::Close
        ]
    );
    assert_eq!(
        tokens.iter().map(|token| token.start).collect::<Vec<_>>(),
        [2, 3, 5, 7, 9, 10]
    );
}
