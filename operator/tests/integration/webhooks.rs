//! The webhooks as the API server asks them: through configurations of its own, with certificates from files and with those
//! that look after themselves.

mod chart;
mod conversion;
mod policies;
mod stand;

use std::time::Duration;

use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::{Operator, Space, eventually, in_namespace, prometheus, rule};
pub(crate) use stand::free_port;
use stand::{Door, Files};

/// An operator with certificates of its own, and what the API server asks it.
struct SelfManaged {
    operator: Operator,
    door: Door,
    secret: String,
}

impl SelfManaged {
    async fn start(space: &Space, more: &[&str]) -> Self {
        let port = free_port();
        let door = Door::create(space, &format!("https://127.0.0.1:{port}"), "Fail", None).await;
        let secret = format!("certificates-{}", space.namespace);
        let flags = [
            format!("--admission-listen-address=127.0.0.1:{port}"),
            format!("--admission-certificate-secret={secret}"),
            "--admission-certificate-names=127.0.0.1".to_owned(),
            format!("--admission-webhook-configurations={}", door.name),
        ];
        let flags: Vec<&str> = flags.iter().map(String::as_str).chain(more.iter().copied()).collect();
        let operator = Operator::start(space, &flags);
        operator.ready().await;
        door.asks(space).await;
        Self { operator, door, secret }
    }

    #[expect(clippy::disallowed_methods, reason = "the namespace is the default of the client")]
    fn secrets(space: &Space) -> Api<Secret> {
        Api::namespaced(space.client.clone(), space.client.default_namespace())
    }

    async fn end(self, space: &Space) {
        self.door.remove(space).await;
        let deleted = Self::secrets(space)
            .delete(&self.secret, &DeleteParams::default())
            .await;
        deleted.expect("the operator has made it");
    }
}

fn alertmanager_config(version: &str, receiver: &str) -> Value {
    json!({
        "apiVersion": format!("monitoring.coreos.com/{version}"), "kind": "AlertmanagerConfig",
        "metadata": { "name": "routes" },
        "spec": { "route": { "receiver": receiver }, "receivers": [{ "name": "duty" }] },
    })
}

#[tokio::test]
async fn what_is_wrong_is_refused_at_the_door_with_certificates_that_look_after_themselves() {
    in_namespace(async |space| {
        let started = SelfManaged::start(space, &[]).await;
        for number in 0..20 {
            let (good, bad) = (format!("good-{number}"), format!("bad-{number}"));
            space
                .apply(&rule(&good, "Fine", &format!("vector({number}) > 1")))
                .await;
            let broken = rule(&bad, "Broken", &format!("sum(up{{job=\"{number}\"}}"));
            let error = space.try_apply(&broken).await.expect_err("it is broken").to_string();
            assert!(error.contains("Rules are not valid"), "{error}");
        }
        let error = space
            .try_apply(&rule("bad", "Broken", "sum("))
            .await
            .expect_err("it is broken");
        let kube::Error::Api(status) = &error else {
            panic!("{error}")
        };
        let causes = &status.details.as_ref().expect("details").causes;
        assert_eq!(causes[0].field, "spec.groups[0].rules[0]");
        assert!(
            causes[0].message.starts_with("group \"group\", rule 1, \"Broken\": "),
            "{causes:?}"
        );

        let mut loose = rule("loose", "Loose", "vector(1)");
        loose["spec"]["groups"][0]["rules"][0]["labels"] = json!({ "number": 1_000_000, "a/b~c": true });
        let error = space
            .try_create(&loose)
            .await
            .expect_err("a/b~c is no label")
            .to_string();
        // It was made a text, or the schema would have refused it.
        assert!(error.contains("Rules are not valid"), "{error}");
        loose["spec"]["groups"][0]["rules"][0]["labels"] = json!({ "number": 1_000_000, "truth": true });
        space.try_create(&loose).await.expect("both are made texts");
        let stored = space.json("PrometheusRule", "loose").await.expect("it was stored");
        let labels = &stored["spec"]["groups"][0]["rules"][0]["labels"];
        assert_eq!(*labels, json!({ "number": "1000000", "truth": "true" }));
        assert_eq!(
            stored["metadata"]["annotations"]["prometheus-operator-validated"],
            "true"
        );

        let config = space.try_apply(&alertmanager_config("v1alpha1", "nobody")).await;
        let error = config.expect_err("there is no such receiver").to_string();
        assert!(error.contains("AlertmanagerConfig is invalid"), "{error}");
        space.apply(&alertmanager_config("v1alpha1", "duty")).await;

        let refused = ["kind=\"PrometheusRule\"", "verdict=\"refused\""];
        let counted = started.operator.metric("admission_reviews_total", &refused).await;
        assert!(counted >= Some(22.0), "{counted:?}");
        let expires = started.operator.metrics().await;
        assert!(
            !expires.contains("tls_certificate_expiration_timestamp_seconds 0\n"),
            "{expires}"
        );
        started.end(space).await;
    })
    .await;
}

