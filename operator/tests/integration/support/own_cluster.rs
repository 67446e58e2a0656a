//! A control plane that belongs to one test, which may break it.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use super::{eventually, within};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../e2e/cluster/cluster");
/// The ports of etcd, its peers and the API server without an offset: see `e2e/cluster/settings.sh`.
const PORTS: [u16; 3] = [12379, 12380, 16443];

/// A running control plane; it ends with the value.
pub(crate) struct OwnCluster {
    state: tempfile::TempDir,
    offset: u16,
    pub(crate) kubeconfig: String,
    /// The API server, once it was started again.
    server: Option<Child>,
}

impl OwnCluster {
    pub(crate) fn start() -> Self {
        let is_free = |offset: &u16| {
            PORTS
                .iter()
                .all(|port| TcpListener::bind(("127.0.0.1", port + offset)).is_ok())
        };
        let mut cluster = Self {
            state: tempfile::tempdir().expect("a folder"),
            offset: (1000..9000).step_by(10).find(is_free).expect("free ports"),
            kubeconfig: String::new(),
            server: None,
        };
        cluster.script("control-plane");
        cluster.kubeconfig = cluster.script("kubeconfig");
        cluster
    }

    fn script(&self, command: &str) -> String {
        let output = Command::new(SCRIPT)
            .arg(command)
            .env("CLUSTER_PROVIDER", "local")
            .env("CLUSTER_STATE", self.state.path())
            .env("CLUSTER_PORT_OFFSET", self.offset.to_string())
            .output()
            .expect("the script of the cluster");
        assert!(
            output.status.success(),
            "cluster {command}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }

    /// A client with all rights.
    pub(crate) async fn client(&self) -> Client {
        let file = Kubeconfig::read_from(&self.kubeconfig).expect("it was written");
        let config = Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await;
        Client::try_from(config.expect("it is complete")).expect("it is complete")
    }

    /// Kills the API server and starts it again; etcd stays.
    pub(crate) async fn restart_api_server(&mut self) {
        let record = self.state.path().join("run/kube-apiserver.pid");
        let record = std::fs::read_to_string(record).expect("it was recorded");
        let id: i32 = record
            .split(' ')
            .next()
            .and_then(|id| id.parse().ok())
            .expect("a process id");
        let command = std::fs::read_to_string(format!("/proc/{id}/cmdline")).expect("it runs");
        let words: Vec<&str> = command.trim_end_matches('\0').split('\0').collect();
        let process = rustix::process::Pid::from_raw(id).expect("not zero");
        rustix::process::kill_process(process, rustix::process::Signal::KILL).expect("it runs");
        let port = PORTS[2] + self.offset;
        eventually("the end of the API server", async || {
            TcpListener::bind(("127.0.0.1", port)).ok().map(drop)
        })
        .await;
        let mut again = Command::new(words[0]);
        let again = again.args(&words[1..]).stdout(Stdio::null()).stderr(Stdio::null());
        self.server = Some(again.spawn().expect("the program that ran before"));
        let client = self.client().await;
        within(std::time::Duration::from_secs(90), "the API server", async || {
            client.apiserver_version().await.ok()
        })
        .await;
    }
}

impl Drop for OwnCluster {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            let _ = server.kill();
            let _ = server.wait();
        }
        self.script("down");
    }
}
