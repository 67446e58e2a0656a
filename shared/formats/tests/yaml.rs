//! Any tree that is written is read back as it was.

use formats::yaml::{Yaml, parse, parse_verbatim, to_string};
use proptest::prelude::*;

/// Words that have a meaning somewhere in YAML.
const WORDS: &[&str] = &[
    "",
    "~",
    "null",
    "yes",
    "No",
    "on",
    "y",
    "true",
    ".inf",
    "-.INF",
    ".nan",
    "+.5",
    "0x1F",
    "0b11",
    "0o17",
    "017",
    "08",
    "1_000",
    "1e3",
    "1e999",
    "08:00",
    "-1:30:00.5",
    "2024-02-29",
    "2024-2-3 4:5:6",
    "2024-01-01T00:00:00Z",
    "<<",
    "=",
    "-",
    "- a",
    "?",
    "? a",
    ":",
    "a: b",
    "a:",
    "#",
    "a #b",
    "---",
    "...",
    "%",
    "@",
    "`",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "{",
    "}",
    "[",
    "]",
    ",",
    "'",
    "\"",
    "\\",
    "it's",
    "\n",
    "a\n",
    "a\n\n",
    "\na",
    " a\nb",
    "a \nb",
    "a\n b",
    "\ta",
    "a\tb",
    "\r\n",
    "\u{feff}a",
    "\u{85}",
    "\u{2028}",
    "é",
    "日本語",
    "😀",
    "\u{0}",
    "\u{7f}",
];

/// Without the two separators that are line breaks to go-yaml v2, as we write, and characters to YAML 1.2, as we read.
fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        3 => prop::sample::select(WORDS).prop_map(str::to_owned),
        3 => "[a-z0-9:/_.-]{1,12}",
        1 => any::<String>(),
    ];
    let joint = prop::sample::select(&["", " ", "  ", "\n", ": ", " #", ","][..]);
    prop::collection::vec((word, joint), 1..20)
        .prop_map(|parts| {
            parts
                .into_iter()
                .flat_map(|(word, joint)| [word, joint.to_owned()])
                .collect()
        })
        .boxed()
        .prop_union(prop::sample::select(WORDS).prop_map(str::to_owned).boxed())
        .prop_filter("separators", |text: &String| !text.contains(['\u{2028}', '\u{2029}']))
}

fn scalar() -> impl Strategy<Value = Yaml> {
    prop_oneof![
        1 => Just(Yaml::Null),
        1 => any::<bool>().prop_map(Yaml::from),
        1 => any::<i64>().prop_map(Yaml::from),
        1 => any::<u64>().prop_map(Yaml::from),
        // A whole number without exponent is read back as such.
        1 => any::<f64>().prop_filter("whole", |number| number.fract() != 0.0).prop_map(Yaml::from),
        1 => prop::collection::vec(any::<u8>(), 0..120).prop_map(Yaml::from_utf8_or_bytes),
        8 => text().prop_map(Yaml::from),
    ]
}

/// Trees with different keys in each mapping. A list on one line is read as a list like any other.
fn tree() -> impl Strategy<Value = Yaml> {
    scalar().prop_recursive(6, 80, 8, |inner| {
        let key = prop_oneof![3 => "[a-z_]{1,20}", 1 => text()];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Yaml::Seq),
            prop::collection::vec(inner.clone(), 0..6).prop_map(Yaml::Flow),
            prop::collection::btree_map(key, inner, 0..6)
                .prop_map(|pairs| Yaml::Map(pairs.into_iter().map(|(key, value)| (key.into(), value)).collect())),
        ]
    })
}

fn with_block_lists(tree: Yaml) -> Yaml {
    match tree {
        Yaml::Seq(items) | Yaml::Flow(items) => Yaml::Seq(items.into_iter().map(with_block_lists).collect()),
        Yaml::Map(pairs) => Yaml::Map(
            pairs
                .into_iter()
                .map(|(key, value)| (key, with_block_lists(value)))
                .collect(),
        ),
        scalar => scalar,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_tree_is_read_back(tree in tree()) {
        let text = to_string(&tree);
        let tree = with_block_lists(tree);
        prop_assert_eq!(&parse(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?, &tree);
        prop_assert_eq!(&parse_verbatim(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?, &tree);
    }

    #[test]
    fn reading_ends(text in text()) {
        let _ = parse(text);
    }
}
