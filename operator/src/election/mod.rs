//! Which of several operators works: the one that holds a Lease. The others watch, and are ready to take over at once when
//! it is given back, and after its duration when its holder does not show up any more. Touches one Lease.
//!
//! As in Kubernetes' own components, no clock is compared with another one: what counts is when a change of the Lease was
//! seen here.

mod lease;
mod observed_record;

use std::time::Duration;

use kube::Client;
use process::register::Register;
use prometheus_client::metrics::gauge::Gauge;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::args::LeaderElection;
use lease::{Candidate, Standing};
use process::causes::Causes;
use process::liveness::{Liveness, Pulse};

/// How much longer than the Lease lasts the election may be silent before the process counts as stuck: as Kubernetes' own
/// components have it.
const TOLERANCE: Duration = Duration::from_secs(20);

/// The flags contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "--leader-elect-lease-duration must be longer than --leader-elect-renew-deadline, which must be longer than \
     --leader-elect-retry-period, which must be greater than 0"
)]
pub struct TimesError;

/// The Lease is lost: somebody else may be working.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the lease was lost, another operator may hold it")]
pub struct Lost;

/// Whether this process works.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metric(Gauge);

impl Metric {
    /// Registers the gauge below the registry's prefix.
    pub(crate) fn register(registry: &mut impl Register) -> Self {
        let metric = Self::default();
        let help = "1 if this process is the leader, 0 if it is on standby";
        registry.register("leader", help, metric.0.clone());
        metric
    }
}

/// The part of this process in the election.
#[derive(Debug)]
pub(crate) struct Leadership {
    elected: CancellationToken,
    lost: CancellationToken,
    resigns: CancellationToken,
    campaign: Option<JoinHandle<()>>,
}

impl Leadership {
    /// Starts to run for the Lease that `flags` name, or is elected at once where they ask for no election.
    ///
    /// # Errors
    /// When the flags contradict each other.
    pub(crate) fn start(
        client: &Client,
        flags: &LeaderElection,
        metric: Metric,
        liveness: &Liveness,
    ) -> Result<Self, TimesError> {
        let [elected, lost, resigns] = [(); 3].map(|()| CancellationToken::new());
        let campaign = if flags.leader_elect {
            let times = Times::of(flags)?;
            let campaign = Campaign {
                candidate: Candidate::new(client, flags),
                times,
                metric,
                pulse: liveness.pulse("election", flags.leader_elect_lease_duration + TOLERANCE),
                elected: elected.clone(),
                lost: lost.clone(),
                resigns: resigns.clone(),
            };
            Some(tokio::spawn(campaign.run()))
        } else {
            metric.0.set(1);
            elected.cancel();
            None
        };
        Ok(Self {
            elected,
            lost,
            resigns,
            campaign,
        })
    }

    /// Is cancelled when this process may write; never taken back, since a process that loses the Lease ends.
    pub(crate) fn elected(&self) -> CancellationToken {
        self.elected.clone()
    }

    /// Returns when the Lease is lost.
    pub(crate) async fn lost(&self) -> Lost {
        self.lost.cancelled().await;
        Lost
    }

