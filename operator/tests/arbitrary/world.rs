//! All that one configuration is made from, arbitrary.

use std::sync::{Arc, LazyLock};

use crds::Prometheus;
use formats::version::Version;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use operator::assets::{Assets, Reference};
use operator::object::ByKey;
use operator::object::ObjectKey;
use operator::prometheus::config::{AdditionalConfigs, Input};
use operator::prometheus::instance::{Instance, Mode};
use operator::prometheus::scrape_object::ScrapeObjects;
use operator::settings::Settings;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::choices::Choices;
use crate::schema;

/// Fields of a Prometheus that are about its pods: the configuration does not depend on them, and they are many.
const OF_THE_POD: [&str; 9] = [
    "affinity",
    "containers",
    "initContainers",
    "securityContext",
    "storage",
    "thanos",
    "topologySpreadConstraints",
    "volumes",
    "web",
];

/// What users write by hand.
const ADDITIONAL: [Option<&str>; 8] = [
    None,
    Some(""),
    Some("- job_name: own\n"),
    Some("- job_name: own\n  relabel_configs: [{action: hashmod}, {}]\n- {}\n"),
    Some("- {relabel_configs: no}\n"),
    Some("no list"),
    Some("- no mapping"),
    Some("&a [*a]"),
];

/// The schemas of the specifications, by kind.
static SCHEMAS: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| {
    let definitions = crds::custom_resource_definitions().into_iter();
    let schema = |mut definition: Value| {
        let kind = definition["spec"]["names"]["kind"].as_str().expect("a kind").to_owned();
        let mut spec = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"].take();
        if kind == "Prometheus" {
            let properties = spec["properties"].as_object_mut().expect("a schema");
            properties.retain(|name, _| !OF_THE_POD.contains(&name.as_str()));
        }
        (kind, spec)
    };
    definitions.map(schema).collect()
});

/// All that a configuration is made from.
#[derive(Debug)]
pub(crate) struct World {
    prometheus: Prometheus,
    version: Version,
    agent: Option<Mode<'static>>,
    additional: [Option<&'static str>; 3],
    settings: Settings,
    /// The objects, as if all of them were selected.
    pub(crate) objects: ScrapeObjects,
}

impl World {
    /// What the choices make.
    pub(crate) fn new(choices: &mut Choices) -> Self {
        let (major, minor) = *choices.of(&[(3, 30), (2, 56), (2, 4), (1, 9), (9, 3)]);
        let version = Version::new(major, choices.below(minor) as u64, choices.below(3) as u64);
        Self::of(version, 0, choices)
    }

    /// What the choices make for a Prometheus of `version`. `number` tells the names of the objects of several worlds apart.
    pub(crate) fn of(version: Version, number: usize, choices: &mut Choices) -> Self {
        let agent = *choices.of(&[None, None, Some(Mode::Agent), Some(Mode::DaemonSetAgent)]);
        let mut settings = Settings::default();
        settings.gates.topology_sharding = choices.once_in(2);
        settings.gates.shard_retention = choices.once_in(2);
        settings.cluster.endpoint_slices = choices.once_in(2);
        settings.cluster.pod_topology_labels = choices.once_in(2);
        let additional = [(); 3].map(|()| {
            if choices.once_in(4) {
                *choices.of(&ADDITIONAL)
            } else {
                None
            }
        });
        let pod_monitors = objects("PodMonitor", number, choices);
        // An agent on each node selects no other kinds.
        let objects = match agent {
            Some(Mode::DaemonSetAgent) => ScrapeObjects {
                pod_monitors,
                ..ScrapeObjects::default()
            },
            _ => ScrapeObjects {
                service_monitors: objects("ServiceMonitor", number, choices),
                pod_monitors,
                probes: objects("Probe", number, choices),
                scrape_configs: objects("ScrapeConfig", number, choices),
            },
        };
        let prometheus = object("Prometheus", "main", choices, 16).unwrap_or_else(|| {
            serde_json::from_value(json!({ "metadata": { "name": "main", "namespace": "web" }, "spec": {} }))
                .expect("a Prometheus")
        });
        Self {
            prometheus,
            version,
            agent,
            additional,
            settings,
            objects,
        }
    }

    /// Calls `read` with the input of a configuration.
    pub(crate) fn with_input<T>(&self, read: impl FnOnce(&Input<'_>) -> T) -> T {
        let [scrape_configs, alert_relabel_configs, alertmanager_configs] = self.additional;
        read(&Input {
            instance: Instance {
                mode: self.agent.unwrap_or(Mode::Server(&self.prometheus.spec)),
                ..(&self.prometheus).into()
            },
            version: self.version,
            rule_config_maps: &["rules-0".to_owned()],
            additional: AdditionalConfigs {
                scrape_configs,
                alert_relabel_configs,
                alertmanager_configs,
            },
            assets: &assets(),
            settings: &self.settings,
        })
    }
}

fn objects<K: DeserializeOwned>(kind: &str, number: usize, choices: &mut Choices) -> ByKey<K> {
    (0..choices.below(3))
        .filter_map(|index| {
            let name = format!("{kind}-{number}-{index}");
            let object = object(kind, &name, choices, 5)?;
            Some((ObjectKey::new("web", name), Arc::new(object)))
        })
        .collect()
}

/// An object, or nothing where our types refuse what was made up.
fn object<K: DeserializeOwned>(kind: &str, name: &str, choices: &mut Choices, sparse: usize) -> Option<K> {
    let (_, schema) = SCHEMAS.iter().find(|(known, _)| known == kind).expect("a kind of ours");
    let object = json!({
        "metadata": { "name": name, "namespace": "web" },
        "spec": schema::value(schema, choices, sparse, 0),
    });
    serde_json::from_value(object).ok()
}

pub(crate) fn assets() -> Assets {
    let mut assets = Assets::default();
    let mut secret: Secret = serde_json::from_value(json!({
        "metadata": { "name": "login", "namespace": "web" },
        "stringData": { "user": "ada", "password": "multiple\nlines: \"'\u{0}", "certificate": "none", "address": "http://a", "uuid": "00000000-0000-4000-8000-000000000000" },
    }))
    .expect("an object");
    secret
        .data
        .get_or_insert_default()
        .insert("bytes".to_owned(), ByteString(vec![0xff, 0xfe]));
    assets.insert_secret(secret);
    let gone = Reference::secret(ObjectKey::new("web", "gone"));
    assets.insert_missing(gone.expect("a name"));
    assets
}
