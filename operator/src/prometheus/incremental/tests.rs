//! What was kept never shows: after each change of anything, the result is that of a rendering without memory, and the
//! content is that of the whole document.

mod caps;

use std::sync::Arc;

use crds::Prometheus;
use formats::{gzip, version::Version, yaml};
use k8s_openapi::api::core::v1::Secret;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::whole::configuration;
use super::*;
use crate::assets::{Assets, Reference};
use crate::object::LeftOut;
use crate::prometheus::config::AdditionalConfigs;
use crate::prometheus::select::validated;
use crate::settings::Settings;

/// Members of a few pieces each, so that few objects make many members.
const SMALL: Sizes = Sizes {
    average: 6_000,
    least: 2_000,
    most: 20_000,
};

/// Everything that a rendering depends on.
struct World {
    instance: Prometheus,
    version: Version,
    additional: Option<&'static str>,
    objects: ScrapeObjects,
    secrets: [Option<u8>; 3],
    settings: Settings,
    mounted: Layout,
}

#[derive(Debug, Clone)]
enum Change {
    ServiceMonitor {
        name: u8,
        spec: Option<Value>,
    },
    PodMonitor {
        name: u8,
        spec: Option<Value>,
    },
    ScrapeConfig {
        name: u8,
        spec: Option<Value>,
    },
    /// The same object as a new copy, as after a change of its status.
    Touch(u8),
    Secret {
        name: usize,
        value: Option<u8>,
    },
    Instance(Value),
    Version(Version),
    Additional(Option<&'static str>),
    Retention(bool),
    Mounted(Layout),
}

impl World {
    fn new() -> Self {
        Self {
            instance: typed("Prometheus", "prod", "main", &json!({})),
            version: Version::new(3, 5, 0),
            additional: None,
            objects: ScrapeObjects::default(),
            secrets: [Some(0), Some(0), None],
            settings: Settings::default(),
            mounted: Layout::Whole,
        }
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::ServiceMonitor { name, spec } => {
                set(&mut self.objects.service_monitors, "ServiceMonitor", name, spec);
            }
            Change::PodMonitor { name, spec } => set(&mut self.objects.pod_monitors, "PodMonitor", name, spec),
            Change::ScrapeConfig { name, spec } => set(&mut self.objects.scrape_configs, "ScrapeConfig", name, spec),
            Change::Touch(position) => {
                let touched = self.objects.service_monitors.iter().nth(position.into());
                let touched = touched.map(|(key, monitor)| (key.clone(), Arc::new((**monitor).clone())));
                self.objects.service_monitors.extend(touched);
            }
            Change::Secret { name, value } => self.secrets[name] = value,
            Change::Instance(spec) => self.instance = typed("Prometheus", "prod", "main", &spec),
            Change::Version(version) => self.version = version,
            Change::Additional(text) => self.additional = text,
            Change::Mounted(layout) => self.mounted = layout,
            Change::Retention(on) => self.settings.gates.shard_retention = on,
        }
    }

    fn assets(&self) -> Assets {
        let mut assets = Assets::default();
        for namespace in ["prod", "web"] {
            for (index, value) in self.secrets.iter().enumerate() {
                let name = format!("login-{index}");
                match value {
                    None => assets.insert_missing(Reference::secret(ObjectKey::new(namespace, name)).unwrap()),
                    Some(value) => assets.insert_secret(
                        serde_json::from_value::<Secret>(json!({
                            "metadata": { "name": name, "namespace": namespace },
                            "stringData": { "user": "ada", "password": format!("word-{value}") },
                        }))
                        .unwrap(),
                    ),
                }
            }
        }
        assets
    }

