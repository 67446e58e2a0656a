//! The panels of `deploy/mixin/dashboard.json` have something to show: a real Prometheus is asked what Grafana would ask it.

use anyhow::Context as _;
use crds::PodMonitor;
use e2e::fixtures::Reach;
use e2e::{LIVE, eventually, fixtures, with_namespace};
use serde_json::{Value, json};

const DASHBOARD: &str = include_str!("../../../deploy/mixin/dashboard.json");
/// What there are no series of without webhooks, without a certificate, and as long as every reload is verified.
const EMPTY: [&str; 4] = [
    "Reviews",
    "Duration of 99% of the reviews",
    "Certificate is valid for",
    "Reloads that are not verified",
];

/// Title and expressions of each panel that asks for something.
fn panels() -> anyhow::Result<Vec<(String, Vec<String>)>> {
    let dashboard: Value = serde_json::from_str(DASHBOARD)?;
    let panels = dashboard["panels"].as_array().context("no panels")?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let panels = panels.iter().map(|panel| {
        let targets = panel["targets"].as_array().into_iter().flatten();
        (
            text(&panel["title"]),
            targets.map(|target| text(&target["expr"])).collect(),
        )
    });
    Ok(panels
        .filter(|(_, expressions): &(_, Vec<_>)| !expressions.is_empty())
        .collect())
}

/// The expression with the variables of the dashboard as they are when everything is chosen.
fn with_everything_chosen(expression: &str) -> String {
    let chosen = [
        ("$__rate_interval", "30s"),
        ("$job", ".*"),
        ("$cluster", ".*"),
        ("$namespace", ".*"),
    ];
    chosen.iter().fold(expression.to_owned(), |text, (variable, value)| {
        text.replace(variable, value)
    })
}

#[tokio::test]
async fn every_panel_of_the_dashboard_has_something_to_show() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let flags = [format!("--kubelet-service={}/kubelet", namespace.name)];
        let operator = fixtures::start_operator(namespace, &flags, Reach::Everywhere).await?;
        namespace.apply(&fixtures::pod_monitor("operator", "operator")).await?;
        let reloaders = json!({
            "selector": { "matchLabels": { "app.kubernetes.io/name": "prometheus" } },
            "podMetricsEndpoints": [{ "port": "reloader-web" }],
        });
        let reloaders = PodMonitor::new("reloaders", serde_json::from_value(reloaders)?);
        namespace.apply(&reloaders).await?;
        let prometheus = operator.adopt(fixtures::prometheus("main"));
        let servers = fixtures::start_prometheus(namespace, &prometheus).await?;
        let panels = panels()?;
        anyhow::ensure!(panels.len() > 20, "{panels:?}");
        for (panel, expressions) in panels {
            for expression in expressions.iter().map(|expression| with_everything_chosen(expression)) {
                eventually(LIVE, &format!("{panel}: {expression}"), async || {
                    let series = servers[0].query(&expression).await?.len();
                    let is_empty = EMPTY.contains(&panel.as_str());
                    anyhow::ensure!((series == 0) == is_empty, "it shows {series} series");
                    Ok(())
                })
                .await?;
            }
        }
        Ok(())
    })
    .await
}
