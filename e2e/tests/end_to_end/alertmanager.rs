//! An Alertmanager takes its configuration from a Secret, and several of them form a cluster.

use e2e::{LIVE, eventually, fixtures, with_namespace};

#[tokio::test]
async fn alertmanagers_form_a_cluster_and_take_a_changed_configuration() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        let write = async |receiver: &str| {
            let configuration = fixtures::alertmanager_configuration(receiver, "nobody");
            namespace
                .write_secret("alertmanager-main", &[("alertmanager.yaml", &configuration)])
                .await
        };
        write("first-receiver").await?;
        let servers = fixtures::start_alertmanager(namespace, &fixtures::alertmanager("main", 2)).await?;
        for server in &servers {
            eventually(LIVE, "the cluster has two members", async || {
                let peers = server.peers().await?;
                anyhow::ensure!(peers == 2, "{peers} members");
                Ok(())
            })
            .await?;
        }

        write("second-receiver").await?;
        for server in &servers {
            eventually(LIVE, "the new receiver is live", async || {
                let loaded = server.loaded_configuration().await?;
                anyhow::ensure!(
                    loaded.contains("second-receiver") && !loaded.contains("first-receiver"),
                    "the configuration is\n{loaded}"
                );
                Ok(())
            })
            .await?;
        }
        Ok(())
    })
    .await
}
