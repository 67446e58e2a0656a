//! How fast the configuration of a large Prometheus is rendered, at first and after a change, and how much memory that
//! takes: `cargo bench -p operator --bench configuration`. 5,000 `ServiceMonitor`s of two endpoints each, with basic
//! authentication and five rules, are 10,000 jobs and about 27 MB of YAML.

use std::sync::Arc;

use crds::{Prometheus, ServiceMonitor};
use divan::{AllocProfiler, Bencher, black_box};
use formats::version::Version;
use k8s_openapi::api::core::v1::Secret;
use operator::assets::Assets;
use operator::object::ObjectKey;
use operator::prometheus::config::{AdditionalConfigs, Input};
use operator::prometheus::incremental::{JobCache, Layout, Rendering};
use operator::prometheus::scrape_object::ScrapeObjects;
use operator::settings::Settings;
use serde_json::{Value, json};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// How many `ServiceMonitor`s are rendered.
const SIZES: [usize; 3] = [500, 5_000, 20_000];

fn main() {
    divan::main();
}

/// Everything that a rendering depends on.
struct World {
    prometheus: Prometheus,
    objects: ScrapeObjects,
    assets: Assets,
    settings: Settings,
    layout: Layout,
}

impl World {
    fn new(monitors: usize) -> Self {
        let mut assets = Assets::default();
        for team in 0..20 {
            assets.insert_secret(read::<Secret>(json!({
                "metadata": { "name": "login", "namespace": format!("team-{team}") },
                "stringData": { "user": "prometheus", "password": "not a real one" },
            })));
        }
        let mut objects = ScrapeObjects::default();
        for number in 0..monitors {
            let monitor = service_monitor(number, "30s");
            objects.service_monitors.insert(ObjectKey::of(&*monitor), monitor);
        }
        let mut world = Self {
            prometheus: read(json!({
                "apiVersion": "monitoring.coreos.com/v1",
                "kind": "Prometheus",
                "metadata": { "name": "main", "namespace": "monitoring" },
                "spec": { "serviceMonitorSelector": {}, "serviceMonitorNamespaceSelector": {} },
            })),
            objects,
            assets,
            settings: Settings::default(),
            layout: Layout::Whole,
        };
        // The pods of so many monitors mount files of jobs.
        world.layout = world.render(&mut JobCache::default()).layout;
        world
    }

    fn render(&self, cache: &mut JobCache) -> Rendering {
        let input = Input {
            instance: (&self.prometheus).into(),
            version: Version::new(3, 13, 2),
            rule_config_maps: &[],
            additional: AdditionalConfigs::default(),
            assets: &self.assets,
            settings: &self.settings,
        };
        cache
            .render(&input, &self.objects, self.layout)
            .expect("a configuration")
    }
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("an object")
}

fn service_monitor(number: usize, interval: &str) -> Arc<ServiceMonitor> {
    let rule = |label: &str| {
        json!({
            "sourceLabels": [format!("__meta_kubernetes_pod_label_{label}")],
            "regex": "(.+)",
            "targetLabel": label,
            "replacement": "$1",
            "action": "replace",
        })
    };
    let relabelings = ["team", "tier", "zone", "release", "track"].map(rule);
    let endpoint = |port: &str| {
        json!({
            "port": port,
            "interval": interval,
            "path": "/metrics",
            "scheme": "http",
            "basicAuth": {
                "username": { "name": "login", "key": "user" },
                "password": { "name": "login", "key": "password" },
            },
            "relabelings": relabelings,
        })
    };
    Arc::new(read(json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "metadata": { "name": format!("app-{number}"), "namespace": format!("team-{}", number % 20) },
        "spec": {
            "selector": { "matchLabels": { "app.kubernetes.io/name": format!("app-{number}") } },
            "endpoints": [endpoint("http"), endpoint("admin")],
        },
    })))
}

/// All jobs, from nothing to compressed bytes.
#[divan::bench(args = SIZES, sample_count = 5)]
fn all(bencher: Bencher<'_, '_>, monitors: usize) {
    let world = World::new(monitors);
    bencher.bench_local(|| black_box(world.render(&mut JobCache::default())));
}

/// One monitor has another interval.
#[divan::bench(args = SIZES)]
fn one_change(bencher: Bencher<'_, '_>, monitors: usize) {
    let mut world = World::new(monitors);
    let mut cache = JobCache::default();
    world.render(&mut cache);
    let mut turn = 0_usize;
    bencher.bench_local(|| {
        turn += 1;
        let interval = if turn.is_multiple_of(2) { "30s" } else { "15s" };
        let monitor = service_monitor(monitors / 2, interval);
        world.objects.service_monitors.insert(ObjectKey::of(&*monitor), monitor);
        let rendering = world.render(&mut cache);
        assert_eq!(rendering.fresh, 1);
        black_box(rendering)
    });
}

/// One Secret changes, which a twentieth of the monitors refer to.
#[divan::bench(args = SIZES, sample_count = 10)]
fn one_secret(bencher: Bencher<'_, '_>, monitors: usize) {
    let mut world = World::new(monitors);
    let mut cache = JobCache::default();
    world.render(&mut cache);
    let mut turn = 0_usize;
    bencher.bench_local(|| {
        turn += 1;
        world.assets.insert_secret(read::<Secret>(json!({
            "metadata": { "name": "login", "namespace": "team-7" },
            "stringData": { "user": "prometheus", "password": format!("word {turn}") },
        })));
        let rendering = world.render(&mut cache);
        assert_eq!(rendering.fresh, monitors / 20);
        black_box(rendering)
    });
}

/// What is kept between two renderings: see "max alloc" of dropping it.
#[divan::bench(args = SIZES, sample_count = 1)]
fn kept(bencher: Bencher<'_, '_>, monitors: usize) {
    let world = World::new(monitors);
    bencher.bench_local(|| {
        let mut cache = JobCache::default();
        let rendering = world.render(&mut cache);
        (
            rendering.gzip.len() + rendering.job_files.iter().map(|(_, file)| file.len()).sum::<usize>(),
            cache,
        )
    });
}
