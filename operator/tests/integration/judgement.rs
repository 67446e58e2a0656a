//! `--check-configuration`: what the program that speaks for the reader refuses never replaces the last good file. The object
//! with which it is refused is found, left out and named.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::{
    Operator, alertmanager, alertmanager_config, eventually, in_namespace, prometheus, rule, secret, service_monitor,
    thanos_ruler,
};

/// Refuses files with the word `poison`, and takes too long over the word `sleepy`. A file of the repository: one that is
/// written here could not be executed as long as a child of a parallel test has inherited it.
const READER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/integration/judgement/reader");

fn flag(kinds: &[&str], program: &str) -> String {
    let pairs = kinds.iter().map(|kind| format!("{kind}={program}"));
    format!("--check-configuration={}", pairs.collect::<Vec<_>>().join(","))
}

fn with_path(name: &str, path: &str) -> Value {
    service_monitor(name, json!({ "path": path }))
}

#[tokio::test]
async fn an_object_that_is_refused_is_found_and_named() {
    in_namespace(async |space| {
        let main = prometheus("main", json!({}));
        space.apply(&main).await;
        space.apply(&secret("login", "token", "hunter2-of-login")).await;
        let token = json!({"bearerTokenSecret": {"name": "login", "key": "token"}, "path": "/poison"});
        for number in 0..20 {
            space.apply(&with_path(&format!("fine-{number}"), "/metrics")).await;
        }
        space.apply(&service_monitor("bad-1", token)).await;
        space.apply(&with_path("bad-2", "/poison/too")).await;
        space.apply(&rule("bad-rule", "poison", "up == 0")).await;
        space.apply(&rule("good-rule", "fine", "up == 0")).await;
        let operator = Operator::start(space, &[&flag(&["prometheus"], READER)]);
        let configuration = space.configured("main", &space.job("fine-19")).await;
        assert!(!configuration.contains("poison"), "{configuration}");
        assert_eq!(configuration.matches("job_name: ").count(), 20);
        for (kind, name) in [
            ("ServiceMonitor", "bad-1"),
            ("ServiceMonitor", "bad-2"),
            ("PrometheusRule", "bad-rule"),
        ] {
            let note = space.event(kind, name).await;
            assert!(
                note.contains("reader refuses it") && note.contains("cannot read it"),
                "{note}"
            );
            assert!(!note.contains("/proc/"), "{note}");
        }
        space.condition(&main, "Reconciled", "True").await;
        let rules = eventually("rule files", async || {
            let maps = space.children().await;
            maps.keys().find(|name| name.contains("rulefiles")).cloned()
        })
        .await;
        assert!(rules.starts_with("ConfigMap"), "{rules}");

        // Others go on, and who is mended is in.
        space.apply(&with_path("next", "/metrics")).await;
        space.configured("main", &space.job("next")).await;
        space.apply(&with_path("bad-2", "/fine")).await;
        space.configured("main", &space.job("bad-2")).await;
        assert!(!operator.log().contains("hunter2"), "{}", operator.log());
    })
    .await;
}

#[tokio::test]
async fn what_no_object_causes_leaves_the_last_good_file() {
    in_namespace(async |space| {
        space.apply(&prometheus("main", json!({}))).await;
        space.apply(&with_path("fine", "/metrics")).await;
        let flag = flag(&["prometheus"], READER);
        let _operator = Operator::start(space, &[&flag, "--check-configuration-timeout=2s"]);
        space.configured("main", &space.job("fine")).await;

        let poisoned = prometheus("main", json!({"externalLabels": {"cluster": "\"poison\""}}));
        space.apply(&poisoned).await;
        let condition = space.condition(&poisoned, "Reconciled", "False").await;
        assert_eq!(condition["reason"], "ReconciliationFailed");
        let message = condition["message"].as_str().expect("a text");
        assert!(
            message.contains("without any selected object, so the last ones stay: reader refuses it"),
            "{message}"
        );
        assert!(space.configuration("main").await.contains(&space.job("fine")));

        let mended = prometheus("main", json!({"externalLabels": {"cluster": "mended"}}));
        space.apply(&mended).await;
        space.configured("main", "cluster: mended").await;
        space.condition(&mended, "Reconciled", "True").await;

        // What takes too long is refused, too.
        space.apply(&with_path("slow", "/sleepy")).await;
        space.apply(&with_path("last", "/metrics")).await;
        let configuration = space.configured("main", &space.job("last")).await;
        assert!(!configuration.contains("sleepy"));
        let note = space.event("ServiceMonitor", "slow").await;
        assert!(note.contains("took longer than 2s"), "{note}");
    })
    .await;
}

