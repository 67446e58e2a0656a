use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::alertmanager::observe::Configuration as UserSecret;
use crate::assets::Assets;
use crate::pod::requirements::Requirements;

fn observed(spec: &Value, keys: Option<&[&str]>, root: Root) -> Observed {
    let object = json!({ "metadata": { "namespace": "ns", "name": "main" }, "spec": spec });
    let text = |key: &&str| {
        (
            (*key).to_owned(),
            b"route: {receiver: a}\nreceivers: [{name: a}]\n".to_vec(),
        )
    };
    Observed {
        alertmanager: Arc::new(serde_json::from_value(object).unwrap()),
        neighbours: Vec::new(),
        configuration: keys.map(|keys| UserSecret(keys.iter().map(text).collect())),
        root,
        objects: Ok(ByKey::new()),
        assets: Assets::default(),
        requirements: Requirements::default(),
    }
}

#[test]
fn a_configuration_that_is_not_there_is_reported() {
    let named = json!({ "configSecret": "own" });
    let used = "the default configuration is used, which notifies nobody";
    for (spec, keys, expected) in [
        (&named, None, Some("secret ns/own does not exist")),
        (
            &named,
            Some(&[][..]),
            Some("secret ns/own has no key \"alertmanager.yaml\""),
        ),
        (
            &named,
            Some(&["alertmanager.yml"][..]),
            Some("secret ns/own has no key \"alertmanager.yaml\""),
        ),
        (&named, Some(&["alertmanager.yaml"][..]), None),
        // By default there need not be one; but if there is, its key is meant.
        (&json!({}), None, None),
        (
            &json!({}),
            Some(&["other"][..]),
            Some("secret ns/alertmanager-main has no key \"alertmanager.yaml\""),
        ),
        (&json!({}), Some(&["alertmanager.yaml"][..]), None),
    ] {
        let observed = observed(spec, keys, Root::NotNamed);
        let notice = default_notice(&observed);
        assert_eq!(
            notice.as_ref().map(|notice| notice.message.clone()),
            expected.map(|fault| format!("{fault}: {used}")),
            "{spec} {keys:?}"
        );
        assert!(notice.is_none_or(|notice| notice.is_event && notice.reason == "DefaultConfiguration"));
        // What is reported is what is written.
        let version = Version::new(0, 30, 0);
        let made = configuration(
            &observed,
            &ByKey::new(),
            version,
            Caps::default(),
            &mut PartCache::default(),
        )
        .unwrap();
        let file = gzip::decompress(&*made.data[GENERATED_KEY].0, 1 << 20).unwrap();
        assert_eq!(
            file == DEFAULT.as_bytes(),
            expected.is_some() || keys.is_none(),
            "{spec} {keys:?}"
        );
    }
}

#[test]
fn beside_a_root_the_secret_does_not_count() {
    let root = Root::Missing(ObjectKey::new("ns", "root"));
    assert_eq!(
        default_notice(&observed(&json!({ "configSecret": "own" }), None, root)),
        None
    );
}
