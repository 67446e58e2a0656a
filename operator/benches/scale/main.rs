//! The operator under load: `cargo bench -p operator --bench scale`. The built program against an etcd and an API server
//! of its own; thousands of `ServiceMonitor`s, a change of one of them twenty times a second, and a table of what that costs.
//! It needs what `e2e/cluster/cluster control-plane` needs, says so where that is missing, and never fails on time.
//!
//! `SCALE_SIZES` says how many `ServiceMonitor`s (`500 5000`), `SCALE_SECRETS` how many unrelated Secrets are added to the
//! first size (20000; 0 leaves that out), `SCALE_WORKLOADS` how many Prometheuses share a namespace in a last round (300; 0
//! leaves that out), `SCALE_PROGRAM` which program is measured, if not this one. `SCALE_RECORD` names a file to which each row is
//! added as a line of JSON, from which `cargo xtask performance` makes tables and plots.

mod arrivals;
mod control_plane;
mod load;
mod program;
mod row;
mod workloads;

use std::time::{Duration, Instant};

use anyhow::Context as _;
use kube::Client;

use arrivals::Arrivals;
use control_plane::ControlPlane;
use program::Program;
use row::Row;

/// Changes per run, and the time between two of them.
const CHANGES: usize = 300;
const PACE: Duration = Duration::from_millis(50);
/// How long an operator is watched that has nothing to do.
const IDLE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let sizes = std::env::var("SCALE_SIZES").unwrap_or_else(|_| "500 5000".to_owned());
    let mut secrets = number("SCALE_SECRETS", 20_000)?;
    let workloads = number("SCALE_WORKLOADS", 300)?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    row::print_head();
    for size in sizes.split_whitespace() {
        let size = size.parse().context("SCALE_SIZES")?;
        let Some(control_plane) = ControlPlane::start()? else {
            return Ok(());
        };
        measure(&control_plane, size, std::mem::take(&mut secrets))
            .await?
            .print()?;
    }
    if workloads > 0
        && let Some(control_plane) = ControlPlane::start()?
    {
        workloads::measure(&control_plane, workloads).await?.print()?;
    }
    Ok(())
}

/// The number in a variable.
fn number(variable: &'static str, default: usize) -> anyhow::Result<usize> {
    std::env::var(variable).map_or(Ok(default), |text| text.parse().context(variable))
}

/// One size, on an empty cluster.
async fn measure(control_plane: &ControlPlane, monitors: usize, secrets: usize) -> anyhow::Result<Row> {
    let client = control_plane.client().await?;
    load::definitions(&client).await?;
    load::objects(&client, monitors).await?;
    let arrivals = Arrivals::watch(&client).await?;
    let program = Program::start(control_plane.kubeconfig())?;
    let first = arrivals.first().await?;
    load::finish_rollouts(&client, [load::PROMETHEUS.to_owned()].into_iter()).await?;
    program.quiet().await?;
    let mut row = Row {
        monitors,
        first_configuration: first.duration_since(program.started()),
        memory_at_start: program.memory()?,
        ..Row::default()
    };
    row.idle = cpu_of(&program, async || {
        tokio::time::sleep(IDLE).await;
        Ok(())
    })
    .await?;
    let mut sent = Vec::new();
    row.changes = cpu_of(&program, async || {
        sent = change(&client, monitors).await?;
        program.quiet().await
    })
    .await?;
    row.memory = program.memory()?;
    row.delays = arrivals.delays(&sent)?;
    drop(program);
    if secrets > 0 {
        load::unrelated_secrets(&client, secrets).await?;
        let program = Program::start(control_plane.kubeconfig())?;
        program.quiet().await?;
        row.memory_among_secrets = Some(program.memory()?);
    }
    Ok(row)
}

/// CPU time of the program meanwhile.
async fn cpu_of(program: &Program, work: impl AsyncFnOnce() -> anyhow::Result<()>) -> anyhow::Result<Duration> {
    let before = program.cpu()?;
    work().await?;
    Ok(program.cpu()?.saturating_sub(before))
}

/// Changes one monitor after the other; gives what tells each change, and when it was sent.
async fn change(client: &Client, monitors: usize) -> anyhow::Result<Vec<(String, Instant)>> {
    let mut pace = tokio::time::interval(PACE);
    let mut sent = Vec::new();
    for number in 0..CHANGES {
        pace.tick().await;
        let mark = format!("/changed-{number}-times");
        sent.push((mark.clone(), Instant::now()));
        load::change(client, number * 7919 % monitors, &mark).await?;
    }
    Ok(sent)
}
