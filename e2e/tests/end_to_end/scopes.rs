//! Operators that look at some namespaces only, by lists of what they serve and of what they leave alone. Each test installs
//! one of its own.

use crds::v1alpha1::{AlertmanagerConfig, ScrapeConfig};
use crds::{Alertmanager, Prometheus, PrometheusRule, ServiceMonitor, ThanosRuler};
use e2e::fixtures::{Operator, Reach};
use e2e::status::{await_available, await_condition};
use e2e::{ACTED, LIVE, Namespace, PrometheusServer, STARTED, TEST_LABEL, eventually, fixtures, with_namespace};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::Pod;
use kube::api::ListParams;
use serde_json::json;

/// A namespace that does not exist.
const ABSENT: &str = "e2e-does-not-exist";

/// Applies one of each kind that has its pods in a StatefulSet.
async fn apply_workloads(operator: &Operator<'_>, namespace: &Namespace) -> anyhow::Result<()> {
    fixtures::permit_discovery(namespace, namespace).await?;
    namespace.apply(&operator.adopt(fixtures::prometheus("main"))).await?;
    namespace
        .apply(&operator.adopt(fixtures::alertmanager("main", 1)))
        .await?;
    namespace
        .apply(&operator.adopt(fixtures::thanos_ruler("main")?))
        .await?;
    Ok(())
}

async fn await_workloads(namespace: &Namespace) -> anyhow::Result<()> {
    await_available::<Prometheus>(namespace, "main", 1).await?;
    await_available::<Alertmanager>(namespace, "main", 1).await?;
    await_available::<ThanosRuler>(namespace, "main", 1).await
}

async fn has_nothing(namespace: &Namespace) -> anyhow::Result<()> {
    let sets = namespace.api::<StatefulSet>().list(&ListParams::default()).await?;
    anyhow::ensure!(
        sets.items.is_empty(),
        "{} has {} StatefulSets",
        namespace.name,
        sets.items.len()
    );
    let pods = namespace.api::<Pod>().list(&ListParams::default()).await?;
    anyhow::ensure!(
        pods.items.is_empty(),
        "{} has {} pods",
        namespace.name,
        pods.items.len()
    );
    Ok(())
}

fn list(flag: &str, namespaces: &[&str]) -> String {
    format!("--{flag}={}", namespaces.join(","))
}

/// The lists of instances of all kinds.
fn instances(namespaces: &[&str]) -> Vec<String> {
    ["prometheus", "alertmanager", "thanos-ruler"]
        .map(|kind| list(&format!("{kind}-instance-namespaces"), namespaces))
        .into()
}

/// A Prometheus that selects in every namespace of the test.
fn across(first: &Namespace) -> anyhow::Result<Prometheus> {
    let everywhere = json!({ "matchLabels": { TEST_LABEL: first.name } });
    let spec = json!({
        "serviceMonitorNamespaceSelector": everywhere,
        "scrapeConfigNamespaceSelector": everywhere,
        "ruleNamespaceSelector": everywhere,
    });
    fixtures::with(fixtures::prometheus("main"), json!({ "spec": spec }))
}

fn pool(namespace: &Namespace) -> String {
    format!("serviceMonitor/{}/app/0", namespace.name)
}

/// The app and its monitor, which the Prometheuses of `reader` may discover.
async fn start_monitored(reader: &Namespace, namespace: &Namespace) -> anyhow::Result<()> {
    fixtures::permit_discovery(reader, namespace).await?;
    fixtures::start_app(namespace, "app", 1).await?;
    namespace.apply(&fixtures::service_monitor("app", "app")).await?;
    Ok(())
}

/// Waits until the configuration has exactly these scrape jobs of monitors `app`.
async fn await_jobs(server: &PrometheusServer, present: &[&Namespace], absent: &[&Namespace]) -> anyhow::Result<()> {
    eventually(LIVE, "the jobs are those of the allowed namespaces", async || {
        let loaded = server.loaded_configuration().await?;
        let has = |namespace: &&&Namespace| loaded.contains(&format!("job_name: {}\n", pool(namespace)));
        anyhow::ensure!(present.iter().all(|one| has(&one)), "a job is missing:\n{loaded}");
        anyhow::ensure!(!absent.iter().any(|one| has(&one)), "a job is too much:\n{loaded}");
        Ok(())
    })
    .await
}

// Rows 1, 39
#[tokio::test]
async fn workloads_run_in_the_instance_namespaces_and_nowhere_else() -> anyhow::Result<()> {
    with_namespace(async |first| {
        let (inside, outside) = (first.beside(&[]).await?, first.beside(&[]).await?);
        let operator = fixtures::start_operator(first, &instances(&[&inside.name]), Reach::Everywhere).await?;
        apply_workloads(&operator, &outside).await?;
        apply_workloads(&operator, &inside).await?;
        await_workloads(&inside).await?;
        has_nothing(&outside).await
    })
    .await
}

