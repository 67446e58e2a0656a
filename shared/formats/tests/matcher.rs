//! Matchers of any text: nothing brings the reader down, and what is written is read back.

use formats::matcher::{Matcher, Mode, Operator, matcher, matchers};
use proptest::prelude::*;

const MODES: [Mode; 3] = [Mode::Classic, Mode::Utf8, Mode::Fallback];

const PIECES: [&str; 22] = [
    "{", "}", ",", "=", "!=", "=~", "!~", "!", "~", "\"", "\\", "\\\"", "\\n", "\\x41", "'", "`", " ", "\n", "name",
    "é", "(", "\u{a0}",
];

fn text() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..16);
    prop_oneof![4 => pieces.prop_map(|pieces| pieces.concat()), 1 => any::<String>()]
}

fn any_matcher() -> impl Strategy<Value = Matcher> {
    let operator =
        prop::sample::select(&[Operator::Equal, Operator::NotEqual, Operator::Regex, Operator::NotRegex][..]);
    (text(), operator, text()).prop_filter_map("no expression", |(name, operator, value)| {
        Matcher::new(name, operator, value)
            .ok()
            .filter(|matcher| !matcher.name.is_empty())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_text_brings_it_down(text in text()) {
        for mode in MODES {
            for read in [matchers(&text, mode), matcher(&text, mode).map(|matcher| vec![matcher])] {
                match read {
                    Ok(matchers) => {
                        let length: usize = matchers.iter().map(|matcher| matcher.name.len() + matcher.value.len()).sum();
                        prop_assert!(length <= text.len());
                    }
                    Err(error) => prop_assert!(error.to_string().len() < 200),
                }
            }
        }
    }

    #[test]
    fn what_is_written_is_read_back(written in prop::collection::vec(any_matcher(), 1..4)) {
        let texts: Vec<String> = written.iter().map(Matcher::to_string).collect();
        for (text, written) in texts.iter().zip(&written) {
            prop_assert_eq!(matcher(text, Mode::Utf8), Ok(written.clone()), "{}", text);
        }
        prop_assert_eq!(matchers(&format!("{{{}}}", texts.join(",")), Mode::Utf8), Ok(written));
    }

    #[test]
    fn a_classic_name_is_read_back_in_every_mode(value in text(), operator in any::<bool>()) {
        let operator = if operator { Operator::Equal } else { Operator::NotEqual };
        let written = Matcher::new("a_1:b", operator, value).unwrap();
        for mode in MODES {
            prop_assert_eq!(matcher(&written.to_string(), mode), Ok(written.clone()));
        }
    }
}
