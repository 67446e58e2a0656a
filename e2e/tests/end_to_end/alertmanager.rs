//! An Alertmanager takes its configuration from a Secret, and several of them form a cluster.

use e2e::{LIVE, STARTED, alertmanager, eventually, fixtures, with_namespace};

#[tokio::test]
async fn alertmanagers_form_a_cluster_and_take_a_changed_configuration() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let write = async |receiver: &str| {
            let configuration = fixtures::alertmanager_configuration(receiver, "nobody");
            namespace
                .write_secret("alertmanager-main", &[("alertmanager.yaml", &configuration)])
                .await
        };
        write("first-receiver").await?;
        let servers = fixtures::start_alertmanager(namespace, &fixtures::alertmanager("main", 2)).await?;
        for server in &servers {
            eventually(LIVE, "the cluster has two members", async || {
                let peers = server.peers().await?;
                anyhow::ensure!(peers == 2, "{peers} members");
                Ok(())
            })
            .await?;
        }

        write("second-receiver").await?;
        for server in &servers {
            eventually(LIVE, "the new receiver is live", async || {
                let loaded = server.loaded_configuration().await?;
                anyhow::ensure!(
                    loaded.contains("second-receiver") && !loaded.contains("first-receiver"),
                    "the configuration is\n{loaded}"
                );
                Ok(())
            })
            .await?;
        }
        Ok(())
    })
    .await
}

/// The route of an object takes the alerts of its namespace, and no others.
#[tokio::test]
async fn an_alert_goes_to_the_receiver_that_an_object_names() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "receiver", 1).await?;
        namespace
            .apply(&fixtures::alertmanager_config("team", "receiver"))
            .await?;
        let name = &namespace.name;
        for (alert, namespace_label) in [("Ours", name.as_str()), ("Foreign", "elsewhere")] {
            let expression = format!("label_replace(vector(1), \"namespace\", \"{namespace_label}\", \"\", \"\")");
            let rule = fixtures::alerting_rule(&alert.to_lowercase(), alert, &expression);
            namespace.apply(&rule).await?;
        }
        let mut prometheus = fixtures::prometheus("main");
        prometheus.spec.alerting = Some(fixtures::alerts_to(namespace)?);
        fixtures::start_prometheus(namespace, &prometheus).await?;
        let mut main = fixtures::alertmanager("main", 1);
        main.spec.alertmanager_config_selector = Some(Box::default());
        let servers = fixtures::start_alertmanager(namespace, &main).await?;

        eventually(LIVE, "both alerts are in Alertmanager", async || {
            let alerts = servers[0].alerts().await?;
            let has = |name: &str| alerts.iter().any(|alert| alert == name);
            anyhow::ensure!(has("Ours") && has("Foreign"), "it has {alerts:?}");
            Ok(())
        })
        .await?;
        eventually(STARTED, "the alert of the namespace is at the receiver", async || {
            let alerts = alertmanager::received_alerts(namespace, "receiver").await?;
            anyhow::ensure!(alerts.iter().any(|alert| alert == "Ours"), "it got {alerts:?}");
            Ok(())
        })
        .await?;
        let alerts = alertmanager::received_alerts(namespace, "receiver").await?;
        anyhow::ensure!(alerts.iter().all(|alert| alert == "Ours"), "it got {alerts:?}");
        Ok(())
    })
    .await
}
