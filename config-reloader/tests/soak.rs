//! Change after change, of every kind, for as long as `SOAK_SECONDS` says (2 by default; `make soak` takes 120): none is
//! lost, and nothing is reloaded that did not change. What comes last must be what the target was told last.

mod support;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use formats::gzip::compress;
use support::{Mount, Running, Target, rename_over};

#[tokio::test]
async fn no_change_is_lost() {
    let seconds = std::env::var("SOAK_SECONDS").map_or(2, |text| text.parse().expect("a number of seconds"));
    let mut target = Target::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let mut mount = Mount::new(path("config"));
    let (source, output) = (mount.path.join("a.yaml.gz"), path("out.yaml"));
    mount.swap(&[("a.yaml.gz", &compress(b"version: 0\n"))]);
    fs::create_dir_all(path("rules/deep")).expect("ours");
    let running = Running::start(&[
        format!("--config-file={}", source.display()),
        format!("--config-envsubst-file={}", output.display()),
        format!("--watched-dir={}", path("rules").display()),
        format!("--reload-url=http://{}/-/reload", target.address),
        "--delay-interval=1ms".to_owned(),
    ])
    .await;
    target.request().await;
    let start = Instant::now();
    let mut changes = 0_u64;
    while start.elapsed() < Duration::from_secs(seconds) {
        changes += 1;
        match changes % 4 {
            0 => rename_over(&path("rules/a.yaml"), &changes.to_string()),
            1 => rename_over(&path("rules/deep/b.yaml"), &changes.to_string()),
            2 => {
                // A folder that is replaced while it is watched.
                fs::create_dir(path("new")).expect("ours");
                fs::write(path("new/b.yaml"), changes.to_string()).expect("ours");
                fs::rename(path("rules/deep"), path("old")).expect("ours");
                fs::rename(path("new"), path("rules/deep")).expect("ours");
                fs::remove_dir_all(path("old")).expect("ours");
            }
            _ => {
                let content = format!("version: {changes}\n");
                // Several before it is looked at: the last one counts.
                mount.swap(&[("a.yaml.gz", &compress(b"passing by: 1\n"))]);
                mount.swap(&[("a.yaml.gz", &compress(content.as_bytes()))]);
                while read(&output) != content {
                    target.request().await;
                }
                continue;
            }
        }
        target.request().await;
    }
    // What a change in several steps caused in addition has settled when this has.
    rename_over(&path("rules/a.yaml"), "the end");
    target.request().await;
    running.metric_becomes("reloader_last_reload_successful", "1").await;
    assert_eq!(running.metric("reloader_watch_errors_total").await, "0");
    assert_eq!(
        running.metric("reloader_config_apply_operations_failed_total").await,
        "0"
    );
    println!(
        "{changes} changes in {seconds} s, none lost; resident: {}",
        running.metric("process_resident_memory_bytes").await
    );
    running.stop().await;
}
