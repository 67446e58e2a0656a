//! What must hold for any input: nothing panics, and what is accepted and written again is accepted again. One function
//! per fuzz target; the tests of the workspace call them with every file of `corpus/`, so that what a fuzzer once found
//! stays found.

use std::io::Cursor;
use std::sync::LazyLock;

use config_reloader::environment::Environment;
use config_reloader::expand;
use formats::label::Scheme;
use formats::matcher::Mode;
use formats::template::{self, Functions};
use formats::{gzip, matcher, promql, regular_expression, url, yaml};
use operator::admission::{Instances, Judge, answers, conversion, kinds};
use operator::settings::Settings;

/// Bytes that a decompressed stream may have here.
const LIMIT: u64 = 1 << 20;

/// A fuzz target: its name, which is that of the folder of its corpus, and what must hold.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("admission_review", admission_review),
    ("conversion_review", conversion_review),
    ("expansion", expansion),
    ("gzip", gzip),
    ("matcher", matcher),
    ("promql", promql),
    ("regular_expression", regular_expression),
    ("template", template),
    ("url", url),
    ("yaml", yaml),
];

/// Every webhook answers every question, with an object of its own.
pub fn admission_review(input: &[u8]) {
    static JUDGE: LazyLock<Judge> = LazyLock::new(|| {
        Judge::new(
            Scheme::Utf8,
            promql::Options::default(),
            Settings::default(),
            Instances::default(),
        )
    });
    for kind in &kinds::KINDS {
        is_answer(&answers::validated(&JUDGE, kind, input).1);
    }
    is_answer(&answers::mutated(input).1);
}

fn is_answer(answer: &[u8]) {
    let answer: serde_json::Value = serde_json::from_slice(answer).expect("JSON");
    assert_eq!(answer["kind"], "AdmissionReview");
    assert!(answer["response"]["allowed"].is_boolean(), "{answer}");
}

/// Objects are converted, or it is said why they cannot be.
pub fn conversion_review(input: &[u8]) {
    drop(conversion::converted(input));
}

/// Text without references comes out as it is, however it is cut into pieces.
pub fn expansion(input: &[u8]) {
    let environment = Environment::new([("NAME".into(), "value".into())], "");
    let mut whole = Vec::new();
    let unset =
        expand::copy(&mut Cursor::new(input), &mut whole, &environment).expect("memory can be read and written");
    let mut reader = std::io::BufReader::with_capacity(3, input);
    let mut pieces = Vec::new();
    let unset_of_pieces = expand::copy(&mut reader, &mut pieces, &environment).expect("memory can be read and written");
    assert_eq!((whole, unset), (pieces, unset_of_pieces));
}

/// The cap holds, and what is compressed comes back.
pub fn gzip(input: &[u8]) {
    if let Ok(content) = gzip::decompress(input, LIMIT) {
        assert!(content.len() as u64 <= LIMIT);
    }
    let compressed = gzip::compress(input);
    assert_eq!(gzip::decompress(&*compressed, u64::MAX).expect("our own stream"), input);
}

/// Every mode gives an answer; a matcher of the new syntax is never longer than what was written.
pub fn matcher(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    for mode in [Mode::Classic, Mode::Utf8, Mode::Fallback] {
        for matcher in matcher::matchers(text, mode).unwrap_or_default() {
            assert!(matcher.name.len() + matcher.value.len() <= text.len());
        }
    }
}

/// What is printed is parsed, and is printed the same; but for a plus before an infinity that is raised to a power, where
/// Prometheus prints the sign of the number and parses one of the power.
pub fn promql(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let options = promql::Options {
        edition: promql::Edition::V3_16,
        experimental_functions: true,
        duration_expressions: true,
        extended_range_selectors: true,
        fill_modifiers: true,
        unquoted_utf8_names: input.first().is_some_and(|first| first % 2 == 0),
    };
    if let Ok(expression) = promql::parse(text, options) {
        let printed = expression.to_string();
        let again = promql::parse(&printed, options).unwrap_or_else(|error| panic!("{printed}: {error}"));
        let unsigned = |text: &str| text.replace('+', "");
        assert_eq!(unsigned(&again.to_string()), unsigned(&printed));
    }
}

/// What is accepted between the anchors is accepted alone, and the other way round, unless it reaches out of them.
pub fn regular_expression(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let between_anchors = regular_expression::check(text).is_ok();
    let alone = regular_expression::matches_empty(text).is_ok();
    // A quotation without an end takes up the anchor, and a text may close the group that is around it.
    assert!(between_anchors || !alone || text.contains(r"\Q"));
    assert!(alone || !between_anchors || text.contains(r"\Q") || text.contains(')'));
}

/// What a template of no functions may be, one of Prometheus and Alertmanager may be too.
pub fn template(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    // Nothing in a text can define a template of a longer name, which is an error in one that is not blank, as those of
    // Prometheus never are.
    let name = format!("{text}.");
    if template::check_named(&name, text, &Functions::BUILTIN).is_ok() {
        for functions in [&Functions::PROMETHEUS, &Functions::ALERTMANAGER] {
            assert!(template::check_named(&name, text, functions).is_ok());
        }
    }
}

/// What is written is read; but for other characters than those of ASCII, which Go, and so we, may write where it does not read
/// them.
pub fn url(input: &[u8]) {
    if let Ok(address) = url::Url::parse(input) {
        let written = address.to_bytes();
        if input.is_ascii() {
            let again = url::Url::parse(&written).expect("what we wrote");
            assert_eq!(again.to_bytes(), written);
        }
    }
}

/// What is written is read as the same document. Prometheus and Alertmanager read YAML 1.1, in which three more characters end
/// a line; what is written for them is read otherwise here. A float that is minus zero is written as Go writes it, and read as a
/// whole number, which has no sign then.
pub fn yaml(input: &[u8]) {
    if let Ok(document) = yaml::parse(input) {
        let written = yaml::to_string(&document);
        if written.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
            return;
        }
        let again = yaml::parse(&written).unwrap_or_else(|error| panic!("{written}: {error}"));
        assert!(
            written.contains("-0") || yaml::to_string(&again) == written,
            "{written}"
        );
    }
}
