//! Names and keys of any text in the selectors of all kinds: what others get stays the same.

use std::sync::Arc;

use crds::v1alpha1::AlertmanagerConfig;
use crds::{PodMonitor, Probe, Prometheus, ServiceMonitor, v1alpha1::ScrapeConfig};
use formats::version::Version;
use formats::yaml;
use formats::yaml::Yaml;
use operator::alertmanager::config::context::mode;
use operator::alertmanager::config::fragments::{Input as AlertmanagerInput, PartCache};
use operator::assets::{HasReferences, References};
use operator::object::{ByKey, ObjectKey};
use operator::pod::sharded_secret::LIMIT;
use operator::prometheus::config::{AdditionalConfigs, Input};
use operator::prometheus::incremental::{JobCache, Layout, whole};
use operator::prometheus::scrape_object::ScrapeObjects;
use operator::prometheus::select;
use operator::settings::{Caps, Settings};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{configuration, world};

/// Texts that are more than a name to somebody on the way.
const HOSTILE: [&str; 16] = [
    "",
    ".",
    "..",
    "?x=1",
    "a?x",
    "a#x",
    "100%",
    "%2e%2e",
    "my secret",
    "own\n",
    "../../other/secrets/login",
    "a/b",
    "{{ .Values.secret }}",
    "\u{0}",
    "login",
    "gone",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(&HOSTILE[..]).prop_map(str::to_owned),
        any::<String>(),
        "[a-z0-9.-]{1,300}",
        Just("x".repeat(70_000)),
    ]
}

/// A specification of each kind; every selector of it is named by the next of `texts`.
fn specification(kind: &str, texts: &[(String, String)]) -> Value {
    let mut texts = texts.iter().cycle();
    let mut key = || {
        let (name, key) = texts.next().expect("a cycle");
        json!({ "name": name, "key": key })
    };
    let client = json!({
        "basicAuth": { "username": key(), "password": key() },
        "tlsConfig": { "ca": { "configMap": key() }, "cert": { "secret": key() }, "keySecret": key() },
        "proxyUrl": "http://proxy", "proxyConnectHeader": { "X": [key()] },
    });
    let with_client = |mut object: Value| {
        let fields = object.as_object_mut().expect("a map");
        fields.extend(client.as_object().expect("a map").clone());
        object
    };
    match kind {
        "ServiceMonitor" => json!({ "selector": {}, "endpoints": [with_client(json!({ "port": "web" })), {
            "port": "web", "oauth2": { "clientId": { "secret": key() }, "clientSecret": key(), "tokenUrl": "http://a" },
        }, { "port": "web", "bearerTokenSecret": key() }, { "port": "web", "authorization": { "credentials": key() } }] }),
        "PodMonitor" => json!({ "selector": {}, "podMetricsEndpoints": [with_client(json!({ "port": "web" }))] }),
        "Probe" => with_client(json!({
            "prober": { "url": "prober" }, "targets": { "staticConfig": { "static": ["a"] } },
        })),
        "ScrapeConfig" => with_client(json!({
            "httpSDConfigs": [{ "url": "http://a", "basicAuth": { "username": key(), "password": key() } }],
            "ec2SDConfigs": [{ "accessKey": key(), "secretKey": key() }],
            "azureSDConfigs": [{ "subscriptionID": "s", "authenticationMethod": "OAuth", "tenantID": "t", "clientID": "c", "clientSecret": key() }],
        })),
        _ => json!({
            "route": { "receiver": "r" },
            "receivers": [{ "name": "r",
                "webhookConfigs": [{ "urlSecret": key(), "httpConfig": { "tlsConfig": { "ca": { "secret": key() } } } }],
                "slackConfigs": [{ "apiURL": key() }],
                "pagerdutyConfigs": [{ "routingKey": key() }],
                "emailConfigs": [{ "to": "a@b", "from": "a@b", "smarthost": "a:25", "authPassword": key() }],
            }],
        }),
    }
}

fn object<K: DeserializeOwned>(name: &str, spec: &Value) -> (ObjectKey, Arc<K>) {
    let object = json!({ "metadata": { "name": name, "namespace": "web" }, "spec": spec });
    let object = serde_json::from_value(object).expect("an object of this kind");
    (ObjectKey::new("web", name), Arc::new(object))
}

/// A plain object, and the hostile one beside it where there are texts for it.
fn pair<K: DeserializeOwned>(kind: &str, plain: &Value, texts: Option<&[(String, String)]>) -> ByKey<K> {
    let hostile = texts.map(|texts| object("hostile", &specification(kind, texts)));
    [object("plain", plain)].into_iter().chain(hostile).collect()
}

