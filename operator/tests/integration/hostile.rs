//! Two hundred objects of everything that once stopped or slowed down others, beside fifty honest tenants. Each of the hostile
//! ones is its own trouble; every change of the others goes live. How long that takes is printed, not judged.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::{
    Operator, Space, alertmanager, alertmanager_config, eventually, in_namespace, prometheus, rule, secret,
    service_monitor,
};

/// The limit of the Deployment.
const MEMORY: usize = 200 << 20;
const TENANTS: usize = 50;
const HOSTILE: usize = 200;

fn object(kind: &str, version: &str, name: &str, spec: Value) -> Value {
    let mut object = json!({"apiVersion": format!("monitoring.coreos.com/{version}"), "kind": kind});
    object["metadata"] = json!({ "name": name });
    object["spec"] = spec;
    object
}

fn with_endpoints(name: &str, endpoints: &[Value]) -> Value {
    let mut monitor = service_monitor(name, json!({}));
    monitor["spec"]["endpoints"] = json!(endpoints);
    monitor
}

fn token(name: &str) -> Value {
    json!({"port": "a", "bearerTokenSecret": {"name": name, "key": "token"}})
}

fn nested_routes(levels: usize) -> Value {
    let leaf = json!({"receiver": "duty"});
    (0..levels).fold(leaf, |child, _| json!({"receiver": "duty", "routes": [child]}))
}

fn scrape_config(name: &str, spec: Value) -> Value {
    object("ScrapeConfig", "v1alpha1", name, spec)
}

/// One of the hostile objects: each finding in its turn, in other sizes.
fn hostile(number: usize) -> Value {
    let (name, size) = (&*format!("hostile-{number}"), number / 16 + 1);
    let names = ["{{ .Values.secret }}", "?x=1", "..", "a#x", "../../x/secrets/login"];
    match number % 16 {
        // Names that are none, and that would be another URL.
        0 => with_endpoints(name, &[token(names[size % names.len()])]),
        1 => with_endpoints(name, &[token(&"x".repeat(10_000 * size))]),
        // More levels than anybody reads.
        2 => {
            let hook = json!({"url": "https://hooks.example.com/x"});
            let mut config = alertmanager_config(name, json!({}), &hook);
            config["spec"]["route"] = nested_routes(20 * size);
            config
        }
        // Expressions that Go refuses for their size, and for themselves.
        3 => {
            let regex = "a{1000}".repeat(1_000 * size);
            service_monitor(
                name,
                json!({"relabelings": [{"action": "keep", "sourceLabels": ["a"], "regex": regex}]}),
            )
        }
        4 => rule(name, "A", &format!("up{{a=~\"{}\"}}", "a{1000}".repeat(1_000 * size))),
        5 => service_monitor(name, json!({"port": "*a"})),
        6 => with_endpoints(name, &[json!({"targetPort": "("})]),
        // Intervals over which Prometheus panics, or does not load.
        7 => scrape_config(
            name,
            json!({"httpSDConfigs": [{"url": "http://a", "refreshInterval": "0s"}]}),
        ),
        8 => service_monitor(name, json!({"interval": "5s", "scrapeTimeout": "10s"})),
        // Too much of everything.
        9 => with_endpoints(name, &vec![json!({"port": "a"}); 3_000 * size]),
        10 => with_endpoints(
            name,
            &(0..600 * size)
                .map(|number| token(&format!("missing-{number}")))
                .collect::<Vec<_>>(),
        ),
        11 => {
            let long = "(".repeat(50_000 * size);
            service_monitor(name, json!({"metricRelabelings": [{"action": "drop", "regex": long}]}))
        }
        12 => {
            let mut monitor = with_endpoints(name, &vec![json!({"port": "a"}); 900]);
            let labels: Vec<String> = (0..60 * size).map(|number| format!("label_{number}")).collect();
            monitor["spec"]["targetLabels"] = json!(labels);
            monitor
        }
        13 => {
            let rules: Vec<Value> = (0..2_000 * size)
                .map(|number| json!({"record": format!("r{number}"), "expr": "sum by (a) (rate(b[5m])) / 2", "labels": {"x": "y".repeat(40)}}))
                .collect();
            object(
                "PrometheusRule",
                "v1",
                name,
                json!({"groups": [{"name": "g", "rules": rules}]}),
            )
        }
        // What only one of two readers takes.
        14 => scrape_config(
            name,
            json!({
                "nameValidationScheme": "Legacy", "nameEscapingScheme": "AllowUTF8", "staticConfigs": [{"targets": ["a"]}],
            }),
        ),
        // It needs something that is not there.
        _ => {
            let hook = json!({"urlSecret": {"name": format!("gone-{number}"), "key": "url"}});
            alertmanager_config(name, json!({}), &hook)
        }
    }
}

