//! Several Alertmanagers that work as one: they know each other's silences, and notify once.

use std::time::Duration;

use anyhow::Context as _;
use crds::Alertmanager;
use e2e::certificates::Authority;
use e2e::fixtures::APP_PORT;
use e2e::status::await_available;
use e2e::{AlertmanagerServer, LIVE, Namespace, STARTED, alertmanager, eventually, fixtures, with_namespace};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::Pod;
use kube::api::ListParams;
use serde_json::{Value, json};

const STATEFUL_SET: &str = "alertmanager-main";

async fn await_peers(servers: &[AlertmanagerServer], wanted: usize) -> anyhow::Result<()> {
    for server in servers {
        eventually(LIVE, &format!("the cluster has {wanted} members"), async || {
            let peers = server.peers().await?;
            anyhow::ensure!(peers == wanted, "{peers} members");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// Waits until every pod is of the template that the StatefulSet has now.
async fn await_rollout(namespace: &Namespace, pods: i32) -> anyhow::Result<()> {
    eventually(STARTED, "every pod is of the new template", async || {
        let set = namespace.api::<StatefulSet>().get(STATEFUL_SET).await?;
        let status = set.status.context("no status")?;
        anyhow::ensure!(status.observed_generation == set.metadata.generation, "not seen yet");
        anyhow::ensure!(
            status.current_revision == status.update_revision
                && status.updated_replicas.or(status.current_replicas) == Some(pods)
                && status.ready_replicas == Some(pods),
            "{status:?}"
        );
        Ok(())
    })
    .await
}

/// Certificates of the members for each other.
async fn mutual_tls(namespace: &Namespace) -> anyhow::Result<Value> {
    let authority = Authority::new("members")?;
    let member = authority.signed("member.test")?;
    let entries = [
        ("tls.crt", member.certificate.as_str()),
        ("tls.key", member.key.as_str()),
        ("ca.crt", authority.certificate.as_str()),
    ];
    namespace.write_secret("members", &entries).await?;
    let reference = |key: &str| json!({ "secret": { "name": "members", "key": key } });
    let key = json!({ "name": "members", "key": "tls.key" });
    Ok(json!({ "spec": { "clusterTLS": {
        "server": {
            "cert": reference("tls.crt"), "keySecret": key, "client_ca": reference("ca.crt"),
            "clientAuthType": "RequireAndVerifyClientCert",
        },
        "client": { "ca": reference("ca.crt"), "cert": reference("tls.crt"), "keySecret": key, "serverName": "member.test" },
    }}}))
}

// Rows 11, 13
#[tokio::test]
async fn a_silence_reaches_every_member_with_and_without_certificates() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let mutual = mutual_tls(namespace).await?;
        for (name, change) in [("plain", json!({})), ("mutual", mutual)] {
            let alertmanager: Alertmanager = fixtures::with(fixtures::alertmanager(name, 3), change)?;
            let servers = fixtures::start_alertmanager(namespace, &alertmanager).await?;
            await_peers(&servers, 3).await?;
            let silence = servers[0].silence("Quiet").await?;
            for server in &servers {
                eventually(LIVE, "the silence is known", async || {
                    let silences = server.silences().await?;
                    anyhow::ensure!(silences.contains(&silence), "{silences:?}");
                    Ok(())
                })
                .await?;
            }
            namespace.remove::<Alertmanager>(name).await?;
        }
        Ok(())
    })
    .await
}

// Rows 4, 6
#[tokio::test]
async fn members_come_and_go_with_the_replicas() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        for replicas in [1, 3, 2] {
            let servers = fixtures::start_alertmanager(namespace, &fixtures::alertmanager("main", replicas)).await?;
            await_available::<Alertmanager>(namespace, "main", replicas.into()).await?;
            // One alone forms no cluster.
            if replicas > 1 {
                await_peers(&servers, servers.len()).await?;
            }
        }
        namespace.remove::<Alertmanager>("main").await?;
        eventually(STARTED, "a deleted Alertmanager has no pods", async || {
            let pods = namespace.api::<Pod>().list(&ListParams::default()).await?;
            anyhow::ensure!(pods.items.is_empty(), "{} pods", pods.items.len());
            Ok(())
        })
        .await
    })
    .await
}

