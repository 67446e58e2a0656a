//! How fast the configuration of an Alertmanager is rendered that selects many `AlertmanagerConfig`s, at first and after a
//! change, and how much memory that takes: `cargo bench -p operator --bench alertmanager_configs`. Each has a route with
//! a child, two receivers with a Secret, an inhibition rule and a time interval.

use std::sync::Arc;

use crds::v1alpha1::AlertmanagerConfig;
use divan::{AllocProfiler, Bencher, black_box};
use formats::matcher::Mode;
use formats::version::Version;
use formats::yaml::Yaml;
use k8s_openapi::api::core::v1::Secret;
use operator::alertmanager::config::base::{self, DEFAULT};
use operator::alertmanager::config::fragments::{Input, PartCache, Rendering};
use operator::assets::Assets;
use operator::object::ByKey;
use operator::object::ObjectKey;
use operator::pod::sharded_secret;
use operator::settings::Caps;
use serde_json::{Value, json};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// How many `AlertmanagerConfig`s are rendered.
const SIZES: [usize; 3] = [100, 1_000, 10_000];

fn main() {
    divan::main();
}

/// Everything that a rendering depends on.
struct World {
    base: Yaml,
    objects: ByKey<AlertmanagerConfig>,
    assets: Assets,
}

impl World {
    fn new(objects: usize) -> Self {
        let mut world = Self {
            base: base::checked(DEFAULT.as_bytes(), None, Mode::Fallback).expect("a configuration"),
            objects: ByKey::new(),
            assets: Assets::default(),
        };
        for team in 0..20 {
            world.assets.insert_secret(read::<Secret>(json!({
                "metadata": { "name": "hook", "namespace": format!("team-{team}") },
                "stringData": { "url": "https://hooks.example.com/not-a-real-one" },
            })));
        }
        for number in 0..objects {
            world.put(number, "5m");
        }
        world
    }

    fn put(&mut self, number: usize, group_interval: &str) {
        let object = Arc::new(alertmanager_config(number, group_interval));
        self.objects.insert(ObjectKey::of(&*object), object);
    }

    fn render(&self, cache: &mut PartCache) -> Rendering {
        let input = Input {
            base: &self.base,
            version: Version::new(0, 33, 1),
            matchers: Mode::Fallback,
            strategy: None,
            files: None,
            namespace: "monitoring",
            assets: &self.assets,
            caps: Caps::default(),
            room: sharded_secret::LIMIT,
        };
        let rendering = cache.render(&input, &self.objects);
        assert_eq!(rendering.accepted, self.objects.len());
        rendering
    }
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("an object")
}

fn alertmanager_config(number: usize, group_interval: &str) -> AlertmanagerConfig {
    let matcher = |name: &str, value: &str| json!({ "name": name, "value": value, "matchType": "=" });
    read(json!({
        "apiVersion": "monitoring.coreos.com/v1alpha1",
        "kind": "AlertmanagerConfig",
        "metadata": { "name": format!("app-{number}"), "namespace": format!("team-{}", number % 20) },
        "spec": {
            "route": {
                "receiver": "chat",
                "groupBy": ["alertname", "job"],
                "groupInterval": group_interval,
                "matchers": [matcher("app", &format!("app-{number}"))],
                "routes": [{
                    "receiver": "page",
                    "matchers": [matcher("severity", "critical")],
                    "muteTimeIntervals": ["weekend"],
                }],
            },
            "receivers": [
                { "name": "chat", "slackConfigs": [{
                    "apiURL": { "name": "hook", "key": "url" },
                    "channel": format!("#app-{number}"),
                    "title": "{{ .CommonLabels.alertname }}",
                }] },
                { "name": "page", "webhookConfigs": [{ "urlSecret": { "name": "hook", "key": "url" } }] },
            ],
            "inhibitRules": [{
                "sourceMatch": [matcher("severity", "critical")],
                "targetMatch": [matcher("severity", "warning")],
                "equal": ["job"],
            }],
            "muteTimeIntervals": [{ "name": "weekend", "timeIntervals": [{ "weekdays": ["saturday", "sunday"] }] }],
        },
    }))
}

/// All objects, from nothing to compressed bytes.
#[divan::bench(args = SIZES, sample_count = 5)]
fn all(bencher: Bencher<'_, '_>, objects: usize) {
    let world = World::new(objects);
    bencher.bench_local(|| black_box(world.render(&mut PartCache::default())));
}

/// One object has another interval.
#[divan::bench(args = SIZES)]
fn one_change(bencher: Bencher<'_, '_>, objects: usize) {
    let mut world = World::new(objects);
    let mut cache = PartCache::default();
    world.render(&mut cache);
    let mut turn = 0_usize;
    bencher.bench_local(|| {
        turn += 1;
        world.put(objects / 2, if turn.is_multiple_of(2) { "5m" } else { "10m" });
        black_box(world.render(&mut cache))
    });
}
