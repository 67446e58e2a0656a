//! Rules are evaluated, and their alerts arrive.

use anyhow::Context as _;
use e2e::{LIVE, eventually, fixtures, with_namespace};
use e2e::{STARTED, alertmanager};

#[tokio::test]
async fn an_alert_arrives_and_a_changed_rule_is_live() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "receiver", 1).await?;
        let configuration = fixtures::alertmanager_configuration("webhook", "receiver");
        namespace
            .write_secret("alertmanager-main", &[("alertmanager.yaml", &configuration)])
            .await?;
        namespace
            .apply(&fixtures::alerting_rule("rules", "Always", "vector(1)"))
            .await?;
        let mut prometheus = fixtures::prometheus("main");
        prometheus.spec.alerting = Some(fixtures::alerts_to(namespace)?);
        let servers = fixtures::start_prometheus(namespace, &prometheus).await?;
        let alertmanagers = fixtures::start_alertmanager(namespace, &fixtures::alertmanager("main", 1)).await?;

        eventually(LIVE, "the alert is in Alertmanager", async || {
            let alerts = alertmanagers[0].alerts().await?;
            anyhow::ensure!(alerts.iter().any(|alert| alert == "Always"), "it has {alerts:?}");
            Ok(())
        })
        .await?;
        eventually(STARTED, "the alert is at the receiver", async || {
            let alerts = alertmanager::received_alerts(namespace, "receiver").await?;
            anyhow::ensure!(alerts.iter().any(|alert| alert == "Always"), "it got {alerts:?}");
            Ok(())
        })
        .await?;

        namespace
            .apply(&fixtures::alerting_rule("rules", "Changed", "vector(2) > 1"))
            .await?;
        eventually(LIVE, "the changed rule is live", async || {
            let rules = servers[0].rules().await?;
            let rule = rules.first().context("no rule")?;
            anyhow::ensure!(rules.len() == 1 && rule.0 == "Changed", "rules are {rules:?}");
            Ok(())
        })
        .await?;
        eventually(LIVE, "the new alert is in Alertmanager", async || {
            let alerts = alertmanagers[0].alerts().await?;
            anyhow::ensure!(alerts.iter().any(|alert| alert == "Changed"), "it has {alerts:?}");
            Ok(())
        })
        .await
    })
    .await
}

#[tokio::test]
async fn every_construct_of_a_rule_is_loaded() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let expressions = [fixtures::CONSTRUCTS, fixtures::TRIALS].concat();
        namespace
            .apply(&fixtures::alerting_rules("constructs", &expressions)?)
            .await?;
        let mut prometheus = fixtures::prometheus("main");
        prometheus.spec.common.enable_features = fixtures::FEATURES.map(Into::into).into();
        let servers = fixtures::start_prometheus(namespace, &prometheus).await?;
        eventually(LIVE, "all rules are loaded", async || {
            let rules = servers[0].rules().await?;
            anyhow::ensure!(rules.len() == expressions.len() + 1, "{} are", rules.len());
            Ok(())
        })
        .await
    })
    .await
}

#[tokio::test]
async fn a_thanos_ruler_loads_every_construct_and_a_changed_rule() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let constructs = fixtures::alerting_rules("constructs", fixtures::CONSTRUCTS)?;
        namespace.apply(&constructs).await?;
        let ruler = fixtures::start_thanos_ruler(namespace, &fixtures::thanos_ruler("main")?).await?;
        eventually(LIVE, "all rules are loaded", async || {
            let loaded = ruler.rules().await?;
            anyhow::ensure!(loaded.len() == fixtures::CONSTRUCTS.len() + 1, "{} are", loaded.len());
            Ok(())
        })
        .await?;

        namespace
            .apply(&fixtures::alerting_rule("other", "Changed", "vector(2) > 1"))
            .await?;
        eventually(LIVE, "the new rule is live", async || {
            let loaded = ruler.rules().await?;
            anyhow::ensure!(loaded.iter().any(|(name, _)| name == "Changed"), "rules are {loaded:?}");
            Ok(())
        })
        .await
    })
    .await
}
