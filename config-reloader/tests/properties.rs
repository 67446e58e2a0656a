//! Random input for what reads what others wrote: the expander against a plain model of it, and the way of gzip through
//! the whole stage. `PROPTEST_CASES=100000 cargo test -p config-reloader --test properties` goes on for longer.

use std::fs;
use std::io::BufReader;

use config_reloader::environment::Environment;
use config_reloader::expand;
use config_reloader::overlay::Overlay;
use config_reloader::stage::{Config, Plan, Staged};
use proptest::prelude::*;

fn environment() -> Environment {
    let variables = [("A", "1"), ("LONG_NAME", "$(A)"), ("EMPTY", ""), ("9", "nine")];
    Environment::new(variables.map(|(name, value)| (name.into(), value.into())), "")
}

/// What `\$\(([a-zA-Z_0-9]+)\)` stands for, one character at a time.
fn model(text: &str) -> (String, u64) {
    let (mut output, mut unset, mut rest) = (String::new(), 0, text);
    while let Some(first) = rest.chars().next() {
        let name = rest
            .strip_prefix("$(")
            .and_then(|body| body.split_once(')'))
            .map(|(name, _)| name);
        let is_name = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let Some(name) = name.filter(is_name) else {
            output.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        match name {
            "A" => output.push('1'),
            "LONG_NAME" => output.push_str("$(A)"),
            "EMPTY" => {}
            "9" => output.push_str("nine"),
            _ => {
                unset += 1;
                output.push_str(&rest[..name.len() + 3]);
            }
        }
        rest = &rest[name.len() + 3..];
    }
    (output, unset)
}

/// Text in which what looks like references is frequent.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\$\\((A|LONG_NAME|EMPTY|9|UNSET|A B|A-B|)\\)",
        "[$()A_9 \\n]{0,6}",
        "\\PC{0,8}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn the_expander_does_what_its_pattern_says(text in text(), piece in 1_usize..20) {
        let mut output = Vec::new();
        // However the input is cut into pieces.
        let mut input = BufReader::with_capacity(piece, text.as_bytes());
        let unset = expand::copy(&mut input, &mut output, &environment()).expect("memory takes every write");
        let (expected, references) = model(&text);
        prop_assert_eq!(String::from_utf8(output).expect("the input is UTF-8"), expected);
        prop_assert_eq!(unset.references, references);
    }

    #[test]
    fn any_bytes_expand_without_a_panic(bytes: Vec<u8>) {
        let mut output = Vec::new();
        expand::copy(&mut &bytes[..], &mut output, &environment()).expect("memory takes every write");
        if !bytes.contains(&b'$') {
            prop_assert_eq!(output, bytes);
        }
    }

    #[test]
    fn damaged_gzip_is_refused_or_harmless(
        content in "[a-z: \\n]{0,2000}",
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let (source, output) = (folder.path().join("in.gz"), folder.path().join("out"));
        fs::write(&output, "the last good one").expect("ours");
        let mut stream = formats::gzip::compress(content.as_bytes());
        for (place, byte) in damage {
            let place = place.index(stream.len());
            stream[place] = byte;
        }
        if let Some(cut) = cut {
            stream.truncate(cut.index(stream.len()));
        }
        fs::write(&source, &stream).expect("ours");
        let plan = Plan {
            config: Some(Config { source, output: Some(output.clone()) }),
            ..Plan::default()
        };
        let result = plan.stage(&Overlay::default()).and_then(Staged::commit);
        let found = fs::read_to_string(&output).expect("the output is there");
        // What hits the header's time, or hits nothing, changes no content.
        let expected = if result.is_ok() { content.as_str() } else { "the last good one" };
        prop_assert_eq!(found, expected);
        prop_assert_eq!(fs::read_dir(folder.path()).expect("ours").count(), 2);
    }
}
