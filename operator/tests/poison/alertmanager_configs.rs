//! `AlertmanagerConfig`s: those that are accepted are added to one file, which is judged by amtool.

use std::sync::Arc;

use crds::v1alpha1::AlertmanagerConfig;
use formats::gzip;
use formats::version::Version;
use operator::alertmanager::config::context::mode;
use operator::alertmanager::config::fragments::{Input, PartCache, Rendering};
use operator::alertmanager::convert::Version as ApiVersion;
use operator::assets::Assets;
use operator::object::{ByKey, ObjectKey};
use operator::pod::sharded_secret::LIMIT;
use operator::settings::Caps;

use crate::alertmanager_object::{BASE, object, simple};
use crate::judge::Judge;
use crate::random::numbers;
use crate::{FEW, TOGETHER, from_environment, shown, world};

/// Objects of one world.
const OBJECTS: usize = 4;

fn rendered(version: Version, objects: &ByKey<AlertmanagerConfig>, assets: &Assets) -> Rendering {
    let input = Input {
        base: &BASE,
        version,
        matchers: mode(version, &[]),
        strategy: None,
        files: Some(crds::AlertmanagerConfigFileSystemMode::Allow),
        namespace: "monitoring",
        assets,
        caps: Caps::default(),
        room: LIMIT,
    };
    PartCache::default().render(&input, objects)
}

fn judged(amtool: &Judge, rendering: &Rendering) -> Result<(), String> {
    let text = gzip::decompress(&*rendering.gzip, 1 << 28).expect("gzip");
    amtool.judge(&["check-config"], std::str::from_utf8(&text).expect("text"))
}

/// Those of `objects` for which amtool refuses all of them.
fn poisons(amtool: &Judge, version: Version, objects: &ByKey<AlertmanagerConfig>, assets: &Assets) -> Vec<String> {
    let all: Vec<_> = objects
        .iter()
        .map(|(key, object)| (key.clone(), Arc::clone(object)))
        .collect();
    let (mut open, mut found) = (vec![&*all], Vec::new());
    while let Some(some) = open.pop() {
        let together = some.iter().cloned().collect();
        let Err(message) = judged(amtool, &rendered(version, &together, assets)) else {
            continue;
        };
        if let [(key, object)] = some {
            found.push(format!("{key}: {}\n{message}", shown(&**object)));
        } else {
            let (left, right) = some.split_at(some.len() / 2);
            open.extend([left, right]);
        }
    }
    found
}

#[test]
fn what_is_accepted_is_loaded() {
    let Some(amtool) = Judge::find("AMTOOL") else { return };
    let (version, assets) = (amtool.version(), world::assets());
    let (worlds, seed) = (
        from_environment("POISON_WORLDS", FEW),
        from_environment("POISON_SEED", 1),
    );
    let (mut faults, mut accepted) = (Vec::new(), 0);
    for batch in 0..worlds.div_ceil(TOGETHER) {
        let mut objects = ByKey::new();
        for world in batch * TOGETHER..(batch + 1) * TOGETHER {
            let mut choices = numbers(seed + world);
            for number in 0..OBJECTS {
                let made = object(ApiVersion::V1alpha1, &mut choices);
                let whole = serde_json::from_value::<AlertmanagerConfig>(made.clone()).ok();
                let whole = whole.map(|mut whole| {
                    whole.metadata.name = Some(format!("whole-{world}-{number}"));
                    whole
                });
                let simple = simple(&format!("simple-{world}-{number}"), made);
                let both = [whole, simple].into_iter().flatten();
                objects.extend(both.map(|object| (ObjectKey::of(&object), Arc::new(object))));
            }
        }
        let rendering = rendered(version, &objects, &assets);
        accepted += rendering.accepted;
        if judged(&amtool, &rendering).is_err() {
            faults.extend(poisons(&amtool, version, &objects, &assets));
        }
    }
    assert!(
        accepted > worlds / 4,
        "only {accepted} objects were accepted, which proves little"
    );
    assert!(
        faults.is_empty(),
        "{} of {accepted} objects:\n\n{}",
        faults.len(),
        faults.join("\n\n")
    );
}
