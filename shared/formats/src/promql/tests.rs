use super::*;

const ALL: Options = Options {
    edition: Edition::V3_13,
    experimental_functions: true,
    duration_expressions: true,
    extended_range_selectors: true,
    fill_modifiers: true,
    unquoted_utf8_names: false,
};

/// The normal form and the type of a text.
fn printed(text: &str) -> (String, ValueType) {
    let expression = parse(text, ALL).unwrap_or_else(|error| panic!("{text}: {error}"));
    (expression.to_string(), expression.value_type())
}

fn refused(text: &str, options: Options) -> Error {
    match parse(text, options) {
        Ok(expression) => panic!("{text} is taken for {expression}"),
        Err(error) => error,
    }
}

#[test]
fn the_normal_form_is_one_line_with_single_blanks_and_sorted_matchers() {
    for (text, normal, value_type) in [
        ("up", "up", ValueType::Vector),
        (
            " up{ z='1', a=~\"b|c\" , }",
            "up{a=~\"b|c\",z=\"1\"}",
            ValueType::Vector,
        ),
        (
            r#"{"go.version", b!="c"}"#,
            r#"{__name__="go.version",b!="c"}"#,
            ValueType::Vector,
        ),
        (r#"{"größe"="1"}"#, r#"{"größe"="1"}"#, ValueType::Vector),
        (
            "up[90m] OFFSET -60s @ 1.5",
            "up[1h30m] @ 1.500 offset -1m",
            ValueType::Matrix,
        ),
        (
            "rate(up[5m])[1h:]@end()",
            "rate(up[5m])[1h:] @ end()",
            ValueType::Matrix,
        ),
        (
            "SUM(up) BY (pod,'a b')",
            r#"sum by (pod, "a b") (up)"#,
            ValueType::Vector,
        ),
        ("topk by(a)(3,up)", "topk by (a) (3, up)", ValueType::Vector),
        ("sum without()(up)", "sum without () (up)", ValueType::Vector),
        (
            "a*on(b)group_left(c)d",
            "a * on (b) group_left (c) d",
            ValueType::Vector,
        ),
        ("a and ignoring() b", "a and b", ValueType::Vector),
        ("1>=bool 0x10", "1 >= bool 16", ValueType::Scalar),
        ("- -1 + -(2)", "1 + -(2)", ValueType::Scalar),
        ("1h + 2", "1h + 2", ValueType::Scalar),
        ("'it\\'s \"x\"'", r#""it's \"x\"""#, ValueType::String),
        ("a + fill(1) b", "a + fill (1) b", ValueType::Vector),
        (
            "a + fill_right(2) fill_left(1e6) b",
            "a + fill_left (1e+06) fill_right (2) b",
            ValueType::Vector,
        ),
        (
            "up[2*(step()+1m)] anchored",
            "up[2 * (step() + 1m)] anchored",
            ValueType::Matrix,
        ),
        (
            "up smoothed offset -max_of(1m,range())",
            "up smoothed offset -max_of(1m, range())",
            ValueType::Vector,
        ),
        ("info(up, {a=~\"\"})", "info(up, {a=~\"\"})", ValueType::Vector),
        ("time() # the end", "time()", ValueType::Scalar),
    ] {
        assert_eq!(printed(text), (normal.to_owned(), value_type), "{text}");
    }
}

#[test]
fn operators_bind_by_precedence() {
    // What is equal has the same tree.
    for (text, same) in [
        ("a or b and c", "a or (b and c)"),
        ("a and b unless c", "(a and b) unless c"),
        ("a == b + c", "a == (b + c)"),
        ("a - b - c", "(a - b) - c"),
        ("a + b * c ^ d ^ e", "a + (b * (c ^ (d ^ e)))"),
        ("a atan2 b % c", "(a atan2 b) % c"),
        ("-a ^ b", "-(a ^ b)"),
        ("-a * b", "(-a) * b"),
        ("a ^ -b * c", "(a ^ (-b)) * c"),
    ] {
        assert_eq!(shape(text), shape(same), "{text}");
    }
}

/// The tree of a text as a text, without its parentheses.
fn shape(text: &str) -> String {
    fn of(expression: &Expr, node: &Node) -> String {
        let inner = |id: NodeId| of(expression, expression.node(id).unwrap());
        match node {
            Node::Selector(selector) => selector.name.as_deref().unwrap().to_owned(),
            Node::Minus(operand) => format!("[- {}]", inner(*operand)),
            Node::Parentheses(operand) => inner(*operand),
            Node::Binary(binary) => {
                format!(
                    "[{} {} {}]",
                    inner(binary.left),
                    binary.operator.text(),
                    inner(binary.right)
                )
            }
            other => panic!("{other:?}"),
        }
    }
    let expression = parse(text, ALL).unwrap();
    of(&expression, expression.root().unwrap())
}

#[test]
fn an_offset_ends_before_an_operator() {
    assert_eq!(shape_of_root("a offset 1m + 1"), "Binary");
    assert_eq!(shape_of_root("a offset -1m ^ 2"), "Binary");
    assert_eq!(shape_of_root("a offset (1m) + 1"), "Selector");
    assert_eq!(printed("a offset -(5)").0, "a offset -5s");
}

fn shape_of_root(text: &str) -> &'static str {
    match parse(text, ALL).unwrap().root() {
        Some(Node::Binary(_)) => "Binary",
        Some(Node::Selector(_)) => "Selector",
        _ => "other",
    }
}

#[test]
fn keywords_are_names_where_they_can_be() {
    for text in [
        "sum",
        "offset offset 5m",
        "by",
        "fill + fill",
        "and and and",
        "start",
        "anchored{a=\"b\"}",
        "up{by=\"x\"}",
    ] {
        assert!(parse(text, ALL).is_ok(), "{text}");
    }
    for text in ["bool", "on", "atan2", "group_left", "sum by (without) (up)"] {
        assert!(parse(text, ALL).is_err(), "{text}");
    }
}

#[test]
fn parts_under_trial_are_switched_on_one_by_one() {
    let feature = |text: &str| match *refused(text, Options::default()).fault {
        Fault::Disabled { feature, .. } => feature,
        fault => panic!("{text}: {fault}"),
    };
    for (text, name) in [
        ("mad_over_time(up[5m])", "promql-experimental-functions"),
        ("limitk(1, up)", "promql-experimental-functions"),
        ("up[1m + 1m]", "promql-duration-expr"),
        ("up[5m] smoothed", "promql-extended-range-selectors"),
        ("a + fill(0) b", "promql-binop-fill-modifiers"),
    ] {
        assert_eq!(feature(text), name, "{text}");
        assert!(parse(text, ALL).is_ok(), "{text}");
    }
}

#[test]
fn says_what_is_wrong_and_where() {
    for (text, message) in [
        ("", "1:1: the expression is empty"),
        (
            "sum(\n  rate(up[5m])\n",
            "3:1: unexpected end of the expression, expected an operator, a comma or a closing parenthesis",
        ),
        (
            "ä",
            "1:1: unexpected character 'ä'; quote a name that contains it: {\"name\"}",
        ),
        (
            "up{a=\"ä\" b}",
            "1:10: unexpected b, expected a comma or a closing brace",
        ),
        ("sum(up))", "1:8: unexpected ), expected an operator or the end"),
        (
            "rate(up)",
            "1:6: argument 1 of rate must be a range vector, not an instant vector",
        ),
        (
            "round(up, 1, 2)",
            "1:1: wrong number of arguments in call to round: 3, expected 1 to 2",
        ),
        (
            "Rate(up[5m])",
            "1:1: unknown function \"Rate\"; function names are lower-case",
        ),
        (
            "up + up[5m]",
            "1:6: the right operand must be an instant vector or a scalar, not a range vector",
        ),
        ("up and 1", "1:4: and is only defined between two instant vectors"),
        (
            "1 == 2",
            "1:3: a comparison between scalars must use the bool modifier, as in 1 == bool 1",
        ),
        (
            "{a=~\".*\"}",
            "1:1: the selector would match every series: at least one matcher must not match the empty string",
        ),
        (
            "up{a=~\"(\"}",
            "1:4: the regular expression does not compile: missing closing )",
        ),
        (
            "up{a=\"\\d\"}",
            "1:7: unknown escape sequence in the string; write a literal backslash as \\\\",
        ),
        (
            "(up) offset 5m",
            "1:6: offset must directly follow a selector or a subquery, not a parenthesis",
        ),
        ("up offset 5m[1h]", "1:13: offset must follow the range"),
        ("up[5m1h]", "1:4: not a valid duration string: \"5m1h\""),
        ("up[0s]", "1:4: the duration must be longer than 0"),
        ("up @ foo", "1:6: unexpected foo, expected a time, start() or end()"),
    ] {
        assert_eq!(refused(text, Options::default()).to_string(), message, "{text}");
    }
}

#[test]
fn only_calculated_offsets_may_stand_before_a_range() {
    assert_eq!(printed("up offset step() [5m]").0, "up[5m] offset step()");
    assert_eq!(printed("up @ start() [5m]").0, "up[5m] @ start()");
    assert_eq!(*refused("up @ 1 [5m]", ALL).fault, Fault::BeforeRange { modifier: "@" });
    assert_eq!(*refused("up[5m][5m]", ALL).fault, Fault::Range);
}

#[test]
fn enforcement_replaces_the_matchers_of_the_label() {
    let bound = |text| enforce(text, Options::default(), "namespace", "team").unwrap();
    assert_eq!(bound("up"), r#"up{namespace="team"}"#);
    assert_eq!(
        bound(r#"sum by (namespace) (a{namespace!="x",namespace=~"y.*",z="1"}) / b"#),
        r#"sum by (namespace) (a{namespace="team",z="1"}) / b{namespace="team"}"#
    );
    assert_eq!(
        bound("max_over_time(rate({job=\"x\"}[5m])[1h:1m]) > time()"),
        r#"max_over_time(rate({job="x",namespace="team"}[5m])[1h:1m]) > time()"#
    );
    assert_eq!(bound("vector(1)"), "vector(1)");
    let named = |text, value| enforce(text, Options::default(), "__name__", value).unwrap();
    assert_eq!(named("up", "up"), "up");
    assert_eq!(named("up", "down"), r#"up{__name__="down"}"#);
    assert_eq!(named("{__name__=~\"u.*\"}", "up"), r#"{__name__="up"}"#);
    assert!(enforce("mad_over_time(up[5m])", Options::default(), "a", "b").is_err());
    assert!(enforce("mad_over_time(up[5m])", ALL, "a", "b").is_ok());
}

/// Runs in a thread of the tests, whose stack is 2 MiB.
#[test]
fn depth_is_limited_and_takes_no_stack() {
    let nested = |depth: usize| format!("{}up{}", "(".repeat(depth), ")".repeat(depth));
    let calls = |depth: usize| format!("{}up{}", "abs(".repeat(depth), ")".repeat(depth));
    for text in [nested(MAX_DEPTH), calls(MAX_DEPTH)] {
        let expression = parse(&text, ALL).unwrap();
        assert_eq!(expression.to_string(), text);
        assert_eq!(expression.clone(), expression);
    }
    for text in [
        nested(5_000),
        calls(5_000),
        nested(MAX_DEPTH + 1),
        "(".repeat(1 << 20),
        "sum(".repeat(1 << 20),
    ] {
        assert_eq!(*refused(&text, ALL).fault, Fault::TooDeep);
    }
    let duration = |depth: usize| format!("up[{}1m + step(){}]", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(printed(&duration(MAX_DURATION_DEPTH - 1)).0, "up[(1m + step())]");
    assert_eq!(*refused(&duration(5_000), ALL).fault, Fault::DurationTooDeep);
}

#[test]
fn what_needs_no_parentheses_has_no_limit() {
    let many = 200_000;
    for text in [
        format!("up{}", " + up".repeat(many)),
        format!("1{}", " ^ 1".repeat(many)),
        format!("{}up", "-".repeat(many)),
        format!("up[1m{}]", " + 1m".repeat(many)),
        format!("up{{{}a=\"b\"}}", "a=\"b\",".repeat(many)),
        format!("sum by (a{}) (up)", ", a".repeat(many)),
    ] {
        assert_eq!(printed(&text).0, text);
    }
    let text = format!("label_join(up, \"a\", \",\"{})", ", \"b\"".repeat(many));
    assert_eq!(printed(&text).0, text);
    for text in [
        "\"".repeat(1 << 22),
        "up{".repeat(1 << 20),
        "[".repeat(1 << 22),
        "0".repeat(1 << 22),
        "é".repeat(1 << 20),
    ] {
        // Whether it is an expression is not the point: it ends.
        let _ = parse(&text, ALL);
    }
}

/// Which editions read a text without any flag, the oldest first.
fn readers(text: &str) -> Vec<bool> {
    let editions = [Edition::V3_13, Edition::V3_14, Edition::V3_15, Edition::V3_16];
    let reads = |edition| {
        let options = Options {
            edition,
            ..Options::default()
        };
        parse(text, options).is_ok()
    };
    editions.into_iter().map(reads).collect()
}

/// What the parsers of 3.13.2, 3.14.0, 3.15.1 and 3.16.0 say.
#[test]
fn an_edition_reads_what_its_version_reads() {
    for (text, expected) in [
        ("rate(up[5m])", [true, true, true, true]),
        ("up[1m + 30s]", [false, true, true, true]),
        ("up[max_of(5m, step())]", [false, true, true, true]),
        ("first_over_time(up[5m])", [false, true, true, true]),
        ("rate(up[5m] smoothed)", [false, false, false, true]),
        ("rate(up[5m] anchored)", [false, false, false, true]),
        ("up offset 5m [5m]", [false, false, false, false]),
        ("up offset (1m + 30s) [5m]", [false, true, false, false]),
        ("up @ start() [5m]", [true, true, false, false]),
        ("up @ end() [5m]", [true, true, false, false]),
        ("up @ 1 [5m]", [false, false, false, false]),
        ("up[range():1s]", [false, false, false, true]),
        ("up[step():]", [false, false, false, true]),
        ("up[(5m)]", [false, true, true, true]),
        ("up[(0)]", [false, false, true, true]),
        ("up[-(1m)]", [false, false, true, true]),
        ("up[5m:(-1m)]", [false, false, true, true]),
        ("up[1h / (0)]", [false, false, true, true]),
        ("up[1h / 0]", [false, false, false, false]),
        ("integral(up[5m])", [false, false, false, false]),
        ("start_timestamp(up)", [false, false, false, false]),
        ("mad_over_time(up[5m])", [false, false, false, false]),
    ] {
        assert_eq!(readers(text), expected, "{text}");
    }
}

/// The normal form in an edition, without any flag.
fn printed_in(edition: Edition, text: &str) -> String {
    let options = Options {
        edition,
        ..Options::default()
    };
    let expression = parse(text, options).unwrap_or_else(|error| panic!("{text}: {error}"));
    expression.to_string()
}

#[test]
fn parentheses_around_the_number_of_a_duration_are_kept_from_3_15_on() {
    for (text, before, after) in [
        ("up[((5m))]", "up[5m]", "up[(5m)]"),
        ("up offset +(5)", "up offset 5s", "up offset (5)"),
        ("up offset -(5)", "up offset -5s", "up offset -(5)"),
        ("up[-(-5m)]", "up[5m]", "up[-(-5m)]"),
        ("up[max_of((1),2)]", "up[max_of(1, 2)]", "up[max_of((1), 2)]"),
        ("up[((1)+(2))]", "up[(1 + 2)]", "up[((1) + (2))]"),
    ] {
        assert_eq!(printed_in(Edition::V3_14, text), before);
        assert_eq!(printed_in(Edition::V3_15, text), after);
        assert_eq!(printed_in(Edition::V3_16, after), after);
    }
}

/// What the parser of 3.16.0 says with its flag.
#[test]
fn names_of_any_script_and_with_dots_need_no_quotes_if_a_flag_says_so() {
    let options = |edition| Options {
        edition,
        unquoted_utf8_names: true,
        ..Options::default()
    };
    for (text, normal) in [
        ("http.requests", Some("http.requests")),
        ("größe{ω.a=\"b\",_=\"c\"}", Some("größe{_=\"c\",ω.a=\"b\"}")),
        (
            "sum by (k8s.pod,'a b',\"c.d\") (up)",
            Some("sum by (k8s.pod, \"a b\", c.d) (up)"),
        ),
        (
            "a * on (b.c) group_left (é) d.e:f",
            Some("a * on (b.c) group_left (é) d.e:f"),
        ),
        ("{\"http.requests\"}", Some("{__name__=\"http.requests\"}")),
        ("sum.rate(up)", None),
        ("SUM.x", Some("SUM.x")),
        ("up.5", Some("up.5")),
        (".up", None),
        ("a. b", None),
        ("{.a=\"b\"}", None),
        ("sum by (a:b) (up)", None),
        ("sum by (a) (b:c)", Some("sum by (a) (b:c)")),
        ("up[ß]", None),
        ("٣", None),
        ("ⅷ", None),
        ("a\u{301}", None),
        ("\u{212a}", Some("\u{212a}")),
        ("-\u{1d4b3}.y[5m]", None),
    ] {
        let found = parse(text, options(Edition::V3_16)).map(|expression| expression.to_string());
        assert_eq!(found.as_deref().ok(), normal, "{text}: {found:?}");
    }
    assert!(parse("http.requests", options(Edition::V3_15)).is_err());
    assert_eq!(
        printed_in(Edition::V3_16, "sum by ('a.b') (up)"),
        "sum by (\"a.b\") (up)"
    );
}

#[test]
fn a_function_under_trial_is_unknown_before_its_edition() {
    let unknown = |text, edition| {
        let options = Options {
            edition,
            experimental_functions: true,
            ..Options::default()
        };
        parse(text, options)
            .err()
            .is_some_and(|error| matches!(*error.fault, Fault::UnknownFunction { .. }))
    };
    for (text, last) in [
        ("start_timestamp(up)", Edition::V3_13),
        ("integral(up[5m], 2)", Edition::V3_15),
    ] {
        assert!(unknown(text, last), "{text}");
        assert!(
            parse(
                text,
                Options {
                    edition: Edition::V3_16,
                    experimental_functions: true,
                    ..Options::default()
                }
            )
            .is_ok()
        );
    }
}