    /// Gives the Lease back. To be called when nothing is written any more.
    pub(crate) async fn resign(self) {
        self.resigns.cancel();
        if let Some(campaign) = self.campaign {
            // A panic in it ends nothing that is not ending.
            let _ = campaign.await;
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Times {
    renew_deadline: Duration,
    retry_period: Duration,
}

impl Times {
    fn of(flags: &LeaderElection) -> Result<Self, TimesError> {
        let (renew_deadline, retry_period) = (flags.leader_elect_renew_deadline, flags.leader_elect_retry_period);
        let is_fine = flags.leader_elect_lease_duration > renew_deadline
            && renew_deadline > retry_period
            && retry_period > Duration::ZERO;
        let times = Self {
            renew_deadline,
            retry_period,
        };
        is_fine.then_some(times).ok_or(TimesError)
    }
}

struct Campaign {
    candidate: Candidate,
    times: Times,
    metric: Metric,
    pulse: Pulse,
    elected: CancellationToken,
    lost: CancellationToken,
    resigns: CancellationToken,
}

impl Campaign {
    async fn run(mut self) {
        let Some(since) = self.stand_by().await else { return };
        tracing::info!(lease = self.candidate.name(), "this operator is the leader");
        self.metric.0.set(1);
        self.elected.cancel();
        if self.hold(since).await.is_err() {
            self.metric.0.set(0);
            self.lost.cancel();
            return;
        }
        match timeout(self.times.renew_deadline, self.candidate.release()).await {
            Ok(Ok(())) => tracing::info!(lease = self.candidate.name(), "released the lease"),
            Ok(Err(error)) => tracing::warn!(error = %Causes(&error), "cannot release the lease"),
            Err(_) => tracing::warn!("cannot release the lease in time"),
        }
    }

    /// Waits for the Lease; says since when we hold it. `None` when the end comes first.
    async fn stand_by(&mut self) -> Option<Instant> {
        let mut told = None;
        while !self.resigns.is_cancelled() {
            self.pulse.beat();
            let began = Instant::now();
            match timeout(self.times.renew_deadline, self.candidate.acquire()).await {
                Ok(Ok(Standing::Holder)) => return Some(began),
                Ok(Ok(Standing::Other(holder))) => {
                    if told.as_ref() != Some(&holder) {
                        tracing::info!(
                            lease = self.candidate.name(),
                            holder,
                            "another operator is the leader, standing by"
                        );
                        told = Some(holder);
                    }
                }
                Ok(Ok(Standing::Unclear)) => {}
                Ok(Err(error)) => {
                    tracing::error!(lease = self.candidate.name(), error = %Causes(&error), "cannot acquire the lease, trying again");
                }
                Err(_) => tracing::error!(
                    lease = self.candidate.name(),
                    "no response about the lease, trying again"
                ),
            }
            // Twice as often as the holder, so that what it gives back is soon taken.
            self.resigns
                .run_until_cancelled(sleep(self.times.retry_period / 2))
                .await;
        }
        None
    }

    /// Renews the Lease until the end. Fails when it is lost.
    async fn hold(&mut self, mut since: Instant) -> Result<(), Lost> {
        let Times {
            renew_deadline,
            retry_period,
        } = self.times;
        loop {
            let pause = self.resigns.run_until_cancelled(sleep(retry_period)).await;
            if pause.is_none() {
                return Ok(());
            }
            let began = Instant::now();
            let left = (since + renew_deadline).saturating_duration_since(began);
            match timeout(left, self.candidate.renew()).await {
                Ok(Ok(Standing::Holder)) => {
                    self.pulse.beat();
                    since = began;
                }
                Ok(Ok(Standing::Other(holder))) => {
                    tracing::error!(lease = self.candidate.name(), holder, "another operator took the lease");
                    return Err(Lost);
                }
                Ok(Err(error)) => {
                    tracing::warn!(lease = self.candidate.name(), error = %Causes(&error), "cannot renew the lease, trying again");
                }
                Ok(Ok(Standing::Unclear)) | Err(_) => {}
            }
            if since.elapsed() >= renew_deadline {
                tracing::error!(lease = self.candidate.name(), "the lease could not be renewed in time");
                return Err(Lost);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api_server::{ApiServer, Call, api_server};
    use crate::args::Args;

    #[test]
    fn the_times_must_leave_room_for_each_other() {
        let times = |duration: &str, deadline: &str, period: &str| {
            let arguments = [
                "operator".to_owned(),
                format!("--leader-elect-lease-duration={duration}"),
                format!("--leader-elect-renew-deadline={deadline}"),
                format!("--leader-elect-retry-period={period}"),
            ];
            let args = Args::try_from_arguments(arguments.map(Into::into)).unwrap();
            Times::of(&args.leader_election).is_ok()
        };
        assert!(times("15s", "10s", "2s"));
        for (duration, deadline, period) in [("10s", "10s", "2s"), ("15s", "2s", "2s"), ("15s", "10s", "0s")] {
            assert!(!times(duration, deadline, period), "{duration} {deadline} {period}");
        }
    }

    const LEASES: &str = "/apis/coordination.k8s.io/v1/namespaces/default/leases";

    /// Elected, with the API server that said so.
    async fn elected() -> (Leadership, ApiServer, Liveness) {
        let (client, mut server) = api_server();
        let args = Args::try_from_arguments(["operator", "--leader-elect"].map(Into::into)).unwrap();
        let liveness = Liveness::default();
        let leadership = Leadership::start(&client, &args.leader_election, Metric::default(), &liveness).unwrap();
        let lease = json!({"metadata": {"name": "prometheus-operator", "resourceVersion": "1"}, "spec": {}});
        let calls = [
            Call::get(&format!("{LEASES}/prometheus-operator")).fails(404, "NotFound"),
            Call::post(LEASES).answers(&lease),
        ];
        server.serve(calls, leadership.elected().cancelled_owned()).await;
        (leadership, server, liveness)
    }

    /// A partition: nothing is answered any more.
    #[tokio::test(start_paused = true)]
    async fn without_answers_the_lease_is_lost_before_others_may_take_it() {
        let (leadership, _server, liveness) = elected().await;
        let began = Instant::now();
        leadership.lost().await;
        let held = began.elapsed();
        assert!(
            held >= Duration::from_secs(10) && held < Duration::from_secs(15),
            "{held:?}"
        );
        assert!(liveness.silent().is_empty());
    }

    /// The process sleeps with its machine: what it holds then is not its own, whatever the API server would say.
    #[tokio::test(start_paused = true)]
    async fn a_process_that_slept_has_lost_the_lease() {
        let (leadership, mut server, liveness) = elected().await;
        tokio::time::advance(Duration::from_hours(1)).await;
        assert_eq!(liveness.silent(), ["election"]);
        let asked = Instant::now();
        let renewals = std::iter::empty::<Call>();
        tokio::select! {
            biased;
            _ = leadership.lost() => {}
            () = server.serve(renewals, std::future::pending()) => {}
        }
        assert!(asked.elapsed() < Duration::from_secs(1));
    }
}
