//! Reviews of a `PrometheusRule` of 20 rules: `cargo bench -p operator --bench admission`. The built program
//! `admission-webhook` on one processor, asked 500 times a second, and a table of what that costs: processor time, the time until
//! the answer, memory. It never fails on time.
//!
//! `ADMISSION_REVIEWS` says how many reviews (10000), `ADMISSION_RATE` how many a second (500), `ADMISSION_PROGRAM` which program
//! is measured, if not this one.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

const ADDRESS: &str = "127.0.0.1:18443";
/// Connections that the API server would keep open.
const CONNECTIONS: usize = 8;
const RULES: usize = 20;
/// Reviews before the memory is looked at for the first time.
const WARM_UP: usize = 500;

#[expect(clippy::print_stdout, reason = "what a benchmark is for")]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a few thousand reviews, and a share of them"
)]
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let number = |name: &str, default: usize| match std::env::var(name) {
        Ok(text) => text.parse().with_context(|| name.to_owned()),
        Err(_) => Ok(default),
    };
    let (reviews, rate) = (number("ADMISSION_REVIEWS", 10_000)?, number("ADMISSION_RATE", 500)?);
    let program = Program::start()?;
    let body = review().to_string();
    let request = format!(
        "POST /admission-prometheusrules/validate HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    println!("{RULES} rules, {} bytes a review, {rate} reviews a second", body.len());
    load(&request, WARM_UP, rate).await?;
    let (memory, processor) = (program.resident()?, program.processor()?);
    let mut latencies = load(&request, reviews, rate).await?;
    let spent = program.processor()?.saturating_sub(processor);
    latencies.sort_unstable();
    let at = |part: f64| latencies[((latencies.len() - 1) as f64 * part) as usize].as_secs_f64() * 1000.0;
    println!(
        "processor  {:.3} ms a review",
        spent.as_secs_f64() * 1000.0 / reviews as f64
    );
    println!(
        "answer     p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms, longest {:.2} ms",
        at(0.5),
        at(0.99),
        at(0.999),
        at(1.0)
    );
    println!(
        "memory     {:.1} MB after {WARM_UP} reviews, {:.1} MB after {reviews} more",
        memory,
        program.resident()?
    );
    Ok(())
}

fn review() -> Value {
    let rule = |number: usize| {
        json!({
            "alert": format!("Errors{number}"),
            "expr": format!(
                "sum by (namespace, pod) (rate(http_requests_total{{job=\"app\", code=~\"5..\", route!=\"/health-{number}\"}}[5m])) / \
                 sum by (namespace, pod) (rate(http_requests_total{{job=\"app\"}}[5m])) > 0.05"
            ),
            "for": "10m",
            "labels": { "severity": "warning" },
            "annotations": {
                "summary": "{{ $labels.pod }} has many errors.",
                "description": "{{ $value | humanizePercentage }} of the requests to {{ $labels.namespace }}/{{ $labels.pod }} fail.",
            },
        })
    };
    let rules: Vec<Value> = (0..RULES).map(rule).collect();
    json!({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {
            "uid": "f6b1b9a2-0f6c-4d5d-9a43-5f1d3f1c0a01", "operation": "CREATE",
            "resource": { "group": "monitoring.coreos.com", "version": "v1", "resource": "prometheusrules" },
            "object": {
                "apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule",
                "metadata": { "name": "app", "namespace": "team" },
                "spec": { "groups": [{ "name": "errors", "rules": rules }] },
            },
        },
    })
}

/// The program under load, on one processor.
struct Program(Child);

impl Program {
    fn start() -> anyhow::Result<Self> {
        let own = env!("CARGO_BIN_EXE_prometheus-operator").to_owned();
        let program = std::env::var("ADMISSION_PROGRAM").unwrap_or(own);
        let child = Command::new("taskset")
            .args(["--cpu-list", "0", &program, "admission-webhook"])
            .args(["--web.enable-tls=false", &format!("--web.listen-address={ADDRESS}")])
            .env("MALLOC_ARENA_MAX", "1")
            .stdout(Stdio::null())
            .spawn();
        Ok(Self(child.context("taskset")?))
    }

    fn file(&self, name: &str) -> anyhow::Result<String> {
        let path = format!("/proc/{}/{name}", self.0.id());
        std::fs::read_to_string(&path).context(path)
    }

    /// Resident memory, in megabytes.
    fn resident(&self) -> anyhow::Result<f64> {
        let status = self.file("status")?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .context("VmRSS")?;
        let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kibibytes * 1024.0 / 1e6)
    }

    /// Processor time so far: ticks of 10 ms.
    fn processor(&self) -> anyhow::Result<Duration> {
        let stat = self.file("stat")?;
        let fields: Vec<&str> = stat.rsplit(") ").next().context("stat")?.split(' ').collect();
        let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
        Ok(Duration::from_millis(ticks * 10))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks so often, at times that do not depend on the answers; how long each answer took from the time at which it was due.
async fn load(request: &str, reviews: usize, rate: usize) -> anyhow::Result<Vec<Duration>> {
    let (give, mut take) = mpsc::channel(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        give.send(connect().await?).await?;
    }
    let started = Instant::now();
    let request: std::sync::Arc<str> = request.into();
    let mut asked = tokio::task::JoinSet::new();
    for number in 0..reviews {
        let due = started + Duration::from_secs(1) * u32::try_from(number)? / u32::try_from(rate)?;
        sleep_until(due).await;
        let mut stream: TcpStream = take.recv().await.context("a connection")?;
        let (give, request) = (give.clone(), std::sync::Arc::clone(&request));
        asked.spawn(async move {
            ask(&mut stream, &request).await?;
            let took = due.elapsed();
            give.send(stream).await?;
            anyhow::Ok(took)
        });
    }
    let mut latencies = Vec::with_capacity(reviews);
    while let Some(took) = asked.join_next().await {
        latencies.push(took??);
    }
    Ok(latencies)
}

async fn connect() -> anyhow::Result<TcpStream> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        match TcpStream::connect(ADDRESS).await {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) if Instant::now() > deadline => return Err(error).context("the program does not listen"),
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn ask(stream: &mut TcpStream, request: &str) -> anyhow::Result<()> {
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::with_capacity(1024);
    loop {
        anyhow::ensure!(stream.read_buf(&mut answer).await? > 0, "the connection was closed");
        // The answer is short, and ends with the brace of its JSON.
        if answer.ends_with(b"}}") {
            break;
        }
    }
    let text = String::from_utf8_lossy(&answer);
    anyhow::ensure!(text.contains("\"allowed\":true"), "{text}");
    Ok(())
}
