//! `AlertmanagerConfig`s of any shape: converting them to and fro loses nothing, and no check of them panics.

use std::sync::{Arc, LazyLock};

use crds::v1alpha1;
use formats::gzip;
use formats::matcher::Mode;
use formats::yaml::Yaml;
use operator::alertmanager::config::context::{Context, mode};
use operator::alertmanager::config::file::FILE;
use operator::alertmanager::config::fragments::{Input, PartCache};
use operator::alertmanager::config::{Scope, admission, base, load, object, read};
use operator::alertmanager::convert::{Version, convert};
use operator::object::ObjectKey;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::choices::Choices;
use crate::{MOST_CHOICES, configuration, schema, world};

/// Most levels of child routes, which the schema leaves open.
const MOST_LEVELS: usize = 4;

/// A base with what receivers fall back on.
pub(crate) static BASE: LazyLock<Yaml> = LazyLock::new(|| {
    let text = "global: {smtp_smarthost: 'mail:25', smtp_from: a@b, slack_api_url: 'http://slack', opsgenie_api_key: k, \
                victorops_api_key: k, wechat_api_secret: s, wechat_api_corp_id: c}\n\
                route: {receiver: none}\nreceivers: [{name: none}]";
    base::checked(text.as_bytes(), None, Mode::Classic).expect("a configuration")
});

/// The schemas of the specification: first that of the version that is stored.
static SCHEMAS: LazyLock<[Value; 2]> = LazyLock::new(|| {
    let definitions = crds::full_custom_resource_definitions().into_iter();
    let mut definitions = definitions.filter(|definition| definition["spec"]["names"]["kind"] == "AlertmanagerConfig");
    let definition = definitions.next().expect("a definition");
    ["v1alpha1", "v1beta1"].map(|name| {
        let versions = definition["spec"]["versions"].as_array().expect("versions");
        let version = versions
            .iter()
            .find(|version| version["name"] == name)
            .expect("a version");
        version["schema"]["openAPIV3Schema"]["properties"]["spec"].clone()
    })
});

fn object(version: Version, choices: &mut Choices) -> Value {
    let (name, schema) = match version {
        Version::V1alpha1 => ("v1alpha1", &SCHEMAS[0]),
        Version::V1beta1 => ("v1beta1", &SCHEMAS[1]),
    };
    let mut spec = schema::value(schema, choices, 3, 0);
    spec["route"] = route(&schema["properties"]["route"], choices, 0);
    json!({
        "apiVersion": format!("monitoring.coreos.com/{name}"),
        "kind": "AlertmanagerConfig",
        "metadata": { "name": "own", "namespace": "web" },
        "spec": spec,
    })
}

fn route(schema: &Value, choices: &mut Choices, level: usize) -> Value {
    let mut route = schema::value(schema, choices, 2, 0);
    let fields = route.as_object_mut().expect("a route");
    fields.remove("routes");
    if level < MOST_LEVELS && choices.once_in(2) {
        let children = (0..=choices.below(2)).map(|_| self::route(schema, choices, level + 1));
        let children: Value = children.collect();
        fields.insert("routes".to_owned(), children);
    }
    route
}

/// The same with one receiver of one service, which every route names: few of the others have nothing wrong.
fn simple(name: &str, mut object: Value) -> Option<v1alpha1::AlertmanagerConfig> {
    fn lead(route: &mut Value) {
        let Some(fields) = route.as_object_mut() else { return };
        fields.insert("receiver".to_owned(), json!("duty"));
        fields.remove("muteTimeIntervals");
        fields.remove("activeTimeIntervals");
        for route in fields
            .get_mut("routes")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            lead(route);
        }
    }
    object["metadata"]["name"] = json!(name);
    lead(&mut object["spec"]["route"]);
    let receiver = object["spec"]["receivers"]
        .as_array()
        .and_then(|receivers| receivers.first());
    let mut services = receiver.and_then(Value::as_object).into_iter().flatten();
    let service = services.find_map(|(service, list)| Some((service, list.as_array()?.first()?)));
    object["spec"]["receivers"] = match service {
        Some((service, first)) => json!([{ "name": "duty", service: [first] }]),
        None => json!([{ "name": "duty" }]),
    };
    serde_json::from_value(object).ok()
}

fn objects(version: Version) -> impl Strategy<Value = Value> {
    prop::collection::vec(any::<u32>(), 0..MOST_CHOICES)
        .prop_map(move |choices| object(version, &mut Choices::new(choices)))
}

fn converted(object: &Value, version: Version) -> Value {
    let mut object = object.clone();
    convert(&mut object, version).unwrap_or_else(|error| panic!("{error}"));
    object
}

