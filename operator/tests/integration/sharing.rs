//! Several operators in one cluster: each leaves alone what is not its own.

use k8s_openapi::api::apps::v1::StatefulSet;
use serde_json::json;

use crate::support::{Operator, in_namespace, prometheus};

#[tokio::test]
async fn the_annotation_decides_whose_an_object_is() {
    in_namespace(async |space| {
        let annotated = |name: &str, id: Option<&str>| {
            let mut object = prometheus(name, json!({}));
            if let Some(id) = id {
                object["metadata"]["annotations"] = json!({"operator.prometheus.io/controller-id": id});
            }
            object
        };
        space.apply(&annotated("anyones", None)).await;
        space.apply(&annotated("others", Some("theirs"))).await;
        let _mine = Operator::start(space, &["--controller-id=mine"]);
        // The last in the order of names: when it is done, the others were looked at.
        space.apply(&annotated("ours", Some("mine"))).await;
        space.condition(&annotated("ours", None), "Reconciled", "True").await;
        for other in ["prometheus-anyones", "prometheus-others"] {
            assert!(space.get::<StatefulSet>(other).await.is_none(), "{other}");
        }
        let _theirs = Operator::start(space, &["--controller-id=theirs"]);
        space.condition(&annotated("others", None), "Reconciled", "True").await;
        // An object that is handed over is taken over.
        space.apply(&annotated("anyones", Some("mine"))).await;
        space.condition(&annotated("anyones", None), "Reconciled", "True").await;
    })
    .await;
}

#[tokio::test]
async fn a_selector_decides_which_objects_are_seen() {
    in_namespace(async |space| {
        let labelled = |name: &str, stage: &str| {
            let mut object = prometheus(name, json!({}));
            object["metadata"]["labels"] = json!({"stage": stage});
            object
        };
        space.apply(&labelled("production", "production")).await;
        space.apply(&labelled("testing", "testing")).await;
        let _operator = Operator::start(space, &["--prometheus-instance-selector=stage=testing"]);
        space
            .condition(&labelled("testing", "testing"), "Reconciled", "True")
            .await;
        assert!(space.get::<StatefulSet>("prometheus-production").await.is_none());
        space.apply(&labelled("production", "testing")).await;
        space
            .condition(&labelled("production", "testing"), "Reconciled", "True")
            .await;
    })
    .await;
}

#[tokio::test]
async fn an_object_of_somebody_else_is_not_overwritten() {
    in_namespace(async |space| {
        let one = prometheus("one", json!({}));
        space.apply(&one).await;
        let _operator = Operator::start(space, &[]);
        space.condition(&one, "Reconciled", "True").await;
        // The second shard of `one` and the first of `one-shard-1` would be the same StatefulSet.
        let two = prometheus("one-shard-1", json!({}));
        space.apply(&two).await;
        space.condition(&two, "Reconciled", "True").await;
        let both = prometheus("one", json!({"shards": 2}));
        space.apply(&both).await;
        let condition = space.condition(&both, "Reconciled", "False").await;
        let message = condition["message"].as_str().expect("a message");
        assert!(
            message.contains("prometheus-one-shard-1") && message.contains("controlled by Prometheus one-shard-1"),
            "{message}"
        );
    })
    .await;
}
