//! Objects of any shape that the definitions allow, and of some that they do not: nothing panics, and what is written can
//! be read. `PROPTEST_CASES` says how many (`PROPTEST_CASES=100000 cargo test --release -p operator --test arbitrary`).

mod alertmanager_config;
mod alertmanager_object;
mod choices;
mod messages;
mod optional;
mod references;
mod schema;
mod world;

use std::io::Cursor;

use formats::{gzip, yaml, yaml::Yaml};
use operator::prometheus::incremental::{JobCache, Layout, whole};
use operator::prometheus::{daemonset, pod, select, statefulset, validate};
use proptest::prelude::*;

use choices::Choices;
use world::World;

/// Cases where the environment names no number: about two seconds.
const FEW: u32 = 1_500;
/// Most choices that one world is made from. What comes after them is as small as it can be.
const MOST_CHOICES: usize = 6_000;
/// More than any of these files has.
const MOST_BYTES: u64 = 1 << 26;

fn configuration() -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(FEW),
    }
}

proptest! {
    #![proptest_config(configuration())]

    #[test]
    fn nothing_panics_and_all_that_is_written_can_be_read(
        world in prop::collection::vec(any::<u32>(), 0..MOST_CHOICES)
            .prop_map(|choices| World::new(&mut Choices::new(choices))),
    ) {
        world.with_input(|input| {
            let candidates = &world.objects;
            let _ = validate::check(&input.instance, input.version, input.assets);
            let _ = select::Selectors::of(&input.instance);
            let pods = pod::Input {
                instance: input.instance,
                version: input.version,
                settings: input.settings,
                shard: 1,
                rule_config_maps: input.rule_config_maps,
                tls_assets: &[],
                layout: Layout::Spread,
            };
            let _ = statefulset::stateful_set(&pods, "main", "1");
            let _ = daemonset::daemon_set(&pods);
            // Nothing relies on what selection has refused, but neither may it bring anything down.
            let _ = whole::configuration(input, candidates);
            let selection = select::validated(input.facts(), candidates.clone(), input.assets);
            let whole = whole::configuration(input, &selection.scrape);
            let pieces = JobCache::default().render(input, candidates, Layout::Whole);
            match (whole, pieces) {
                (Ok(whole), Ok(pieces)) => {
                    let text = yaml::to_string(&whole.document);
                    let read = yaml::parse(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
                    prop_assert_eq!(yaml::to_string(&read), yaml::to_string(&as_blocks(whole.document)));
                    let stored = gzip::decompress(Cursor::new(pieces.gzip), MOST_BYTES).unwrap();
                    prop_assert_eq!(String::from_utf8(stored).unwrap(), text);
                    prop_assert_eq!(sorted(pieces.rejections), selection.rejections);
                }
                (Err(whole), Err(pieces)) => prop_assert_eq!(whole.to_string(), pieces.to_string()),
                (whole, pieces) => prop_assert!(false, "{:?}\n{:?}", whole.err(), pieces.err()),
            }
            Ok(())
        })?;
    }
}

fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items
}

/// The document with its one-line lists as other lists: a reader does not tell them apart.
fn as_blocks(document: Yaml) -> Yaml {
    match document {
        Yaml::Map(pairs) => Yaml::Map(pairs.into_iter().map(|(key, value)| (key, as_blocks(value))).collect()),
        Yaml::Seq(items) | Yaml::Flow(items) => items.into_iter().map(as_blocks).collect(),
        other => other,
    }
}
