//! The running operator: one watch per kind, the controllers, the HTTP server, and how they end. Only wiring.

pub mod client;
mod controllers;
pub mod definitions;
mod door;
mod prerequisites;
mod queues;
mod selected;
mod server;
mod session;
mod start;
mod triggers;
mod watches;
pub mod webhook;
mod workloads;

use std::sync::Arc;
use std::time::Duration;

use futures::future::LocalBoxFuture;
use kube::Client;
use process::register::Register;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;

use crate::admission::{self, certificates};
use crate::args::{self, Args};
use crate::election::{self, Leadership};
use crate::kubelet;
use crate::permissions::review::missing_permissions;
use crate::permissions::{self, Part};
use crate::reconcile::judgement::Readers;
use crate::reconcile::{Metrics, QueueFamilies};
use crate::settings::Cluster;
use crate::watch::{Scope, ScopeError, Scopes, WatchMetrics};
use client::{ClientMetrics, client};
use process::causes::Causes;
use process::http::CertificateMetrics;
use process::liveness::Liveness;

/// Prefix of all metrics.
const PREFIX: &str = "prometheus_operator";
/// Pause before the API server is asked again while it does not answer at start.
const START_PAUSE: Duration = Duration::from_secs(5);

/// Why the operator cannot run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The lists of namespaces contradict each other.
    #[error(transparent)]
    Scope(#[from] ScopeError),
    /// There is no way to the API server.
    #[error(transparent)]
    Client(#[from] client::Error),
    /// The flags of the kubelet Service are wrong.
    #[error(transparent)]
    Kubelet(#[from] kubelet::ConfigError),
    /// The gate `StatusForConfigurationResources` is on, and we may not write what it is for.
    #[error("feature gate StatusForConfigurationResources: {0}")]
    Bindings(String),
    /// The times of the leader election make no sense.
    #[error(transparent)]
    ElectionTimes(#[from] election::TimesError),
    /// Somebody else may be working.
    #[error(transparent)]
    Lost(#[from] election::Lost),
    /// A program of `--check-configuration` does not run.
    #[error("--check-configuration")]
    Readers(#[source] process::program::Error),
    /// The HTTP server cannot start.
    #[error(transparent)]
    Server(#[from] server::Error),
}

/// The metrics of the process, by the part that fills them.
#[derive(Debug, Clone)]
struct AllMetrics {
    client: ClientMetrics,
    watch: WatchMetrics,
    reconcile: Metrics,
    queues: QueueFamilies,
    kubelet: kubelet::Metrics,
    leader: election::Metric,
    admission: admission::Metrics,
    certificates: CertificateMetrics,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct GateLabel {
    name: &'static str,
}

impl AllMetrics {
    fn register(registry: &mut impl Register, args: &Args) -> Self {
        process::build::register_info(registry, PREFIX);
        process::metrics::register(registry);
        let registry = registry.sub_registry_with_prefix(PREFIX);
        let gates: Family<GateLabel, Gauge> = Family::default();
        for (name, on) in args.feature_gates.iter() {
            gates.get_or_create(&GateLabel { name }).set(i64::from(on));
        }
        registry.register("feature_gate", "1 if the feature gate is on", gates);
        Self {
            client: ClientMetrics::register(registry),
            watch: WatchMetrics::register(registry),
            reconcile: Metrics::register(registry),
            queues: QueueFamilies::register(registry),
            kubelet: kubelet::Metrics::register(registry),
            leader: election::Metric::register(registry),
            admission: admission::Metrics::register(registry),
            certificates: CertificateMetrics::register(registry),
        }
    }
}

/// Registers every metric of the operator, for documents.
pub fn register_metrics(registry: &mut impl Register, args: &Args) {
    AllMetrics::register(registry, args);
}

/// Runs the operator until `stop`.
///
/// # Errors
/// What makes it pointless to go on: wrong flags, no configuration for the API server, a port that is taken. An API
/// server that does not answer is waited for.
///
/// The future is boxed to be compiled with the library: a bare one has the program compile all that it calls once more.
pub fn run(args: Args, stop: CancellationToken) -> LocalBoxFuture<'static, Result<(), Error>> {
    Box::pin(operate(args, stop))
}

async fn operate(args: Args, stop: CancellationToken) -> Result<(), Error> {
    let mut registry = Registry::default();
    let metrics = AllMetrics::register(&mut registry, &args);
    let scopes = Scopes::of(&args.watch)?;
    let readers = Readers::of(&args.check).map(Arc::new);
    if let Some(readers) = &readers {
        readers.check().await.map_err(Error::Readers)?;
    }
    let client = client(&args.api_server, metrics.client.clone()).await?;
    let readiness = server::Readiness::default();
    let liveness = Liveness::default();
    let door = door::Door::open(
        &args,
        &client,
        &scopes,
        (registry, &metrics),
        (&readiness, &liveness),
        &stop,
    )
    .await?;
    let (instances, certificates) = (door.instances.clone(), door.wanted.clone());
    let server = tokio::spawn(door.run(stop.clone()));

    if let Some(cluster) = reachable(&client, &stop).await {
        let settings = Arc::new(args.settings(cluster));
        if settings.gates.bindings {
            may_write_bindings(&client, &scopes, &stop).await?;
        }
        let flags = permitted(&args.kubelet, &client).await;
        let kubelet = kubelet::Kubelet::new(&flags, &settings, client.clone(), metrics.kubelet.clone())?;
        let leadership = Leadership::start(&client, &args.leader_election, metrics.leader.clone(), &liveness)?;
        let kubelet = tokio::spawn(run_kubelet(kubelet, leadership.elected(), stop.clone()));
        if let Some(wanted) = certificates {
            let keeper = certificates::Keeper::new(client.clone(), wanted);
            tokio::spawn(certificates::keep(keeper, leadership.elected(), stop.clone()));
        }
        let controllers = controllers::run(start::Start {
            args,
            client,
            settings,
            readers,
            scopes,
            metrics,
            readiness,
            liveness,
            instances,
            elected: leadership.elected(),
            stop,
        });
        tokio::select! {
            lost = leadership.lost() => return Err(lost.into()),
            // The kubelets' part ends by itself with the stop; a panic in it is not worth another one.
            _ = async { tokio::join!(controllers, kubelet) } => {}
        }
        leadership.resign().await;
    }
    let _ = server.await;
    tracing::info!("stopped");
    Ok(())
}

/// Runs the controller of the kubelets, where there is one, as soon as this process is `elected`.
async fn run_kubelet(kubelet: Option<kubelet::Kubelet>, elected: CancellationToken, stop: CancellationToken) {
    let Some(kubelet) = kubelet else { return };
    if stop.run_until_cancelled(elected.cancelled()).await.is_some() {
        kubelet.run(stop.clone()).await;
    }
}

/// Whether we may write the status of configuration objects, and the finalizers of workloads. Waits for the API server.
async fn may_write_bindings(client: &Client, scopes: &Scopes, stop: &CancellationToken) -> Result<(), Error> {
    let workloads = scopes.prometheus.union(&scopes.thanos_ruler);
    let parts = [(Part::Bindings, &scopes.configuration), (Part::Finalizers, &workloads)];
    for (part, scope) in parts {
        let needed = permissions::of(part);
        let missing = loop {
            match missing_permissions(client, &needed, scope).await {
                Ok(missing) => break missing,
                Err(error) => {
                    tracing::error!(error = %Causes(&error), "cannot check permissions, trying again");
                }
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(START_PAUSE) => {}
            }
        };
        if !missing.is_empty() {
            let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
            return Err(Error::Bindings(missing.join("; ")));
        }
    }
    Ok(())
}

/// The flags of the kubelet Service without what we may not do: `EndpointSlice`s need permissions of their own.
async fn permitted(flags: &args::Kubelet, client: &Client) -> args::Kubelet {
    let mut flags = flags.clone();
    if flags.kubelet_service.is_empty() || !flags.kubelet_endpointslice {
        return flags;
    }
    let needed = permissions::of(Part::KubeletEndpointSlices);
    let scope = (flags.kubelet_service.split_once('/'))
        .map_or(Scope::All, |(namespace, _)| Scope::Only([namespace.to_owned()].into()));
    match missing_permissions(client, &needed, &scope).await {
        Ok(missing) if missing.is_empty() => {}
        Ok(missing) => {
            flags.kubelet_endpointslice = false;
            for problem in missing {
                tracing::warn!(%problem, "the EndpointSlices of the kubelets are not maintained");
            }
        }
        Err(error) => {
            tracing::warn!(error = %Causes(&error), "cannot check permissions for EndpointSlices");
        }
    }
    flags
}

/// Waits for the API server, and says what its version can do. `None` when the stop comes first.
async fn reachable(client: &Client, stop: &CancellationToken) -> Option<Cluster> {
    loop {
        let answer = tokio::select! {
            () = stop.cancelled() => return None,
            answer = client.apiserver_version() => answer,
        };
        match answer {
            Ok(version) => {
                tracing::info!(version = version.git_version, "connected to the API server");
                return Some(cluster(&version.major, &version.minor));
            }
            Err(error) => {
                tracing::error!(error = %Causes(&error), "the API server does not respond, trying again");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return None,
            () = tokio::time::sleep(START_PAUSE) => {}
        }
    }
}

/// What a version can do. Managed clusters write minors such as `33+`.
fn cluster(major: &str, minor: &str) -> Cluster {
    let number = |text: &str| {
        text.trim_end_matches(|c: char| !c.is_ascii_digit())
            .parse::<u32>()
            .unwrap_or(0)
    };
    let version = (number(major), number(minor));
    Cluster {
        endpoint_slices: version >= (1, 21),
        pod_topology_labels: version >= (1, 35),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cluster_can_do_what_its_version_can() {
        let all = Cluster {
            endpoint_slices: true,
            pod_topology_labels: true,
        };
        assert_eq!(cluster("1", "36"), all);
        assert_eq!(cluster("1", "35+"), all);
        assert_eq!(
            cluster("1", "34"),
            Cluster {
                pod_topology_labels: false,
                ..all
            }
        );
        assert_eq!(
            cluster("1", "20"),
            Cluster {
                endpoint_slices: false,
                pod_topology_labels: false
            }
        );
        assert!(!cluster("", "unknown").endpoint_slices);
    }
}
