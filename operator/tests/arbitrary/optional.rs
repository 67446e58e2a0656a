//! Every place of the definitions in which a selector can stand: what is not there is missed, unless the selector says that
//! it is optional. The places come out of the schemas, so that none is forgotten.

use std::sync::Arc;

use crds::v1alpha1::{AlertmanagerConfig, PrometheusAgent};
use crds::{Prometheus, ThanosRuler};
use formats::version::Version;
use jiff::Timestamp;
use operator::alertmanager::config::context::mode;
use operator::alertmanager::config::fragments::{Input, PartCache};
use operator::object::{ByKey, ObjectKey};
use operator::pod::requirements::Requirements;
use operator::pod::sharded_secret::LIMIT;
use operator::prometheus::config::Facts;
use operator::prometheus::incremental::Layout;
use operator::prometheus::instance::{Instance, Kind};
use operator::prometheus::rollout::Rollout;
use operator::prometheus::scrape_object::ScrapeObjects;
use operator::prometheus::select;
use operator::rules::RuleFileCache;
use operator::settings::{Caps, Settings};
use operator::{alertmanager, prometheus, thanos_ruler};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::alertmanager_object::BASE;
use crate::choices::Choices;
use crate::{schema, world};

/// Fields of pods, whose selectors are the kubelet's to resolve.
const OF_PODS: [&str; 3] = ["containers", "initContainers", "volumes"];

/// What programs read from files and variables of their pods, which the kubelet misses.
const MOUNTED: [&str; 9] = [
    " web.tlsConfig.",
    " clusterTLS.",
    "grpcServerTlsConfig.",
    "objectStorageConfig",
    "tracingConfig",
    "alertmanagerConfiguration.templates[]",
    "ThanosRuler alertRelabelConfigs",
    "ThanosRuler alertmanagersConfig",
    "ThanosRuler queryConfig",
];

/// Places without which Prometheus does not load the file, so that the object is left out, optional or not.
const INDISPENSABLE: [&str; 5] = [
    "azureSDConfigs[].clientSecret",
    "azureAd.oauth.clientSecret",
    "ovhcloudSDConfigs[].applicationSecret",
    "ovhcloudSDConfigs[].consumerKey",
    "scalewaySDConfigs[].secretKey",
];

const SCALEWAY: &str = "SCW0123456789ABCDEFG";
const UUID: &str = "00000000-0000-4000-8000-000000000000";

/// A step on the way to a selector.
#[derive(Clone, PartialEq)]
enum Step {
    Property(String),
    Item,
    Entry,
}

fn described(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Property(name) if text.is_empty() => text.push_str(name),
            Step::Property(name) => text = format!("{text}.{name}"),
            Step::Item => text.push_str("[]"),
            Step::Entry => text.push_str("{}"),
        }
    }
    text
}

/// The places of selectors below `schema`.
fn places(schema: &Value, path: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    if schema::is_key_selector(schema) {
        found.push(path.clone());
        return;
    }
    let mut inside = |step: Step, schema: &Value| {
        path.push(step);
        places(schema, path, found);
        path.pop();
    };
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if !OF_PODS.contains(&name.as_str()) {
            inside(Step::Property(name.clone()), property);
        }
    }
    if schema["items"].is_object() {
        inside(Step::Item, &schema["items"]);
    }
    if schema["additionalProperties"].is_object() {
        inside(Step::Entry, &schema["additionalProperties"]);
    }
}

/// The smallest value that the schema allows.
fn least(schema: &Value) -> Value {
    schema::value(schema, &mut Choices::new(Vec::new()), usize::MAX, 0)
}

/// The smallest value that the schema allows and that has `selector` at `path`.
fn with(schema: &Value, path: &[Step], selector: &Value) -> Value {
    let Some((step, rest)) = path.split_first() else {
        return selector.clone();
    };
    match step {
        Step::Item => json!([with(&schema["items"], rest, selector)]),
        Step::Entry => json!({ "X": with(&schema["additionalProperties"], rest, selector) }),
        Step::Property(name) => {
            let mut value = least(schema);
            let value_of = with(&schema["properties"][name.as_str()], rest, selector);
            let fields = value.as_object_mut().expect("an object");
            fields.extend(companions(name, fields));
            fields.extend(indispensable(name, &schema["properties"]));
            fields.insert(name.clone(), value_of);
            value
        }
    }
}