/// While the pods are replaced one by one, alerts are taken all the time, and the receiver hears of them once.
// Rows 12, 16
#[tokio::test]
async fn a_rolling_update_takes_every_alert_and_notifies_once() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "receiver", 1).await?;
        let configuration = format!(
            "route:\n  receiver: webhook\n  group_by: [alertname]\n  group_wait: 5s\n  group_interval: 1h\n  repeat_interval: 1h\n\
             receivers:\n  - name: webhook\n    webhook_configs:\n      - url: http://receiver:{APP_PORT}/alerts\n"
        );
        namespace.write_secret("alertmanager-main", &[("alertmanager.yaml", &configuration)]).await?;
        // Members that hear of each other later than this notify twice, as on a machine that has other things to do.
        let patient = json!({ "spec": { "clusterPeerTimeout": "30s" } });
        let main: Alertmanager = fixtures::with(fixtures::alertmanager("main", 3), patient)?;
        let servers = fixtures::start_alertmanager(namespace, &main).await?;
        await_peers(&servers, 3).await?;
        await_rollout(namespace, 3).await?;
        let update = async {
            await_notifications(namespace, 1).await?;
            let change = json!({ "spec": { "retention": "121h" } });
            namespace.apply(&fixtures::with(main.clone(), change)?).await?;
            eventually(STARTED, "the StatefulSet has the changed flag", async || {
                let set = namespace.api::<StatefulSet>().get(STATEFUL_SET).await?;
                anyhow::ensure!(serde_json::to_string(&set)?.contains("--data.retention=121h"), "not yet");
                Ok(())
            })
            .await?;
            await_rollout(namespace, 3).await?;
            await_peers(&servers, 3).await?;
            let after = eventually(LIVE, "the last pod has the alert again", async || {
                for server in &servers {
                    let alerts = server.alerts().await?;
                    anyhow::ensure!(alerts.iter().any(|alert| alert == "Always"), "{alerts:?}");
                }
                // A member that waits for its turn has been silent for longer than it would wait.
                groups_were_flushed(&servers).await
            });
            after.await?;
            let notifications = alertmanager::notifications(namespace, "receiver").await?;
            anyhow::ensure!(notifications.len() == 1, "{} notifications: {notifications:?}", notifications.len());
            anyhow::Ok(())
        };
        tokio::select! {
            updated = update => updated,
            refused = send_all_the_time(&servers) => refused,
        }
    })
    .await
}

/// Each member has gone through its pipeline for the alert: it notified, or found that another one had.
async fn groups_were_flushed(servers: &[AlertmanagerServer]) -> anyhow::Result<()> {
    for server in servers {
        let metrics = server.metrics().await?;
        let pipelines = e2e::metric(&metrics, "alertmanager_nflog_query_duration_seconds_count", &[])?;
        anyhow::ensure!(pipelines > 0.5, "a member has not looked whether it is to notify");
    }
    Ok(())
}

async fn await_notifications(namespace: &Namespace, wanted: usize) -> anyhow::Result<()> {
    eventually(LIVE, &format!("the receiver has {wanted} notifications"), async || {
        let notifications = alertmanager::notifications(namespace, "receiver").await?;
        anyhow::ensure!(notifications.len() == wanted, "it has {}", notifications.len());
        Ok(())
    })
    .await
}

/// Sends the alert to every member, as Prometheus does; an error when none takes it for longer than a busy machine takes to
/// answer.
async fn send_all_the_time(servers: &[AlertmanagerServer]) -> anyhow::Result<()> {
    const UNHEARD: Duration = Duration::from_secs(10);
    /// A member whose pod has just gone does not answer.
    const ANSWER: Duration = Duration::from_secs(5);
    loop {
        eventually(UNHEARD, "a member takes the alert", async || {
            let alert = |server| tokio::time::timeout(ANSWER, AlertmanagerServer::alert(server, "Always"));
            let sent = futures::future::join_all(servers.iter().map(alert)).await;
            anyhow::ensure!(sent.iter().any(|sent| matches!(sent, Ok(Ok(())))), "{sent:?}");
            Ok(())
        })
        .await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
