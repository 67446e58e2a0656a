//! Objects as the operator would see them in a cluster: the stores that its watches fill, and a client that answers from the
//! same objects. So what is asked here runs through the `observe`, `select` and `render` of the controllers, and nothing is
//! decided twice.

mod cluster;
mod memory;
mod outcome;
mod standard;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use crds::v1alpha1::{AlertmanagerConfig, PrometheusAgent, ScrapeConfig};
use crds::{Alertmanager, PodMonitor, Probe, Prometheus, PrometheusRule, ServiceMonitor, ThanosRuler, Unreadable};
use formats::label::Scheme;
use k8s_openapi::api::core::v1::{Namespace, Secret};
use kube::api::PartialObjectMeta;
use kube::{Client, ResourceExt};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::input::{Input, Object};
use super::schema;
use crate::admission::{Instances, Judge};
use crate::alertmanager::convert;
use crate::args::Args;
use crate::settings::Settings;
use crate::watch::{ConfigStores, NAME_LABEL, Namespaces, Scope, Scopes, Store};

pub use cluster::{Error as ClusterError, Listed, listed, objects as cluster_objects};
pub use outcome::{Outcome, Selects};
pub use standard::{add_stand_in, services_of_every_cluster};

/// All objects of a question.
pub struct World {
    /// What the flags mean for rendering.
    pub settings: Settings,
    /// Who selects objects, for checks of single objects.
    pub judge: Judge,
    /// Servers.
    pub prometheuses: Arc<Store<Prometheus>>,
    /// Agents.
    pub agents: Arc<Store<PrometheusAgent>>,
    /// Alertmanagers.
    pub alertmanagers: Arc<Store<Alertmanager>>,
    /// Thanos Rulers.
    pub thanos_rulers: Arc<Store<ThanosRuler>>,
    /// The configuration objects.
    pub objects: Arc<ConfigStores>,
    /// Labels of the namespaces: those of Namespace objects, and of others the name alone.
    pub namespaces: Arc<Namespaces>,
    /// Objects that have not the shape of their kind, by their place in the input.
    pub unreadable: BTreeMap<usize, Unreadable>,
    /// Answers from the objects, and from the cluster where one is asked.
    pub client: Client,
    /// The namespaces that the operator looks at.
    pub scopes: Scopes,
    /// Whether a cluster is asked: then what is missing is missing.
    pub is_complete: bool,
    max_references: usize,
    shown: memory::Shown,
}

/// A store that knows all objects of its kind there are.
fn store<K: ResourceExt>() -> Arc<Store<K>> {
    Arc::new(Store::new(0, Some(Scope::All)))
}

impl World {
    /// The objects of `input` as an operator with these flags would see them; what `cluster` has besides is asked for when it
    /// is needed. Needs a runtime around it.
    pub fn new(args: &Args, scopes: Scopes, input: &Input, cluster: Option<Client>) -> Self {
        let settings = args.settings(Settings::default().cluster);
        let objects = Arc::new(ConfigStores {
            alertmanager_configs: store(),
            pod_monitors: store(),
            probes: store(),
            rules: store(),
            scrape_configs: store(),
            service_monitors: store(),
        });
        let namespaces = Arc::new(Namespaces::new(vec![namespaces(input)]));
        let instances = Instances::default();
        instances.restart(&namespaces);
        let shown = memory::Shown::default();
        let mut world = Self {
            // Rules that nobody here selects are judged as by the newest version.
            judge: Judge::new(
                Scheme::Utf8,
                args.judgement.promql_options.0,
                settings.clone(),
                instances.clone(),
            ),
            settings,
            prometheuses: store(),
            agents: store(),
            alertmanagers: store(),
            thanos_rulers: store(),
            objects,
            namespaces,
            unreadable: BTreeMap::new(),
            scopes,
            is_complete: cluster.is_some(),
            client: memory::client(input, cluster, &shown),
            shown,
            max_references: args.caps.max_references_per_object,
        };
        for (number, object) in input.objects.iter().enumerate().filter(|(_, object)| object.is_ours()) {
            if let Err(unreadable) = world.add(object) {
                world.unreadable.insert(number, unreadable);
            }
        }
        instances.add(&world.prometheuses);
        instances.add(&world.agents);
        instances.add(&world.thanos_rulers);
        world
    }