/// What a field is of no use without.
fn companions(name: &str, fields: &Map<String, Value>) -> Map<String, Value> {
    let there = json!({ "name": "login", "key": "user" });
    let certificate = json!({ "secret": { "name": "login", "key": "certificate" } });
    let companions = match name {
        "username" => json!({ "password": there }),
        "password" if !fields.contains_key("region") => json!({ "username": there }),
        "accessKey" => json!({ "secretKey": there }),
        "secretKey" if !fields.contains_key("projectID") => json!({ "accessKey": there }),
        "cert" => json!({ "keySecret": there }),
        "keySecret" => json!({ "cert": certificate }),
        "clientSecret" if fields.contains_key("subscriptionID") => {
            json!({ "authenticationMethod": "OAuth", "tenantID": "t", "clientID": "c" })
        }
        "clientSecret" if fields.contains_key("tenantId") => json!({ "clientId": UUID, "tenantId": UUID }),
        "clientSecret" => json!({ "clientId": { "secret": there } }),
        "proxyConnectHeader" => json!({ "proxyUrl": "http://proxy" }),
        _ => json!({}),
    };
    companions.as_object().cloned().unwrap_or_default()
}

/// What an object is of no use without, by properties that only such objects have.
fn indispensable(name: &str, properties: &Value) -> Map<String, Value> {
    let there = json!({ "name": "login", "key": "user" });
    let objects = [
        (["tokenUrl", "clientId"], json!({ "clientId": { "secret": there } })),
        (
            ["webhookUrl", "httpConfig"],
            json!({ "webhookUrl": { "name": "login", "key": "address" } }),
        ),
        (["botToken", "chatID"], json!({ "botToken": there, "chatID": 1 })),
        (
            ["subscriptionID", "clientSecret"],
            json!({ "authenticationMethod": "OAuth", "tenantID": "t", "clientID": "c", "clientSecret": there }),
        ),
        (
            ["secretKey", "projectID"],
            json!({ "accessKey": SCALEWAY, "projectID": UUID, "secretKey": { "name": "login", "key": "uuid" } }),
        ),
        (
            ["tenancy", "fingerprint"],
            json!({ "tenancy": "t", "user": "u", "fingerprint": "f", "keyFile": "/key" }),
        ),
    ];
    let is_one = |[one, other]: [&str; 2]| properties[one].is_object() && properties[other].is_object() && name != one;
    let found = objects.into_iter().find(|(marks, _)| is_one(*marks));
    let mut fields = found
        .and_then(|(_, fields)| fields.as_object().cloned())
        .unwrap_or_default();
    fields.remove(name);
    fields
}

/// What is said of an object.
fn verdict(kind: &str, spec: &Value) -> Result<(), String> {
    match kind {
        "ServiceMonitor" => scraped(ScrapeObjects {
            service_monitors: one(spec)?,
            ..ScrapeObjects::default()
        }),
        "PodMonitor" => scraped(ScrapeObjects {
            pod_monitors: one(spec)?,
            ..ScrapeObjects::default()
        }),
        "Probe" => {
            let mut spec = spec.clone();
            spec["targets"] = json!({ "staticConfig": { "static": ["a"] } });
            spec["prober"]["url"] = json!("p");
            scraped(ScrapeObjects {
                probes: one(&spec)?,
                ..ScrapeObjects::default()
            })
        }
        "ScrapeConfig" => scraped(ScrapeObjects {
            scrape_configs: one(spec)?,
            ..ScrapeObjects::default()
        }),
        "Prometheus" => instance::<Prometheus>(spec),
        "PrometheusAgent" => instance::<PrometheusAgent>(spec),
        "Alertmanager" => of_alertmanager(spec),
        "ThanosRuler" => of_thanos_ruler(spec),
        "AlertmanagerConfig" => of_alertmanager_config(spec),
        _ => Ok(()),
    }
}

fn parsed<K: DeserializeOwned>(spec: &Value) -> Result<Arc<K>, String> {
    let object = json!({ "metadata": { "name": "own", "namespace": "web" }, "spec": spec });
    serde_json::from_value(object)
        .map(Arc::new)
        .map_err(|error| format!("our types refuse it: {error}"))
}

type Objects<K> = ByKey<K>;

fn one<K: DeserializeOwned>(spec: &Value) -> Result<Objects<K>, String> {
    Ok(Objects::from([(ObjectKey::new("web", "own"), parsed(spec)?)]))
}

fn scraped(objects: ScrapeObjects) -> Result<(), String> {
    let prometheus = Prometheus::new("main", crds::PrometheusSpec::default());
    let (assets, settings) = (world::assets(), Settings::default());
    let facts = Facts::of(Instance::from(&prometheus), Version::new(3, 16, 0), &settings);
    let rejections = select::validated(facts, objects, &assets).rejections;
    rejections
        .first()
        .map_or(Ok(()), |rejection| Err(rejection.message.clone()))
}

