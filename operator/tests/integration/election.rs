//! Of several operators one works, the one with the Lease; the others take over when they should and not before.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use kube::api::{Patch, PatchParams};
use serde_json::json;
use tokio::time::Instant;

use crate::support::{Operator, Proxy, Space, eventually, in_namespace, prometheus, service_monitor, within};

/// How long the others wait for a holder that is gone.
const DURATION: Duration = Duration::from_secs(4);
/// What a give-back may take: two looks of the others, and the end of the process.
const SOON: Duration = Duration::from_secs(3);

fn flags(space: &Space) -> Vec<String> {
    [
        "--leader-elect".to_owned(),
        format!("--leader-elect-resource-namespace={}", space.namespace),
        format!("--leader-elect-lease-duration={}s", DURATION.as_secs()),
        "--leader-elect-renew-deadline=2s".to_owned(),
        "--leader-elect-retry-period=500ms".to_owned(),
    ]
    .into()
}

fn start(space: &Space) -> Operator {
    let flags = flags(space);
    Operator::start(space, &flags.iter().map(String::as_str).collect::<Vec<_>>())
}

async fn leads(operator: &Operator) -> bool {
    operator.metrics().await.contains("\nprometheus_operator_leader 1\n")
}

/// Two operators of which the first works.
async fn pair(space: &Space) -> (Operator, Operator) {
    let first = start(space);
    first.logged(&["this operator is the leader"]).await;
    let second = start(space);
    second.logged(&["another operator is the leader, standing by"]).await;
    (first, second)
}

async fn runs(operator: &Operator) -> f64 {
    let runs = operator
        .metric("reconcile_operations_total", &["controller=\"prometheus\""])
        .await;
    runs.unwrap_or_default()
}

#[tokio::test]
async fn one_works_and_the_other_takes_over_when_the_lease_is_given_back() {
    in_namespace(async |space| {
        let (mut first, second) = pair(space).await;
        space.apply(&prometheus("main", json!({}))).await;
        space.apply(&service_monitor("first", json!({}))).await;
        space.configured("main", &space.job("first")).await;
        space
            .condition(&prometheus("main", json!({})), "Reconciled", "True")
            .await;
        // It watches, and is no less ready than the other one.
        second.ready().await;
        second.settled().await;
        assert!(leads(&first).await && !leads(&second).await);
        assert!(runs(&first).await >= 1.0);
        assert!(runs(&second).await < 1.0);
        let lease: Lease = space.get("prometheus-operator").await.expect("it exists");
        assert_eq!(lease.spec.expect("a specification").lease_transitions, Some(0));

        let given_back = Instant::now();
        let status = first.terminate(SOON).await;
        assert_eq!(status.code(), Some(0));
        space.apply(&service_monitor("second", json!({}))).await;
        space.configured("main", &space.job("second")).await;
        assert!(given_back.elapsed() < SOON, "{:?}", given_back.elapsed());
        assert!(leads(&second).await);
        let lease: Lease = space.get("prometheus-operator").await.expect("it exists");
        assert_eq!(lease.spec.expect("a specification").lease_transitions, Some(1));
    })
    .await;
}

#[tokio::test]
async fn a_holder_that_is_gone_is_waited_for_and_then_replaced() {
    in_namespace(async |space| {
        let (first, second) = pair(space).await;
        space.apply(&prometheus("main", json!({}))).await;
        space
            .condition(&prometheus("main", json!({})), "Reconciled", "True")
            .await;
        first.kill();
        let killed = Instant::now();
        space.apply(&service_monitor("late", json!({}))).await;
        space.configured("main", &space.job("late")).await;
        // The last renewal may be as old as the pause between two.
        assert!(
            killed.elapsed() + Duration::from_millis(700) >= DURATION,
            "{:?}",
            killed.elapsed()
        );
        assert!(killed.elapsed() < DURATION + SOON, "{:?}", killed.elapsed());
        assert!(leads(&second).await);
    })
    .await;
}

#[tokio::test]
async fn who_loses_the_lease_ends_at_once() {
    in_namespace(async |space| {
        let (mut first, second) = pair(space).await;
        let stolen = json!({"spec": {"holderIdentity": "thief"}});
        let patched = (space.api::<Lease>())
            .patch("prometheus-operator", &PatchParams::default(), &Patch::Merge(&stolen))
            .await;
        patched.expect("it exists");
        let status = first.terminated(SOON).await;
        assert_eq!(status.code(), Some(1));
        first.logged(&["another operator took the lease", "thief"]).await;
        // Who does not renew it loses it, too.
        second.logged(&["this operator is the leader"]).await;
    })
    .await;
}

#[tokio::test]
async fn who_cannot_reach_the_api_server_ends_before_another_one_works() {
    in_namespace(async |space| {
        let mut proxy = Proxy::closed().await;
        proxy.open().await;
        let mut flags = flags(space);
        flags.push(format!("--namespaces={}", space.namespace));
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let mut first = Operator::start_with(&proxy.kubeconfig(), &flags);
        first.logged(&["this operator is the leader"]).await;
        let second = start(space);
        second.logged(&["another operator is the leader, standing by"]).await;
        proxy.cut().await;
        let status = first.terminated(DURATION).await;
        assert_eq!(status.code(), Some(1));
        assert!(!leads(&second).await, "both could have worked");
        within(DURATION, "the other one works", async || {
            leads(&second).await.then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn the_first_of_all_needs_no_other() {
    in_namespace(async |space| {
        let mut operator = start(space);
        space.apply(&prometheus("main", json!({}))).await;
        space
            .condition(&prometheus("main", json!({})), "Reconciled", "True")
            .await;
        operator.terminate(SOON).await;
        eventually("the lease is free", async || {
            let lease: Lease = space.get("prometheus-operator").await?;
            lease.spec?.holder_identity?.is_empty().then_some(())
        })
        .await;
        let wrong = ["--leader-elect", "--leader-elect-renew-deadline=20s"];
        let mut operator = Operator::start(space, &wrong);
        assert_eq!(operator.terminated(SOON).await.code(), Some(1));
        operator.logged(&["--leader-elect-lease-duration must be longer"]).await;
    })
    .await;
}
