//! Maintains the Secret with the certificates, and publishes the authorities. Only the elected operator does.
//! Writes the Secret, the configurations of webhooks that are named, and the definition of `AlertmanagerConfig`.
//!
//! Each write names the version that it replaces, or is tied to what it found. So where two do it at a time, one of them
//! fails, and looks again.

use std::fmt::Debug;
use std::time::Duration;

use futures::stream::{BoxStream, SelectAll};
use futures::{FutureExt as _, StreamExt as _, stream};
use jiff::Timestamp;
use k8s_openapi::api::admissionregistration::v1::{MutatingWebhookConfiguration, ValidatingWebhookConfiguration};
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{ApiResource, DynamicObject, PartialObjectMeta, Patch, PatchParams, PostParams};
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{Config, watcher};
use kube::{Api, Client, Resource, ResourceExt as _};
use process::causes::Causes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::bundle::{Step, authorities, pause, step};
use super::{Wanted, bundle, injection};
use crate::reconcile::FIELD_MANAGER;

/// Pause after something went wrong.
const AFTER_FAILURE: Duration = Duration::from_secs(15);
/// Longest pause: what a watch has missed is found then.
const LONGEST: Duration = Duration::from_mins(10);
/// For what happens within a moment, so that it is one reason to look.
const MOMENT: Duration = Duration::from_millis(200);

const DEFINITION: &str = "alertmanagerconfigs.monitoring.coreos.com";

/// Why the certificates are not as they should be.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Bundle(#[from] bundle::Error),
    #[error("cannot write the patch as JSON")]
    Patch(#[from] serde_json::Error),
    #[error("cannot {verb} {object}")]
    Api {
        verb: &'static str,
        object: String,
        #[source]
        source: Box<kube::Error>,
    },
}

/// Who keeps the certificates.
pub struct Keeper {
    client: Client,
    wanted: Wanted,
    /// The authorities that everybody knows, and since when, as far as this process has seen it.
    known: Option<(Vec<u8>, Timestamp)>,
}

/// Keeps the certificates until the `stop`, from when this operator is `elected`.
pub async fn keep(keeper: Keeper, elected: CancellationToken, stop: CancellationToken) {
    let work = async {
        elected.cancelled().await;
        keeper.run().await;
    };
    stop.run_until_cancelled(work).await;
}

impl Keeper {
    /// Keeps what is `wanted`.
    pub fn new(client: Client, wanted: Wanted) -> Self {
        Self {
            client,
            wanted,
            known: None,
        }
    }

    async fn run(mut self) {
        let mut changes = self.changes();
        loop {
            let pause = match self.look().await {
                Ok(pause) => pause.min(LONGEST),
                Err(error) => {
                    tracing::error!(error = %Causes(&error), "cannot maintain the certificates of the webhooks, trying again");
                    AFTER_FAILURE
                }
            };
            // A change is looked at, but not before what comes with it.
            if timeout(pause, changes.next()).await.is_ok() {
                sleep(MOMENT).await;
                while changes.next().now_or_never().flatten().is_some() {}
            }
        }
    }