fn scrape_objects(texts: Option<&[(String, String)]>) -> ScrapeObjects {
    let token = json!({ "name": "login", "key": "user" });
    let client = json!({ "port": "web", "bearerTokenSecret": token });
    let probe = json!({ "prober": { "url": "p" }, "targets": { "staticConfig": { "static": ["a"] } }, "bearerTokenSecret": token });
    let scrape = json!({ "staticConfigs": [{ "targets": ["a"] }], "authorization": { "credentials": token } });
    ScrapeObjects {
        service_monitors: pair(
            "ServiceMonitor",
            &json!({ "selector": {}, "endpoints": [client] }),
            texts,
        ),
        pod_monitors: pair(
            "PodMonitor",
            &json!({ "selector": {}, "podMetricsEndpoints": [client] }),
            texts,
        ),
        probes: pair("Probe", &probe, texts),
        scrape_configs: pair("ScrapeConfig", &scrape, texts),
    }
}

/// The jobs of the plain objects, and whether the pieces are rendered.
fn plain_jobs(objects: &ScrapeObjects) -> Vec<String> {
    let prometheus: Prometheus =
        serde_json::from_value(json!({ "metadata": { "name": "main", "namespace": "web" }, "spec": {} }))
            .expect("a Prometheus");
    let (assets, settings) = (world::assets(), Settings::default());
    let input = Input {
        instance: (&prometheus).into(),
        version: Version::new(3, 5, 0),
        rule_config_maps: &[],
        additional: AdditionalConfigs::default(),
        assets: &assets,
        settings: &settings,
    };
    let pieces = JobCache::default()
        .render(&input, objects, Layout::Whole)
        .expect("the Prometheus is fine");
    assert!(
        pieces
            .rejections
            .iter()
            .all(|rejection| &*rejection.object.name == "hostile"),
        "{:?}",
        pieces.rejections
    );
    assert!(
        pieces
            .rejections
            .iter()
            .all(|rejection| rejection.message.len() < 2_000)
    );
    let selection = select::validated(input.facts(), objects.clone(), &assets);
    let file = whole::configuration(&input, &selection.scrape).expect("the Prometheus is fine");
    let Yaml::Map(sections) = file.document else {
        panic!("a file is a map")
    };
    let jobs = sections
        .into_iter()
        .find(|(name, _)| *name == Yaml::from("scrape_configs"));
    let Some((_, Yaml::Seq(jobs))) = jobs else {
        panic!("there are jobs")
    };
    jobs.iter()
        .map(yaml::to_string)
        .filter(|job| job.contains("web/plain"))
        .collect()
}

fn alertmanager_objects(texts: Option<&[(String, String)]>) -> ByKey<AlertmanagerConfig> {
    let webhook = json!({ "urlSecret": { "name": "login", "key": "address" } });
    let plain = json!({ "route": { "receiver": "r" }, "receivers": [{ "name": "r", "webhookConfigs": [webhook] }] });
    pair("AlertmanagerConfig", &plain, texts)
}

fn referred(objects: &ScrapeObjects, configs: &ByKey<AlertmanagerConfig>) -> References {
    fn add<K: HasReferences>(references: &mut References, objects: &ByKey<K>) {
        for (key, object) in objects {
            references.add(&key.namespace, &**object);
        }
    }
    let mut references = References::default();
    add::<ServiceMonitor>(&mut references, &objects.service_monitors);
    add::<PodMonitor>(&mut references, &objects.pod_monitors);
    add::<Probe>(&mut references, &objects.probes);
    add::<ScrapeConfig>(&mut references, &objects.scrape_configs);
    add(&mut references, configs);
    references
}

proptest! {
    #![proptest_config(configuration())]

    #[test]
    fn no_name_and_no_key_changes_what_others_get(texts in prop::collection::vec((text(), text()), 1..12)) {
        let (objects, configs) = (scrape_objects(Some(&texts)), alertmanager_objects(Some(&texts)));
        let jobs = plain_jobs(&objects);
        prop_assert_eq!(jobs.len(), 4);
        prop_assert_eq!(jobs, plain_jobs(&scrape_objects(None)));

        let version = Version::new(0, 30, 0);
        let input = AlertmanagerInput {
            base: &crate::alertmanager_object::BASE,
            version,
            matchers: mode(version, &[]),
            strategy: None,
            files: None,
            namespace: "monitoring",
            assets: &world::assets(),
            caps: Caps::default(),
            room: LIMIT,
        };
        let rendering = PartCache::default().render(&input, &configs);
        let rejected = rendering.rejections.iter().any(|rejection| &*rejection.object.name == "plain");
        prop_assert!(rendering.accepted >= 1 && !rejected, "{:?}", rendering.rejections);

        // What is asked for is a name in the namespace of the object, whoever reads the path.
        for reference in referred(&objects, &configs).iter() {
            let ObjectKey { namespace, name } = reference.object();
            prop_assert_eq!(&**namespace, "web");
            let is_safe = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
            prop_assert!(name.bytes().all(is_safe) && !name.starts_with('.') && name.len() < 254, "{:?}", name);
        }
    }
}