#[tokio::test]
async fn certificates_are_replaced_while_writes_go_on() {
    in_namespace(async |space| {
        let flags = [
            "--admission-certificate-lifetime=30s",
            "--admission-certificate-overlap=2s",
        ];
        let started = SelfManaged::start(space, &flags).await;
        let served = async || {
            let secret = SelfManaged::secrets(space)
                .get(&started.secret)
                .await
                .expect("it is there");
            secret.data.expect("data")["tls.crt"].0.clone()
        };
        let (mut last, mut replaced, mut writes) = (served().await, 0, 0_u32);
        let deadline = Instant::now() + Duration::from_mins(3);
        while replaced < 2 {
            assert!(Instant::now() < deadline, "{replaced} replaced after {writes} writes");
            space
                .apply(&rule("steady", "Steady", &format!("vector({writes}) > 0")))
                .await;
            let refused = space.try_apply(&rule("broken", "Broken", "sum(")).await;
            assert!(
                refused
                    .expect_err("it is broken")
                    .to_string()
                    .contains("Rules are not valid")
            );
            writes += 1;
            let now = served().await;
            replaced += u32::from(now != last);
            last = now;
        }
        started.end(space).await;
    })
    .await;
}

#[tokio::test]
async fn a_configuration_that_is_made_again_learns_whom_to_trust() {
    in_namespace(async |space| {
        let started = SelfManaged::start(space, &[]).await;
        started.door.remove(space).await;
        let again = Door::create(space, &started.door.url, "Fail", None).await;
        again.asks(space).await;
        let secrets = SelfManaged::secrets(space);
        secrets
            .delete(&started.secret, &DeleteParams::default())
            .await
            .expect("it is there");
        eventually("a Secret", async || {
            secrets.get_opt(&started.secret).await.expect("an answer")
        })
        .await;
        again.asks(space).await;
        started.end(space).await;
    })
    .await;
}

#[tokio::test]
async fn certificates_come_from_files_and_are_read_again() {
    in_namespace(async |space| {
        let files = Files::create();
        let program = Operator::start_program("admission-webhook", &files.flags());
        program.listens().await;
        let door = Door::create(space, &program.url("https"), "Fail", Some(&files.authority_pem())).await;
        door.asks(space).await;
        for number in 0..5 {
            files.renew();
            space
                .apply(&rule("steady", "Steady", &format!("vector({number})")))
                .await;
            assert!(space.try_apply(&rule("broken", "Broken", "sum(")).await.is_err());
        }
        // What cannot be served leaves the last one in place.
        std::fs::write(files.path("tls.key"), "nonsense").expect("ours");
        space.apply(&rule("steady", "Steady", "vector(9)")).await;
        let error = space
            .try_apply(&rule("broken", "Broken", "sum("))
            .await
            .expect_err("it is broken");
        assert!(error.to_string().contains("Rules are not valid"), "{error}");
        door.remove(space).await;
    })
    .await;
}

#[tokio::test]
async fn while_nobody_answers_the_policy_decides() {
    in_namespace(async |space| {
        let url = format!("https://127.0.0.1:{}", free_port());
        let door = Door::create(space, &url, "Fail", None).await;
        let refused = eventually("the API server asks", async || {
            space.try_apply(&rule("any", "Any", "vector(1)")).await.err()
        });
        let error = refused.await.to_string();
        assert!(error.contains("failed calling webhook"), "{error}");
        door.set_policy(space, "Ignore").await;
        eventually("it does not matter", async || {
            space.try_apply(&rule("any", "Any", "sum(")).await.ok()
        })
        .await;
        door.remove(space).await;
    })
    .await;
}

#[tokio::test]
async fn a_rule_is_judged_by_those_who_select_it() {
    in_namespace(async |space| {
        let started = SelfManaged::start(space, &["--admission-by-instances"]).await;
        let labelled = |name: &str, version: &str| {
            let mut rule = rule(name, "Labelled", "vector(1)");
            rule["metadata"]["labels"] = json!({ "for": version });
            rule["spec"]["groups"][0]["rules"][0]["labels"] = json!({ "größe": "x" });
            rule
        };
        let selecting = |name: &str, version: &str| {
            let selector =
                json!({ "matchExpressions": [{ "key": "for", "operator": "In", "values": [name, "both"] }] });
            prometheus(
                name,
                json!({ "version": version, "replicas": 0, "ruleSelector": selector }),
            )
        };
        space.apply(&selecting("old", "v2.55.0")).await;
        space.apply(&selecting("new", "v3.5.0")).await;
        // Nobody selects it, so the flags decide: names of letters.
        assert!(space.try_apply(&labelled("nobody", "nobody")).await.is_err());
        eventually("the new one is known", async || {
            space.try_apply(&labelled("new", "new")).await.ok()
        })
        .await;
        space.apply(&labelled("both", "both")).await;
        eventually("the old one is known", async || {
            space.try_apply(&labelled("old", "old")).await.err().map(drop)
        })
        .await;
        started.end(space).await;
    })
    .await;
}

#[tokio::test]
async fn more_kinds_are_reviewed_where_they_are_asked_for() {
    in_namespace(async |space| {
        let started = SelfManaged::start(space, &["--admission-kinds=*"]).await;
        started.door.asks_about_all_kinds(space).await;
        let monitor = |timeout: &str| {
            crate::support::service_monitor("web", json!({ "interval": "10s", "scrapeTimeout": timeout }))
        };
        eventually("it is refused by who is trusted again", async || {
            let error = space.try_apply(&monitor("11s")).await.err()?.to_string();
            error.contains("The object is invalid").then_some(())
        })
        .await;
        space.apply(&monitor("9s")).await;
        let error = space
            .try_apply(&prometheus("main", json!({ "version": "newest" })))
            .await;
        assert!(
            error
                .expect_err("no version")
                .to_string()
                .contains("The object is invalid")
        );
        space.apply(&prometheus("main", json!({ "replicas": 0 }))).await;
        started.end(space).await;
    })
    .await;
}