// Rows 2, 40
#[tokio::test]
async fn an_instance_namespace_that_is_denied_has_workloads_and_no_monitors() -> anyhow::Result<()> {
    with_namespace(async |first| {
        let (inside, denied, open) = (
            first.beside(&[]).await?,
            first.beside(&[]).await?,
            first.beside(&[]).await?,
        );
        let mut flags = instances(&[&inside.name]);
        flags.push(list("deny-namespaces", &[&inside.name, &denied.name]));
        let operator = fixtures::start_operator(first, &flags, Reach::Everywhere).await?;
        for namespace in [&inside, &denied] {
            namespace.apply(&fixtures::service_monitor("app", "app")).await?;
        }
        start_monitored(&inside, &open).await?;
        fixtures::permit_discovery(&inside, &inside).await?;
        let prometheus = operator.adopt(across(first)?);
        inside.apply(&operator.adopt(fixtures::alertmanager("main", 1))).await?;
        let servers = fixtures::start_prometheus(&inside, &prometheus).await?;
        servers[0].await_up(&pool(&open), 1).await?;
        await_jobs(&servers[0], &[&open], &[&inside, &denied]).await?;
        await_available::<Alertmanager>(&inside, "main", 1).await
    })
    .await
}

// Row 3
#[tokio::test]
async fn an_alertmanager_takes_configs_of_the_allowed_namespace_while_it_has_its_label() -> anyhow::Result<()> {
    with_namespace(async |first| {
        let (inside, allowed) = (first.beside(&[]).await?, first.beside(&[]).await?);
        let mut flags = instances(&[&inside.name]);
        flags.push(list("namespaces", &[&allowed.name]));
        let operator = fixtures::start_operator(first, &flags, Reach::Only(&[&inside, &allowed])).await?;
        for namespace in [&inside, &allowed] {
            namespace
                .apply(&fixtures::alertmanager_config("team", "receiver"))
                .await?;
        }
        let selectors = json!({
            "alertmanagerConfigSelector": {},
            "alertmanagerConfigNamespaceSelector": { "matchLabels": { TEST_LABEL: first.name } },
        });
        let main = fixtures::with(fixtures::alertmanager("main", 1), json!({ "spec": selectors }))?;
        allowed.apply(&operator.adopt(main.clone())).await?;
        let servers = fixtures::start_alertmanager(&inside, &operator.adopt(main)).await?;
        let receiver = |namespace: &Namespace| format!("{}/team/app", namespace.name);
        eventually(
            LIVE,
            "the configuration has the receiver of the allowed namespace",
            async || {
                let loaded = servers[0].loaded_configuration().await?;
                anyhow::ensure!(loaded.contains(&receiver(&allowed)), "{loaded}");
                anyhow::ensure!(!loaded.contains(&receiver(&inside)), "{loaded}");
                Ok(())
            },
        )
        .await?;
        has_nothing(&allowed).await?;
        anyhow::ensure!(
            allowed.api::<AlertmanagerConfig>().get_opt("team").await?.is_some(),
            "it is gone"
        );

        allowed.label(TEST_LABEL, None).await?;
        eventually(LIVE, "without its label the namespace gives no receiver", async || {
            let loaded = servers[0].loaded_configuration().await?;
            anyhow::ensure!(!loaded.contains(&receiver(&allowed)), "{loaded}");
            Ok(())
        })
        .await
    })
    .await
}

// Row 41
#[tokio::test]
async fn monitors_of_the_allowed_namespace_are_scraped_while_it_has_its_label() -> anyhow::Result<()> {
    with_namespace(async |first| {
        let (inside, allowed) = (first.beside(&[]).await?, first.beside(&[]).await?);
        let mut flags = instances(&[&inside.name]);
        flags.push(list("namespaces", &[&allowed.name]));
        let operator = fixtures::start_operator(first, &flags, Reach::Only(&[&inside, &allowed])).await?;
        start_monitored(&inside, &allowed).await?;
        inside.apply(&fixtures::service_monitor("app", "app")).await?;
        let servers = fixtures::start_prometheus(&inside, &operator.adopt(across(first)?)).await?;
        servers[0].await_up(&pool(&allowed), 1).await?;
        await_jobs(&servers[0], &[&allowed], &[&inside]).await?;

        allowed.label(TEST_LABEL, None).await?;
        servers[0].await_up(&pool(&allowed), 0).await?;
        anyhow::ensure!(operator.restarts().await? == 0, "the operator was restarted");
        Ok(())
    })
    .await
}

// Row 42
#[tokio::test]
async fn lists_may_name_namespaces_that_do_not_exist() -> anyhow::Result<()> {
    with_namespace(async |first| {
        let (inside, allowed) = (first.beside(&[]).await?, first.beside(&[]).await?);
        let mut flags = instances(&[&inside.name, ABSENT]);
        flags.push(list("namespaces", &[&allowed.name, ABSENT]));
        let operator = fixtures::start_operator(first, &flags, Reach::Everywhere).await?;
        start_monitored(&inside, &allowed).await?;
        let servers = fixtures::start_prometheus(&inside, &operator.adopt(across(first)?)).await?;
        servers[0].await_up(&pool(&allowed), 1).await?;
        anyhow::ensure!(operator.restarts().await? == 0, "the operator was restarted");
        Ok(())
    })
    .await
}