#[tokio::test]
async fn other_kinds_are_judged_alike() {
    in_namespace(async |space| {
        space
            .apply(&alertmanager("main", json!({"alertmanagerConfigSelector": {}})))
            .await;
        let url = |path: &str| json!({ "url": format!("https://hooks.example.com/{path}") });
        space.apply(&alertmanager_config("good", json!({}), &url("fine"))).await;
        space
            .apply(&alertmanager_config("bad", json!({}), &url("poison")))
            .await;
        space.apply(&thanos_ruler("ruler", json!({}))).await;
        space.apply(&rule("bad-rule", "poison", "up == 0")).await;
        space.apply(&rule("good-rule", "Fine", "up == 0")).await;
        let _operator = Operator::start(space, &[&flag(&["alertmanager", "thanos"], READER)]);
        eventually("the good receiver", async || {
            let text = space
                .unpacked("alertmanager-main-generated", "alertmanager.yaml.gz")
                .await?;
            (text.contains("/good/duty") && !text.contains("poison")).then_some(())
        })
        .await;
        let note = space.event("AlertmanagerConfig", "bad").await;
        assert!(note.contains("reader refuses it"), "{note}");
        let note = space.event("PrometheusRule", "bad-rule").await;
        assert!(
            note.contains("reader refuses it") && note.contains(".yaml: cannot read it"),
            "{note}"
        );
    })
    .await;
}

/// The program that a variable of the environment names; where there is none the test is skipped, but not in CI.
fn program(variable: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).map(PathBuf::from);
    assert!(
        path.is_some() || std::env::var("CI").as_deref() != Ok("true"),
        "${variable} names no program"
    );
    path
}

/// Prometheus 3 does not know the field any more, which is right for the version that the object asks for.
#[tokio::test]
async fn promtool_and_amtool_find_what_is_of_another_version() {
    let (Some(promtool), Some(amtool)) = (program("PROMTOOL"), program("AMTOOL")) else {
        return;
    };
    in_namespace(async |space| {
        let main = prometheus("main", json!({"version": "v2.55.1", "shards": 2}));
        space.apply(&main).await;
        space.apply(&service_monitor("fine", json!({}))).await;
        let mut old = service_monitor("old", json!({}));
        old["spec"]["scrapeClassicHistograms"] = json!(true);
        space.apply(&old).await;
        space.apply(&rule("good-rule", "Fine", "up == 0")).await;
        space
            .apply(&alertmanager("main", json!({"alertmanagerConfigSelector": {}})))
            .await;
        let url = json!({"url": "https://hooks.example.com/fine"});
        space.apply(&alertmanager_config("team", json!({}), &url)).await;
        let programs = format!(
            "--check-configuration=prometheus={},alertmanager={}",
            promtool.display(),
            amtool.display()
        );
        let _operator = Operator::start(space, &[&programs]);
        let configuration = space.configured("main", &space.job("fine")).await;
        assert!(!configuration.contains(&space.job("old")), "{configuration}");
        let note = space.event("ServiceMonitor", "old").await;
        assert!(
            note.contains("promtool refuses it") && note.contains("scrape_classic_histograms"),
            "{note}"
        );
        eventually("the receiver", async || {
            let text = space
                .unpacked("alertmanager-main-generated", "alertmanager.yaml.gz")
                .await?;
            text.contains("/team/duty").then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_program_that_does_not_run_is_said_at_once() {
    let Some(kubeconfig) = std::env::var_os("KUBECONFIG") else {
        return;
    };
    let flags = ["--check-configuration=prometheus=/no/such/promtool"];
    let output = Operator::run(kubeconfig.to_str().expect("a path"), &flags);
    assert!(!output.status.success());
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("cannot run /no/such/promtool"), "{said}");
}