    fn with_input<T>(&self, read: impl FnOnce(&Input<'_>) -> T) -> T {
        let assets = self.assets();
        read(&Input {
            instance: (&self.instance).into(),
            version: self.version,
            rule_config_maps: &[],
            additional: AdditionalConfigs {
                scrape_configs: self.additional,
                ..AdditionalConfigs::default()
            },
            assets: &assets,
            settings: &self.settings,
        })
    }

    fn render(&self, cache: &mut JobCache) -> Rendering {
        self.try_to_render(cache).unwrap()
    }

    fn try_to_render(&self, cache: &mut JobCache) -> Result<Rendering, Error> {
        self.with_input(|input| cache.render(input, &self.objects, self.mounted))
    }

    /// The whole document, rendered at once.
    fn text(&self) -> String {
        self.with_input(|input| {
            let selection = validated(input.facts(), self.objects.clone(), input.assets);
            yaml::to_string(&configuration(input, &selection.scrape).unwrap().document)
        })
    }
}

fn set<K: serde::de::DeserializeOwned>(objects: &mut ByKey<K>, kind: &str, name: u8, spec: Option<Value>) {
    let (namespace, name) = (
        if name.is_multiple_of(2) { "web" } else { "prod" },
        format!("monitor-{name}"),
    );
    let key = ObjectKey::new(namespace, name.as_str());
    match spec {
        Some(spec) => objects.insert(key, Arc::new(typed(kind, namespace, &name, &spec))),
        None => objects.remove(&key),
    };
}

fn typed<K: serde::de::DeserializeOwned>(kind: &str, namespace: &str, name: &str, spec: &Value) -> K {
    serde_json::from_value(json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": kind,
        "metadata": { "name": name, "namespace": namespace },
        "spec": spec,
    }))
    .unwrap()
}

fn small() -> JobCache {
    JobCache {
        sizes: SMALL,
        ..JobCache::default()
    }
}

/// Secrets so small that a few objects do not fit into one.
fn crowded() -> JobCache {
    JobCache {
        limits: Limits { secret: 1_500 },
        ..small()
    }
}

/// The document without its jobs and the names of its files of jobs, and all jobs.
fn gathered(rendering: &Rendering) -> (Vec<(Yaml, Yaml)>, Vec<Yaml>) {
    let files = rendering
        .job_files
        .iter()
        .map(|(_, file)| file)
        .chain([&rendering.gzip]);
    let (mut sections, mut jobs) = (Vec::new(), Vec::new());
    for file in files {
        let Yaml::Map(map) = yaml::parse(text(file)).unwrap() else {
            panic!("a mapping in {}", text(file));
        };
        for (key, value) in map {
            match (key.as_str(), value) {
                (Some(SCRAPE_CONFIGS), Yaml::Seq(list)) => jobs.extend(list),
                (Some("scrape_config_files"), _) => {}
                (_, value) => sections.push((key, value)),
            }
        }
    }
    jobs.sort_by_key(yaml::to_string);
    (sections, jobs)
}

fn text(gzip: &[u8]) -> String {
    String::from_utf8(gzip::decompress(gzip, 1 << 24).unwrap()).unwrap()
}

/// An endpoint: small or large, with or without credentials, now and then one that cannot be served.
fn endpoint() -> impl Strategy<Value = Value> {
    (0..3_usize, 0..8_usize, prop::bool::weighted(0.1), prop::bool::ANY).prop_map(|(secret, rules, bad, authorised)| {
        let login = |key: &str| json!({ "name": format!("login-{secret}"), "key": key });
        let mut endpoint = json!({
            "interval": "10s",
            "scrapeTimeout": if bad { "20s" } else { "5s" },
            "trackTimestampsStaleness": true,
            "relabelings": vec![json!({ "targetLabel": "a", "replacement": "b" }); rules],
        });
        if authorised {
            endpoint["basicAuth"] = json!({ "username": login("user"), "password": login("password") });
        }
        endpoint
    })
}

fn monitor(endpoints: &'static str) -> impl Strategy<Value = Option<Value>> {
    let spec = prop::collection::vec(endpoint(), 0..4)
        .prop_map(move |list| json!({ "selector": {}, "scrapeClass": "", endpoints: list }));
    prop::option::weighted(0.85, spec)
}

