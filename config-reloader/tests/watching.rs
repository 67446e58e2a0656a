//! The loop on real files and a real server: what causes a reload, what does not, and what the output is.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use formats::gzip::compress;
use support::{Mount, Running, Target, rename_over};

const RELOAD: &str = "POST /-/reload HTTP/1.1";

/// A target, a folder, and the flags that every case has.
struct Bench {
    target: Target,
    folder: tempfile::TempDir,
    flags: Vec<String>,
}

impl Bench {
    async fn new() -> Self {
        let target = Target::start().await;
        let folder = tempfile::tempdir().expect("a folder");
        let flags = vec![format!("--reload-url=http://{}/-/reload", target.address)];
        Self { target, folder, flags }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn flag(&mut self, name: &str, path: &Path) {
        self.flags.push(format!("--{name}={}", path.display()));
    }

    /// Flags for a compressed file in a mount, and an output elsewhere.
    fn mounted(&mut self) -> (Mount, PathBuf) {
        let (mount, output) = (Mount::new(self.path("config")), self.path("out.yaml"));
        self.flag("config-file", &mount.path.join("a.yaml.gz"));
        self.flag("config-envsubst-file", &output);
        (mount, output)
    }

    async fn reloaded(&mut self) {
        assert_eq!(self.target.request().await, RELOAD);
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("the output is there")
}

#[tokio::test]
async fn each_swap_of_a_mount_reloads_once() {
    let mut bench = Bench::new().await;
    let (mut mount, output) = bench.mounted();
    mount.swap(&[("a.yaml.gz", &compress(b"version: 0\n"))]);
    let running = Running::start(&bench.flags).await;
    bench.reloaded().await;
    assert_eq!(read(&output), "version: 0\n");
    for version in 1..=5 {
        let content = format!("version: {version}\n");
        mount.swap(&[("a.yaml.gz", &compress(content.as_bytes()))]);
        bench.reloaded().await;
        assert_eq!(read(&output), content);
    }
    running.metric_becomes("reloader_reloads_total", "6").await;
    assert_eq!(running.metric("reloader_last_reload_successful").await, "1");
    assert_eq!(running.metric("reloader_info{method=\"http\"}").await, "1");
    bench.target.assert_quiet();
    running.stop().await;
}

#[tokio::test]
async fn equal_content_does_not_reload() {
    let mut bench = Bench::new().await;
    let (mut mount, output) = bench.mounted();
    // The mount is a watched folder as well, as in a pod.
    bench.flag("watched-dir", &mount.path);
    mount.swap(&[("a.yaml.gz", &compress(b"same: 1\n"))]);
    let running = Running::start(&bench.flags).await;
    bench.reloaded().await;
    let applied: u32 = running
        .metric("reloader_config_apply_operations_total")
        .await
        .parse()
        .expect("a number");
    mount.swap(&[("a.yaml.gz", &compress(b"same: 1\n"))]);
    running
        .metric_becomes("reloader_config_apply_operations_total", &(applied + 1).to_string())
        .await;
    // A swap in the middle of a look is seen half by this one, and wholly by the next.
    running.is_at_rest().await;
    mount.swap(&[("a.yaml.gz", &compress(b"other: 1\n"))]);
    bench.reloaded().await;
    // The output comes before the request: one that the first swap caused would find the former output.
    assert_eq!(read(&output), "other: 1\n");
    running.metric_becomes("reloader_reloads_total", "2").await;
    bench.target.assert_quiet();
}

#[tokio::test]
async fn a_plain_file_may_be_renamed_over_again_and_again_and_written_in_place() {
    let mut bench = Bench::new().await;
    let (source, output) = (bench.path("in.yaml"), bench.path("out.yaml"));
    fs::write(&source, "a: 0\n").expect("ours");
    bench.flag("config-file", &source);
    bench.flag("config-envsubst-file", &output);
    let running = Running::start(&bench.flags).await;
    bench.reloaded().await;
    for content in ["a: 1\n", "a: 2\n", "a: 3\n"] {
        rename_over(&source, content);
        bench.reloaded().await;
        assert_eq!(read(&output), content);
    }
    fs::write(&source, "a: 4\n").expect("ours");
    // A write in place may be seen in two parts, the empty file and the full one.
    while read(&output) != "a: 4\n" {
        bench.reloaded().await;
    }
    // Input and output share the folder: our own writing must not be taken for a change.
    running.metric_becomes("reloader_last_reload_successful", "1").await;
    running.stop().await;
}

#[tokio::test]
async fn a_link_outside_a_mount_is_followed_to_its_target() {
    let mut bench = Bench::new().await;
    for (release, content) in [("releases/1", "a: 1\n"), ("releases/2", "a: 2\n")] {
        fs::create_dir_all(bench.path(release)).expect("ours");
        fs::write(bench.path(release).join("in.yaml"), content).expect("ours");
    }
    std::os::unix::fs::symlink("1", bench.path("releases/current")).expect("ours");
    fs::create_dir(bench.path("etc")).expect("ours");
    std::os::unix::fs::symlink("../releases/current/in.yaml", bench.path("etc/in.yaml")).expect("ours");
    let (source, output) = (bench.path("etc/in.yaml"), bench.path("out.yaml"));
    bench.flag("config-file", &source);
    bench.flag("config-envsubst-file", &output);
    let _running = Running::start(&bench.flags).await;
    bench.reloaded().await;
    rename_over(&bench.path("releases/1/in.yaml"), "a: 1b\n");
    bench.reloaded().await;
    assert_eq!(read(&output), "a: 1b\n");
}

#[tokio::test]
async fn watched_folders_appear_change_deep_down_and_are_replaced() {
    let mut bench = Bench::new().await;
    let rules = bench.path("later/rules");
    bench.flag("watched-dir", &rules);
    let running = Running::start(&bench.flags).await;
    bench.reloaded().await;
    fs::create_dir_all(&rules).expect("ours");
    fs::write(rules.join("a.yaml"), "1").expect("ours");
    bench.reloaded().await;
    fs::create_dir(rules.join("deep")).expect("ours");
    fs::write(rules.join("deep/b.yaml"), "1").expect("ours");
    bench.reloaded().await;
    rename_over(&rules.join("deep/b.yaml"), "2");
    bench.reloaded().await;
    running.metric_becomes("reloader_last_reload_successful", "1").await;
    rename_over(&rules.join("moved-in.yaml"), "1");
    bench.reloaded().await;
    for content in ["3", "4"] {
        fs::create_dir(bench.path("later/new")).expect("ours");
        fs::write(bench.path("later/new/c.yaml"), content).expect("ours");
        fs::rename(&rules, bench.path("later/old")).expect("ours");
        fs::rename(bench.path("later/new"), &rules).expect("ours");
        fs::remove_dir_all(bench.path("later/old")).expect("ours");
        bench.reloaded().await;
        rename_over(&rules.join("c.yaml"), "inside the new folder");
        bench.reloaded().await;
    }
    running.stop().await;
}

#[tokio::test]
async fn a_refused_reload_is_tried_again() {
    let mut bench = Bench::new().await;
    let (mut mount, _) = bench.mounted();
    mount.swap(&[("a.yaml.gz", &compress(b"a: 1\n"))]);
    bench.target.will_answer("500 Internal Server Error", "bad rules");
    bench.target.will_answer("503 Service Unavailable", "");
    let running = Running::start(&bench.flags).await;
    for _ in 0..3 {
        bench.reloaded().await;
    }
    running.metric_becomes("reloader_last_reload_successful", "1").await;
    assert_eq!(running.metric("reloader_reloads_failed_total").await, "2");
    assert_eq!(running.metric("reloader_reloads_total").await, "3");
    bench.target.assert_quiet();
}

#[tokio::test]
async fn a_damaged_file_leaves_the_last_good_output() {
    let mut bench = Bench::new().await;
    let (mut mount, output) = bench.mounted();
    mount.swap(&[("a.yaml.gz", &compress(b"good: 1\n"))]);
    let running = Running::start(&bench.flags).await;
    bench.reloaded().await;
    let whole = compress(b"good: 2\n");
    mount.swap(&[("a.yaml.gz", &whole[..whole.len() - 4])]);
    running
        .number_exceeds("reloader_config_apply_operations_failed_total", 0)
        .await;
    assert_eq!(read(&output), "good: 1\n");
    mount.swap(&[("a.yaml.gz", &whole)]);
    bench.reloaded().await;
    assert_eq!(read(&output), "good: 2\n");
    running.metric_becomes("reloader_reloads_total", "2").await;
    bench.target.assert_quiet();
}

#[tokio::test]
async fn variables_are_expanded_and_unset_ones_counted() {
    let mut bench = Bench::new().await;
    let (mut mount, output) = bench.mounted();
    bench
        .flags
        .push("--statefulset-ordinal-from-envvar=CARGO_PKG_NAME".to_owned());
    let text =
        "crate: $(CARGO_PKG_NAME)\nordinal: '$(STATEFULSET_ORDINAL_NUMBER)'\nunset: $(NOT_SET_HERE) $(NOT_SET_HERE)\n";
    mount.swap(&[("a.yaml.gz", &compress(text.as_bytes()))]);
    let running = Running::start(&bench.flags).await;
    bench.reloaded().await;
    assert_eq!(
        read(&output),
        "crate: config-reloader\nordinal: ''\nunset: $(NOT_SET_HERE) $(NOT_SET_HERE)\n"
    );
    assert_eq!(
        running
            .metric("reloader_config_environment_variable_expansion_errors")
            .await,
        "2"
    );
}

#[tokio::test]
async fn a_file_that_comes_late_is_taken_and_a_force_reloads_the_same() {
    let mut bench = Bench::new().await;
    let (source, output) = (bench.path("config/in.yaml"), bench.path("out.yaml"));
    bench.flag("config-file", &source);
    bench.flag("config-envsubst-file", &output);
    let running = Running::start(&bench.flags).await;
    running
        .number_exceeds("reloader_config_apply_operations_failed_total", 0)
        .await;
    bench.target.assert_quiet();
    fs::create_dir(bench.path("config")).expect("ours");
    rename_over(&source, "a: 1\n");
    bench.reloaded().await;
    running.metric_becomes("reloader_last_reload_successful", "1").await;
    running.force.send(()).await.expect("it runs");
    bench.reloaded().await;
    assert_eq!(read(&output), "a: 1\n");
}

#[tokio::test]
async fn it_stops_while_a_reload_hangs() {
    let bench = Bench::new().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    fs::write(bench.path("in.yaml"), "a: 1\n").expect("ours");
    let url = format!("--reload-url=http://{}/", silent.local_addr().expect("it is bound"));
    let running = Running::start(&[format!("--config-file={}", bench.path("in.yaml").display()), url]).await;
    let _stream = support::within("a connection", silent.accept())
        .await
        .expect("it calls");
    running.stop().await;
}

#[tokio::test]
async fn a_write_by_another_name_is_seen() {
    // As with a file that is mounted by itself: its folder tells nothing.
    let mut bench = Bench::new().await;
    fs::create_dir(bench.path("elsewhere")).expect("ours");
    fs::create_dir(bench.path("config")).expect("ours");
    let (elsewhere, source) = (bench.path("elsewhere/a.yaml"), bench.path("config/in.yaml"));
    fs::write(&elsewhere, "a: 1\n").expect("ours");
    fs::hard_link(&elsewhere, &source).expect("one file system");
    bench.flag("config-file", &source);
    let _running = Running::start(&bench.flags).await;
    bench.reloaded().await;
    fs::write(&elsewhere, "a: 2\n").expect("ours");
    bench.reloaded().await;
}

#[tokio::test]
async fn polling_needs_no_events() {
    let mut bench = Bench::new().await;
    let (source, rules) = (bench.path("in.yaml"), bench.path("rules"));
    fs::create_dir(&rules).expect("ours");
    fs::write(&source, "a: 1\n").expect("ours");
    bench.flag("config-file", &source);
    bench.flag("watched-dir", &rules);
    bench.flags.push("--watch-backend=poll".to_owned());
    bench.flags.push("--poll-interval=20ms".to_owned());
    let running = Running::start(&bench.flags).await;
    bench.reloaded().await;
    rename_over(&source, "a: 2\n");
    bench.reloaded().await;
    rename_over(&rules.join("new.yaml"), "b: 1\n");
    bench.reloaded().await;
    assert_eq!(running.metric("reloader_watches").await, "0");
    assert_eq!(running.metric("reloader_watch_backend{backend=\"polling\"}").await, "1");
    assert_eq!(running.metric("reloader_watch_backend{backend=\"inotify\"}").await, "0");
}

#[tokio::test]
async fn only_files_that_the_pattern_matches_reload() {
    let mut bench = Bench::new().await;
    let rules = bench.path("rules/team");
    fs::create_dir_all(&rules).expect("ours");
    bench
        .flags
        .push(format!("--watched-files={}/**/*.yaml", bench.path("rules").display()));
    let running = Running::start(&bench.flags).await;
    bench.reloaded().await;
    let applied = running.number("reloader_config_apply_operations_total").await;
    rename_over(&rules.join("notes.txt"), "1");
    running
        .number_exceeds("reloader_config_apply_operations_total", applied)
        .await;
    rename_over(&rules.join("a.yaml"), "1");
    bench.reloaded().await;
    running.metric_becomes("reloader_reloads_total", "2").await;
    bench.target.assert_quiet();
}

#[tokio::test]
async fn a_folder_is_kept_unpacked_in_another_one() {
    let mut bench = Bench::new().await;
    let mut mount = Mount::new(bench.path("rules"));
    let target = bench.path("out");
    mount.swap(&[
        ("a.yaml.gz", &compress(b"crate: $(CARGO_PKG_NAME)\n")),
        ("b.yaml", b"b: 1\n"),
    ]);
    bench.flag("watched-dir", &mount.path);
    bench.flag("target-dir", &target);
    let running = Running::start(&bench.flags).await;
    bench.reloaded().await;
    assert_eq!(read(&target.join("a.yaml")), "crate: config-reloader\n");
    fs::remove_file(mount.path.join("b.yaml")).expect("ours");
    bench.reloaded().await;
    assert!(!target.join("b.yaml").exists());
    // The same content in another compression is the same.
    let applied = running.number("reloader_config_apply_operations_total").await;
    let members = [compress(b"crate: "), compress(b"$(CARGO_PKG_NAME)\n")].concat();
    mount.swap(&[("a.yaml.gz", &members)]);
    running
        .number_exceeds("reloader_config_apply_operations_total", applied)
        .await;
    mount.swap(&[("a.yaml.gz", &compress(b"crate: none\n"))]);
    bench.reloaded().await;
    assert_eq!(read(&target.join("a.yaml")), "crate: none\n");
    running.metric_becomes("reloader_reloads_total", "3").await;
    bench.target.assert_quiet();
}

#[tokio::test]
async fn a_configuration_that_fails_its_check_is_not_put_in_place() {
    let mut bench = Bench::new().await;
    let (mut mount, output) = bench.mounted();
    bench.flags.push("--check-command=grep -q good {}".to_owned());
    mount.swap(&[("a.yaml.gz", &compress(b"good: 1\n"))]);
    let running = Running::start(&bench.flags).await;
    bench.reloaded().await;
    mount.swap(&[("a.yaml.gz", &compress(b"bad: 2\n"))]);
    running.number_exceeds("reloader_config_checks_failed_total", 0).await;
    assert_eq!(
        (
            read(&output).as_str(),
            fs::read_dir(bench.folder.path()).expect("ours").count()
        ),
        ("good: 1\n", 2)
    );
    assert_eq!(running.metric("reloader_config_last_check_successful{}").await, "0");
    running.page_tells("/readyz", "check_failed").await;
    mount.swap(&[("a.yaml.gz", &compress(b"good: 3\n"))]);
    bench.reloaded().await;
    assert_eq!(read(&output), "good: 3\n");
    running.metric_becomes("reloader_reloads_total", "2").await;
}

#[tokio::test]
async fn an_output_folder_that_takes_nothing_leaves_the_process_alive() {
    let mut bench = Bench::new().await;
    let (source, output) = (bench.path("in.yaml"), bench.path("late/out.yaml"));
    fs::write(&source, "a: 1\n").expect("ours");
    bench.flag("config-file", &source);
    bench.flag("config-envsubst-file", &output);
    let running = Running::start(&bench.flags).await;
    running
        .number_exceeds("reloader_config_apply_operations_failed_total", 0)
        .await;
    running.page_tells("/readyz", "cannot_apply").await;
    // No event tells of this: it is tried again.
    fs::create_dir(bench.path("late")).expect("ours");
    bench.reloaded().await;
    assert_eq!(read(&output), "a: 1\n");
}

#[tokio::test]
async fn readiness_says_what_is_missing_and_metrics_how_long_it_took() {
    let mut bench = Bench::new().await;
    fs::write(bench.path("in.yaml"), "a: 1\n").expect("ours");
    let source = bench.path("in.yaml");
    bench.flag("config-file", &source);
    bench.target.will_answer("500 Internal Server Error", "no");
    bench.flags.push("--retry-interval=1h".to_owned());
    let running = Running::start(&bench.flags).await;
    bench.reloaded().await;
    running.page_tells("/readyz", "\"reason\":\"refused\"").await;
    assert!(running.page("/readyz").await.0.contains("503"));
    assert_eq!(running.page("/healthz").await.1, "{\"status\":\"up\"}");
    rename_over(&source, "a: 2\n");
    bench.reloaded().await;
    running.page_tells("/readyz", "\"ready\":true").await;
    assert!(running.page("/readyz").await.0.contains("200"));
    assert_eq!(running.metric("reloader_detection_to_reload_seconds_count").await, "1");
    assert_ne!(running.metric("reloader_last_successful_config_hash").await, "0.0");
    let refused = format!(
        "reloader_target_reloads_failed_total{{target=\"http://{}/-/reload\",reason=\"refused\"}}",
        bench.target.address
    );
    assert_eq!(running.metric(&refused).await, "1");
}

/// The change that it started with may be long ago, so it says nothing.
#[tokio::test]
async fn a_change_that_says_when_it_was_made_is_timed() {
    let mut bench = Bench::new().await;
    let (source, time) = (bench.path("in.yaml"), bench.path(formats::changed_at::FILE));
    fs::write(&source, "a: 1\n").expect("ours");
    fs::write(&time, "1000000000.000000").expect("ours");
    bench.flag("config-file", &source);
    let running = Running::start(&bench.flags).await;
    bench.reloaded().await;
    running.metric_becomes("reloader_reloads_total", "1").await;
    assert_eq!(running.metric("reloader_change_to_loaded_seconds_count").await, "0");
    let made = std::time::SystemTime::now() - std::time::Duration::from_secs(100);
    fs::write(&time, formats::changed_at::text(made)).expect("ours");
    rename_over(&source, "a: 2\n");
    bench.reloaded().await;
    running
        .metric_becomes("reloader_change_to_loaded_seconds_count", "1")
        .await;
    let within = async |seconds: &str| {
        running
            .metric(&format!("reloader_change_to_loaded_seconds_bucket{{le=\"{seconds}\"}}"))
            .await
    };
    assert_eq!([within("60.0").await, within("300.0").await], ["0", "1"]);
}
