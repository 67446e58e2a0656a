//! Expressions, most of them with a slip or two: our reader takes those that promtool takes, of every version that is asked.

use formats::promql::{Edition, Options, parse};
use formats::version::Version;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::judge::Judge;

#[path = "../../../shared/formats/tests/promql/expression.rs"]
mod expression;

/// How many expressions promtool is asked about, in one file.
const MANY: usize = 5_000;

/// What is put in, or in the place of something.
const PIECES: &[&str] = &[
    "(",
    ")",
    "((",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ".",
    "@",
    "=",
    "!=",
    "=~",
    "==",
    "<",
    "</",
    ">/",
    "+",
    "-",
    "*",
    "/",
    "^",
    "%",
    "(5)",
    "-(",
    "+(",
    "(0)",
    "/ (0)",
    "^2",
    "[5m]",
    "[5m:]",
    "[(5m)]",
    "[range():]",
    "[step()]",
    " offset ",
    " offset -(5)",
    " offset (1+2)",
    " @ start()",
    " @ 1",
    " anchored",
    " smoothed",
    " bool ",
    " on ",
    " by ",
    " and ",
    " or ",
    "0",
    "1",
    "1e3",
    "0x1",
    ".5",
    "5m",
    "1i",
    "inf",
    "NaN",
    "\"a\"",
    "'",
    "`",
    "#",
    " ",
    "_",
    "a",
    "a.b",
    "a:b",
    "é",
    "größe.x",
    "中",
    "ⅷ",
    "٣",
    "step()",
    "max_of(",
    "first_over_time(",
    "start_timestamp(",
    "integral(",
    "info(",
    "__name__",
    "sum",
    "topk",
];

/// A change of a text.
#[derive(Debug, Clone, Copy)]
enum Slip {
    Without,
    Before(&'static str),
    Instead(&'static str),
    Twice,
}

fn slip() -> impl Strategy<Value = (prop::sample::Index, Slip)> {
    let piece = || prop::sample::select(PIECES);
    let slip = prop_oneof![
        3 => Just(Slip::Without),
        3 => piece().prop_map(Slip::Before),
        2 => piece().prop_map(Slip::Instead),
        1 => Just(Slip::Twice),
    ];
    (any::<prop::sample::Index>(), slip)
}

/// Words, and characters that belong to none.
fn parts(text: &str) -> Vec<&str> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|character| !is_word(character)).unwrap_or(rest.len());
        let (part, after) = rest.split_at(word.max(first.len_utf8() * usize::from(word == 0)));
        parts.push(part);
        rest = after;
    }
    parts
}

fn slipped(text: &str, slips: &[(prop::sample::Index, Slip)]) -> String {
    let mut parts = parts(text);
    for (index, slip) in slips {
        if parts.is_empty() {
            break;
        }
        let at = index.index(parts.len());
        match slip {
            Slip::Without => drop(parts.remove(at)),
            Slip::Before(piece) => parts.insert(at, *piece),
            Slip::Instead(piece) => parts[at] = *piece,
            Slip::Twice => {
                let part = parts[at];
                parts.insert(at, part);
            }
        }
    }
    parts.concat()
}

/// The same ones each time.
fn texts() -> Vec<String> {
    let text =
        (expression::text(), prop::collection::vec(slip(), 0..3)).prop_map(|(text, slips)| slipped(&text, &slips));
    let mut runner = TestRunner::deterministic();
    let mut next = || text.new_tree(&mut runner).expect("a text").current();
    (0..MANY).map(|_| next()).collect()
}

/// The numbers of the texts that promtool refuses.
fn refused(judge: &Judge, texts: &[String], features: &[&str]) -> Vec<usize> {
    let rules = texts.iter().enumerate().map(|(number, text)| {
        let text = serde_json::to_string(text).expect("a text");
        format!("  - {{record: rule_{number}, expr: {text}}}\n")
    });
    let file = format!("groups:\n- name: all\n  rules:\n{}", rules.collect::<String>());
    let features = format!("--enable-feature={}", features.join(","));
    let told = judge
        .judge(&[&features, "check", "rules", "--lint=none"], &file)
        .err()
        .unwrap_or_default();
    let number = |line: &str| line.split_once("\"rule_")?.1.split_once('"')?.0.parse().ok();
    told.lines().filter_map(number).collect()
}

/// The features of a version that promtool knows, and what they are to our reader.
fn features(version: Version) -> (Vec<&'static str>, Options) {
    let edition = Edition::of(version);
    let until = |last: Edition, feature| (edition <= last).then_some(feature);
    let since = |first: Edition, feature| (edition >= first).then_some(feature);
    let features = [
        Some("promql-experimental-functions"),
        until(Edition::V3_13, "promql-duration-expr"),
        until(Edition::V3_15, "promql-extended-range-selectors"),
        since(Edition::V3_14, "promql-binop-fill-modifiers"),
        since(Edition::V3_16, "promql-unquoted-utf8-names"),
    ];
    let options = Options {
        edition,
        experimental_functions: true,
        duration_expressions: true,
        extended_range_selectors: true,
        fill_modifiers: edition >= Edition::V3_14,
        unquoted_utf8_names: true,
    };
    (features.into_iter().flatten().collect(), options)
}

#[test]
fn our_reader_takes_the_expressions_that_promtool_takes() {
    let Some(judge) = Judge::find("PROMTOOL") else { return };
    let version = judge.version();
    let none = Options {
        edition: Edition::of(version),
        ..Options::default()
    };
    let texts = texts();
    for (features, options) in [(Vec::new(), none), features(version)] {
        let refused = refused(&judge, &texts, &features);
        let good = texts.len() - refused.len();
        assert!(good > MANY / 20 && good < MANY, "{good} of {MANY} are taken");
        for (number, text) in texts.iter().enumerate() {
            let ours = parse(text, options);
            assert_eq!(
                ours.is_ok(),
                !refused.contains(&number),
                "{version} {features:?} {text:?}: {ours:?}"
            );
        }
    }
}
