//! Poison: objects of every kind that the definitions allow, the odd ones above all. What our checks accept of them is
//! rendered together, for instances that are accepted, too, and judged by promtool, or amtool. What these refuse would have
//! stopped everybody: the object is found by halving, and shown.
//!
//! `POISON_WORLDS` says how many instances with their objects (`POISON_WORLDS=10000 cargo test -p operator --test poison`),
//! `POISON_SEED` where to begin. Without `$PROMTOOL` and `$AMTOOL` nothing is judged.

mod alertmanager_configs;
#[path = "../arbitrary/alertmanager_object.rs"]
mod alertmanager_object;
#[path = "../arbitrary/choices.rs"]
mod choices;
#[path = "../loader/judge.rs"]
#[expect(dead_code, reason = "suites that print a report need more of it")]
mod judge;
mod random;
mod rules;
#[path = "../arbitrary/schema.rs"]
mod schema;
#[path = "../arbitrary/world.rs"]
#[expect(dead_code, reason = "other tests need worlds of any version")]
mod world;

use formats::yaml;
use operator::object::{ByKey, ObjectKey};
use operator::prometheus::config::Input;
use operator::prometheus::incremental::whole;
use operator::prometheus::scrape_object::ScrapeObjects;
use operator::prometheus::{select, validate};
use serde::Serialize;

use judge::Judge;
use random::numbers;
use world::World;

/// Worlds where the environment names no number: about half a minute.
const FEW: usize = 300;
/// Worlds whose objects are rendered together.
const TOGETHER: usize = 30;

fn from_environment(name: &str, default: usize) -> usize {
    std::env::var(name)
        .ok()
        .map_or(default, |text| text.parse().expect("a number"))
}

#[test]
fn what_is_accepted_is_loaded() {
    let Some(promtool) = Judge::find("PROMTOOL") else {
        return;
    };
    let version = promtool.version();
    let (worlds, seed) = (
        from_environment("POISON_WORLDS", FEW),
        from_environment("POISON_SEED", 1),
    );
    let (mut faults, mut objects) = (Vec::new(), 0);
    for batch in 0..worlds.div_ceil(TOGETHER) {
        let worlds: Vec<World> = (0..TOGETHER)
            .map(|number| World::of(version, number, &mut numbers(seed + batch * TOGETHER + number)))
            .collect();
        for owner in &worlds {
            owner.with_input(|input| {
                if validate::check(&input.instance, version, input.assets).is_err() {
                    return;
                }
                let alone = ScrapeObjects::default();
                if let Err(message) = judged(&promtool, input, &alone) {
                    faults.push(format!("an instance:\n{}\n{message}", shown(&input.instance.server())));
                }
            });
        }
        let all = merged(&worlds);
        let owner = worlds
            .iter()
            .find(|world| world.with_input(|input| is_sound(&promtool, input)));
        let Some(owner) = owner else { continue };
        owner.with_input(|input| {
            let selection = select::validated(input.facts(), all.clone(), input.assets);
            objects += singles(&selection.scrape).len();
            faults.extend(poisons(&promtool, input, &selection.scrape));
        });
    }
    assert!(
        objects > worlds / 4,
        "only {objects} objects were accepted, which proves little"
    );
    assert!(
        faults.is_empty(),
        "{} of {objects} objects:\n\n{}",
        faults.len(),
        faults.join("\n\n")
    );
}

/// Whether a server passes our checks, and promtool's without any objects.
fn is_sound(promtool: &Judge, input: &Input<'_>) -> bool {
    input.instance.server().is_some()
        && validate::check(&input.instance, input.version, input.assets).is_ok()
        && whole::configuration(input, &ScrapeObjects::default()).is_ok()
        && judged(promtool, input, &ScrapeObjects::default()).is_ok()
}

/// What promtool says of a configuration; nothing where we make none.
fn judged(promtool: &Judge, input: &Input<'_>, objects: &ScrapeObjects) -> Result<(), String> {
    let Ok(configuration) = whole::configuration(input, objects) else {
        return Ok(());
    };
    let agent = input.instance.server().is_none();
    let arguments: &[&str] = if agent {
        &["check", "config", "--syntax-only", "--agent"]
    } else {
        &["check", "config", "--syntax-only"]
    };
    promtool.judge(arguments, &yaml::to_string(&configuration.document))
}

/// The objects for which promtool refuses all of them.
fn poisons(promtool: &Judge, input: &Input<'_>, objects: &ScrapeObjects) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![singles(objects)];
    while let Some(some) = open.pop() {
        let Err(message) = judged(promtool, input, &together(&some)) else {
            continue;
        };
        if let [one] = some.as_slice() {
            found.push(format!(
                "{}\n{}\n{message}",
                shown_objects(one),
                shown(&input.instance.common.scrape_classes)
            ));
            continue;
        }
        let (left, right) = some.split_at(some.len() / 2);
        open.extend([left.to_vec(), right.to_vec()]);
    }
    found
}

fn merged(worlds: &[World]) -> ScrapeObjects {
    together(&worlds.iter().map(|world| world.objects.clone()).collect::<Vec<_>>())
}

fn together(parts: &[ScrapeObjects]) -> ScrapeObjects {
    let mut all = ScrapeObjects::default();
    for part in parts.iter().cloned() {
        all.service_monitors.extend(part.service_monitors);
        all.pod_monitors.extend(part.pod_monitors);
        all.probes.extend(part.probes);
        all.scrape_configs.extend(part.scrape_configs);
    }
    all
}

/// Each object by itself.
fn singles(objects: &ScrapeObjects) -> Vec<ScrapeObjects> {
    fn each<K>(of: &ByKey<K>, place: fn(ByKey<K>) -> ScrapeObjects) -> impl Iterator<Item = ScrapeObjects> {
        of.iter()
            .map(move |(key, object)| place(ByKey::from([(key.clone(), object.clone())])))
    }
    each(&objects.service_monitors, |service_monitors| ScrapeObjects {
        service_monitors,
        ..ScrapeObjects::default()
    })
    .chain(each(&objects.pod_monitors, |pod_monitors| ScrapeObjects {
        pod_monitors,
        ..ScrapeObjects::default()
    }))
    .chain(each(&objects.probes, |probes| ScrapeObjects {
        probes,
        ..ScrapeObjects::default()
    }))
    .chain(each(&objects.scrape_configs, |scrape_configs| ScrapeObjects {
        scrape_configs,
        ..ScrapeObjects::default()
    }))
    .collect()
}

fn shown_objects(objects: &ScrapeObjects) -> String {
    fn each<K: Serialize>(objects: &ByKey<K>) -> impl Iterator<Item = (&ObjectKey, String)> {
        objects.iter().map(|(key, object)| (key, shown(&**object)))
    }
    let all = each(&objects.service_monitors)
        .chain(each(&objects.pod_monitors))
        .chain(each(&objects.probes))
        .chain(each(&objects.scrape_configs));
    all.fold(String::new(), |shown, (key, object)| {
        shown + &format!("{key}: {object}\n")
    })
}

fn shown(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("an object of the API")
}
