//! What is kept of objects never shows in the file, and what comes out of them is loaded.

use std::sync::Arc;

use k8s_openapi::api::core::v1::Secret;
use proptest::prelude::{ProptestConfig, any, prop_oneof, proptest};
use proptest::strategy::Strategy as _;
use serde_json::{Value, json};

use super::*;
use crate::alertmanager::config::base::{self, DEFAULT};
use crate::alertmanager::config::file::FILE;
use crate::alertmanager::config::{load, read};
use crate::pod::sharded_secret::LIMIT;

const VERSION: Version = Version::new(0, 33, 1);

fn parse<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// The objects of a namespace that Alertmanager selects, and the Secret that they refer to.
struct World {
    objects: ByKey<AlertmanagerConfig>,
    assets: Assets,
    base: Yaml,
    strategy: Option<Strategy>,
    files: Option<FileSystemMode>,
    matchers: Mode,
    caps: Caps,
    room: usize,
}

impl World {
    fn new(base: &str) -> Self {
        let mut world = Self {
            objects: ByKey::new(),
            assets: Assets::default(),
            base: base::checked(base.as_bytes(), None, Mode::Fallback).unwrap(),
            strategy: None,
            files: None,
            matchers: Mode::Fallback,
            caps: Caps::default(),
            room: LIMIT,
        };
        world.token("first");
        world
    }

    fn token(&mut self, token: &str) {
        self.assets.insert_secret(parse::<Secret>(json!({
            "metadata": { "name": "hook", "namespace": "team" },
            "stringData": { "url": format!("https://hooks.example.com/{token}") },
        })));
    }

    fn put(&mut self, name: &str, spec: &Value) {
        let object: AlertmanagerConfig = parse(json!({
            "apiVersion": "monitoring.coreos.com/v1alpha1",
            "kind": KIND.as_str(),
            "metadata": { "name": name, "namespace": "team" },
            "spec": spec,
        }));
        self.objects.insert(ObjectKey::of(&object), Arc::new(object));
    }

    fn render(&self, cache: &mut PartCache) -> Rendering {
        let input = Input {
            base: &self.base,
            version: VERSION,
            matchers: self.matchers,
            strategy: self.strategy,
            files: self.files,
            namespace: "monitoring",
            assets: &self.assets,
            caps: self.caps,
            room: self.room,
        };
        cache.render(&input, &self.objects)
    }
}

fn text(rendering: &Rendering) -> String {
    String::from_utf8(gzip::decompress(&*rendering.gzip, 1 << 26).unwrap()).unwrap()
}

/// An object with all that one may add; its webhook is that of the Secret, or its own.
fn spec(url: Option<&str>) -> Value {
    let webhook = match url {
        Some(url) => json!({ "url": url }),
        None => json!({ "urlSecret": { "name": "hook", "key": "url" } }),
    };
    json!({
        "route": {
            "receiver": "duty",
            "groupBy": ["job"],
            "routes": [{
                "receiver": "duty",
                "matchers": [{ "name": "severity", "value": "pa\"ge|\\d+", "matchType": "=~" }],
                "muteTimeIntervals": ["night"],
            }],
        },
        "receivers": [{ "name": "duty", "webhookConfigs": [webhook] }],
        "inhibitRules": [{
            "sourceMatch": [{ "name": "severity", "value": "page" }],
            "targetMatch": [{ "name": "severity", "value": "info" }],
            "equal": ["job"],
        }],
        "muteTimeIntervals": [{
            "name": "night",
            "timeIntervals": [{ "times": [{ "startTime": "00:00", "endTime": "06:00" }], "weekdays": ["monday:friday"] }],
        }],
    })
}

const BASE: &str = "
route:
  receiver: base
  group_wait: 30s
  routes:
  - receiver: base
    matchers: [severity=page]
inhibit_rules:
- source_matchers: [a=b]
  target_matchers: [c=d]
