use super::*;
use crate::yaml::{map, to_string};

fn read_back(text: &str) -> String {
    to_string(&parse(text).unwrap())
}

fn cause(text: &str) -> (usize, Cause) {
    let error = parse(text).unwrap_err();
    (error.line, error.cause)
}

#[test]
fn scalars_are_those_of_yaml_1_1() {
    let text = "[yes, off, 0x1f, 017, 08, 1_000, .5, 1e3, 08:00, 2024-02-30, ~, 'on', !!str 7, ! 7, !mine 7]";
    let Yaml::Seq(items) = parse(text).unwrap() else {
        panic!("not a list")
    };
    let expected: Vec<Yaml> = vec![
        true.into(),
        false.into(),
        31.into(),
        15.into(),
        8.0.into(),
        1000.into(),
        0.5.into(),
        1000.0.into(),
        "08:00".into(),
        "2024-02-30".into(),
        Yaml::Null,
        "on".into(),
        "7".into(),
        "7".into(),
        "7".into(),
    ];
    assert_eq!(items, expected);
}

#[test]
fn merges_and_aliases_are_put_in_place() {
    let text = "base: &base {a: 1, b: 2}\njob:\n  b: 3\n  <<: *base\n  a: 4\n";
    assert_eq!(read_back(text), "base:\n  a: 1\n  b: 2\njob:\n  b: 2\n  a: 4\n");
    assert_eq!(
        to_string(&parse_verbatim(text).unwrap()),
        "base:\n  a: 1\n  b: 2\njob:\n  b: 3\n  a: 4\n"
    );
}

#[test]
fn a_key_may_stand_twice_where_it_is_copied_only() {
    let text = "a: 1\nb: 2\na: 3\n";
    assert_eq!(read_back(text), "a: 3\nb: 2\n");
    assert_eq!(to_string(&parse_verbatim(text).unwrap()), text);
    assert_eq!(
        parse_strict(text),
        Err(ParseError {
            line: 3,
            cause: Cause::Duplicate("a".into())
        })
    );
}

#[test]
fn mappings_of_a_list() {
    assert_eq!(parse_mappings(""), Ok(vec![]));
    assert_eq!(
        parse_mappings("- job_name: x\n-\n"),
        Ok(vec![map([("job_name", "x".into())]), Yaml::Map(vec![])])
    );
    for text in ["job_name: x\n", "- x\n", "x"] {
        assert_eq!(parse_mappings(text).unwrap_err().cause, Cause::NotMappings, "{text}");
    }
}

#[test]
fn errors_name_line_and_cause() {
    assert_eq!(
        cause("a: 1\nb: !!int x\n"),
        (
            2,
            Cause::Tag {
                text: "x".into(),
                tag: "!!int".into()
            }
        )
    );
    assert_eq!(cause("a: 1\nb: \u{7}\n"), (2, Cause::ControlCharacter(7)));
    assert_eq!(cause("a: &a\n  - *a\n"), (2, Cause::Cycle));
    assert_eq!(cause("a: 1\n<<: 2\n"), (2, Cause::Merge));
    assert_eq!(cause("? [a]\n: b\n"), (1, Cause::Key));
    assert_eq!(cause("%YAML 1.2\n---\na: 1\n").1, Cause::Version);
    assert!(matches!(cause("a: 1\nb: ]\n"), (2, Cause::Syntax(_))));
    assert!(matches!(cause("a: 1\nb: *b\n"), (2, Cause::Syntax(_))));
}

#[test]
fn the_words_of_scalars_are_kept() {
    let text = "- version: 1.10\n  zip: 01234\n  flag: on\n  large: 1e3\n  base60: 1:30\n  plus: +1\n  n: 12\n  yes: ~\n  list:\n  - 0x1F\n  - .inf\n  - false\n  quoted: \"1.10\"\n  tagged: !!int 017\n";
    let kept = "- version: 1.10\n  zip: 01234\n  flag: on\n  large: 1e3\n  base60: \"1:30\"\n  plus: +1\n  n: 12\n  yes: null\n  list:\n  - 0x1F\n  - .inf\n  - false\n  quoted: \"1.10\"\n  tagged: 15\n";
    let tree = Yaml::Seq(parse_mappings(text).unwrap());
    assert_eq!(to_string(&tree), kept);
    assert_eq!(
        tree.as_seq().unwrap()[0]
            .value_of("version")
            .and_then(Yaml::words)
            .as_deref(),
        Some("1.10")
    );
}

#[test]
fn bombs_are_refused() {
    let deep = "[".repeat(100_000);
    assert_eq!(cause(&deep).1, Cause::TooDeep);
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let alias = format!("*a{}", level - 1);
        laughs.extend([format!("a{level}: &a{level} [{}]\n", [alias.as_str(); 9].join(", "))]);
    }
    assert_eq!(cause(&laughs).1, Cause::TooManyAliases);
    let (open, close) = ("[".repeat(100), "]".repeat(100));
    let mut chain = "- &a0 x\n".to_owned();
    for level in 1..20 {
        chain.extend([format!("- &a{level} {open}*a{}{close}\n", level - 1)]);
    }
    assert_eq!(cause(&chain).1, Cause::TooDeep);
    assert_eq!(cause(&" ".repeat(MAX_BYTES + 1)).1, Cause::TooLarge);
}

#[test]
fn other_encodings() {
    let utf16: Vec<u8> = [0xfe, 0xff]
        .into_iter()
        .chain("a: ß".encode_utf16().flat_map(u16::to_be_bytes))
        .collect();
    assert_eq!(parse(&utf16), Ok(map([("a", "ß".into())])));
    assert_eq!(
        parse(b"a: 1\nb: \xff"),
        Err(ParseError {
            line: 2,
            cause: Cause::Encoding
        })
    );
}

#[test]
fn what_is_read_can_be_written_at_any_depth() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("[{? a : ", "}]"), ("{<<: ", "}")] {
        let levels = MAX_DEPTH / open.matches(['[', '{']).count();
        let deep = format!(
            "{}{}{}",
            open.repeat(levels - 1),
            if open.contains("<<") { "{}" } else { "x" },
            close.repeat(levels - 1)
        );
        let tree = parse(&deep).unwrap();
        assert_eq!(parse(to_string(&tree)), Ok(tree.clone()), "{open}");
        assert_eq!(cause(&format!("[[[{deep}]]]")).1, Cause::TooDeep, "{open}");
    }
}

#[test]
fn fields_have_places() {
    let text = "a: &a\n  - b: 1\n    c: [x, {d: 2}]\ne: *a\n";
    let document = Located::parse(text).unwrap();
    let place = |path: &[Step]| document.place(path).map(|place| (place.line, place.column));
    let field = |name: &str| Step::Field(name.to_owned());
    assert_eq!(place(&[]), Some((1, 1)));
    assert_eq!(place(&[field("a"), Step::Item(0), field("c")]), Some((3, 5)));
    assert_eq!(
        place(&[field("a"), Step::Item(0), field("c"), Step::Item(1), field("d")]),
        Some((3, 13))
    );
    // What is not there is shown where it belongs; aliases are followed.
    assert_eq!(
        place(&[field("a"), Step::Item(0), field("z"), field("y")]),
        Some((2, 5))
    );
    assert_eq!(place(&[field("e"), Step::Item(0), field("b")]), Some((2, 5)));
    assert!(Located::parse("").unwrap().place(&[]).is_none());
    assert!(Located::parse("a: 1\na: 2\n").unwrap().value().is_err());
}
