//! The process: how it ends, and what another one finds that follows it.

use std::time::Duration;

use k8s_openapi::api::apps::v1::StatefulSet;
use serde_json::json;

use crate::support::{Operator, eventually, in_namespace, prometheus, rule, service_monitor};

#[tokio::test]
async fn a_change_is_finished_by_the_next_process() {
    in_namespace(async |space| {
        space.apply(&prometheus("main", json!({}))).await;
        let operator = Operator::start(space, &[]);
        space
            .condition(&prometheus("main", json!({})), "Reconciled", "True")
            .await;

        let changed = prometheus("main", json!({"replicas": 2, "shards": 2}));
        space.apply(&rule("alerts", "Always", "vector(1)")).await;
        space.apply(&service_monitor("first", json!({}))).await;
        space.apply(&changed).await;
        operator.kill();
        space.apply(&service_monitor("meanwhile", json!({}))).await;

        let _operator = Operator::start(space, &[]);
        space.configured("main", &space.job("meanwhile")).await;
        space.configured("main", &space.job("first")).await;
        eventually("both shards with two replicas", async || {
            for name in ["prometheus-main", "prometheus-main-shard-1"] {
                let set: StatefulSet = space.get(name).await?;
                if set.spec?.replicas? != 2 {
                    return None;
                }
            }
            Some(())
        })
        .await;
        space.condition(&changed, "Reconciled", "True").await;
    })
    .await;
}

#[tokio::test]
async fn a_restart_writes_nothing() {
    in_namespace(async |space| {
        let main = prometheus("main", json!({}));
        space.apply(&main).await;
        space.apply(&rule("alerts", "Always", "vector(1)")).await;
        let operator = Operator::start(space, &[]);
        space.condition(&main, "Reconciled", "True").await;
        operator.kill();
        let before = space.children().await;
        let operator = Operator::start(space, &[]);
        operator
            .measured("syncs", &["controller=\"prometheus\"", "status=\"ok\""], 1.0)
            .await;
        operator.settled().await;
        assert_eq!(space.children().await, before);
    })
    .await;
}

#[tokio::test]
async fn it_ends_when_it_is_asked_to() {
    in_namespace(async |space| {
        space.apply(&prometheus("main", json!({}))).await;
        let mut operator = Operator::start(space, &[]);
        operator.ready().await;
        let status = operator.terminate(Duration::from_secs(10)).await;
        assert_eq!(status.code(), Some(0));
        operator.logged(&["msg=stopped"]).await;
    })
    .await;
}

#[tokio::test]
async fn wrong_flags_and_files_end_it_at_once() {
    in_namespace(async |_| {
        let unknown = Operator::run("", &["--no-such-flag"]);
        assert_eq!(unknown.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&unknown.stderr).contains("--no-such-flag"));

        let folder = tempfile::tempdir().expect("a folder");
        let garbage = folder.path().join("garbage");
        std::fs::write(&garbage, "clusters: 1").expect("ours");
        for path in [garbage, folder.path().join("absent")] {
            let path = path.display().to_string();
            let output = Operator::run(&path, &["--web.listen-address=127.0.0.1:0"]);
            assert_eq!(output.status.code(), Some(1));
            let log = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(log.contains("cannot find out how to reach the API server"), "{log}");
            assert!(log.contains(&path), "{path} in {log}");
        }
        let both = Operator::run("", &["--namespaces=a", "--deny-namespaces=b"]);
        assert_eq!(both.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&both.stdout).contains("--deny-namespaces"));
    })
    .await;
}
