//! In the place of the original operator, and back: running pods go on.

use crds::{Alertmanager, Prometheus, ThanosRuler};
use e2e::fixtures::{APP_PORT, Reach};
use e2e::original::{await_settled, await_taken_over, pods, write_as_the_original};
use e2e::status::await_available;
use e2e::{LIVE, Served, alertmanager, eventually, fixtures, with_namespace};

const SERVICES: [&str; 2] = ["prometheus-operated", "alertmanager-operated"];

// Row 159
#[tokio::test]
async fn running_pods_of_the_original_go_on_and_back_again() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "receiver", 1).await?;
        let configuration = format!(
            "route:\n  receiver: webhook\n  group_by: [alertname]\n  group_wait: 1s\n  group_interval: 1h\n  repeat_interval: 1h\n\
             receivers:\n  - name: webhook\n    webhook_configs:\n      - url: http://receiver:{APP_PORT}/alerts\n"
        );
        namespace.write_secret("alertmanager-main", &[("alertmanager.yaml", &configuration)]).await?;
        namespace.apply(&fixtures::alerting_rule("always", "Always", "vector(1)")).await?;
        let operator = fixtures::start_operator(namespace, &[], Reach::Everywhere).await?;
        let mut prometheus = fixtures::prometheus("main");
        prometheus.spec.alerting = Some(fixtures::alerts_to(namespace)?);
        let servers = fixtures::start_prometheus(namespace, &operator.adopt(prometheus)).await?;
        fixtures::start_alertmanager(namespace, &operator.adopt(fixtures::alertmanager("main", 1))).await?;
        namespace.apply(&operator.adopt(fixtures::thanos_ruler("main")?)).await?;
        await_available::<ThanosRuler>(namespace, "main", 1).await?;
        eventually(LIVE, "the alert is at the receiver", async || {
            let notifications = alertmanager::notifications(namespace, "receiver").await?;
            anyhow::ensure!(notifications.len() == 1, "{} notifications", notifications.len());
            Ok(())
        })
        .await?;
        let before = pods(namespace).await?;
        anyhow::ensure!(before.len() == 3, "{before:?}");

        operator.stop().await?;
        write_as_the_original(namespace).await?;
        operator.run(&[]).await?;
        await_taken_over(namespace).await?;
        await_available::<Prometheus>(namespace, "main", 1).await?;
        await_available::<Alertmanager>(namespace, "main", 1).await?;
        operator.stop().await?;
        write_as_the_original(namespace).await?;
        await_settled(namespace).await?;
        servers[0].await_firing(&["Always"]).await?;
        let after = pods(namespace).await?;
        anyhow::ensure!(before == after, "{before:?} became {after:?}");
        for service in SERVICES {
            let service = Served::service(namespace, service, "web");
            eventually(LIVE, "the Service leads to its pod", async || service.text("/-/ready").await).await?;
        }
        let notifications = alertmanager::notifications(namespace, "receiver").await?;
        anyhow::ensure!(notifications.len() == 1, "{} notifications", notifications.len());
        // The alert has a sample each second; none is ten seconds late, as it would be where a pod was replaced.
        let gaps = "max_over_time((time() - timestamp(ALERTS{alertstate=\"firing\"}))[5m:1s]) < 10";
        servers[0].await_series(gaps, 1).await?;
        Ok(())
    })
    .await
}
