//! All that the objects of an Alertmanager are rendered from, and how it is read. Reads only.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::v1alpha1::AlertmanagerConfig;
use crds::{Alertmanager, AlertmanagerGlobalConfig};
use k8s_openapi::api::core::v1::Secret;
use kube::{Client, ResourceExt};

use super::config::fragments::PartCache;
use super::names;
use crate::api::Objects;
use crate::assets::fetch::FetchError;
use crate::assets::{self, Assets, HasReferences, Reference, References};
use crate::cache::ReferenceCache;
use crate::check::invalid::{Field, Invalid, SPEC, Within};
use crate::name::InvalidName;
use crate::object::{ByKey, ObjectKey};
use crate::pod::requirements::{ReadError, Requirements};
use crate::pod::web::{own_user, users};
use crate::reconcile::Sources;
use crate::selector::ObjectSelector;

/// What is known of one Alertmanager and of what it needs.
#[derive(Debug, Clone)]
pub struct Observed {
    /// The object.
    pub alertmanager: Arc<Alertmanager>,
    /// The Alertmanagers of its namespace, itself among them: they share the governing Service.
    pub neighbours: Vec<Arc<Alertmanager>>,
    /// The Secret with the user's configuration, by key; `None`: it does not exist.
    pub configuration: Option<Configuration>,
    /// The object that the configuration begins with, where the Alertmanager names one.
    pub root: Root,
    /// The objects that its selector selects, without the root; or why it cannot.
    pub objects: Result<ByKey<AlertmanagerConfig>, Arc<Invalid>>,
    /// What all these objects and the global settings refer to.
    pub assets: Assets,
    /// What the pods need of the cluster.
    pub requirements: Requirements,
}

/// The object that a configuration begins with.
#[derive(Debug, Clone, Default)]
pub enum Root {
    /// The Alertmanager names none: it begins with the user's Secret.
    #[default]
    NotNamed,
    /// It does not exist.
    Missing(ObjectKey),
    /// It.
    Found(Arc<AlertmanagerConfig>),
}

/// The content of the user's Secret. Its `Debug` shows the keys only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Configuration(pub BTreeMap<String, Vec<u8>>);