    /// The Secrets that the cluster has shown so far.
    pub fn shown_secrets(&self) -> Vec<Secret> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts an object where the watch of its kind would put it.
    fn add(&self, object: &Object) -> Result<(), Unreadable> {
        if !self.scope(&object.kind).contains(&object.key.namespace) {
            return Ok(());
        }
        let value = stored(object);
        let objects = &self.objects;
        match object.kind.as_str() {
            Prometheus::KIND => put(&self.prometheuses, &value),
            PrometheusAgent::KIND => put(&self.agents, &value),
            Alertmanager::KIND => put(&self.alertmanagers, &value),
            ThanosRuler::KIND => put(&self.thanos_rulers, &value),
            ServiceMonitor::KIND => put(&objects.service_monitors, &value),
            PodMonitor::KIND => put(&objects.pod_monitors, &value),
            Probe::KIND => put(&objects.probes, &value),
            ScrapeConfig::KIND => put(&objects.scrape_configs, &value),
            PrometheusRule::KIND => put(&objects.rules, &value),
            AlertmanagerConfig::KIND => put(&objects.alertmanager_configs, &value),
            _ => Ok(()),
        }
    }

    /// The namespaces in which the operator looks at objects of a kind.
    fn scope(&self, kind: &str) -> &Scope {
        match kind {
            Prometheus::KIND | PrometheusAgent::KIND => &self.scopes.prometheus,
            Alertmanager::KIND => &self.scopes.alertmanager,
            ThanosRuler::KIND => &self.scopes.thanos_ruler,
            AlertmanagerConfig::KIND => &self.scopes.alertmanager_configs,
            _ => &self.scopes.configuration,
        }
    }
}

/// Name of a kind, for tables.
pub(super) trait Named {
    /// The name.
    const KIND: &'static str;
}

macro_rules! named {
    ($($kind:ident),+) => { $(impl Named for $kind { const KIND: &'static str = stringify!($kind); })+ };
}
named!(
    Prometheus,
    PrometheusAgent,
    Alertmanager,
    ThanosRuler,
    ServiceMonitor,
    PodMonitor,
    Probe,
    ScrapeConfig,
    PrometheusRule,
    AlertmanagerConfig
);

fn put<K: DeserializeOwned + ResourceExt>(store: &Store<K>, value: &Value) -> Result<(), Unreadable> {
    store.upsert(crds::read(value)?);
    Ok(())
}

/// The object as the API server would store it: with its namespace, with defaults, and in the version that is stored.
pub fn stored(object: &Object) -> Value {
    let mut value = completed(object);
    // What is of no version stays as it is, and is found to be unreadable.
    let _ = convert::convert(&mut value, convert::Version::V1alpha1);
    value
}

/// The object as the API server completes it: with its namespace, and with defaults.
pub fn completed(object: &Object) -> Value {
    let mut value = object.value.clone();
    if !value["metadata"].is_object() {
        value["metadata"] = json!({});
    }
    value["metadata"]["namespace"] = (*object.key.namespace).into();
    value["metadata"]["name"] = (*object.key.name).into();
    if let Some(schema) = schema::of(&object.kind, &object.api_version) {
        schema::fill_in(&schema, &mut value);
    }
    value
}

/// The Namespaces of `input`, and every other one that an object names.
fn namespaces(input: &Input) -> Arc<Store<PartialObjectMeta<Namespace>>> {
    let store = store();
    let names: BTreeSet<&str> = input.objects.iter().map(|object| &*object.key.namespace).collect();
    let mut all: BTreeMap<&str, Value> = names
        .into_iter()
        .filter(|name| !name.is_empty())
        .map(|name| (name, json!({})))
        .collect();
    for object in input.objects.iter().filter(|object| object.kind == "Namespace") {
        all.insert(&object.key.name, object.value["metadata"]["labels"].clone());
    }
    for (name, mut labels) in all {
        if !labels.is_object() {
            labels = json!({});
        }
        labels[NAME_LABEL] = name.into();
        let namespace = json!({"metadata": {"name": name, "labels": labels}});
        if let Ok(namespace) = serde_json::from_value::<PartialObjectMeta<Namespace>>(namespace) {
            store.upsert(namespace);
        }
    }
    store
}
