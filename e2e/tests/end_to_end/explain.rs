//! `explain` finds what keeps objects from having an effect: each fault that is put in by the name of the step that fails.

use std::ffi::OsString;

use anyhow::Context as _;
use crds::v1alpha1::{AlertmanagerConfig, ScrapeConfig};
use crds::{Alertmanager, PodMonitor, Probe, Prometheus, PrometheusRule, ServiceMonitor};
use e2e::status::status;
use e2e::{ACTED, LIVE, Namespace, eventually, fixtures, with_namespace};
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::networking::v1::NetworkPolicy;
use operator::args::{Args, Command, Question};
use operator::cli::{Session, explain};
use serde_json::{Value, json};

/// A fault: the object that has it, flags of the operator, and the step that fails.
type Fault = (&'static str, &'static str, &'static str);

const FAULTS: [Fault; 26] = [
    ("servicemonitor/fine", "", ""),
    ("service/app", "", "relabeling"),
    ("podmonitor/fine", "", ""),
    ("prometheusrule/fine", "", ""),
    ("servicemonitor/nobody", "", "object"),
    ("servicemonitor/fine", "--deny-namespaces=NAMESPACE", "operator-scope"),
    (
        "servicemonitor/fine",
        "--prometheus-instance-namespaces=other",
        "workload",
    ),
    ("servicemonitor/label", "", "label-selector"),
    ("servicemonitor/timeout", "", "validity"),
    ("servicemonitor/endpointless", "", "job"),
    ("servicemonitor/service", "", "service"),
    ("servicemonitor/port", "", "port"),
    ("servicemonitor/podless", "", "pods"),
    ("servicemonitor/undeclared", "", "pods"),
    ("servicemonitor/empty", "", "endpoints"),
    ("servicemonitor/dropped", "", "relabeling"),
    ("servicemonitor/forbidden", "", "permissions"),
    ("servicemonitor/refused", "", "connection"),
    ("servicemonitor/scheme", "", "scrape"),
    ("servicemonitor/closed", "", "network-policy"),
    ("servicemonitor/idle", "", "running"),
    ("podmonitor/port", "", "port"),
    ("probe/prober", "", "prober"),
    ("prometheusrule/syntax", "", "validity"),
    ("alertmanagerconfig/fine", "", ""),
    ("alertmanagerconfig/label", "", "label-selector"),
];

/// Faults that only Prometheus knows of.
const SAID: [Fault; 2] = [
    ("prometheusrule/ambiguous", "", "evaluation"),
    ("scrapeconfig/discovered", "", "discovery"),
];

#[tokio::test]
async fn each_fault_is_found_by_the_step_that_fails() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let other = namespace.beside(&[]).await?;
        fixtures::start_app(namespace, "app", 2).await?;
        fixtures::start_app(namespace, "closed", 1).await?;
        fixtures::start_app(&other, "app", 1).await?;
        write_faults(namespace, &other).await?;
        let main = fixtures::with(fixtures::prometheus("main"), selecting("NotIn"))?;
        let idle: Prometheus = fixtures::with(fixtures::prometheus("idle"), selecting("In"))?;
        let idle = fixtures::with(idle, json!({ "spec": { "replicas": 0 } }))?;
        namespace.apply(&idle).await?;
        let other_team = json!({ "matchExpressions": [{ "key": "team", "operator": "NotIn", "values": ["other"] }] });
        let change = json!({ "spec": { "alertmanagerConfigSelector": other_team } });
        namespace
            .apply::<Alertmanager>(&fixtures::with(fixtures::alertmanager("main", 1), change)?)
            .await?;
        let servers = fixtures::start_prometheus(namespace, &main).await?;
        let pool = format!("serviceMonitor/{}/fine/0", namespace.name);
        servers[0].await_up(&pool, 2).await?;
        for (subject, flags, expected) in FAULTS.into_iter().chain(SAID) {
            await_step(namespace, subject, flags, expected).await?;
        }
        await_step(
            &other,
            "servicemonitor/far",
            &workloads_of(namespace),
            "namespace-selector",
        )
        .await?;
        await_target(namespace, &servers[0].await_up(&pool, 2).await?[0].url).await?;

        // What the operator does not write, Prometheus does not load.
        namespace
            .merge::<Prometheus>("main", &json!({ "spec": { "paused": true } }))
            .await?;
        await_step(namespace, "servicemonitor/fine", "", "").await?;
        eventually(ACTED, "the operator has seen that it is paused", async || {
            let paused = status::<Prometheus>(namespace, "main").await?["paused"].take();
            anyhow::ensure!(paused == true, "{paused}");
            Ok(())
        })
        .await?;
        namespace
            .apply(&monitor(
                "late",
                &json!({}),
                &json!({ "app": "app" }),
                &json!({ "port": "http" }),
            )?)
            .await?;
        await_step(namespace, "servicemonitor/late", "", "configuration").await
    })
    .await
}

