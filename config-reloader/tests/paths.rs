//! Paths by where they lead: links at any place, our own files among the watched ones, names that are odd.

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use support::{Mount, Running, Target, rename_over};

const RELOAD: &str = "POST /-/reload HTTP/1.1";

/// Points a link elsewhere, as deployment tools do.
fn repoint(link: &Path, target: &str) {
    let new = link.with_extension("new");
    symlink(target, &new).expect("ours");
    fs::rename(new, link).expect("ours");
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

async fn start(target: &Target, flags: &[String]) -> Running {
    let url = format!("--reload-url=http://{}/-/reload", target.address);
    let all: Vec<_> = flags.iter().cloned().chain([url]).collect();
    Running::start(&all).await
}

#[tokio::test]
async fn a_link_far_above_the_watched_folder_may_be_pointed_elsewhere() {
    let mut target = Target::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    for release in ["1", "2"] {
        fs::create_dir_all(at(&format!("releases/{release}/etc/rules"))).expect("ours");
        fs::write(at(&format!("releases/{release}/etc/rules/a.yml")), release).expect("ours");
        fs::write(at(&format!("releases/{release}/etc/in.yml")), release).expect("ours");
    }
    symlink("releases/1", at("current")).expect("ours");
    let _running = start(
        &target,
        &[
            format!("--watched-dir={}", at("current/etc/rules").display()),
            format!("--config-file={}", at("current/etc/in.yml").display()),
            format!("--config-envsubst-file={}", at("out.yml").display()),
        ],
    )
    .await;
    assert_eq!(target.request().await, RELOAD);
    // The former release stays, as with most tools.
    repoint(&at("current"), "releases/2");
    assert_eq!(target.request().await, RELOAD);
    assert_eq!(read(&at("out.yml")), "2");
    rename_over(&at("releases/2/etc/rules/a.yml"), "changed in the new one");
    assert_eq!(target.request().await, RELOAD);
}

#[tokio::test]
async fn a_rule_that_is_a_link_to_elsewhere_is_watched_there() {
    let mut target = Target::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("rules")).expect("ours");
    fs::create_dir_all(at("store/1")).expect("ours");
    fs::write(at("store/1/a.yml"), "1").expect("ours");
    symlink("1", at("store/now")).expect("ours");
    symlink("../store/now/a.yml", at("rules/a.yml")).expect("ours");
    let running = start(&target, &[format!("--watched-dir={}", at("rules").display())]).await;
    assert_eq!(target.request().await, RELOAD);
    // Its links are known after the first look, which is followed by another one.
    running
        .number_exceeds("reloader_config_apply_operations_total", 1)
        .await;
    rename_over(&at("store/1/a.yml"), "2");
    assert_eq!(target.request().await, RELOAD);
    fs::create_dir(at("store/2")).expect("ours");
    fs::write(at("store/2/a.yml"), "3").expect("ours");
    repoint(&at("store/now"), "2");
    assert_eq!(target.request().await, RELOAD);
}

#[tokio::test]
async fn an_output_in_the_watched_folder_is_no_input() {
    let mut target = Target::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("real")).expect("ours");
    symlink("real", at("link")).expect("ours");
    fs::write(at("real/in.yml"), "1").expect("ours");
    let running = start(
        &target,
        &[
            format!("--watched-dir={}", at("link").display()),
            format!("--config-file={}", at("link/in.yml").display()),
            format!("--config-envsubst-file={}", at("real/out.yml").display()),
        ],
    )
    .await;
    for content in ["2", "3"] {
        assert_eq!(target.request().await, RELOAD);
        rename_over(&at("real/in.yml"), content);
    }
    assert_eq!(target.request().await, RELOAD);
    // Another reloader's.
    let applied = running.number("reloader_config_apply_operations_total").await;
    fs::write(at("real/.prometheus-config-reloader-1.tmp"), "").expect("ours");
    running.force.send(()).await.expect("it runs");
    assert_eq!(target.request().await, RELOAD);
    running
        .number_exceeds("reloader_config_apply_operations_total", applied)
        .await;
    running.metric_becomes("reloader_reloads_total", "4").await;
    target.assert_quiet();
}

#[tokio::test]
async fn a_target_folder_that_comes_to_lie_in_a_watched_one_is_not_copied_into_itself() {
    let mut target = Target::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("real/out")).expect("ours");
    fs::create_dir(at("first")).expect("ours");
    fs::write(at("first/a.yml"), "1").expect("ours");
    fs::write(at("real/b.yml"), "1").expect("ours");
    symlink("first", at("link")).expect("ours");
    let running = start(
        &target,
        &[
            format!("--watched-dir={}", at("link").display()),
            format!("--target-dir={}", at("real/out").display()),
        ],
    )
    .await;
    assert_eq!(target.request().await, RELOAD);
    repoint(&at("link"), "real");
    assert_eq!(target.request().await, RELOAD);
    assert_eq!(read(&at("real/out/b.yml")), "1");
    running.force.send(()).await.expect("it runs");
    assert_eq!(target.request().await, RELOAD);
    assert!(!at("real/out/out").exists());
    running.metric_becomes("reloader_reloads_total", "3").await;
}

#[tokio::test]
async fn odd_names_block_nothing() {
    let mut target = Target::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (rules, out) = (folder.path().join("rules"), folder.path().join("out"));
    fs::create_dir(&rules).expect("ours");
    symlink("loop", rules.join("loop")).expect("ours");
    symlink("nowhere", rules.join("dangling")).expect("ours");
    let long = "n".repeat(255);
    fs::write(rules.join(&long), "long").expect("ours");
    fs::write(rules.join("..gz"), formats::gzip::compress(b"1")).expect("ours");
    let _running = start(
        &target,
        &[
            format!("--watched-dir={}", rules.display()),
            format!("--target-dir={}", out.display()),
        ],
    )
    .await;
    assert_eq!(target.request().await, RELOAD);
    assert_eq!(read(&out.join(&long)), "long");
    rename_over(&rules.join("a.yml"), "1");
    assert_eq!(target.request().await, RELOAD);
    assert_eq!(read(&out.join("a.yml")), "1");
}

#[tokio::test]
async fn what_is_complete_at_once_waits_for_nothing() {
    let mut target = Target::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut mount = Mount::new(folder.path().join("config"));
    mount.swap(&[("a.yml", b"1")]);
    let running = start(
        &target,
        &[
            format!("--config-file={}", mount.path.join("a.yml").display()),
            "--delay-interval=1h".to_owned(),
        ],
    )
    .await;
    assert_eq!(target.request().await, RELOAD);
    // Far longer than the test may take: it comes at once, or not at all.
    mount.swap(&[("a.yml", b"2")]);
    assert_eq!(target.request().await, RELOAD);
    running.metric_becomes("reloader_reloads_total", "2").await;
}

#[tokio::test]
async fn with_nothing_to_watch_nothing_is_reloaded() {
    let mut target = Target::start().await;
    let running = start(&target, &[]).await;
    running
        .number_exceeds("reloader_config_apply_operations_total", 0)
        .await;
    assert_eq!(running.metric("reloader_reloads_total").await, "0");
    target.assert_quiet();
    running.force.send(()).await.expect("it runs");
    assert_eq!(target.request().await, RELOAD);
}
