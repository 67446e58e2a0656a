//! Many Prometheuses in one namespace, each with monitors of its own and some that all of them select, which take their login
//! from one Secret: what each of them costs, and what it costs that all of them change at once.

use std::time::{Duration, Instant};

use crds::{Prometheus, ServiceMonitor};
use k8s_openapi::api::core::v1::{Namespace, Secret};
use kube::Client;
use kube::api::{Api, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use super::arrivals::Arrivals;
use super::control_plane::ControlPlane;
use super::load::{self, NAMESPACE};
use super::program::Program;
use super::row::WorkloadsRow;

/// Monitors that one Prometheus selects alone, and that all of them select.
const OWN: usize = 10;
const SHARED: usize = 10;
/// The Secret that all of them need.
const LOGIN: &str = "login";

/// So many Prometheuses, on an empty cluster.
pub(crate) async fn measure(control_plane: &ControlPlane, count: usize) -> anyhow::Result<WorkloadsRow> {
    let client = control_plane.client().await?;
    load::definitions(&client).await?;
    objects(&client, count).await?;
    let names: Vec<String> = (0..count)
        .map(|number| format!("prometheus-{}", name(number)))
        .collect();
    let arrivals = Arrivals::watch(&client).await?;
    let program = Program::start(control_plane.kubeconfig())?;
    let complete = arrivals.all(&names, program.started()).await?;
    load::finish_rollouts(&client, (0..count).map(name)).await?;
    program.quiet().await?;
    let memory_at_start = program.memory()?;
    let before = program.cpu()?;
    let sent = Instant::now();
    change_login(&client).await?;
    let all_written = arrivals.all(&names, sent).await?.duration_since(sent);
    program.quiet().await?;
    let cpu = program.cpu()?.saturating_sub(before);
    let mark = "/changed-alone".to_owned();
    let sent = vec![(mark.clone(), Instant::now())];
    load::replace_path(&client, NAMESPACE, &own_monitor(count / 2, 0), &mark).await?;
    program.quiet().await?;
    let own = arrivals.delays(&sent)?;
    Ok(WorkloadsRow {
        count,
        complete: complete.duration_since(program.started()),
        all_written,
        cpu,
        own: own.first().copied().unwrap_or(Duration::ZERO),
        memory_at_start,
        memory: program.memory()?,
    })
}

async fn objects(client: &Client, count: usize) -> anyhow::Result<()> {
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let namespace = serde_json::from_value(json!({"metadata": {"name": NAMESPACE}}))?;
    namespaces.create(&PostParams::default(), &namespace).await?;
    let here = |name: String, object: Value| (name, NAMESPACE.to_owned(), object);
    let login = json!({"stringData": {"user": "prometheus", "password": "not a real one"}});
    load::create::<Secret>(client, [here(LOGIN.to_owned(), login)].into_iter()).await?;
    let shared = (0..SHARED).map(|number| here(format!("shared-{number}"), monitor("all", true)));
    load::create::<ServiceMonitor>(client, shared).await?;
    let own = (0..count).flat_map(|owner| (0..OWN).map(move |number| (owner, number)));
    let own = own.map(|(owner, number)| here(own_monitor(owner, number), monitor(&name(owner), false)));
    load::create::<ServiceMonitor>(client, own).await?;
    let prometheus = |number: usize| {
        let taken = json!([{"key": "owner", "operator": "In", "values": ["all", name(number)]}]);
        here(
            name(number),
            json!({"spec": {"serviceMonitorSelector": {"matchExpressions": taken}}}),
        )
    };
    load::create::<Prometheus>(client, (0..count).map(prometheus)).await
}

fn name(number: usize) -> String {
    format!("p-{number}")
}

fn own_monitor(owner: usize, number: usize) -> String {
    format!("own-{owner}-{number}")
}

fn monitor(owner: &str, with_login: bool) -> Value {
    let mut endpoint = json!({"port": "http", "path": "/metrics"});
    if with_login {
        endpoint["basicAuth"] = json!({
            "username": {"name": LOGIN, "key": "user"},
            "password": {"name": LOGIN, "key": "password"},
        });
    }
    json!({
        "metadata": {"labels": {"owner": owner}},
        "spec": {"selector": {"matchLabels": {"owner": owner}}, "endpoints": [endpoint]},
    })
}

#[expect(clippy::disallowed_methods, reason = "the name of the namespace is ours")]
async fn change_login(client: &Client) -> anyhow::Result<()> {
    let api: Api<Secret> = Api::namespaced(client.clone(), NAMESPACE);
    let patch = json!({"stringData": {"password": "another one"}});
    api.patch(LOGIN, &PatchParams::default(), &Patch::Merge(&patch)).await?;
    Ok(())
}
