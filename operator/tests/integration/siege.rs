//! The servers of the operator besieged by hostile peers, while it works for honest ones. How long that lasts is said by
//! `SOAK_SECONDS`; `make siege` takes ten minutes.

#[path = "../../../shared/process/tests/siege/mod.rs"]
mod hostile_peers;

use serde_json::json;

use crate::support::{Operator, eventually, in_namespace, prometheus, service_monitor};
use crate::webhooks::free_port;

/// The question whether a monitor may be stored.
fn review() -> String {
    let object = json!({
        "apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": {"name": "a", "namespace": "b"},
        "spec": {"groups": [{"name": "g", "rules": [{"record": "a", "expr": "vector(1)"}]}]},
    });
    let request = json!({"uid": "1", "operation": "CREATE", "object": object, "name": "a", "namespace": "b"});
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}).to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_siege_keeps_nobody_honest_out() {
    in_namespace(async |space| {
        space.apply(&prometheus("main", json!({}))).await;
        let (port, secret) = (free_port(), format!("siege-{}", space.namespace));
        let mut operator = Operator::start(
            space,
            &[
                &format!("--admission-listen-address=127.0.0.1:{port}"),
                &format!("--admission-certificate-secret={secret}"),
                "--admission-certificate-names=127.0.0.1",
            ],
        );
        operator.ready().await;
        let review = review();
        let target = hostile_peers::Target {
            plain: operator.web(),
            tls: Some(([127, 0, 0, 1], port).into()),
            with_body: "/admission-prometheusrules/validate",
            process: operator.id(),
            credentials: "",
        };
        let honest = [
            ("healthz", "GET /healthz", ""),
            ("readyz", "GET /readyz", ""),
            ("metrics", "GET /metrics", ""),
            ("webhook", "POST /admission-prometheusrules/validate", &*review),
        ];
        let work = async {
            for number in 0.. {
                let name = format!("app-{number}");
                space.apply(&service_monitor(&name, json!({}))).await;
                space.configured("main", &space.job(&name)).await;
                space.delete(&service_monitor(&name, json!({}))).await;
                eventually("a configuration without it", async || {
                    let configuration = space.configuration("main").await;
                    (!configuration.contains(&space.job(&name))).then_some(())
                })
                .await;
            }
        };
        let seen = tokio::select! {
            seen = hostile_peers::lay(target, &honest) => seen,
            () = work => unreachable!("it has no end"),
        };
        eprintln!("{seen}");
        assert_eq!(seen.failures, [""; 0]);
        assert!(operator.is_running());
        assert!(seen.after.files <= seen.before.files + 4, "{seen}");
    })
    .await;
}
