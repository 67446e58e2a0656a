//! The server of the config-reloader besieged by hostile peers, with a password, so that these can guess it. How long that
//! lasts is said by `SOAK_SECONDS`; `make siege` takes ten minutes.

#[path = "../../shared/process/tests/siege/mod.rs"]
mod siege;

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Ends the child when a test does.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_siege_keeps_nobody_honest_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    // Of the cost that Prometheus' documentation shows.
    let hash = bcrypt::hash("sesame", 10).expect("a cost that bcrypt has");
    std::fs::write(path("web.yaml"), format!("basic_auth_users:\n  ann: {hash}\n")).expect("ours");
    std::fs::write(path("in.yaml"), "a: 1\n").expect("ours");
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("it is bound");
    drop(free);
    let child = Command::new(env!("CARGO_BIN_EXE_prometheus-config-reloader"))
        .arg(format!("--listen-address={address}"))
        .arg(format!("--web-config-file={}", path("web.yaml").display()))
        .arg(format!("--config-file={}", path("in.yaml").display()))
        .arg(format!("--config-envsubst-file={}", path("out.yaml").display()))
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut running = Ends(child);
    while tokio::net::TcpStream::connect(address).await.is_err() {
        tokio::task::yield_now().await;
    }
    let target = siege::Target {
        plain: address,
        tls: None,
        with_body: "/healthz",
        process: running.0.id(),
        credentials: &format!("authorization: Basic {}\r\n", STANDARD.encode("ann:sesame")),
    };
    let seen = siege::lay(
        target,
        &[("healthz", "GET /healthz", ""), ("metrics", "GET /metrics", "")],
    )
    .await;
    eprintln!("{seen}");
    assert_eq!(seen.failures, [""; 0]);
    assert!(running.0.try_wait().expect("our child").is_none(), "it has ended");
    assert_eq!(seen.after.threads, seen.before.threads);
    assert!(seen.after.files <= seen.before.files + 4, "{seen}");
}
