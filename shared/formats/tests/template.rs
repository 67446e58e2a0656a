//! Generated templates: what is balanced is accepted, one `{{end}}` less is not, and no text makes the check panic.
//! `PROPTEST_CASES=100000 cargo test -p formats --test template` goes on for longer.

use formats::template::{Functions, check};
use proptest::prelude::*;
use proptest::sample::Index;

const END: &str = "{{end}}";

/// Pieces of which templates are made.
const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{{- ",
    " -}}",
    "{{/*",
    "*/",
    "{{if .X}}",
    "{{else}}",
    "{{else if .Y}}",
    "{{with $x := .X}}",
    "{{range $i, $x := .X}}",
    "{{break}}",
    "{{define \"a\"}}",
    "{{block `b` .}}",
    "{{template \"a\" .}}",
    END,
    ".",
    ".X",
    "$",
    "$x",
    "nil",
    "true",
    "len",
    "printf",
    "|",
    "(",
    ")",
    ",",
    ":=",
    "=",
    ":",
    " ",
    "\n",
    "\"",
    "`",
    "'",
    "\\",
    "\\x41",
    "\"a\"",
    "'b'",
    "0x",
    "1e",
    "1.5",
    "_",
    "+",
    "-",
    "i",
    "é",
    "\u{301}",
    "\u{a0}",
    "\0",
    "a",
    "{",
    "}",
];

fn arbitrary() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// An operand that needs nothing around it.
fn operand() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(
        &[
            ".", ".X", ".X.Y", "$", "$.X", "nil", "true", "1", "-0x1p4", "1+2i", "'c'", "\"}}\"", "`{{`", "len",
            "print",
        ][..],
    );
    leaf.prop_map(str::to_owned).prop_recursive(4, 16, 3, |inner| {
        prop::collection::vec(inner, 1..4).prop_map(|operands| format!("(print {} | len).Z", operands.join(" ")))
    })
}

fn pipeline() -> impl Strategy<Value = String> {
    let stage = prop_oneof![
        Just("len".to_owned()),
        operand().prop_map(|argument| format!("print {argument}"))
    ];
    (operand(), prop::collection::vec(stage, 0..3)).prop_map(|(first, stages)| {
        let commands: Vec<_> = std::iter::once(first).chain(stages).collect();
        commands.join(" | ")
    })
}

fn action() -> impl Strategy<Value = String> {
    let marks = prop::sample::select(&[("{{", "}}"), ("{{- ", " -}}"), ("{{ ", "  -}}")][..]);
    (marks, pipeline(), any::<bool>()).prop_map(|((left, right), pipeline, declares)| {
        let variable = if declares { "$x := " } else { "" };
        format!("{left}{variable}{pipeline}{right}")
    })
}

/// A template in which each block has its end.
fn balanced() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[^{]{0,12}",
        action(),
        Just("{{- /* }} {{end */ -}}".to_owned()),
        Just("{{template \"a\" .X}}".to_owned()),
    ];
    leaf.prop_recursive(6, 60, 5, |inner| {
        let body = || prop::collection::vec(inner.clone(), 0..4).prop_map(|parts| parts.concat());
        prop_oneof![
            (pipeline(), body(), body()).prop_map(|(value, first, second)| format!(
                "{{{{if {value}}}}}{first}{{{{else if $y := .Y}}}}{{{{$y}}}}{{{{else}}}}{second}{END}"
            )),
            (pipeline(), body()).prop_map(|(value, body)| format!("{{{{with $x := {value}}}}}{body}{{{{$x}}}}{END}")),
            (pipeline(), body()).prop_map(|(value, body)| format!(
                "{{{{range $i, $x := {value}}}}}{body}{{{{if $i}}}}{{{{break}}}}{END}{{{{continue}}}}{END}"
            )),
            body().prop_map(|body| format!("{{{{block \"b\" .}}}}{END}{{{{if .X}}}}{body}{END}")),
        ]
    })
}

/// `text` without one of its ends; none if there is no end.
fn without_an_end(text: &str, which: Index) -> Option<String> {
    // A piece of text or a comment never spells an end in full.
    let ends: Vec<_> = text.match_indices(END).map(|(start, _)| start).collect();
    let start = ends.get(which.index(ends.len().max(1)))?;
    Some(format!("{}{}", &text[..*start], &text[start + END.len()..]))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in arbitrary()) {
        for functions in [Functions::BUILTIN, Functions::PROMETHEUS, Functions::ALERTMANAGER] {
            if let Err(error) = check(&text, &functions) {
                prop_assert!(error.line <= 1 + text.matches('\n').count());
                prop_assert!(error.to_string().len() < 1_000);
            }
        }
    }

    #[test]
    fn what_is_balanced_is_accepted_and_one_end_less_is_not(text in balanced(), which in any::<Index>()) {
        prop_assert_eq!(check(&text, &Functions::BUILTIN), Ok(()));
        if let Some(less) = without_an_end(&text, which) {
            prop_assert!(check(&less, &Functions::BUILTIN).is_err(), "{}", less);
        }
    }
}