/// Which objects a Prometheus selects, by whether they are meant for one without pods.
fn selecting(operator: &str) -> Value {
    let selector =
        |values: Value| json!({ "matchExpressions": [{ "key": "team", "operator": operator, "values": values }] });
    let monitors = selector(if operator == "In" {
        json!(["idle"])
    } else {
        json!(["idle", "other"])
    });
    let others = if operator == "In" { Value::Null } else { json!({}) };
    json!({ "spec": {
        "serviceMonitorSelector": monitors,
        "podMonitorSelector": others,
        "probeSelector": others,
        "scrapeConfigSelector": others,
        "ruleSelector": others,
    } })
}

fn monitor(name: &str, labels: &Value, selector: &Value, endpoint: &Value) -> anyhow::Result<ServiceMonitor> {
    let endpoints = if endpoint.is_null() {
        json!([])
    } else {
        json!([endpoint])
    };
    Ok(serde_json::from_value(json!({
        "metadata": { "name": name, "labels": labels },
        "spec": { "selector": { "matchLabels": selector }, "endpoints": endpoints },
    }))?)
}

async fn write_faults(namespace: &Namespace, other: &Namespace) -> anyhow::Result<()> {
    let (app, http) = (json!({ "app": "app" }), json!({ "port": "http" }));
    let back = json!([{ "sourceLabels": ["__meta_kubernetes_pod_label_app"], "regex": "back", "action": "keep" }]);
    let table = [
        ("fine", json!({}), app.clone(), http.clone()),
        ("label", json!({ "team": "other" }), app.clone(), http.clone()),
        ("idle", json!({ "team": "idle" }), app.clone(), http.clone()),
        (
            "timeout",
            json!({}),
            app.clone(),
            json!({ "port": "http", "interval": "5s", "scrapeTimeout": "10s" }),
        ),
        ("endpointless", json!({}), app.clone(), Value::Null),
        ("service", json!({}), json!({ "app": "nobody" }), http.clone()),
        ("port", json!({}), app.clone(), json!({ "port": "8080" })),
        ("podless", json!({}), json!({ "fault": "podless" }), http.clone()),
        ("undeclared", json!({}), json!({ "fault": "undeclared" }), http.clone()),
        ("empty", json!({}), json!({ "fault": "empty" }), http.clone()),
        ("refused", json!({}), json!({ "fault": "refused" }), http.clone()),
        (
            "dropped",
            json!({}),
            app.clone(),
            json!({ "port": "http", "relabelings": back }),
        ),
        (
            "closed",
            json!({}),
            json!({ "app": "closed" }),
            // As if the policy were enforced, which not every cluster does.
            json!({ "port": "http", "scrapeTimeout": "1ms" }),
        ),
        (
            "scheme",
            json!({}),
            app.clone(),
            json!({ "port": "http", "scheme": "https" }),
        ),
    ];
    for (name, labels, selector, endpoint) in table {
        namespace.apply(&monitor(name, &labels, &selector, &endpoint)?).await?;
    }
    let names = json!({ "spec": { "namespaceSelector": { "matchNames": [other.name] } } });
    let forbidden = monitor("forbidden", &json!({}), &app, &http)?;
    namespace.apply(&fixtures::with(forbidden, names)?).await?;
    other.apply(&monitor("far", &json!({}), &app, &http)?).await?;
    write_services(namespace).await?;
    write_others(namespace).await
}

/// Services that lead nowhere.
async fn write_services(namespace: &Namespace) -> anyhow::Result<()> {
    let table = [
        ("podless", json!({ "app": "nobody" }), json!("http")),
        ("undeclared", json!({ "app": "app" }), json!("metrics")),
        ("empty", Value::Null, json!(8080)),
        ("refused", json!({ "app": "app" }), json!(9)),
    ];
    for (name, selector, target) in table {
        let service: Service = serde_json::from_value(json!({
            "metadata": { "name": name, "labels": { "fault": name } },
            "spec": { "selector": selector, "ports": [{ "name": "http", "port": 80, "targetPort": target }] },
        }))?;
        namespace.apply(&service).await?;
    }
    let policy: NetworkPolicy = serde_json::from_value(json!({
        "metadata": { "name": "closed" },
        "spec": { "podSelector": { "matchLabels": { "app": "closed" } }, "ingress": [{ "from": [{ "podSelector": {
            "matchLabels": { "app": "nobody" },
        } }] }] },
    }))?;
    namespace.apply(&policy).await?;
    Ok(())
}

