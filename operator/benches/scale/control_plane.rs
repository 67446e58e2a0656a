//! An etcd and an API server that belong to the benchmark alone, as `e2e/cluster/cluster` starts them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

/// Away from the ports of the other clusters of the machine.
const PORT_OFFSET: &str = "600";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../e2e/cluster/cluster");

/// A running control plane; it ends with the value.
pub(crate) struct ControlPlane {
    state: PathBuf,
    kubeconfig: String,
}

impl ControlPlane {
    /// A new one without objects. `None` where the machine cannot run it, which is reported.
    #[expect(clippy::print_stderr, reason = "what a benchmark is for")]
    pub(crate) fn start() -> anyhow::Result<Option<Self>> {
        // Always the same folder: what an interrupted run left behind is found, and removed.
        let mut control_plane = Self {
            state: std::env::temp_dir().join("prometheus-operator-rs-scale"),
            kubeconfig: String::new(),
        };
        control_plane.script("down")?;
        if control_plane.script("control-plane").is_err() {
            eprintln!("skipped: no control plane can be started here");
            return Ok(None);
        }
        control_plane.kubeconfig = control_plane.script("kubeconfig")?;
        Ok(Some(control_plane))
    }

    fn script(&self, command: &str) -> anyhow::Result<String> {
        let offset = std::env::var("CLUSTER_PORT_OFFSET").unwrap_or_else(|_| PORT_OFFSET.to_owned());
        let output = Command::new(SCRIPT)
            .arg(command)
            .env("CLUSTER_PROVIDER", "local")
            .env("CLUSTER_STATE", &self.state)
            .env("CLUSTER_PORT_OFFSET", offset)
            .stderr(std::process::Stdio::inherit())
            .output()
            .context("the script of the cluster")?;
        anyhow::ensure!(output.status.success(), "cluster {command}: {}", output.status);
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Path of the file that leads to it.
    pub(crate) fn kubeconfig(&self) -> &str {
        &self.kubeconfig
    }

    /// A client with all rights.
    pub(crate) async fn client(&self) -> anyhow::Result<Client> {
        let file = Kubeconfig::read_from(&self.kubeconfig)?;
        let config = Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await?;
        Ok(Client::try_from(config)?)
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        let _ = self.script("down");
    }
}