    /// Whatever happens to the objects that we write.
    fn changes(&self) -> SelectAll<BoxStream<'static, ()>> {
        let mut all = SelectAll::new();
        // Never empty, or it would end.
        all.push(stream::pending().boxed());
        #[expect(clippy::disallowed_methods, reason = "the namespace is that of the operator itself")]
        let secrets = Api::namespaced(self.client.clone(), &self.wanted.namespace);
        all.push(changes::<Secret>(secrets, &self.wanted.secret));
        for name in &self.wanted.configurations {
            all.push(changes::<ValidatingWebhookConfiguration>(
                Api::all(self.client.clone()),
                name,
            ));
            all.push(changes::<MutatingWebhookConfiguration>(
                Api::all(self.client.clone()),
                name,
            ));
        }
        if self.wanted.conversion.is_some() {
            all.push(changes::<CustomResourceDefinition>(
                Api::all(self.client.clone()),
                DEFINITION,
            ));
        }
        all
    }

    /// Does what is to be done now, and says when to look again.
    async fn look(&mut self) -> Result<Duration, Error> {
        let name = &self.wanted.secret;
        let secret = self
            .secrets()
            .get_opt(name)
            .await
            .map_err(failed("read", || format!("secret {name}")))?;
        let informed = match &secret {
            Some(secret) => self.inform(authorities(secret)).await,
            None => Ok(()),
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "certificates are about time; the steps get it as a value"
        )]
        let now = Timestamp::now();
        let known = match (&secret, &informed) {
            (Some(secret), Ok(())) => self.known_since(authorities(secret), now),
            _ => now,
        };
        if secret.as_ref().is_some_and(bundle::has_next) {
            // The next certificate is not served before everybody knows its authority.
            informed?;
        } else if let Err(error) = informed {
            tracing::error!(error = %Causes(&error), "cannot publish the certificate authorities of the webhooks, trying again");
            let pause = self.advance(secret.as_ref(), known, now).await?;
            return Ok(pause.min(AFTER_FAILURE));
        }
        self.advance(secret.as_ref(), known, now).await
    }

    /// Since when everybody knows these authorities, who do so now.
    fn known_since(&mut self, authorities: &[u8], now: Timestamp) -> Timestamp {
        match &self.known {
            Some((known, since)) if *known == authorities => *since,
            _ => {
                self.known = Some((authorities.to_vec(), now));
                now
            }
        }
    }

    /// Writes what is to be written now, and says when to look again.
    async fn advance(&self, secret: Option<&Secret>, known: Timestamp, now: Timestamp) -> Result<Duration, Error> {
        let (secrets, name) = (self.secrets(), &self.wanted.secret);
        let secret = match step(secret, &self.wanted, known, now)? {
            Step::Keep(until) => return Ok(pause(until, now)),
            Step::Write(secret) => secret,
        };
        let written = if secret.metadata.resource_version.is_some() {
            secrets.replace(name, &params(), &secret).await
        } else {
            secrets.create(&params(), &secret).await
        };
        match written {
            Ok(_) => tracing::info!(secret = name, "wrote the certificates of the webhooks"),
            // Somebody else has written it.
            Err(kube::Error::Api(status)) if status.code == 409 => {}
            Err(error) => return Err(failed("write", || format!("secret {name}"))(error)),
        }
        Ok(Duration::ZERO)
    }

    #[expect(clippy::disallowed_methods, reason = "the namespace is that of the operator itself")]
    fn secrets(&self) -> Api<Secret> {
        Api::namespaced(self.client.clone(), &self.wanted.namespace)
    }

    /// Has everything that is reported of the authorities trust them.
    async fn inform(&self, authorities: &[u8]) -> Result<(), Error> {
        for name in &self.wanted.configurations {
            let patch = |configuration: &Value| {
                let steps =
                    injection::webhooks(configuration, authorities, &self.wanted.scope).map(serde_json::from_value);
                Ok(steps.transpose()?.map(Patch::Json))
            };
            self.patch::<ValidatingWebhookConfiguration>(name, patch).await?;
            self.patch::<MutatingWebhookConfiguration>(name, patch).await?;
        }
        if let Some((service, port)) = &self.wanted.conversion {
            let namespace = &self.wanted.namespace;
            let patch = |definition: &Value| {
                Ok(injection::conversion(definition, (service, *port), namespace, authorities).map(Patch::Merge))
            };
            self.patch::<CustomResourceDefinition>(DEFINITION, patch).await?;
        }
        Ok(())
    }

    /// Patches an object, if there is one and it is not as it should be.
    async fn patch<K>(
        &self,
        name: &str,
        patch: impl Fn(&Value) -> serde_json::Result<Option<Patch<Value>>>,
    ) -> Result<(), Error>
    where
        K: Resource<DynamicType = ()>,
    {
        let resource = ApiResource::erase::<K>(&());
        let api: Api<DynamicObject> = Api::all_with(self.client.clone(), &resource);
        let object = || format!("{} {name}", resource.kind);
        let Some(found) = api.get_opt(name).await.map_err(failed("read", object))? else {
            return Ok(());
        };
        let Some(patch) = patch(&found.data)? else {
            return Ok(());
        };
        let params = PatchParams {
            field_manager: Some(FIELD_MANAGER.to_owned()),
            ..PatchParams::default()
        };
        api.patch(name, &params, &patch)
            .await
            .map_err(failed("patch", object))?;
        tracing::info!(
            object = object(),
            "published the certificate authorities of the webhooks"
        );
        Ok(())
    }
}

/// The name of what happens to one object, without what it is.
fn changes<K>(api: Api<PartialObjectMeta<K>>, name: &str) -> BoxStream<'static, ()>
where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + 'static,
{
    let one = Config::default().fields(&format!("metadata.name={name}"));
    let seen = watcher(api, one).default_backoff().touched_objects();
    seen.filter_map(async |seen| match seen {
        Ok(object) => {
            tracing::debug!(object = object.name_any(), "changed");
            Some(())
        }
        Err(error) => {
            tracing::debug!(error = %Causes(&error), "cannot watch the objects that name the certificate authorities, polling them");
            None
        }
    })
    .boxed()
}

fn failed(verb: &'static str, object: impl Fn() -> String) -> impl Fn(kube::Error) -> Error {
    move |source| Error::Api {
        verb,
        object: object(),
        source: Box::new(source),
    }
}

fn params() -> PostParams {
    PostParams {
        field_manager: Some(FIELD_MANAGER.to_owned()),
        ..PostParams::default()
    }
}
