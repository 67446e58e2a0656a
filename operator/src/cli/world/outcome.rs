//! What the operator would make of each workload, by the functions of its controllers.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::v1alpha1::PrometheusAgent;
use crds::{Alertmanager, Prometheus, ThanosRuler};
use kube::Resource;

use super::World;
use crate::alertmanager;
use crate::alertmanager::workload::AlertmanagerCluster;
use crate::assets::{Assets, Reference};
use crate::cli::progress::Progress;
use crate::object::{ConfigKind, ObjectKey};
use crate::pod::requirements::StorageClasses;
use crate::pod::web::own_user;
use crate::prometheus;
use crate::prometheus::workload::{PrometheusAgents, PrometheusServer};
use crate::reconcile::{self, Rendered, Sources, Workload};
use crate::selector::{NamespaceLabels, ObjectSelector};
use crate::thanos_ruler;
use crate::thanos_ruler::workload::ThanosRulerSet;
use crate::watch::{Children, Store};

use super::store;

/// A workload, and what the operator would make of it.
#[derive(Debug)]
pub struct Outcome {
    /// Kind of the workload.
    pub kind: String,
    /// Which one.
    pub key: ObjectKey,
    /// Secrets and `ConfigMap`s that are not in the input: a placeholder is in the place of each value.
    pub placeholders: Vec<Reference>,
    /// The objects and what was left out of them; or why there are none.
    pub rendered: Result<Rendered, reconcile::Error>,
}

/// What a workload selects.
#[derive(Debug)]
pub struct Selects {
    /// Kind of the workload.
    pub kind: String,
    /// Which one.
    pub key: ObjectKey,
    /// By kind of what is selected.
    pub selectors: BTreeMap<ConfigKind, ObjectSelector>,
    /// A configuration object that it names.
    pub names: Option<(ConfigKind, ObjectKey)>,
    /// Whether the operator leaves it as it is.
    pub paused: bool,
}

impl Selects {
    /// Whether it names an object, so that its selectors do not matter.
    pub fn is_named(&self, kind: ConfigKind, key: &ObjectKey) -> bool {
        (self.names.as_ref()).is_some_and(|(named, name)| *named == kind && name == key)
    }

    /// Whether it takes an object with these labels.
    pub fn takes(
        &self,
        kind: ConfigKind,
        key: &ObjectKey,
        labels: Option<&BTreeMap<String, String>>,
        known: &NamespaceLabels,
    ) -> bool {
        let selector = self.selectors.get(&kind);
        self.is_named(kind, key) || selector.is_some_and(|selector| selector.selects(&key.namespace, labels, known))
    }
}

/// A kind of workload whose objects are in a world.
trait InWorld: Workload {
    fn resources(world: &World) -> &Arc<Store<Self::Resource>>;
    fn assets_mut(observed: &mut Self::Observed) -> &mut Assets;
}

impl InWorld for PrometheusServer {
    fn resources(world: &World) -> &Arc<Store<Prometheus>> {
        &world.prometheuses
    }
    fn assets_mut(observed: &mut prometheus::observe::Observed) -> &mut Assets {
        &mut observed.assets
    }
}

impl InWorld for PrometheusAgents {
    fn resources(world: &World) -> &Arc<Store<PrometheusAgent>> {
        &world.agents
    }
    fn assets_mut(observed: &mut prometheus::observe::Observed) -> &mut Assets {
        &mut observed.assets
    }
}

impl InWorld for AlertmanagerCluster {
    fn resources(world: &World) -> &Arc<Store<Alertmanager>> {
        &world.alertmanagers
    }
    fn assets_mut(observed: &mut alertmanager::observe::Observed) -> &mut Assets {
        &mut observed.assets
    }
}

impl InWorld for ThanosRulerSet {
    fn resources(world: &World) -> &Arc<Store<ThanosRuler>> {
        &world.thanos_rulers
    }
    fn assets_mut(observed: &mut thanos_ruler::observe::Observed) -> &mut Assets {
        &mut observed.assets
    }
}

impl World {
    /// All workloads, by kind and name.
    pub async fn outcomes(&self) -> Vec<Outcome> {
        let mut progress = Progress::of("rendering workloads", 0);
        let mut outcomes = self.of_kind::<PrometheusServer>(&mut progress).await;
        outcomes.extend(self.of_kind::<PrometheusAgents>(&mut progress).await);
        outcomes.extend(self.of_kind::<AlertmanagerCluster>(&mut progress).await);
        outcomes.extend(self.of_kind::<ThanosRulerSet>(&mut progress).await);
        outcomes
    }

    /// What each workload selects.
    pub fn selects(&self) -> Vec<Selects> {
        let mut selects = self.selects_of::<PrometheusServer>();
        selects.extend(self.selects_of::<PrometheusAgents>());
        selects.extend(self.selects_of::<AlertmanagerCluster>());
        selects.extend(self.selects_of::<ThanosRulerSet>());
        selects
    }

    fn selects_of<W: InWorld>(&self) -> Vec<Selects> {
        let of = |(key, resource): (ObjectKey, Arc<W::Resource>)| Selects {
            kind: W::Resource::kind(&()).into_owned(),
            key,
            selectors: (W::selects(&resource).into_iter())
                .filter(|(kind, _)| W::SELECTS.contains(kind))
                .collect(),
            names: W::names(&resource),
            paused: W::paused(&resource),
        };
        W::resources(self).all().into_iter().map(of).collect()
    }

    async fn of_kind<W: InWorld>(&self, progress: &mut Progress) -> Vec<Outcome> {
        let resources = W::resources(self);
        let workload = W::new(self.sources(resources));
        let mut outcomes = Vec::new();
        for (key, resource) in resources.all() {
            let mut placeholders = Vec::new();
            let rendered = reconcile::rendered(
                &workload,
                &resource,
                &self.settings,
                &mut W::Cache::default(),
                |observed| {
                    if !self.is_complete {
                        placeholders = W::assets_mut(observed).fill_in();
                    }
                },
            )
            .await;
            progress.step();
            outcomes.push(Outcome {
                kind: W::Resource::kind(&()).into_owned(),
                key,
                placeholders,
                rendered: rendered.map(|(rendered, _)| rendered),
            });
        }
        outcomes
    }

    fn sources<K: kube::ResourceExt>(&self, instances: &Arc<Store<K>>) -> Sources<K> {
        Sources {
            client: self.client.clone(),
            instances: Arc::clone(instances),
            objects: Arc::clone(&self.objects),
            namespaces: Arc::clone(&self.namespaces),
            children: Children {
                // Nothing is known not to exist, so that everything is asked for.
                secrets: Arc::new(Store::new(0, None)),
                config_maps: Arc::new(Store::new(0, None)),
                stateful_sets: store(),
                daemon_sets: store(),
            },
            interests: Arc::default(),
            contents: Arc::default(),
            storage_classes: StorageClasses::Hidden,
            max_references: self.max_references,
            new_password: own_user::made_up,
        }
    }
}