/// Waits for a text in the configuration of the Prometheus, and says how long that took.
async fn live(space: &Space, text: &str) -> Duration {
    let started = Instant::now();
    space.configured("main", text).await;
    started.elapsed()
}

#[expect(clippy::print_stderr, reason = "what was measured is for who asks for it")]
fn report(mut took: Vec<Duration>, memory: usize) {
    took.sort_unstable();
    eprintln!(
        "{} changes beside {HOSTILE} hostile objects: live after {:?} (median), {:?} (95 of 100), {:?} (longest); \
         {} MiB of memory at most",
        took.len(),
        took[took.len() / 2],
        took[took.len() * 95 / 100],
        took[took.len() - 1],
        memory >> 20,
    );
}

#[tokio::test]
async fn fifty_honest_tenants_do_not_notice_two_hundred_hostile_objects() {
    in_namespace(async |bad| {
        let mut tenants = Vec::new();
        for _ in 0..TENANTS {
            tenants.push(Space::of(bad.client.clone()).await);
        }
        let own = Space::of(bad.client.clone()).await;
        let all = json!({
            "serviceMonitorNamespaceSelector": {}, "podMonitorNamespaceSelector": {}, "ruleNamespaceSelector": {},
            "scrapeConfigSelector": {}, "scrapeConfigNamespaceSelector": {},
        });
        let main = prometheus("main", all);
        own.apply(&main).await;
        let selecting = json!({"alertmanagerConfigSelector": {}, "alertmanagerConfigNamespaceSelector": {}});
        own.apply(&alertmanager("main", selecting)).await;
        for tenant in &tenants {
            tenant.apply(&secret("login", "token", "word-0")).await;
            tenant.apply(&service_monitor("app", token("login"))).await;
        }
        let spaces = tenants.iter().chain([bad, &own]);
        let namespaces = spaces
            .map(|space| space.namespace.as_str())
            .collect::<Vec<_>>()
            .join(",");
        let mut operator = Operator::start_limited(MEMORY, &namespaces, &[]);
        operator.ready().await;
        let mut took = Vec::new();
        for number in 0..HOSTILE {
            // What the API server itself refuses is no trouble of ours.
            let is_stored = bad.try_apply(&hostile(number)).await.is_ok();
            if number % 4 > 0 {
                continue;
            }
            let tenant = &tenants[(number / 4) % TENANTS];
            let name = format!("new-{number}-{is_stored}");
            tenant.apply(&service_monitor(&name, json!({}))).await;
            took.push(live(&own, &tenant.job(&name)).await);
            assert!(operator.is_running());
        }
        // A changed Secret of each, with all of them there.
        for tenant in &tenants {
            let word = format!("word-of-{}", tenant.namespace);
            tenant.apply(&secret("login", "token", &word)).await;
            took.push(live(&own, &word).await);
        }
        report(took, operator.peak_memory());
        own.condition(&main, "Reconciled", "True").await;
        // Started beside them, it works as well.
        operator.kill();
        let mut operator = Operator::start_limited(MEMORY, &namespaces, &[]);
        operator.ready().await;
        let tenant = &tenants[7];
        tenant.apply(&service_monitor("after-the-start", json!({}))).await;
        own.configured("main", &tenant.job("after-the-start")).await;
        let hook = json!({"url": "https://hooks.example.com/honest"});
        tenant.apply(&alertmanager_config("honest", json!({}), &hook)).await;
        eventually("the honest receiver", async || {
            let text = own
                .unpacked("alertmanager-main-generated", "alertmanager.yaml.gz")
                .await?;
            text.contains("hooks.example.com/honest").then_some(())
        })
        .await;
        let configuration = own.configuration("main").await;
        for tenant in &tenants {
            assert!(configuration.contains(&tenant.job("app")), "{}", tenant.namespace);
        }
        assert!(operator.is_running());
    })
    .await;
}