fn instance<K: Kind + DeserializeOwned>(spec: &Value) -> Result<(), String> {
    let mut spec = spec.clone();
    // Without a selector, nothing is generated.
    spec["serviceMonitorSelector"] = json!({});
    let observed = prometheus::observe::Observed {
        object: K::object(parsed(&spec)?),
        neighbours: Vec::new(),
        candidates: Ok(select::Candidates::default()),
        assets: world::assets(),
        configured: false,
        rollout: Rollout {
            layout: Layout::Whole,
            all_mount_job_files: true,
        },
        requirements: Requirements::default(),
        excess: Vec::new(),
        now: Timestamp::UNIX_EPOCH,
    };
    let mut cache = prometheus::cache::RenderCache::default();
    stated(prometheus::render::render(&observed, &Settings::default(), &mut cache))
}

fn of_alertmanager(spec: &Value) -> Result<(), String> {
    let root = json!({ "route": { "receiver": "r" }, "receivers": [{ "name": "r" }] });
    let observed = alertmanager::observe::Observed {
        alertmanager: parsed(spec)?,
        neighbours: Vec::new(),
        configuration: None,
        root: alertmanager::observe::Root::Found(parsed(&root)?),
        objects: Ok(ByKey::new()),
        assets: world::assets(),
        requirements: Requirements::default(),
    };
    stated(alertmanager::render::render(
        &observed,
        &Settings::default(),
        &mut PartCache::default(),
    ))
}

fn of_thanos_ruler(spec: &Value) -> Result<(), String> {
    let mut spec = spec.clone();
    spec["queryEndpoints"] = json!(["query"]);
    let observed = thanos_ruler::observe::Observed {
        thanos_ruler: parsed::<ThanosRuler>(&spec)?,
        neighbours: Vec::new(),
        rules: Ok(ByKey::new()),
        assets: world::assets(),
        requirements: Requirements::default(),
    };
    stated(thanos_ruler::render::render(
        &observed,
        &Settings::default(),
        &mut RuleFileCache::default(),
    ))
}

fn stated<T, E: std::error::Error>(rendered: Result<T, E>) -> Result<(), String> {
    rendered
        .map(drop)
        .map_err(|error| process::causes::Causes(&error).to_string())
}

fn of_alertmanager_config(spec: &Value) -> Result<(), String> {
    let mut spec = spec.clone();
    spec["route"] = json!({ "receiver": "r" });
    spec["receivers"][0]["name"] = json!("r");
    let version = Version::new(0, 30, 0);
    let input = Input {
        base: &BASE,
        version,
        matchers: mode(version, &[]),
        strategy: None,
        files: Some(crds::AlertmanagerConfigFileSystemMode::Allow),
        namespace: "monitoring",
        assets: &world::assets(),
        caps: Caps::default(),
        room: LIMIT,
    };
    let rendering = PartCache::default().render(&input, &one::<AlertmanagerConfig>(&spec)?);
    (rendering.rejections.first()).map_or(Ok(()), |rejection| Err(rejection.message.clone()))
}

/// What is missed at a place of the specification that `schema` is of, where it is required and where it is optional.
fn missed(kind: &str, schema: &Value, path: &[Step]) -> [Option<String>; 2] {
    [None, Some(true)].map(|optional| {
        let selector = json!({ "name": "gone", "key": "k", "optional": optional });
        let message = verdict(kind, &with(schema, path, &selector)).err()?;
        message.contains("gone not found").then_some(message)
    })
}

#[test]
fn what_is_optional_may_be_missing_everywhere() {
    let (mut reached, mut unreached, mut faults) = (0, Vec::new(), Vec::new());
    for mut definition in crds::custom_resource_definitions() {
        let kind = definition["spec"]["names"]["kind"].as_str().expect("a kind").to_owned();
        let spec = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"].take();
        let mut found = Vec::new();
        places(&spec, &mut Vec::new(), &mut found);
        for path in found {
            let place = format!("{kind} {}", described(&path));
            if MOUNTED.iter().any(|part| place.contains(part)) {
                continue;
            }
            let [required, optional] = missed(&kind, &spec, &path);
            if required.is_none() {
                unreached.push(place);
                continue;
            }
            reached += 1;
            let is_indispensable = INDISPENSABLE.iter().any(|end| place.ends_with(end));
            if optional.is_some() != is_indispensable {
                faults.push(format!("{place}: {optional:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(
        unreached.is_empty(),
        "{reached} places were reached, not {unreached:#?}"
    );
    assert!(reached > 800, "{reached}");
}
