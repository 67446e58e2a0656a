//! What a pod needs of the cluster beyond what the operator makes: the Service that the user names instead of the
//! governing one, and the storage class. [`Requirements::observe`] reads, [`Requirements::check`] is pure.

use crds::StorageSpec;
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::storage::v1::StorageClass;
use kube::Client;

use crate::api::Objects;
use crate::object::ObjectKey;
use crate::pod::metadata::Map;

/// What is there.
#[derive(Debug, Clone, Default)]
pub struct Requirements {
    service: CustomService,
    missing_storage_class: Option<String>,
}

#[derive(Debug, Clone, Default)]
enum CustomService {
    #[default]
    NotNamed,
    Missing(ObjectKey),
    Found(ObjectKey, Map),
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The custom governing Service.
    #[error("cannot read service {object}")]
    Service {
        /// Which one.
        object: ObjectKey,
        /// The answer.
        #[source]
        source: Box<kube::Error>,
    },
    /// The storage class.
    #[error("cannot read storage class {name:?}")]
    StorageClass {
        /// Which one.
        name: String,
        /// The answer.
        #[source]
        source: Box<kube::Error>,
    },
}

/// Something that pods need is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The storage class does not exist.
    #[error("storage class {0:?} does not exist")]
    StorageClass(String),
    /// The custom governing Service does not exist.
    #[error("governing service {0} does not exist: create it, or remove spec.serviceName")]
    ServiceMissing(ObjectKey),
    /// The custom governing Service selects other pods.
    #[error("governing service {service} does not select the pods: its selector must be among their labels {labels:?}")]
    ServiceSelector {
        /// Which one.
        service: ObjectKey,
        /// Labels that the pods have.
        labels: Map,
    },
}

/// Whether the operator may read storage classes; where it may not, none is missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageClasses {
    /// It may.
    Readable,
    /// It may not.
    Hidden,
}

impl Requirements {
    /// Reads the Service of that name, and the storage class of `storage` where `storage_classes` are readable.
    ///
    /// # Errors
    /// When the API server does not answer. What does not exist is no error here.
    pub async fn observe(
        client: &Client,
        namespace: &str,
        service_name: Option<&str>,
        storage: Option<&StorageSpec>,
        storage_classes: StorageClasses,
    ) -> Result<Self, ReadError> {
        let service = match service_name {
            None => CustomService::NotNamed,
            Some(name) => custom_service(client, ObjectKey::new(namespace, name)).await?,
        };
        let claim = storage.and_then(|storage| storage.volume_claim_template.as_ref()?.spec.as_ref());
        let class = claim.and_then(|claim| claim.storage_class_name.as_deref());
        let missing_storage_class =
            match class.filter(|class| storage_classes == StorageClasses::Readable && !class.is_empty()) {
                None => None,
                Some(class) => missing_storage_class(client, class).await?,
            };
        Ok(Self {
            service,
            missing_storage_class,
        })
    }

    /// Whether pods with these labels can run here.
    ///
    /// # Errors
    /// When something that they need is not there.
    pub fn check(&self, labels: &Map) -> Result<(), Error> {
        if let Some(class) = &self.missing_storage_class {
            return Err(Error::StorageClass(class.clone()));
        }
        match &self.service {
            CustomService::NotNamed => Ok(()),
            CustomService::Missing(service) => Err(Error::ServiceMissing(service.clone())),
            CustomService::Found(_, selector) if selector.iter().all(|(key, value)| labels.get(key) == Some(value)) => {
                Ok(())
            }
            CustomService::Found(service, _) => Err(Error::ServiceSelector {
                service: service.clone(),
                labels: labels.clone(),
            }),
        }
    }
}

async fn custom_service(client: &Client, key: ObjectKey) -> Result<CustomService, ReadError> {
    let services: Objects<Service> = Objects::in_namespace(client, &key.namespace);
    match services.get_opt(&key.name).await {
        Ok(Some(service)) => {
            let selector = service.spec.and_then(|spec| spec.selector).unwrap_or_default();
            Ok(CustomService::Found(key, selector))
        }
        Ok(None) => Ok(CustomService::Missing(key)),
        Err(source) => Err(ReadError::Service {
            object: key,
            source: Box::new(source),
        }),
    }
}

async fn missing_storage_class(client: &Client, name: &str) -> Result<Option<String>, ReadError> {
    let classes: Objects<StorageClass> = Objects::cluster_wide(client);
    let class = classes.get_metadata_opt(name).await;
    let failed = |source| ReadError::StorageClass {
        name: name.to_owned(),
        source: Box::new(source),
    };
    Ok(class.map_err(failed)?.is_none().then(|| name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pod::metadata::map;

    #[test]
    fn a_service_must_select_the_pods() {
        let labels = map([("app", "a"), ("tier", "b")]);
        let found = |selector: Map| Requirements {
            service: CustomService::Found(ObjectKey::new("ns", "custom"), selector),
            missing_storage_class: None,
        };
        assert_eq!(found(map([("app", "a")])).check(&labels), Ok(()));
        assert_eq!(Requirements::default().check(&labels), Ok(()));
        let other = found(map([("app", "a"), ("tier", "c")]))
            .check(&labels)
            .unwrap_err()
            .to_string();
        assert!(
            other.starts_with("governing service ns/custom does not select the pods"),
            "{other}"
        );
    }
}