async fn write_others(namespace: &Namespace) -> anyhow::Result<()> {
    namespace.apply(&fixtures::pod_monitor("fine", "app")).await?;
    let wrong = json!({ "spec": { "podMetricsEndpoints": [{ "port": "metrics" }] } });
    namespace
        .apply::<PodMonitor>(&fixtures::with(fixtures::pod_monitor("port", "app"), wrong)?)
        .await?;
    let prober = json!({ "spec": { "prober": { "url": "blackbox:9115" } } });
    namespace
        .apply::<Probe>(&fixtures::with(fixtures::probe("prober", "app")?, prober)?)
        .await?;
    namespace.apply(&fixtures::alertmanager_config("fine", "app")).await?;
    let labels = json!({ "metadata": { "labels": { "team": "other" } } });
    let config: AlertmanagerConfig = fixtures::with(fixtures::alertmanager_config("label", "app"), labels)?;
    namespace.apply(&config).await?;
    // Only Prometheus asks DNS.
    let discovered: ScrapeConfig = serde_json::from_value(json!({
        "metadata": { "name": "discovered" },
        "spec": {
            "dnsSDConfigs": [{ "names": [format!("app.{}.svc.cluster.local", namespace.name)], "type": "A", "port": 8080 }],
            "relabelings": [{ "sourceLabels": ["__meta_dns_name"], "regex": "nobody", "action": "keep" }],
        },
    }))?;
    namespace.apply(&discovered).await?;
    for (name, expression) in [
        ("fine", "up == 0"),
        ("syntax", "up = 0"),
        ("ambiguous", "up + on () up"),
    ] {
        let rule: PrometheusRule = serde_json::from_value(json!({
            "metadata": { "name": name },
            "spec": { "groups": [{ "name": name, "rules": [{ "record": format!("e2e:{name}"), "expr": expression }] }] },
        }))?;
        namespace.apply(&rule).await?;
    }
    Ok(())
}

/// Flags for which the workloads of a namespace are all that there are: other tests have some that select from everywhere.
fn workloads_of(namespace: &Namespace) -> String {
    ["prometheus", "alertmanager", "thanos-ruler"]
        .map(|kind| format!("--{kind}-instance-namespaces={}", namespace.name))
        .join(" ")
}

async fn await_step(namespace: &Namespace, subject: &str, flags: &str, expected: &str) -> anyhow::Result<()> {
    eventually(
        LIVE,
        &format!("{expected:?} is what is wrong with {subject}"),
        async || {
            let explanation = explanation(namespace, subject, flags).await?;
            let found = explanation.failed.as_ref().map_or("", |failed| failed.step.as_str());
            anyhow::ensure!(
                found == expected,
                "it is {found:?}: {}",
                serde_json::to_string(&explanation)?
            );
            Ok(())
        },
    )
    .await
}

/// The URL of a target leads to its monitor.
async fn await_target(namespace: &Namespace, url: &str) -> anyhow::Result<()> {
    let subject = format!("target {url}");
    let explanation = explanation(namespace, &subject, "").await?;
    let expected = format!("ServiceMonitor {}/fine", namespace.name);
    let names: Vec<&str> = explanation
        .objects
        .iter()
        .map(|object| object.object.as_str())
        .collect();
    anyhow::ensure!(names.contains(&expected.as_str()), "{url} belongs to {names:?}");
    Ok(())
}

/// What `prometheus-operator FLAGS explain SUBJECT --cluster` says.
async fn explanation(namespace: &Namespace, subject: &str, flags: &str) -> anyhow::Result<explain::Explanation> {
    let flags = if flags.contains("-instance-namespaces=") {
        flags.to_owned()
    } else {
        format!("{} {flags}", workloads_of(namespace))
    };
    let line = format!(
        "prometheus-operator {} explain --cluster --namespace={} {subject}",
        flags.replace("NAMESPACE", &namespace.name),
        namespace.name
    );
    let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
    // A session has a runtime of its own.
    tokio::task::spawn_blocking(move || {
        let args = Args::try_from_arguments(words)?;
        let Some(Command::Question(Question::Explain(options))) = args.command.clone() else {
            anyhow::bail!("it is no explanation");
        };
        let session = Session::new(&args)?;
        Ok(explain::explanation(&session, &options)?)
    })
    .await
    .context("the explanation ended early")?
}
