//! A configuration that one Secret cannot hold.

use std::time::Duration;

use crds::v1alpha1::ScrapeConfig;
use e2e::{LIVE, Namespace, PrometheusServer, STARTED, eventually, fixtures, with_namespace};
use k8s_openapi::api::core::v1::Secret;
use serde_json::json;

/// So many objects of this size fill more than a Secret, also compressed.
const OBJECTS: u64 = 12;
const BYTES: usize = 160_000;

/// The pods restart, and until then they keep what they had.
const MOVED: Duration = STARTED.saturating_add(LIVE);

#[tokio::test]
async fn jobs_move_into_further_secrets_and_back() -> anyhow::Result<()> {
    with_namespace(async |namespace| {
        fixtures::start_app(namespace, "app", 1).await?;
        namespace.apply(&fixtures::scrape_config("first", "app")?).await?;
        let server = fixtures::start_prometheus(namespace, &fixtures::prometheus("main"))
            .await?
            .remove(0);
        await_up(namespace, &server, "first").await?;

        for number in 0..OBJECTS {
            namespace.apply(&large(number)?).await?;
        }
        for number in 0..OBJECTS {
            await_up(namespace, &server, &name(number)).await?;
        }
        await_up(namespace, &server, "first").await?;
        let loaded = server.loaded_configuration().await?;
        anyhow::ensure!(loaded.contains("scrape_config_files:"), "one file was loaded");

        let large = namespace.api::<ScrapeConfig>();
        for number in 0..OBJECTS {
            large.delete(&name(number), &kube::api::DeleteParams::default()).await?;
        }
        eventually(
            MOVED,
            "the files of jobs are gone, and the first job is not",
            async || {
                let names = namespace
                    .api::<Secret>()
                    .list_metadata(&kube::api::ListParams::default())
                    .await?;
                let job_files = names.items.iter().filter_map(|secret| secret.metadata.name.as_deref());
                let job_files: Vec<_> = job_files.filter(|name| name.contains("scrape-configs")).collect();
                anyhow::ensure!(job_files.is_empty(), "{job_files:?} are there");
                let loaded = server.loaded_configuration().await?;
                anyhow::ensure!(!loaded.contains("scrape_config_files:"), "files of jobs are loaded");
                server.up(&pool(namespace, "first"), 2).await
            },
        )
        .await?;
        Ok(())
    })
    .await
}

async fn await_up(namespace: &Namespace, server: &PrometheusServer, name: &str) -> anyhow::Result<()> {
    let pool = pool(namespace, name);
    eventually(MOVED, &format!("the targets of {pool} are up"), async || {
        server.up(&pool, 2).await
    })
    .await?;
    Ok(())
}

fn pool(namespace: &Namespace, name: &str) -> String {
    format!("scrapeConfig/{}/{name}", namespace.name)
}

fn name(number: u64) -> String {
    format!("large-{number}")
}

/// The targets of the sample app with a label that does not compress and that no sample gets.
fn large(number: u64) -> anyhow::Result<ScrapeConfig> {
    let mut config = fixtures::scrape_config(&name(number), "app")?;
    let mut state = number + 1;
    let letters = std::iter::repeat_with(|| {
        // Xorshift (Marsaglia, 2003).
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'a' + u8::try_from(state % 26).unwrap_or_default())
    });
    let text: String = letters.take(BYTES).collect();
    let mut spec = serde_json::to_value(&config.spec)?;
    spec["staticConfigs"][0]["labels"]["__tmp_large"] = json!(text);
    config.spec = serde_json::from_value(spec)?;
    Ok(config)
}