impl std::fmt::Debug for Configuration {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The Secret with the configuration has an impossible name.
    #[error("spec.configSecret")]
    ConfigurationName(#[source] InvalidName),
    /// The Secret with the configuration.
    #[error("cannot read secret {object}")]
    Configuration {
        /// Which one.
        object: ObjectKey,
        /// The answer.
        #[source]
        source: Box<kube::Error>,
    },
    /// A Secret or `ConfigMap` that an object refers to.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The same, of those that the Alertmanager itself refers to.
    #[error(transparent)]
    Own(#[from] assets::Error),
    /// The password of what runs beside it.
    #[error(transparent)]
    Password(#[from] own_user::Error),
    /// The object that the configuration begins with.
    #[error("cannot read AlertmanagerConfig {object}")]
    Root {
        /// Which one.
        object: ObjectKey,
        /// The answer.
        #[source]
        source: Box<kube::Error>,
    },
    /// What the pods need of the cluster.
    #[error(transparent)]
    Requirements(#[from] ReadError),
}

/// What is kept of an Alertmanager from one reconciliation to the next.
#[derive(Debug, Default)]
pub struct Cache {
    /// What the selected objects refer to.
    pub references: ReferenceCache<AlertmanagerConfig>,
    /// What was read of Secrets and `ConfigMap`s, as long as the objects refer to them.
    pub assets: Assets,
    /// What was rendered of the objects.
    pub rendered: PartCache,
}

/// Which `AlertmanagerConfig`s `alertmanager` selects. Fails on a selector that Kubernetes would refuse.
pub fn selector(alertmanager: &Alertmanager) -> Result<ObjectSelector, Invalid> {
    let spec = &alertmanager.spec;
    let namespace = alertmanager.metadata.namespace.as_deref().unwrap_or_default();
    let namespaces = spec.alertmanager_config_namespace_selector.as_deref();
    ObjectSelector::parse(spec.alertmanager_config_selector.as_deref(), namespaces, namespace)
        .field("alertmanagerConfigSelector")
        .within(SPEC)
}

/// The object that the configuration of `alertmanager` begins with, where it names one.
pub fn root_key(alertmanager: &Alertmanager) -> Option<ObjectKey> {
    let configuration = alertmanager.spec.alertmanager_configuration.as_deref()?;
    let namespace = alertmanager.metadata.namespace.as_deref().unwrap_or_default();
    Some(ObjectKey::new(
        namespace,
        configuration.name.as_deref().unwrap_or_default(),
    ))
}

/// Reads what is known of `alertmanager`.
pub async fn observe(
    sources: &Sources<Alertmanager>,
    alertmanager: Arc<Alertmanager>,
    cache: &mut Cache,
) -> Result<Observed, Error> {
    let (key, client) = (ObjectKey::of(&*alertmanager), &sources.client);
    let secret = ObjectKey::new(key.namespace.clone(), names::user_config(&alertmanager));
    let root = root(sources, root_key(&alertmanager)).await?;
    let objects = selector(&alertmanager).map_err(Arc::new).map(|selector| {
        let mut objects = selector.among(sources.objects.alertmanager_configs.all(), &sources.namespaces.labels());
        root_key(&alertmanager).map(|root| objects.remove(&root));
        objects
    });
    let mut needed = References::limited(sources.max_references);
    refer(&alertmanager, &root, &objects, &mut cache.references, &mut needed);
    let mut noted = needed.clone();
    noted.insert(Reference::secret(secret.clone()).map_err(Error::ConfigurationName)?);
    // Noted before it is read: whatever changes from here on brings us back.
    sources.interests.references(&key, noted);
    let mut assets = sources.read(needed, &mut cache.assets).await?;
    let web = alertmanager.spec.web.as_ref().map(|web| &web.config_file);
    assets.check_shown(&key.namespace, &web)?;
    let web_config = ObjectKey::new(key.namespace.clone(), names::web_config(&key.name));
    own_user::ensure(web, &web_config, &mut assets, sources.new_password)?;
    let global = global(&alertmanager);
    assets.check_shown(&key.namespace, &global)?;
    if let Root::Found(object) = &root {
        assets.check_shown(&key.namespace, &**object)?;
    }
    let spec = &alertmanager.spec;
    let (service, storage) = (spec.service_name.as_deref(), spec.pod.storage.as_deref());
    let requirements = Requirements::observe(client, &key.namespace, service, storage, sources.storage_classes).await?;
    Ok(Observed {
        neighbours: sources.instances.staying(&key.namespace),
        configuration: configuration(client, secret).await?,
        assets,
        root,
        objects,
        requirements,
        alertmanager,
    })
}

/// Adds what the configuration needs besides the user's Secret.
fn refer(
    alertmanager: &Alertmanager,
    root: &Root,
    objects: &Result<ByKey<AlertmanagerConfig>, Arc<Invalid>>,
    cache: &mut ReferenceCache<AlertmanagerConfig>,
    references: &mut References,
) {
    let namespace = alertmanager.metadata.namespace.as_deref().unwrap_or_default();
    global(alertmanager).refer(namespace, references);
    let web = alertmanager.spec.web.as_ref().map(|web| &web.config_file);
    let web_config = ObjectKey::new(namespace, names::web_config(&alertmanager.name_any()));
    users::refer(web, &web_config, references);
    if let Root::Found(object) = root {
        object.refer(namespace, references);
    }
    if let Ok(objects) = objects {
        cache.add_to(references, objects);
    }
}

fn global(alertmanager: &Alertmanager) -> Option<&AlertmanagerGlobalConfig> {
    let configuration = alertmanager.spec.alertmanager_configuration.as_deref();
    configuration.and_then(|configuration| configuration.global.as_deref())
}

/// The object as the watch sees it, or else as the API server has it: its namespace need not be one of those that are
/// watched.
async fn root(sources: &Sources<Alertmanager>, key: Option<ObjectKey>) -> Result<Root, Error> {
    let Some(object) = key else { return Ok(Root::NotNamed) };
    if object.name.is_empty() {
        return Ok(Root::Missing(object));
    }
    if let Some(found) = sources.objects.alertmanager_configs.get(&object) {
        return Ok(Root::Found(found));
    }
    let configs: Objects<AlertmanagerConfig> = Objects::in_namespace(&sources.client, &object.namespace);
    match configs.get_opt(&object.name).await {
        Ok(Some(found)) => Ok(Root::Found(Arc::new(found))),
        Ok(None) => Ok(Root::Missing(object)),
        Err(source) => Err(Error::Root {
            object,
            source: Box::new(source),
        }),
    }
}

async fn configuration(client: &Client, object: ObjectKey) -> Result<Option<Configuration>, Error> {
    let secrets: Objects<Secret> = Objects::in_namespace(client, &object.namespace);
    let secret = secrets.get_opt(&object.name).await;
    let secret = secret.map_err(|source| Error::Configuration {
        object,
        source: Box::new(source),
    })?;
    let content = |secret: Secret| {
        let data = secret.data.unwrap_or_default();
        Configuration(data.into_iter().map(|(key, value)| (key, value.0)).collect())
    };
    Ok(secret.map(content))
}