// Rows 118, 119
#[tokio::test]
async fn scrape_configs_of_an_allowed_namespace_come_change_and_go() -> anyhow::Result<()> {
    with_namespace(async |first| {
        let (inside, allowed) = (first.beside(&[]).await?, first.beside(&[]).await?);
        let mut flags = instances(&[&inside.name]);
        flags.push(list("namespaces", &[&allowed.name]));
        let operator = fixtures::start_operator(first, &flags, Reach::Only(&[&inside, &allowed])).await?;
        fixtures::start_app(&allowed, "app", 1).await?;
        let target = format!("app.{}:8080", allowed.name);
        let config = |entries: i32| -> anyhow::Result<ScrapeConfig> {
            let entry = |number: i32| json!({ "targets": [target], "labels": { "entry": number.to_string() } });
            let entries: Vec<_> = (0..entries).map(entry).collect();
            Ok(ScrapeConfig::new(
                "static",
                serde_json::from_value(json!({ "staticConfigs": entries }))?,
            ))
        };
        allowed.apply(&config(2)?).await?;
        let servers = fixtures::start_prometheus(&inside, &operator.adopt(across(first)?)).await?;
        let pool = format!("scrapeConfig/{}/static", allowed.name);
        servers[0].await_up(&pool, 2).await?;
        allowed.apply(&config(3)?).await?;
        servers[0].await_up(&pool, 3).await?;
        allowed.remove::<ScrapeConfig>("static").await?;
        servers[0].await_up(&pool, 0).await?;
        Ok(())
    })
    .await
}

// Rows 35, 37
#[tokio::test]
async fn workloads_of_denied_namespaces_get_nothing() -> anyhow::Result<()> {
    with_namespace(async |first| {
        let (one, two) = (first.beside(&[]).await?, first.beside(&[]).await?);
        let open = first.beside(&[]).await?;
        let flags = [list("deny-namespaces", &[&one.name, &two.name])];
        let operator = fixtures::start_operator(first, &flags, Reach::Everywhere).await?;
        for namespace in [&one, &two, &open] {
            apply_workloads(&operator, namespace).await?;
        }
        await_workloads(&open).await?;
        has_nothing(&one).await?;
        has_nothing(&two).await?;

        open.remove::<Prometheus>("main").await?;
        open.remove::<ThanosRuler>("main").await?;
        open.remove::<Alertmanager>("main").await?;
        eventually(STARTED, "what was deleted has no pods", async || {
            has_nothing(&open).await
        })
        .await
    })
    .await
}

// Row 36
#[tokio::test]
async fn monitors_of_denied_namespaces_are_no_targets() -> anyhow::Result<()> {
    with_namespace(async |first| {
        let (denied, open) = (first.beside(&[]).await?, first.beside(&[]).await?);
        let flags = [list("deny-namespaces", &[&denied.name])];
        let operator = fixtures::start_operator(first, &flags, Reach::Everywhere).await?;
        denied.apply(&fixtures::service_monitor("app", "app")).await?;
        start_monitored(first, &open).await?;
        let servers = fixtures::start_prometheus(first, &operator.adopt(across(first)?)).await?;
        servers[0].await_up(&pool(&open), 1).await?;
        await_jobs(&servers[0], &[&open], &[&denied]).await?;
        open.remove::<ServiceMonitor>("app").await?;
        servers[0].await_up(&pool(&open), 0).await?;
        await_jobs(&servers[0], &[], &[&open, &denied]).await
    })
    .await
}

// Row 78
#[tokio::test]
async fn rules_of_the_watched_namespaces_fire_and_no_others() -> anyhow::Result<()> {
    with_namespace(async |first| {
        let (one, two, three) = (
            first.beside(&[]).await?,
            first.beside(&[]).await?,
            first.beside(&[]).await?,
        );
        for (namespace, alert) in [(&one, "One"), (&two, "Two"), (&three, "Three")] {
            let rule: PrometheusRule = fixtures::alerting_rule("rule", alert, "vector(1)");
            namespace.apply(&rule).await?;
        }
        let flags = [list("namespaces", &[&one.name])];
        let places = [&one, &two, &three];
        let operator = fixtures::start_operator(first, &flags, Reach::Only(&places)).await?;
        let servers = fixtures::start_prometheus(&one, &operator.adopt(across(first)?)).await?;
        servers[0].await_firing(&["One"]).await?;

        operator.run(&[list("namespaces", &[&one.name, &two.name])]).await?;
        servers[0].await_firing(&["One", "Two"]).await?;
        await_condition::<Prometheus>(&one, "main", ("Reconciled", "True"), ACTED).await?;
        Ok(())
    })
    .await
}
