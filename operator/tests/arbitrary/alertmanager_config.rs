//! `AlertmanagerConfig`s of any shape: converting them to and fro loses nothing, and no check of them panics.

use std::sync::Arc;

use crds::v1alpha1;
use formats::gzip;
use formats::yaml::Yaml;
use operator::alertmanager::config::context::{Context, mode};
use operator::alertmanager::config::file::FILE;
use operator::alertmanager::config::fragments::{Input, PartCache};
use operator::alertmanager::config::{ObjectScope, admission, load, object as config_object, read};
use operator::alertmanager::convert::{Version, convert};
use operator::object::ObjectKey;
use operator::pod::sharded_secret::LIMIT;
use operator::settings::Caps;
use proptest::prelude::*;
use serde_json::Value;

use crate::alertmanager_object::{BASE, object, simple};
use crate::choices::Choices;
use crate::{MOST_CHOICES, configuration, world};

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
        if config_object::addition(&config, true, &ObjectScope::new(&owner, &assets, version), &context).is_ok() {
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
            caps: Caps::default(),
            room: LIMIT,
        };
        let rendering = PartCache::default().render(&input, &objects.collect());
        let text = gzip::decompress(&*rendering.gzip, 1 << 24).expect("gzip");
        let file = read::read(&FILE, &text).map_err(|error| error.to_string());
        prop_assert!(file.is_ok(), "{:?}\n{}", file, String::from_utf8_lossy(&text));
        let loaded = load::check_file(&file.unwrap_or(Yaml::Null), Some(version), matchers).map_err(|error| error.to_string());
        prop_assert!(loaded.is_ok(), "{:?}\n{}", loaded, String::from_utf8_lossy(&text));
    }
}
