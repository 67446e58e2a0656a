//! All that the objects of an Alertmanager are rendered from, and how it is read. Reads only.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::Alertmanager;
use k8s_openapi::api::core::v1::Secret;
use kube::{Api, Client};

use super::names;
use crate::assets::{Reference, References};
use crate::object::ObjectKey;
use crate::surroundings::{ReadError, Surroundings};
use crate::watch::{Interests, Store};

/// What is known of one Alertmanager and its surroundings.
#[derive(Debug)]
pub struct Observed {
    /// The object.
    pub alertmanager: Arc<Alertmanager>,
    /// The Alertmanagers of its namespace, itself among them: they share the governing Service.
    pub neighbours: Vec<Arc<Alertmanager>>,
    /// The Secret with the user's configuration, by key; `None`: it does not exist.
    pub configuration: Option<Configuration>,
    /// What the pods need of the cluster.
    pub surroundings: Surroundings,
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
    /// The Secret with the configuration.
    #[error("cannot read secret {object}")]
    Configuration {
        /// Which one.
        object: ObjectKey,
        /// The answer.
        #[source]
        source: Box<kube::Error>,
    },
    /// What the pods need of the cluster.
    #[error(transparent)]
    Surroundings(#[from] ReadError),
}

/// Where observations come from.
#[derive(Debug, Clone)]
pub struct Stores {
    /// Alertmanagers.
    pub alertmanagers: Arc<Store<Alertmanager>>,
    /// What each Alertmanager depends on; `observe` notes the references.
    pub interests: Arc<Interests>,
}

/// Reads what is known of `alertmanager`. Storage classes are looked at where `storage_classes` says that we may.
pub async fn observe(
    client: &Client,
    stores: &Stores,
    storage_classes: bool,
    alertmanager: Arc<Alertmanager>,
) -> Result<Observed, Error> {
    let key = ObjectKey::of(&*alertmanager);
    let secret = ObjectKey::new(key.namespace.clone(), names::user_config(&alertmanager));
    let mut references = References::default();
    references.insert(Reference::secret(secret.clone()));
    // Noted before it is read: whatever changes from here on brings us back.
    stores.interests.refers(&key, references);
    let spec = &alertmanager.spec;
    let (service, storage) = (spec.service_name.as_deref(), spec.pod.storage.as_deref());
    let surroundings = Surroundings::observe(client, &key.namespace, service, storage, storage_classes).await?;
    Ok(Observed {
        neighbours: stores.alertmanagers.staying(&key.namespace),
        configuration: configuration(client, secret).await?,
        surroundings,
        alertmanager,
    })
}

async fn configuration(client: &Client, object: ObjectKey) -> Result<Option<Configuration>, Error> {
    let secrets: Api<Secret> = Api::namespaced(client.clone(), &object.namespace);
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
