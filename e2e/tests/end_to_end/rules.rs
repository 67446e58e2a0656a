//! Rules are evaluated, and their alerts arrive.

use anyhow::Context as _;
use crds::PrometheusRule;
use e2e::{LIVE, STARTED, alertmanager, eventually, fixtures, with_namespace};
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

// Row 58
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

// Row 116
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

// Row 146
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

/// Server-side apply merges groups by their names: each owner keeps its own, until another one takes it by force.
// Row 115
#[tokio::test]
async fn groups_of_rules_belong_to_those_who_applied_them() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let rules = namespace.api::<PrometheusRule>();
        let group =
            |name: &str, expression: &str| json!({ "name": name, "rules": [{ "record": "r", "expr": expression }] });
        let apply = async |owner: &str, groups: Value, force: bool| {
            let object = json!({
                "apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule",
                "metadata": { "name": "shared" }, "spec": { "groups": groups },
            });
            let parameters = PatchParams {
                force,
                ..PatchParams::apply(owner)
            };
            rules.patch("shared", &parameters, &Patch::Apply(&object)).await
        };
        let names = |rule: &PrometheusRule| {
            rule.spec
                .groups
                .iter()
                .map(|group| group.name.to_string())
                .collect::<Vec<_>>()
        };
        apply("first", json!([group("one", "vector(1)")]), false).await?;
        let both = apply("second", json!([group("two", "vector(2)")]), false).await?;
        anyhow::ensure!(names(&both) == ["one", "two"], "{:?}", names(&both));

        let taken = json!([group("one", "vector(3)"), group("two", "vector(2)")]);
        match apply("second", taken.clone(), false).await {
            Err(kube::Error::Api(status)) if status.code == 409 => {}
            other => anyhow::bail!("no conflict: {other:?}"),
        }
        let forced = apply("second", taken, true).await?;
        let text = serde_json::to_string(&forced.spec)?;
        anyhow::ensure!(text.contains("vector(3)") && !text.contains("vector(1)"), "{text}");
        let removed = apply("second", json!([group("one", "vector(3)")]), false).await?;
        anyhow::ensure!(names(&removed) == ["one"], "{:?}", names(&removed));
        Ok(())
    })
    .await
}
