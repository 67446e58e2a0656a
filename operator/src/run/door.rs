//! The servers of the operator, and what the webhooks on them judge by: one server for everything, and one for the webhooks
//! alone where the flags ask for it.

use kube::Client;
use process::http::Server;
use process::http::tls::Held;
use process::liveness::Liveness;
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;

use super::AllMetrics;
use super::server::{self, Error, Readiness, Shown};
use crate::admission::certificates::{Wanted, follow};
use crate::admission::{Instances, Judge, Webhooks};
use crate::args::Args;
use crate::settings::Settings;
use crate::watch::Scopes;

/// The servers, bound.
pub(super) struct Door {
    /// Whom the webhooks ask about objects; they learn to know them.
    pub(super) instances: Instances,
    /// The certificates that are to be kept.
    pub(super) wanted: Option<Wanted>,
    everything: Server,
    webhooks: Option<(Server, Following)>,
}

/// What the certificate of a server comes from.
type Following = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

impl Door {
    /// Binds the servers that the flags ask for.
    pub(super) async fn open(
        args: &Args,
        client: &Client,
        scopes: &Scopes,
        (registry, metrics): (Registry, &AllMetrics),
        (readiness, liveness): (&Readiness, &Liveness),
        stop: &CancellationToken,
    ) -> Result<Self, Error> {
        let (judgement, flags) = (&args.judgement, &args.certificates);
        let instances = Instances::default();
        let judge = Judge::new(
            judgement.name_validation_scheme.into(),
            judgement.promql_options.0,
            // What the cluster can do is not known yet; nothing is refused for it.
            args.settings(Settings::default().cluster),
            if flags.admission_by_instances {
                instances.clone()
            } else {
                Instances::default()
            },
        );
        let webhooks = Webhooks::new(judge, metrics.admission.clone());
        let kinds = &judgement.admission_kinds;
        let wanted = Wanted::of(flags, client.default_namespace(), &scopes.reviewed());
        let shown = Shown {
            registry,
            certificates: metrics.certificates.clone(),
            webhooks: webhooks.clone(),
            kinds: kinds.clone(),
        };
        let everything = server::start(&args.web, shown, readiness.clone(), liveness.clone()).await?;
        let address = &flags.admission_listen_address;
        let webhooks = match (&wanted, address.is_empty()) {
            (_, true) => None,
            (None, false) => return Err(Error::NoSecret),
            (Some(wanted), false) => {
                let held = Held::default();
                let server = server::start_webhooks(address, &args.web, &held, &webhooks, kinds).await?;
                let metrics = metrics.certificates.clone();
                let following = follow(client.clone(), wanted.clone(), held, metrics, stop.clone());
                Some((server, Box::pin(following) as Following))
            }
        };
        Ok(Self {
            instances,
            wanted,
            everything,
            webhooks,
        })
    }

    /// Answers until the `stop`.
    pub(super) async fn run(self, stop: CancellationToken) {
        let everything = self.everything.run(stop.clone().cancelled_owned());
        match self.webhooks {
            None => everything.await,
            Some((server, following)) => {
                let webhooks = server.run(stop.cancelled_owned());
                tokio::join!(everything, webhooks, following);
            }
        }
    }
}
