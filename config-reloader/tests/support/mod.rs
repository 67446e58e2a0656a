//! What the tests of the loop need: a target that records requests, a folder that changes as the kubelet changes it,
//! and a reloader that runs on them. Nothing here sleeps: everything waits for something to happen, with a deadline.

// Each test file uses its part of this module.
#![allow(dead_code, missing_docs, reason = "shared by several test programs")]

use std::ffi::OsString;
use std::fs;
use std::future::Future;
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use config_reloader::args::Args;
use config_reloader::run::Daemon;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// For whatever is awaited; far more than it takes.
const DEADLINE: Duration = Duration::from_secs(20);
/// Longer than two looks are apart of which the first found nothing.
const REST: Duration = Duration::from_millis(300);

pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(DEADLINE, future)
        .await
        .unwrap_or_else(|_| panic!("{what}: not within {DEADLINE:?}"))
}

/// Where a program is, among the folders of `PROGRAMS`; without it a test is skipped.
#[expect(clippy::print_stdout, reason = "whoever runs the tests must see what was skipped")]
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let listed = std::env::var_os("PROGRAMS").unwrap_or_default();
    let found = std::env::split_paths(&listed)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    if found.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "{name} is in none of PROGRAMS"
        );
        println!("skipped: {name} is in none of the folders of PROGRAMS");
    }
    found
}

/// Replaces a file by renaming another over it, which comes from elsewhere: the rename is all that can be seen.
pub(crate) fn rename_over(path: &Path, content: &str) {
    let new = tempfile::NamedTempFile::new().expect("a file");
    fs::write(new.path(), content).expect("ours");
    new.persist(path).expect("one file system");
}

/// A server that tells each request's first line and answers as it is told, or 200.
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    requests: mpsc::UnboundedReceiver<String>,
    answers: mpsc::UnboundedSender<String>,
}

impl Target {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (tell, requests) = mpsc::unbounded_channel();
        let (answers, mut told) = mpsc::unbounded_channel::<String>();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    let Ok(byte) = stream.read_u8().await else { break };
                    request.push(byte);
                }
                let answer = told.try_recv().unwrap_or_else(|_| answer("200 OK", ""));
                let _ = stream.write_all(answer.as_bytes()).await;
                let line = String::from_utf8_lossy(&request)
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                let _ = tell.send(line);
            }
        });
        Self {
            address,
            requests,
            answers,
        }
    }

    /// The next request that is not answered yet gets this.
    pub(crate) fn will_answer(&self, status: &str, body: &str) {
        self.answers.send(answer(status, body)).expect("the target runs");
    }

    /// The next request.
    pub(crate) async fn request(&mut self) -> String {
        within("a request", self.requests.recv())
            .await
            .expect("the target runs")
    }

    /// No request has come that was not taken by [`Target::request`].
    pub(crate) fn assert_quiet(&mut self) {
        assert_eq!(self.requests.try_recv().ok(), None);
    }
}

fn answer(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// A folder as the kubelet fills it: `..data` links to a folder with a version in its name, files link through it.
pub(crate) struct Mount {
    pub(crate) path: PathBuf,
    version: u32,
}

impl Mount {
    pub(crate) fn new(path: PathBuf) -> Self {
        fs::create_dir_all(&path).expect("the folder is ours");
        Self { path, version: 0 }
    }

    /// Replaces the content of all files, in the kubelet's order.
    pub(crate) fn swap(&mut self, files: &[(&str, &[u8])]) {
        let former = self.path.join(format!("..v{}", self.version));
        self.version += 1;
        let name = format!("..v{}", self.version);
        let folder = self.path.join(&name);
        fs::create_dir(&folder).expect("ours");
        for (file, content) in files {
            fs::write(folder.join(file), content).expect("ours");
        }
        symlink(&name, self.path.join("..data_tmp")).expect("ours");
        fs::rename(self.path.join("..data_tmp"), self.path.join("..data")).expect("ours");
        for (file, _) in files {
            let link = self.path.join(file);
            if fs::symlink_metadata(&link).is_err() {
                symlink(Path::new("..data").join(file), link).expect("ours");
            }
        }
        if former.exists() {
            fs::remove_dir_all(former).expect("ours");
        }
    }
}

/// A reloader at work; it stops when this is dropped.
pub(crate) struct Running {
    pub(crate) listening: SocketAddr,
    pub(crate) force: mpsc::Sender<()>,
    stop: Option<oneshot::Sender<()>>,
    ended: JoinHandle<()>,
}

impl Running {
    /// Starts with these arguments after a short delay, a long tick and a listener.
    pub(crate) async fn start(arguments: &[String]) -> Self {
        let fixed = [
            "reloader",
            "--delay-interval=10ms",
            "--retry-interval=10ms",
            "--listen-address=127.0.0.1:0",
        ];
        let all = fixed
            .iter()
            .map(OsString::from)
            .chain(arguments.iter().map(OsString::from));
        let args = Args::try_from_arguments(all).expect("good arguments");
        let daemon = Daemon::start(&args).await.expect("a free port");
        let listening = daemon.local_address().expect("it listens").expect("it is bound");
        let (force, forced) = mpsc::channel(1);
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = tokio::spawn(daemon.run(
            async {
                let _ = stopped.await;
            },
            forced,
        ));
        Self {
            listening,
            force,
            stop: Some(stop),
            ended,
        }
    }

    /// Status line and body of a page.
    pub(crate) async fn page(&self, path: &str) -> (String, String) {
        let mut stream = TcpStream::connect(self.listening).await.expect("it listens");
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("it reads");
        let mut text = String::new();
        stream.read_to_string(&mut text).await.expect("it answers");
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer");
        let status = head.lines().next().expect("a status line").to_owned();
        (status, body.to_owned())
    }

    /// The value of a metric now.
    pub(crate) async fn metric(&self, name: &str) -> String {
        let (_, text) = self.page("/metrics").await;
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{name} is not in\n{text}")).to_owned()
    }

    /// Waits until a page holds a text.
    pub(crate) async fn page_tells(&self, path: &str, text: &str) {
        within(&format!("{text} in {path}"), async {
            while !self.page(path).await.1.contains(text) {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// Waits until a metric has a value.
    pub(crate) async fn metric_becomes(&self, name: &str, value: &str) {
        within(&format!("{name} {value}"), async {
            while self.metric(name).await != value {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// Waits until it has not looked at the files for longer than two looks are apart.
    pub(crate) async fn is_at_rest(&self) {
        within("rest", async {
            let looks = || self.metric("reloader_config_apply_operations_total");
            let mut last = String::new();
            loop {
                let now = looks().await;
                if now == last {
                    break;
                }
                last = now;
                tokio::time::sleep(REST).await;
            }
        })
        .await;
    }

    /// The value of a counter now.
    pub(crate) async fn number(&self, name: &str) -> u64 {
        self.metric(name).await.parse().expect("a counter")
    }

    /// Waits until a counter is above `value`.
    pub(crate) async fn number_exceeds(&self, name: &str, value: u64) {
        within(&format!("{name} above {value}"), async {
            while self.number(name).await <= value {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        within("the end", self.ended).await.expect("it ends without a panic");
    }
}