fn scrape_config() -> impl Strategy<Value = Option<Value>> {
    let spec = endpoint().prop_map(|endpoint| {
        json!({
            "scrapeInterval": endpoint["interval"],
            "scrapeTimeout": endpoint["scrapeTimeout"],
            "relabelings": endpoint["relabelings"],
            "consulSDConfigs": [{ "server": "consul", "partition": "p", "basicAuth": endpoint.get("basicAuth") }],
        })
    });
    prop::option::weighted(0.85, spec)
}

fn instance() -> impl Strategy<Value = Value> {
    (1..4_i32, prop::option::of(0..3_usize)).prop_map(|(shards, class)| match class {
        None => json!({ "shards": shards }),
        Some(secret) => json!({ "shards": shards, "scrapeClasses": [{
            "name": "all",
            "default": true,
            "authorization": { "credentials": { "name": format!("login-{secret}"), "key": "password" } },
        }] }),
    })
}

fn change() -> impl Strategy<Value = Change> {
    let versions = [Version::new(2, 44, 0), Version::new(2, 55, 1), Version::new(3, 5, 0)];
    let additional = [
        None,
        Some("- job_name: own"),
        Some("- job_name: other\n- job_name: own\n"),
    ];
    prop_oneof![
        10 => (0..24_u8, monitor("endpoints")).prop_map(|(name, spec)| Change::ServiceMonitor { name, spec }),
        5 => (0..12_u8, monitor("podMetricsEndpoints")).prop_map(|(name, spec)| Change::PodMonitor { name, spec }),
        3 => (0..12_u8, scrape_config()).prop_map(|(name, spec)| Change::ScrapeConfig { name, spec }),
        2 => (0..12_u8).prop_map(Change::Touch),
        3 => (0..3_usize, prop::option::of(0..3_u8)).prop_map(|(name, value)| Change::Secret { name, value }),
        1 => instance().prop_map(Change::Instance),
        1 => prop::sample::select(versions.to_vec()).prop_map(Change::Version),
        1 => prop::sample::select(additional.to_vec()).prop_map(Change::Additional),
        1 => any::<bool>().prop_map(Change::Retention),
        1 => prop::sample::select(vec![Layout::Whole, Layout::Spread]).prop_map(Change::Mounted),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_was_kept_never_shows(changes in prop::collection::vec(change(), 1..60)) {
        let (mut world, mut cache) = (World::new(), small());
        for change in changes {
            world.apply(change);
            let (kept, whole) = (world.render(&mut cache), world.render(&mut small()));
            prop_assert_eq!(text(&kept.gzip), world.text());
            prop_assert!(kept.gzip == whole.gzip, "equal objects, other bytes");
            prop_assert_eq!(kept.tls_files, whole.tls_files);
            prop_assert_eq!(kept.rejections, whole.rejections);
            prop_assert_eq!(kept.dropped, whole.dropped);
            prop_assert_eq!(kept.accepted, whole.accepted);
        }
    }

    #[test]
    fn what_does_not_fit_is_in_further_files(changes in prop::collection::vec(change(), 1..60)) {
        let (mut world, mut cache) = (World::new(), crowded());
        for change in changes {
            world.apply(change);
            match (world.try_to_render(&mut cache), world.try_to_render(&mut crowded())) {
                (Ok(kept), Ok(whole)) => {
                    prop_assert!(kept.gzip == whole.gzip && kept.job_files == whole.job_files, "other bytes");
                    let mut unlimited = World { mounted: Layout::Whole, ..world };
                    let all = unlimited.objects.clone();
                    let mut without = unlimited.render(&mut small());
                    let full = kept.rejections.iter().filter(|rejection| !without.rejections.contains(rejection));
                    let full: LeftOut = full
                        .map(|rejection| ((rejection.kind, rejection.object.clone()), rejection.message.clone()))
                        .collect();
                    if !full.is_empty() {
                        prop_assert!(full.values().all(|message| message.contains("a Secret holds 1500")), "{:?}", full);
                        unlimited.objects = all.without(&full).0;
                        without = unlimited.render(&mut small());
                    }
                    prop_assert_eq!(gathered(&kept), gathered(&without));
                    world = World { mounted: kept.layout, objects: all, ..unlimited };
                }
                (Err(kept), Err(whole)) => prop_assert_eq!(kept.to_string(), whole.to_string()),
                (kept, whole) => prop_assert!(false, "{kept:?}\n{whole:?}"),
            }
        }
    }
}

#[test]
fn a_secret_that_is_full_makes_files_of_jobs() {
    let mut world = World::new();
    for name in 0..40 {
        let spec = Some(json!({ "selector": {}, "endpoints": [{ "port": format!("port-{name}") }] }));
        world.apply(Change::ServiceMonitor { name, spec });
    }
    let mut cache = crowded();
    let first = world.render(&mut cache);
    assert_eq!(first.layout, Layout::Spread);
    assert!(first.job_files.len() > 8, "{} files", first.job_files.len());

    let spec = Some(json!({ "selector": {}, "endpoints": [{ "port": "other" }] }));
    world.apply(Change::ServiceMonitor { name: 7, spec });
    world.mounted = Layout::Spread;
    let second = world.render(&mut cache);
    let others = second
        .job_files
        .iter()
        .filter(|file| !first.job_files.contains(file))
        .count();
    assert_eq!((second.fresh, others), (1, 1), "a change concerns one file");
}

#[test]
fn a_change_renders_what_it_concerns() {
    let monitor = |interval: &str, login: &str| {
        let auth = json!({
            "username": { "name": login, "key": "user" },
            "password": { "name": login, "key": "password" },
        });
        Some(json!({ "selector": {}, "endpoints": [{ "interval": interval, "basicAuth": auth }] }))
    };
    let (mut world, mut cache) = (World::new(), small());
    for name in 0..40 {
        let spec = monitor("10s", if name < 10 { "login-0" } else { "login-1" });
        world.apply(Change::ServiceMonitor { name, spec });
    }
    assert_eq!(world.render(&mut cache).fresh, 40);
    assert_eq!(world.render(&mut cache).fresh, 0);
    let spec = monitor("20s", "login-1");
    world.apply(Change::ServiceMonitor { name: 20, spec });
    assert_eq!(world.render(&mut cache).fresh, 1);
    world.apply(Change::Touch(3));
    assert_eq!(world.render(&mut cache).fresh, 0);
    world.apply(Change::Secret {
        name: 0,
        value: Some(9),
    });
    assert_eq!(world.render(&mut cache).fresh, 10);
    world.apply(Change::Instance(json!({ "scrapeInterval": "1m" })));
    assert_eq!(world.render(&mut cache).fresh, 40);
}

#[test]
fn members_without_a_change_keep_their_bytes() {
    let (mut world, mut cache) = (World::new(), small());
    for name in 0..60 {
        let spec = Some(json!({ "selector": {}, "endpoints": [{ "port": format!("port-{name}") }, {}] }));
        world.apply(Change::ServiceMonitor { name, spec });
    }
    world.render(&mut cache);
    let before: Vec<Box<[u8]>> = cache
        .chains
        .iter()
        .flatten()
        .map(|member| member.gzip.clone())
        .collect();
    assert!(before.len() > 6, "{} members", before.len());
    let spec = Some(json!({ "selector": {}, "endpoints": [{ "port": "other" }] }));
    world.apply(Change::ServiceMonitor { name: 30, spec });
    world.render(&mut cache);
    let other = cache
        .chains
        .iter()
        .flatten()
        .filter(|member| !before.contains(&member.gzip))
        .count();
    assert!((1..=2).contains(&other), "{other} members are others");
}

#[test]
fn an_error_is_forgotten() {
    let (mut world, mut cache) = (World::new(), small());
    world.apply(Change::ServiceMonitor {
        name: 1,
        spec: Some(json!({ "selector": {}, "endpoints": [{}] })),
    });
    let expected = world.render(&mut cache).gzip;
    world.additional = Some("no list");
    assert!(world.with_input(|input| cache.render(input, &world.objects, Layout::Whole).is_err()));
    world.additional = None;
    let rendering = world.render(&mut cache);
    assert_eq!((rendering.gzip, rendering.fresh), (expected, 1));
}
