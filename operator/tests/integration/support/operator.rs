//! The operator as its users run it: the built program, a process that can be killed, of which only the log, the HTTP
//! server and the exit code are seen.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::{Space, eventually, within};

const PROGRAM: &str = env!("CARGO_BIN_EXE_prometheus-operator");

/// Longer than two runs for one object are apart.
const QUIET: Duration = Duration::from_millis(800);

/// A running operator; killed when dropped, and its log shown if the test fails.
pub(crate) struct Operator {
    child: Child,
    web: SocketAddr,
    log: Arc<Mutex<String>>,
}

impl Operator {
    /// An operator of the namespace alone, with more flags.
    pub(crate) fn start(space: &Space, flags: &[&str]) -> Self {
        let namespaces = format!("--namespaces={}", space.namespace);
        let flags: Vec<&str> = [namespaces.as_str()].into_iter().chain(flags.iter().copied()).collect();
        Self::spawn(Command::new(PROGRAM).args(flags))
    }

    /// An operator with exactly these flags and another kubeconfig.
    pub(crate) fn start_with(kubeconfig: &str, flags: &[&str]) -> Self {
        Self::spawn(Command::new(PROGRAM).args(flags).env("KUBECONFIG", kubeconfig))
    }

    /// An operator of these namespaces that cannot have more than so many bytes of memory that it writes to: an attempt to have
    /// more is its end, as under the limit of a container. The limit is stricter than that: stacks count before they are used.
    pub(crate) fn start_limited(bytes: usize, namespaces: &str, flags: &[&str]) -> Self {
        let limited = r#"ulimit -d "$0" && exec "$@""#;
        let mut command = Command::new("sh");
        command.args(["-c", limited, &(bytes / 1024).to_string(), PROGRAM]);
        Self::spawn(command.arg(format!("--namespaces={namespaces}")).args(flags))
    }

    /// The most memory that it has had at a time, in bytes.
    pub(crate) fn peak_memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
        kilobytes.expect("the kernel says it") * 1024
    }

    /// The program under another name, with exactly these flags.
    pub(crate) fn start_program(name: &str, flags: &[String]) -> Self {
        Self::spawn(Command::new(PROGRAM).arg0(name).args(flags).env_remove("KUBECONFIG"))
    }

    /// Where its server is.
    pub(crate) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.web)
    }

    /// The same as an address.
    pub(crate) const fn web(&self) -> SocketAddr {
        self.web
    }

    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until somebody accepts connections.
    pub(crate) async fn listens(&self) {
        eventually("somebody listens", async || {
            TcpStream::connect(self.web).await.ok().map(drop)
        })
        .await;
    }

    /// Runs the program to its end.
    pub(crate) fn run(kubeconfig: &str, flags: &[&str]) -> Output {
        let mut command = Command::new(PROGRAM);
        let output = command.args(flags).env("KUBECONFIG", kubeconfig).output();
        output.expect("the program starts")
    }

    fn spawn(command: &mut Command) -> Self {
        // Bound and let go: the number is free for the moment that the program needs to take it.
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let web = free.local_addr().expect("it is bound");
        drop(free);
        command.arg(format!("--web.listen-address={web}"));
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let log = Arc::new(Mutex::new(String::new()));
        let (output, lines) = (child.stdout.take().expect("it is piped"), Arc::clone(&log));
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                lines.push_str(&line);
                lines.push('\n');
            }
        });
        Self { child, web, log }
    }

    /// What it has written so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for a line that contains all these parts.
    pub(crate) async fn logged(&self, parts: &[&str]) {
        let has_all = |line: &str| parts.iter().all(|part| line.contains(part));
        eventually(&format!("{parts:?} in the log"), async || {
            self.log().lines().any(has_all).then_some(())
        })
        .await;
    }

    /// Waits until all controllers work.
    pub(crate) async fn ready(&self) {
        eventually("/readyz says 200", async || {
            (self.get("/readyz").await?.0 == 200).then_some(())
        })
        .await;
    }

    /// Status and body of an answer; `None` while the server does not answer.
    pub(crate) async fn get(&self, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(self.web).await.ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: operator\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, body.to_owned()))
    }

    /// Waits until the server gives that status at `path`.
    pub(crate) async fn answers(&self, path: &str, status: u16) {
        eventually(&format!("{path} says {status}"), async || {
            (self.get(path).await?.0 == status).then_some(())
        })
        .await;
    }

    /// The text of `/metrics`; empty while the server does not answer.
    pub(crate) async fn metrics(&self) -> String {
        let answer = self.get("/metrics").await;
        answer.map(|(_, body)| body).unwrap_or_default()
    }

    /// The sample of that name (without prefix) with all these labels, written `key="value"`.
    pub(crate) async fn metric(&self, name: &str, labels: &[&str]) -> Option<f64> {
        let start = format!("prometheus_operator_{name}{{");
        let metrics = self.metrics().await;
        let line = metrics
            .lines()
            .find(|line| line.starts_with(&start) && labels.iter().all(|label| line.contains(label)))?;
        line.rsplit(' ').next()?.parse().ok()
    }

    /// Waits until a sample has that value.
    pub(crate) async fn measured(&self, name: &str, labels: &[&str], value: f64) {
        eventually(&format!("{name}{labels:?} is {value}"), async || {
            let sample = self.metric(name, labels).await?;
            ((sample - value).abs() < f64::EPSILON).then_some(())
        })
        .await;
    }

    /// Waits until it reconciles nothing any more: what it wrote brings it back once, a moment later.
    pub(crate) async fn settled(&self) {
        let (mut before, mut since) = (String::new(), Instant::now());
        eventually("the last reconciliation", async || {
            let metrics = self.metrics().await;
            let of_runs =
                |line: &&str| line.contains("_reconcile_operations_total{") || line.contains("_triggered_total{");
            let now: String = metrics.lines().filter(of_runs).collect();
            if now.is_empty() || now != before {
                (before, since) = (now, Instant::now());
            }
            (since.elapsed() > QUIET).then_some(())
        })
        .await;
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_none()
    }

    /// Ends it without warning, as a node does that loses its power.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it is our child");
    }

    /// Waits for its end.
    pub(crate) async fn terminated(&mut self, deadline: Duration) -> ExitStatus {
        let child = &mut self.child;
        within(deadline, "its end", async || child.try_wait().expect("it is our child")).await
    }

    /// Asks it to end, as the kubelet does, and waits for it as long as that is asked to take at most.
    pub(crate) async fn terminate(&mut self, deadline: Duration) -> ExitStatus {
        let id = i32::try_from(self.child.id()).expect("a process id");
        kill_process(Pid::from_raw(id).expect("not zero"), Signal::TERM).expect("it runs");
        self.terminated(deadline).await
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let _ = write!(std::io::stderr(), "log of the operator:\n{}", self.log());
        }
    }
}
