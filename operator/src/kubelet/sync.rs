//! One look at the nodes: reads them page by page, then writes the Service, the Endpoints and the `EndpointSlice`s where
//! they differ. Touches the client, the log and the metrics.

use std::error::Error as StdError;

use k8s_openapi::api::core::v1::{Node as WholeNode, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::Resource as _;
use kube::api::{DeleteParams, ListParams, ObjectList, PostParams};
use kube::core::Request;

use super::Kubelet;
use super::addresses::{Address, Lookup, Node};
use super::endpoints::{endpoints, service};
use super::metrics::Resource;
use super::slices::{Changes, changes, identity};
use crate::api::Objects;
use crate::object::ObjectKey;
use crate::reconcile::FIELD_MANAGER;
use crate::reconcile::child::Child;

/// Nodes per page: some 10 MB of JSON with the images that large nodes list.
const PAGE: u32 = 500;
/// How often a write that another writer overtook is tried again at once.
const CONFLICT_RETRIES: usize = 3;

/// Why a look failed, or a part of it.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The nodes could not be read.
    #[error("cannot list the nodes")]
    Nodes(#[source] Box<kube::Error>),
    /// The API server refused or did not answer.
    #[error("cannot {verb} {kind} {object}")]
    Object {
        /// What was tried.
        verb: &'static str,
        /// Kind of the object.
        kind: String,
        /// Which one; of slices, the Service that they belong to.
        object: ObjectKey,
        /// The answer.
        #[source]
        source: Box<kube::Error>,
    },
    /// Slices belong to the Service, which could not be read or written.
    #[error("the Service that owns the EndpointSlices is not available")]
    NoService,
}

impl Kubelet {
    /// Brings everything in line with the nodes. A failure of one object keeps none of the others from being written.
    pub(super) async fn sync(&self) {
        let addresses = match self.addresses().await {
            Ok(addresses) => addresses,
            Err(error) => {
                self.log(&error);
                for resource in self.managed() {
                    self.metrics.synced(resource, false);
                }
                return;
            }
        };
        let service = self.put(&service(&self.template)).await;
        let service = service.inspect_err(|error| self.log(error)).ok();
        for resource in self.managed() {
            let result = match (resource, &service) {
                (Resource::Endpoints, _) => self.put(&endpoints(&self.template, &addresses)).await.map(drop),
                (Resource::EndpointSlices, Some(service)) => self.sync_slices(service, &addresses).await,
                (Resource::EndpointSlices, None) => Err(Error::NoService),
            };
            self.metrics.synced(resource, result.is_ok());
            if let Err(error) = result {
                self.log(&error);
            }
        }
        tracing::debug!(service = %self.template.key, addresses = addresses.len(), "kubelets synchronised");
    }

    fn managed(&self) -> impl Iterator<Item = Resource> {
        let endpoints = self.endpoints.then_some(Resource::Endpoints);
        let slices = self.template.slices.then_some(Resource::EndpointSlices);
        endpoints.into_iter().chain(slices)
    }

    fn log(&self, error: &Error) {
        tracing::error!(
            service = %self.template.key,
            error = error as &(dyn StdError + 'static),
            "cannot synchronize the kubelets"
        );
    }

    /// The addresses of all selected nodes, of which a page at a time is in memory.
    async fn addresses(&self) -> Result<Vec<Address>, Error> {
        let mut lookup = Lookup::new(self.priority);
        let mut page = ListParams::default().limit(PAGE);
        if !self.node_selector.is_empty() {
            page = page.labels(&self.node_selector);
        }
        loop {
            #[expect(clippy::disallowed_methods, reason = "nobody's text is in the URL of all nodes")]
            let request = Request::new(WholeNode::url_path(&(), None)).list(&page);
            let request = request.map_err(|error| Error::Nodes(Box::new(kube::Error::BuildRequest(error))))?;
            let nodes: ObjectList<Node> =
                (self.client.request(request).await).map_err(|e| Error::Nodes(Box::new(e)))?;
            for node in &nodes.items {
                lookup.add(node);
            }
            match nodes.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => page = page.continue_token(&token),
                None => break,
            }
        }
        let (addresses, errors) = lookup.finish();
        self.metrics.lookups_failed(errors.len());
        for error in &errors {
            tracing::warn!(error = error as &(dyn StdError + 'static), "skipping address");
        }
        for address in addresses.iter().filter(|address| !address.ready) {
            tracing::info!(node = address.node, "the readiness of the node is unknown");
        }
        Ok(addresses)
    }

    /// Writes an object unless it is as it should be, and returns it as the API server has it.
    async fn put<K: Child>(&self, wanted: &K) -> Result<K, Error> {
        let name = &self.template.key.name;
        let api: Objects<K> = Objects::in_namespace(&self.client, &self.template.key.namespace);
        let mut attempt = 0;
        loop {
            attempt += 1;
            let live = api.get_opt(name).await.map_err(self.failed::<K>("read"))?;
            let (verb, result) = match live {
                None => ("create", api.create(&as_operator(), wanted).await),
                Some(live) => {
                    let mut next = wanted.clone();
                    next.carry_over(&live);
                    if next.equals(&live) {
                        return Ok(live);
                    }
                    ("replace", api.replace(name, &as_operator(), &next).await)
                }
            };
            match result {
                Err(kube::Error::Api(status)) if status.code == 409 && attempt <= CONFLICT_RETRIES => {}
                result => return result.map_err(self.failed::<K>(verb)),
            }
        }
    }

    async fn sync_slices(&self, service: &Service, addresses: &[Address]) -> Result<(), Error> {
        let api: Objects<EndpointSlice> = Objects::in_namespace(&self.client, &self.template.key.namespace);
        let ours: Vec<String> = identity(&self.template)
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        let existing = api.list(&ListParams::default().labels(&ours.join(","))).await;
        let existing = existing.map_err(self.failed::<EndpointSlice>("list"))?;
        let Changes {
            replace,
            create,
            delete,
        } = changes(&self.template, service, &existing.items, addresses);
        for slice in replace {
            let name = slice.metadata.name.as_deref().unwrap_or_default();
            let replaced = api.replace(name, &as_operator(), &slice).await;
            replaced.map_err(self.failed::<EndpointSlice>("replace"))?;
        }
        for slice in create {
            let created = api.create(&as_operator(), &slice).await;
            created.map_err(self.failed::<EndpointSlice>("create"))?;
        }
        for name in delete {
            match api.delete(&name, &DeleteParams::default()).await {
                Err(kube::Error::Api(status)) if status.code == 404 => {}
                deleted => deleted.map_err(self.failed::<EndpointSlice>("delete"))?,
            }
        }
        Ok(())
    }

    fn failed<K: Child>(&self, verb: &'static str) -> impl FnOnce(kube::Error) -> Error {
        let (kind, object) = (K::kind(&()).into_owned(), self.template.key.clone());
        move |source| Error::Object {
            verb,
            kind,
            object,
            source: Box::new(source),
        }
    }
}

fn as_operator() -> PostParams {
    PostParams {
        field_manager: Some(FIELD_MANAGER.to_owned()),
        ..PostParams::default()
    }
}
