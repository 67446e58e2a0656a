//! `PromQL` of any shape: what is printed is read back as it was, what is enforced holds everywhere, and no text brings
//! anything down. `PROPTEST_CASES` says how many (`PROPTEST_CASES=1000000 cargo test --release -p formats --test promql`).

mod expression;

use formats::promql::{Edition, MatchOperator, Options, enforce, parse};
use proptest::prelude::*;

/// Cases where the environment names no number.
const MANY: u32 = 20_000;

const ALL: Options = Options {
    edition: Edition::V3_13,
    experimental_functions: true,
    duration_expressions: true,
    extended_range_selectors: true,
    fill_modifiers: true,
    unquoted_utf8_names: false,
};

/// Pieces of which some stand together by chance, and most do not.
const PIECES: &[&str] = &[
    "up",
    "a:b",
    "sum",
    "topk",
    "rate",
    "info",
    "label_join",
    "start",
    "step()",
    "range",
    "max_of",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "bool",
    "fill",
    "fill_left",
    "offset",
    "anchored",
    "smoothed",
    "and",
    "or",
    "unless",
    "atan2",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "[5m]",
    "[5m:]",
    "[1h:5m]",
    ",",
    ":",
    "@",
    "=",
    "!=",
    "=~",
    "!~",
    "==",
    "<=",
    ">=",
    "<",
    ">",
    "</",
    ">/",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "1",
    "0x1e",
    "017",
    "1e",
    "1_000",
    ".5",
    "inf",
    "NaN",
    "5m",
    "1h30m",
    "1y2x",
    "\"a\"",
    "'b'",
    "`c`",
    "\"",
    "'",
    "`",
    "\\",
    "\"\\x4",
    "\"(\"",
    "\"a|\"",
    "#",
    "\n",
    " ",
    "__name__",
    "é",
    "\u{fffd}",
    "\u{0}",
    "9223372036.854775807",
    "1e-10",
    "99999999999999999999",
];

fn configuration() -> ProptestConfig {
    let configuration = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(MANY),
    };
    ProptestConfig {
        failure_persistence: None,
        ..configuration
    }
}

fn options() -> impl Strategy<Value = Options> {
    let editions = prop::sample::select(vec![Edition::V3_13, Edition::V3_14, Edition::V3_15, Edition::V3_16]);
    (editions, any::<[bool; 5]>()).prop_map(|(edition, [functions, durations, ranges, fill, names])| Options {
        edition,
        experimental_functions: functions,
        duration_expressions: durations,
        extended_range_selectors: ranges,
        fill_modifiers: fill,
        unquoted_utf8_names: names,
    })
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        12 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[0-9._eExX+smhdwy-]{1,8}",
    ];
    prop_oneof![
        8 => prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(configuration())]

    #[test]
    fn what_is_printed_is_read_back(text in expression::text()) {
        let first = parse(&text, ALL).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        let printed = first.to_string();
        let second = parse(&printed, ALL).map_err(|error| TestCaseError::fail(format!("{error}\n{text}\n{printed}")))?;
        prop_assert_eq!(&second, &first, "{}\n{}", text, printed);
        prop_assert_eq!(second.to_string(), printed);
    }

    #[test]
    fn what_is_enforced_holds_everywhere(text in expression::text()) {
        let before = parse(&text, ALL).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        let enforced = enforce(&text, ALL, "b", "te\"am").unwrap();
        let after = parse(&enforced, ALL).map_err(|error| TestCaseError::fail(format!("{error}\n{text}\n{enforced}")))?;
        prop_assert_eq!(after.nodes().len(), before.nodes().len());
        prop_assert_eq!(after.selectors().count(), before.selectors().count());
        for selector in after.selectors() {
            let mut bound = selector.matchers.iter().filter(|matcher| *matcher.label.0 == *b"b");
            let only = bound.next().ok_or_else(|| TestCaseError::fail(enforced.clone()))?;
            prop_assert_eq!((only.operator, &*only.value.0), (MatchOperator::Equal, &b"te\"am"[..]));
            prop_assert!(bound.next().is_none(), "{}", enforced);
        }
    }

    #[test]
    fn no_text_brings_it_down(text in text(), options in options()) {
        match parse(&text, options) {
            Ok(mut expression) => {
                let _ = expression.to_string();
                expression.enforce("a", "b");
                let _ = expression.to_string();
            }
            Err(error) => {
                prop_assert!(error.offset <= text.len() && text.is_char_boundary(error.offset));
                prop_assert!(error.line >= 1 && error.column >= 1);
                let _ = error.to_string();
            }
        }
    }
}