/// Name, operator and value of every condition.
fn conditions(object: &Value) -> Vec<[String; 3]> {
    let mut conditions = Vec::new();
    let mut open = vec![&object["spec"]["route"]];
    open.extend(object["spec"]["inhibitRules"].as_array().into_iter().flatten());
    while let Some(next) = open.pop() {
        let items = |field: &str| next[field].as_array().into_iter().flatten();
        open.extend(items("routes"));
        for condition in items("matchers")
            .chain(items("sourceMatch"))
            .chain(items("targetMatch"))
        {
            let text = |field: &str| condition[field].as_str().unwrap_or_default().to_owned();
            let operator = match (text("matchType").as_str(), condition["regex"] == true) {
                ("", true) => "=~".to_owned(),
                ("", false) => "=".to_owned(),
                (operator, _) => operator.to_owned(),
            };
            conditions.push([text("name"), operator, text("value")]);
        }
    }
    conditions
}

/// The object without what says how matchers compare.
fn without_operators(mut object: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.remove("matchType");
                fields.remove("regex");
                fields.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut object["spec"]["route"]);
    strip(&mut object["spec"]["inhibitRules"]);
    object
}

proptest! {
    #![proptest_config(configuration())]

    #[test]
    fn the_stored_version_comes_back_from_the_newer_one(object in objects(Version::V1alpha1)) {
        let newer = converted(&object, Version::V1beta1);
        let back = converted(&newer, Version::V1alpha1);
        prop_assert_eq!(&converted(&back, Version::V1beta1), &newer);
        prop_assert_eq!(conditions(&newer), conditions(&object));
        prop_assert_eq!(conditions(&back), conditions(&object));
        prop_assert_eq!(without_operators(back), without_operators(object));
    }

    #[test]
    fn the_newer_version_comes_back_from_the_stored_one(object in objects(Version::V1beta1)) {
        let stored = converted(&object, Version::V1alpha1);
        let back = converted(&stored, Version::V1beta1);
        prop_assert_eq!(conditions(&stored), conditions(&object));
        prop_assert_eq!(conditions(&back), conditions(&object));
        prop_assert_eq!(without_operators(back), without_operators(object));
    }

    #[test]
    fn both_versions_are_judged_alike(object in objects(Version::V1alpha1), minor in 15..40_u64) {
        let newer = converted(&object, Version::V1beta1);
        let config: Result<v1alpha1::AlertmanagerConfig, _> = serde_json::from_value(object.clone());
        let stored = admission::check(object).map_err(|error| error.to_string());
        let newer = admission::check(newer).map_err(|error| error.to_string());
        prop_assert_eq!(stored.clone().map_err(|error| error.replace("muteTimeIntervals[", "timeIntervals[")), newer);
        let Ok(config) = config else { return Ok(()) };
        let version = formats::version::Version::new(0, minor, 0);
        let (owner, assets) = (ObjectKey::of(&config), world::assets());
        let context = Context {
            matchers: mode(version, &[]),
            ..Context::unknown().for_version(version)
        };
        if object::addition(&config, true, &Scope::new(&owner, &assets, version), &context).is_ok() {
            prop_assert_eq!(stored, Ok(()));
        }
    }

    /// No version panics over them, and what comes out of those that are accepted is loaded as a whole.
    #[test]
    fn a_file_of_any_objects_is_loaded(
        whole in prop::collection::vec(objects(Version::V1alpha1), 0..3),
        parts in prop::collection::vec(objects(Version::V1alpha1), 1..6),
        minor in 15..40_u64,
    ) {
        let own = whole.into_iter().filter_map(|object| serde_json::from_value(object).ok());
        let named = parts.into_iter().enumerate();
        let simple = named.filter_map(|(number, object)| simple(&format!("part-{number}"), object));
        let objects = own.chain(simple).map(|object: v1alpha1::AlertmanagerConfig| (ObjectKey::of(&object), Arc::new(object)));
        let version = formats::version::Version::new(0, minor, 0);
        let matchers = mode(version, &[]);
        let input = Input {
            base: &BASE,
            version,
            matchers,
            strategy: None,
            files: Some(crds::AlertmanagerConfigFileSystemMode::Allow),
            namespace: "monitoring",
            assets: &world::assets(),
        };
        let rendering = PartCache::default().render(&input, &objects.collect());
        let text = gzip::decompress(&*rendering.gzip, 1 << 24).expect("gzip");
        let file = read::read(&FILE, &text).map_err(|error| error.to_string());
        prop_assert!(file.is_ok(), "{:?}\n{}", file, String::from_utf8_lossy(&text));
        let loaded = load::check_file(&file.unwrap_or(Yaml::Null), Some(version), matchers).map_err(|error| error.to_string());
        prop_assert!(loaded.is_ok(), "{:?}\n{}", loaded, String::from_utf8_lossy(&text));
    }
}
