//! What the end-to-end tests stand on: a namespace of its own for each test, waiting with a deadline, the objects that
//! tests begin with, and questions to the programs in the pods. It talks to the cluster of the current kubeconfig and to
//! nothing else; pods are reached through the API server, so it runs wherever `kubectl get` does.

pub mod certificates;
mod diagnosis;
mod eventually;
pub mod fixtures;
mod namespace;
mod operator;
pub mod original;
mod served;
pub mod status;

pub use eventually::eventually;
pub use namespace::{Namespace, TEST_LABEL, with_namespace};
pub use operator::OperatorPod;
pub use served::alertmanager::{self, AlertmanagerServer};
pub use served::prometheus::{self, PrometheusServer};
pub use served::thanos::{QueryServer, ThanosRulerServer};
pub use served::{Served, metric};

use std::io::Write as _;
use std::time::Duration;

/// Longest wait for pods to start: images are on the node, but two processors may have to carry three tests.
pub const STARTED: Duration = Duration::from_mins(4);

/// Longest wait for a change to arrive in a running program. The kubelet of an ordinary cluster refreshes a mounted Secret
/// once in 60 to 90 s.
pub const LIVE: Duration = Duration::from_mins(3);

/// Longest wait for the operator or a controller of Kubernetes to act on objects.
pub const ACTED: Duration = Duration::from_secs(90);

/// Tells a measurement of a test. It is shown even when the test succeeds.
pub fn say(text: &str) {
    // Past the capture of the test harness; a closed pipe is no reason to fail.
    let _ = writeln!(std::io::stderr(), "    {text}");
}