receivers:
- name: base
mute_time_intervals:
- name: own
  time_intervals:
  - weekdays: [sunday]
templates: [/etc/alertmanager/config/*.tmpl]
";

#[test]
fn additions_stand_at_their_places() {
    let mut world = World::new(BASE);
    world.put("a", &spec(Some("https://a.example.com")));
    let rendering = world.render(&mut PartCache::default());
    assert_eq!(rendering.rejections, []);
    let expected = r#"route:
  receiver: base
  routes:
  - receiver: team/a/duty
    group_by:
    - job
    matchers:
    - namespace="team"
    continue: true
    routes:
    - receiver: team/a/duty
      matchers:
      - severity=~"pa\"ge|\\d+"
      mute_time_intervals:
      - team/a/night
  - receiver: base
    matchers:
    - severity=page
  group_wait: 30s
inhibit_rules:
- target_matchers:
  - c=d
  source_matchers:
  - a=b
- target_matchers:
  - severity="info"
  - namespace="team"
  source_matchers:
  - severity="page"
  - namespace="team"
  equal:
  - job
receivers:
- name: base
- name: team/a/duty
  webhook_configs:
  - url: https://a.example.com
mute_time_intervals:
- name: own
  time_intervals:
  - weekdays: [sunday]
- name: team/a/night
  time_intervals:
  - times:
    - start_time: "00:00"
      end_time: "06:00"
    weekdays: ['monday:friday']
templates:
- /etc/alertmanager/config/*.tmpl
"#;
    assert_eq!(text(&rendering), expected);
}

#[test]
fn a_change_renders_what_it_concerns() {
    let mut world = World::new(DEFAULT);
    let mut cache = PartCache::default();
    for number in 0..20 {
        world.put(&format!("own-{number}"), &spec(Some("https://own.example.com")));
    }
    world.put("secret", &spec(None));
    assert_eq!(world.render(&mut cache).fresh, 21);
    assert_eq!(world.render(&mut cache).fresh, 0);

    world.put("own-7", &spec(Some("https://other.example.com")));
    let rendering = world.render(&mut cache);
    assert_eq!(rendering.fresh, 1);
    assert_eq!(text(&rendering).matches("https://other.example.com").count(), 1);

    world.token("second");
    let rendering = world.render(&mut cache);
    assert_eq!(rendering.fresh, 1);
    assert!(text(&rendering).contains("hooks.example.com/second"));

    world.strategy = Some(Strategy::None);
    assert_eq!(world.render(&mut cache).fresh, 21);
}

#[test]
fn a_bad_object_is_left_out_and_told() {
    let mut world = World::new("route: {receiver: team/taken/duty}\nreceivers: [{name: team/taken/duty}]");
    world.put("good", &spec(Some("https://good.example.com")));
    world.put("taken", &spec(Some("https://taken.example.com")));
    let mut no_receiver = spec(Some("https://bad.example.com"));
    no_receiver["route"]["routes"][0]["receiver"] = json!("nobody");
    world.put("no-receiver", &no_receiver);
    let mut no_interval = spec(Some("https://bad.example.com"));
    no_interval["route"]["routes"][0]["muteTimeIntervals"] = json!(["never"]);
    world.put("no-interval", &no_interval);
    let mut regex = spec(Some("https://bad.example.com"));
    regex["route"]["routes"][0]["matchers"][0]["value"] = json!("(");
    world.put("regex", &regex);
    let mut missing = spec(None);
    missing["receivers"][0]["webhookConfigs"][0]["urlSecret"]["key"] = json!("nothing");
    world.put("missing", &missing);
    let mut range = spec(Some("https://bad.example.com"));
    range["muteTimeIntervals"][0]["timeIntervals"][0]["weekdays"] = json!(["friday:monday"]);
    world.put("range", &range);
    // Nobody says where Slack is.
    world.put(
        "slack",
        &json!({ "route": { "receiver": "s" }, "receivers": [{ "name": "s", "slackConfigs": [{ "channel": "#a" }] }] }),
    );
    let rendering = world.render(&mut PartCache::default());
    let names: Vec<&str> = rendering
        .rejections
        .iter()
        .map(|rejection| &*rejection.object.name)
        .collect();
    assert_eq!(
        names,
        [
            "missing",
            "no-interval",
            "no-receiver",
            "range",
            "regex",
            "slack",
            "taken"
        ],
        "{:#?}",
        rendering.rejections
    );
    assert_eq!(rendering.accepted, 1);
    let text = text(&rendering);
    assert!(
        text.contains("good.example.com") && !text.contains("bad.example.com"),
        "{text}"
    );
    assert!(!format!("{:?}", rendering.rejections).contains("hooks.example.com"));
}

/// What happens between two renderings.
#[derive(Debug, Clone)]
enum Step {
    Put(u8, bool, u8),
    Remove(u8),
    Token(u8),
    Strategy(bool),
}

fn step() -> impl proptest::strategy::Strategy<Value = Step> {
    prop_oneof![
        (0..12_u8, any::<bool>(), 0..4_u8).prop_map(|(name, secret, kind)| Step::Put(name, secret, kind)),
        (0..12_u8).prop_map(Step::Remove),
        (0..3_u8).prop_map(Step::Token),
        any::<bool>().prop_map(Step::Strategy),
    ]
}

fn apply(world: &mut World, step: &Step) {
    match step {
        Step::Put(name, secret, kind) => {
            let url = format!("https://{kind}.example.com");
            let mut spec = spec((!secret).then_some(url.as_str()));
            match kind {
                0 => spec["route"] = Value::Null,
                1 => spec["route"]["receiver"] = json!("nobody"),
                2 => spec["inhibitRules"] = json!([]),
                _ => {}
            }
            world.put(&name.to_string(), &spec);
        }
        Step::Remove(name) => {
            world.objects.remove(&ObjectKey::new("team", name.to_string()));
        }
        Step::Token(token) => world.token(&token.to_string()),
        Step::Strategy(confined) => world.strategy = (!confined).then_some(Strategy::None),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_kept_never_shows(steps in proptest::collection::vec(step(), 1..24)) {
        let mut world = World::new(BASE);
        let mut kept = PartCache::default();
        for step in &steps {
            apply(&mut world, step);
            let (with, without) = (world.render(&mut kept), world.render(&mut PartCache::default()));
            assert_eq!(text(&with), text(&without));
            assert_eq!(with.gzip, without.gzip);
            assert_eq!(with.rejections, without.rejections);
            assert_eq!(with.accepted, without.accepted);
        }
    }

    #[test]
    fn the_whole_file_is_loaded(steps in proptest::collection::vec(step(), 1..24)) {
        let mut world = World::new(BASE);
        for step in &steps {
            apply(&mut world, step);
        }
        let text = text(&world.render(&mut PartCache::default()));
        let file = read::read(&FILE, text.as_bytes()).map_err(|error| error.to_string());
        load::check_file(&file.unwrap(), None, Mode::Fallback).unwrap();
    }
}

#[test]
fn a_file_of_the_container_is_for_those_whom_the_owner_allows() {
    let key = json!({ "name": "hook", "key": "url" });
    let objects = [
        (
            "user",
            json!({ "pushoverConfigs": [{ "token": key }, { "userKeyFile": "/a", "token": key }] }),
            "pushoverConfigs[1].userKeyFile",
        ),
        (
            "token",
            json!({ "pushoverConfigs": [{ "userKey": key, "tokenFile": "/a" }] }),
            "pushoverConfigs[0].tokenFile",
        ),
        (
            "bot",
            json!({ "telegramConfigs": [{ "chatID": 7, "botTokenFile": "/a" }] }),
            "telegramConfigs[0].botTokenFile",
        ),
    ];
    let mut world = World::new(DEFAULT);
    for (name, receiver, _) in &objects {
        let mut receiver = receiver.clone();
        receiver["name"] = "duty".into();
        if *name == "user" {
            receiver["pushoverConfigs"][0]["userKey"] = key.clone();
        }
        world.put(
            name,
            &json!({ "route": { "receiver": "duty" }, "receivers": [receiver] }),
        );
    }
    let mut cache = PartCache::default();
    for refusing in [None, Some(FileSystemMode::Deny)] {
        world.files = refusing;
        let rejections = world.render(&mut cache).rejections;
        assert_eq!(rejections.len(), objects.len(), "{rejections:?}");
        for (name, _, path) in &objects {
            let rejection = rejections
                .iter()
                .find(|rejection| *rejection.object.name == **name)
                .expect("a rejection");
            assert!(
                rejection.message.starts_with(&format!("spec.receivers[0].{path}: ")),
                "{}",
                rejection.message
            );
        }
    }
    world.files = Some(FileSystemMode::Allow);
    let allowed = world.render(&mut cache);
    assert_eq!((allowed.accepted, &*allowed.rejections), (objects.len(), &[][..]));
}

/// An object of a namespace whose receiver has so long a text.
fn put_large(world: &mut World, namespace: &str, name: &str, length: usize) {
    let mut state = length as u64 | 1;
    let mut letter = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(b'a' + u8::try_from((state >> 33) % 26).unwrap())
    };
    let text: String = (0..length).map(&mut letter).collect();
    let object: AlertmanagerConfig = parse(json!({
        "apiVersion": "monitoring.coreos.com/v1alpha1",
        "kind": KIND.as_str(),
        "metadata": { "name": name, "namespace": namespace },
        "spec": {
            "route": { "receiver": "r" },
            "receivers": [{ "name": "r", "slackConfigs": [{ "apiURL": { "name": "hook", "key": "url" }, "channel": "c", "text": text }] }],
        },
    }));
    world.objects.insert(ObjectKey::of(&object), Arc::new(object));
    world.assets.insert_secret(parse::<Secret>(json!({
        "metadata": { "name": "hook", "namespace": namespace },
        "stringData": { "url": "https://hooks.example.com/x" },
    })));
}

#[test]
fn who_adds_too_much_is_left_out_and_nobody_else() {
    let mut world = World::new(DEFAULT);
    for number in 0..10 {
        put_large(&mut world, &format!("team-{number}"), "fine", 500);
    }
    for number in 0..6 {
        put_large(&mut world, "loud", &format!("large-{number}"), 10_000 + number);
    }
    let (mut cache, all) = (PartCache::default(), world.objects.len());
    assert_eq!(world.render(&mut cache).accepted, all);

    world.caps.bytes_per_object = 5_000;
    let rendering = world.render(&mut cache);
    assert_eq!((rendering.accepted, rendering.rejections.len()), (10, 6));
    assert!(rendering.rejections[0].message.contains("--max-bytes-per-object"));

    world.caps = Caps {
        bytes_per_namespace: 25_000,
        ..Caps::default()
    };
    let rendering = world.render(&mut cache);
    assert_eq!((rendering.accepted, rendering.rejections.len()), (12, 4));
    assert!(
        rendering
            .rejections
            .iter()
            .all(|one| one.message.contains("--max-bytes-per-namespace"))
    );

    (world.caps, world.room) = (Caps::default(), 30_000);
    let rendering = world.render(&mut cache);
    assert!(
        rendering.gzip.len() <= 30_000 && rendering.accepted >= 13,
        "{}",
        rendering.accepted
    );
    assert!(
        rendering
            .rejections
            .iter()
            .all(|one| &*one.object.namespace == "loud" && one.message.contains("30000"))
    );
    world.room = LIMIT;
    assert_eq!(world.render(&mut cache).accepted, all);
}
