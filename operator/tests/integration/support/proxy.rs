//! API servers with trouble: a way to the real one that can be cut and restored, and one that knows no custom resource.

use std::net::SocketAddr;
use std::path::PathBuf;

use kube::Config;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A port that leads to the API server of `KUBECONFIG` while it is open. TLS passes through it.
pub(crate) struct Proxy {
    address: SocketAddr,
    server: String,
    folder: tempfile::TempDir,
    open: Option<JoinHandle<()>>,
}

impl Proxy {
    /// A way that is closed: whoever tries it is refused.
    pub(crate) async fn closed() -> Self {
        let config = Config::infer().await.expect("KUBECONFIG can be used");
        let host = config.cluster_url.host().expect("a URL with a host").to_owned();
        let server = format!("{host}:{}", config.cluster_url.port_u16().unwrap_or(443));
        let free = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = free.local_addr().expect("it is bound");
        let proxy = Self {
            address,
            server,
            folder: tempfile::tempdir().expect("a folder"),
            open: None,
        };
        let path = std::env::var("KUBECONFIG").expect("the test is not skipped");
        let text = std::fs::read_to_string(path).expect("KUBECONFIG can be read");
        let own = text.lines().map(|line| match line.find("server:") {
            Some(indent) => {
                let space = " ".repeat(indent);
                format!("{space}server: https://{address}\n{space}tls-server-name: {host}\n")
            }
            None => format!("{line}\n"),
        });
        std::fs::write(proxy.kubeconfig_path(), own.collect::<String>()).expect("ours");
        proxy
    }

    fn kubeconfig_path(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }

    /// Path of a kubeconfig that leads through here.
    pub(crate) fn kubeconfig(&self) -> String {
        self.kubeconfig_path().display().to_string()
    }

    pub(crate) async fn open(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("still free");
        let server = self.server.clone();
        self.open = Some(tokio::spawn(async move {
            // Dropped with the task, and the connections with it.
            let mut connections = JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                let server = server.clone();
                connections.spawn(async move {
                    if let Ok(mut far) = TcpStream::connect(server).await {
                        let _ = copy_bidirectional(&mut near, &mut far).await;
                    }
                });
            }
        }));
    }

    /// Ends all connections and accepts no more.
    pub(crate) async fn cut(&mut self) {
        if let Some(open) = self.open.take() {
            open.abort();
            let _ = open.await;
        }
    }
}

/// Answers as an API server does on which nothing was installed yet; everything is permitted.
pub(crate) struct ApiServerWithoutCrds {
    pub(crate) url: String,
    serving: JoinHandle<()>,
}

impl ApiServerWithoutCrds {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream));
            }
        });
        Self { url, serving }
    }
}

impl Drop for ApiServerWithoutCrds {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    const REVIEW: &str = r#"{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","metadata":{},"spec":{},"status":{"allowed":true}}"#;
    const VERSION: &str = r#"{"major":"1","minor":"36","gitVersion":"v1.36.0","gitCommit":"","gitTreeState":"","buildDate":"","goVersion":"","compiler":"","platform":""}"#;
    const MISSING: &str = r#"{"apiVersion":"v1","kind":"Status","metadata":{},"status":"Failure","message":"not found","reason":"NotFound","code":404}"#;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
    stream.read_exact(&mut vec![0; length]).await?;
    let (status, body) = match head.split(' ').nth(1).unwrap_or_default() {
        "/version" => ("200 OK", VERSION),
        path if path.contains("selfsubjectaccessreviews") => ("201 Created", REVIEW),
        _ => ("404 Not Found", MISSING),
    };
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(answer.as_bytes()).await
}
