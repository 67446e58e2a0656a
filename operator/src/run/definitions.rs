//! Brings the definitions of the custom resources into a cluster: the command `apply-crds`, which the chart runs before an
//! upgrade. Touches the API server alone.

use futures::future::LocalBoxFuture;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use prometheus_client::registry::Registry;
use serde_json::Value;

use super::client::{self, ClientMetrics, client};
use crate::args::{ApiServer, Definitions};
use crate::cli;
use crate::reconcile::FIELD_MANAGER;

/// Why the definitions are not in the cluster.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The program is damaged.
    #[error(transparent)]
    Definitions(#[from] cli::Error),
    /// There is no way to the API server.
    #[error(transparent)]
    Client(#[from] client::Error),
    /// The API server did not take one.
    #[error("cannot apply the definition {name}")]
    Refused {
        /// Name of the definition.
        name: String,
        /// The answer.
        #[source]
        source: Box<kube::Error>,
    },
}

/// Applies the definitions on the server side, each with the version that is stored, and takes over the fields that others own.
///
/// # Errors
/// When the API server cannot be reached, or refuses one. Those before it are applied.
///
/// The future is boxed to be compiled with the library: a bare one has the program compile all that it calls once more.
pub fn apply(flags: &ApiServer, options: Definitions) -> LocalBoxFuture<'_, Result<(), Error>> {
    Box::pin(apply_all(flags, options))
}

async fn apply_all(flags: &ApiServer, options: Definitions) -> Result<(), Error> {
    let stream = cli::crds(options)?;
    let metrics = ClientMetrics::register(&mut Registry::default());
    let client = client(flags, metrics).await?;
    for definition in stream.split("---\n").filter(|text| !text.is_empty()) {
        apply_one(&client, definition).await?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "nothing in definitions is secret")]
async fn apply_one(client: &Client, text: &str) -> Result<(), Error> {
    // The program's own, of which a test reads every one.
    let definition: Value = serde_saphyr::from_str(text).unwrap_or_default();
    let name = definition["metadata"]["name"].as_str().unwrap_or_default();
    let parameters = PatchParams::apply(FIELD_MANAGER).force();
    let api: Api<CustomResourceDefinition> = Api::all(client.clone());
    let applied = api.patch(name, &parameters, &Patch::Apply(&definition)).await;
    applied.map_err(|error| Error::Refused {
        name: name.to_owned(),
        source: Box::new(error),
    })?;
    tracing::info!(definition = name, "applied");
    Ok(())
}
