//! What the tests need: a namespace with objects ([`Space`]), an operator as a process ([`Operator`]), ways to the API
//! server that can be cut ([`Proxy`]) or that do worse ([`Meddler`]), an API server to break ([`OwnCluster`]), and waiting
//! with a deadline.

mod fixture;
mod manifests;
mod meddler;
mod operator;
mod own_cluster;
mod proxy;
mod snapshot;
mod space;
mod verdict;

use std::time::Duration;

use tokio::time::{Instant, sleep};

pub(crate) use fixture::{
    agent, alertmanager, alertmanager_config, pod_monitor, prometheus, rule, secret, service_monitor, thanos_ruler,
};
pub(crate) use manifests::Manifests;
pub(crate) use meddler::{Fate, Meddler};
pub(crate) use operator::Operator;
pub(crate) use own_cluster::OwnCluster;
pub(crate) use proxy::{ApiServerWithoutCrds, Proxy};
pub(crate) use space::{Space, in_namespace, install_definitions};
pub(crate) use verdict::{unreconciled, unused};

/// For whatever is awaited; far more than it takes.
const DEADLINE: Duration = Duration::from_secs(30);
/// Between two looks at what is awaited.
const LOOK: Duration = Duration::from_millis(40);

/// What `look` finds, as soon as it finds something.
pub(crate) async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    within(DEADLINE, what, look).await
}

/// As [`eventually`], with a deadline that is itself under test.
pub(crate) async fn within<T>(deadline: Duration, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(started.elapsed() < deadline, "{what}: not within {deadline:?}");
        sleep(LOOK).await;
    }
}
