//! The objects that the tests render.

use std::sync::Arc;

use crds::{PodMonitor, Probe, Prometheus, ServiceMonitor, v1alpha1::ScrapeConfig};
use formats::version::Version;
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt;
use serde_json::{Value, json};

use crate::{
    assets::Assets,
    object::{ByKey, ObjectKey},
    prometheus::{
        config::{AdditionalConfigs, Error, Input},
        incremental::whole::{Configuration, configuration},
        instance::{Instance, Mode},
        scrape_object::ScrapeObjects,
    },
    settings::Settings,
};

/// What one test renders: a Prometheus `prod/main`, monitors of namespace `web`, and a Secret `login` in both.
pub(super) struct Objects {
    pub(super) spec: Value,
    pub(super) service_monitors: Vec<ServiceMonitor>,
    pub(super) pod_monitors: Vec<PodMonitor>,
    pub(super) probes: Vec<Probe>,
    pub(super) scrape_configs: Vec<ScrapeConfig>,
    pub(super) additional_scrape_configs: Option<&'static str>,
    pub(super) alertmanagers: Option<&'static str>,
    pub(super) settings: Settings,
    /// Whether an agent has the spec, as far as it has the fields.
    pub(super) agent: bool,
}

impl Objects {
    pub(super) fn new(spec: Value) -> Self {
        Self {
            spec,
            service_monitors: Vec::new(),
            pod_monitors: Vec::new(),
            probes: Vec::new(),
            scrape_configs: Vec::new(),
            additional_scrape_configs: None,
            alertmanagers: None,
            settings: Settings::default(),
            agent: false,
        }
    }

    pub(super) fn with_service_monitor(mut self, name: &str, spec: &Value) -> Self {
        let object = json!({ "metadata": { "name": name, "namespace": "web" }, "spec": spec });
        self.service_monitors.push(typed("ServiceMonitor", object));
        self
    }

    pub(super) fn with_pod_monitor(mut self, name: &str, spec: &Value) -> Self {
        let object = json!({ "metadata": { "name": name, "namespace": "web" }, "spec": spec });
        self.pod_monitors.push(typed("PodMonitor", object));
        self
    }

    pub(super) fn with_probe(mut self, name: &str, spec: &Value) -> Self {
        let object = json!({ "metadata": { "name": name, "namespace": "web" }, "spec": spec });
        self.probes.push(typed("Probe", object));
        self
    }

    pub(super) fn with_scrape_config(mut self, name: &str, spec: &Value) -> Self {
        let object = json!({ "metadata": { "name": name, "namespace": "web" }, "spec": spec });
        self.scrape_configs.push(typed("ScrapeConfig", object));
        self
    }

    pub(super) fn configuration(&self, version: Version) -> Result<Configuration, Error> {
        let metadata = json!({ "name": "main", "namespace": "prod" });
        let prometheus: Prometheus = typed("Prometheus", json!({ "metadata": metadata, "spec": self.spec }));
        let objects = ScrapeObjects {
            service_monitors: by_key(&self.service_monitors),
            pod_monitors: by_key(&self.pod_monitors),
            probes: by_key(&self.probes),
            scrape_configs: by_key(&self.scrape_configs),
        };
        let input = Input {
            instance: Instance {
                mode: if self.agent {
                    Mode::Agent
                } else {
                    Mode::Server(&prometheus.spec)
                },
                ..Instance::from(&prometheus)
            },
            version,
            rule_config_maps: &["prometheus-main-rulefiles-0".to_owned()],
            additional: AdditionalConfigs {
                scrape_configs: self.additional_scrape_configs,
                alert_relabel_configs: None,
                alertmanager_configs: self.alertmanagers,
            },
            assets: &assets(),
            settings: &self.settings,
        };
        configuration(&input, &objects)
    }

    /// The file for Prometheus 3.5.0.
    pub(super) fn text(&self) -> String {
        let configuration = self.configuration(Version::new(3, 5, 0)).unwrap();
        formats::yaml::to_string(&configuration.document)
    }
}

fn typed<T: serde::de::DeserializeOwned>(kind: &str, mut object: Value) -> T {
    object["apiVersion"] = "monitoring.coreos.com/v1".into();
    object["kind"] = kind.into();
    serde_json::from_value(object).unwrap()
}

fn by_key<T: ResourceExt + Clone>(objects: &[T]) -> ByKey<T> {
    objects
        .iter()
        .map(|object| (ObjectKey::of(object), Arc::new(object.clone())))
        .collect()
}

fn assets() -> Assets {
    let mut assets = Assets::default();
    for namespace in ["prod", "web"] {
        let secret: Secret = serde_json::from_value(json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": { "name": "login", "namespace": namespace },
            "stringData": { "user": "ada", "password": format!("{namespace}-word") },
        }))
        .unwrap();
        assets.insert_secret(secret);
    }
    assets
}
