//! What the operator and the reloader tell about themselves.

use e2e::{ACTED, LIVE, OperatorPod, eventually, fixtures, metric, with_namespace};

// Row 44
#[tokio::test]
async fn operator_and_reloader_tell_their_state() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let servers = fixtures::start_prometheus(namespace, &fixtures::prometheus("main")).await?;
        eventually(LIVE, "the reloader reports its reload", async || {
            let metrics = servers[0].reloader_metrics().await?;
            let successful = metric(&metrics, "reloader_last_reload_successful", &[])?;
            anyhow::ensure!(successful > 0.5, "{metrics}");
            Ok(())
        })
        .await?;

        // Another test may just have killed the operator.
        eventually(
            ACTED,
            "the operator is ready and tells of this Prometheus",
            async || {
                let operator = OperatorPod::find(&namespace.client).await?.served();
                operator.text("/healthz").await?;
                operator.text("/readyz").await?;
                let metrics = operator.text("/metrics").await?;
                let prometheus = [
                    ("controller", "prometheus"),
                    ("namespace", &namespace.name),
                    ("name", "main"),
                ];
                for (name, labels) in [
                    ("prometheus_operator_ready", &[("controller", "prometheus")][..]),
                    ("prometheus_operator_ready", &[("controller", "alertmanager")]),
                    ("prometheus_operator_spec_replicas", &prometheus),
                ] {
                    let value = metric(&metrics, name, labels)?;
                    anyhow::ensure!((value - 1.0).abs() < f64::EPSILON, "{name} of {labels:?} is {value}");
                }
                Ok(())
            },
        )
        .await
    })
    .await
}
