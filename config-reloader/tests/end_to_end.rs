//! The built program beside real ones: Prometheus and Alertmanager, with the checks of `promtool` and `amtool`. Needs
//! these four programs, in the folders that `PROGRAMS` lists (`e2e/cluster/cluster programs` builds and prints them).
//! Without them the tests say that they were skipped; with `CI=true` that is a failure.

mod support;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use config_reloader::target::Client;
use formats::gzip::compress;
use support::{Mount, Running, program, rename_over, within};

/// A process that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A program under test and its folder.
struct Target {
    folder: tempfile::TempDir,
    executable: PathBuf,
    address: String,
    process: Option<Process>,
}

impl Target {
    /// `program`, by a name of its own, on a port that was free a moment ago; not started yet.
    fn new(program: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = port.local_addr().expect("it is bound").to_string();
        let executable = folder
            .path()
            .join(format!("t{}", address.rsplit(':').next().expect("a port")));
        symlink(program, &executable).expect("ours");
        fs::create_dir(folder.path().join("rules")).expect("ours");
        Self {
            folder,
            executable,
            address,
            process: None,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts it, and waits until it is ready.
    async fn start(&mut self, arguments: &[String]) {
        let log = fs::File::create(self.path("log")).expect("ours");
        let process = Command::new(&self.executable)
            .args(arguments)
            .arg(format!("--web.listen-address={}", self.address))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("it starts");
        self.process = Some(Process(process));
        within("the target is ready", async {
            while self.page("/-/ready").await.is_none() {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    async fn start_prometheus(&mut self) {
        let arguments = [
            format!("--config.file={}", self.path("out.yaml").display()),
            format!("--storage.tsdb.path={}", self.path("data").display()),
            "--web.enable-lifecycle".to_owned(),
            "--log.level=error".to_owned(),
        ];
        self.start(&arguments).await;
    }

    /// What it answers, if it answers 200.
    async fn page(&self, path: &str) -> Option<String> {
        let client = Client::new(format!("http://{}{path}", self.address).parse().expect("an address"));
        let answer = client.send(hyper::Method::GET, 1 << 20).await.ok()?;
        (answer.status == 200).then(|| String::from_utf8_lossy(&answer.body).into_owned())
    }

    async fn page_tells(&self, path: &str, text: &str) {
        within(&format!("{text} in {path}"), async {
            while !self.page(path).await.is_some_and(|page| page.contains(text)) {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    fn url(&self) -> String {
        format!("--reload-url=http://{}/-/reload", self.address)
    }

    fn flag(&self, name: &str, file: &str) -> String {
        format!("--{name}={}", self.path(file).display())
    }
}

fn prometheus_with(job: &str) -> Vec<u8> {
    compress(
        format!(
            "global: {{scrape_interval: 60s, external_labels: {{host: $(CARGO_PKG_NAME)}}}}\n\
             rule_files: [rules/*.yaml]\nscrape_configs: [{{job_name: {job}}}]\n"
        )
        .as_bytes(),
    )
}

/// Prometheus in its folder, its configuration in a mount.
async fn prometheus() -> Option<(Target, Mount)> {
    let mut target = Target::new(&program("prometheus")?);
    let mut mount = Mount::new(target.path("config"));
    mount.swap(&[("a.yaml.gz", &prometheus_with("first"))]);
    // As the init container does.
    fs::write(target.path("out.yaml"), "scrape_configs: [{job_name: first}]\n").expect("ours");
    target.start_prometheus().await;
    Some((target, mount))
}

#[tokio::test]
async fn prometheus_runs_each_change_and_a_restarted_one_is_told_again() {
    let Some((mut target, mut mount)) = prometheus().await else {
        return;
    };
    let Some(promtool) = program("promtool") else { return };
    let running = Running::start(&[
        target.flag("config-file", "config/a.yaml.gz"),
        target.flag("config-envsubst-file", "out.yaml"),
        target.flag("watched-dir", "rules"),
        target.url(),
        format!("--check-command={} check config {{}}", promtool.display()),
        "--verify-reload".to_owned(),
        "--verify-interval=50ms".to_owned(),
    ])
    .await;
    target
        .page_tells("/api/v1/status/config", "host: config-reloader")
        .await;
    for job in ["second", "third", "fourth"] {
        mount.swap(&[("a.yaml.gz", &prometheus_with(job))]);
        target
            .page_tells("/api/v1/status/config", &format!("job_name: {job}"))
            .await;
    }
    let rules = "groups: [{name: a, rules: [{record: b, expr: vector(1)}]}]\n";
    rename_over(&target.path("rules/a.yaml"), rules);
    target.page_tells("/api/v1/rules", "\"name\":\"a\"").await;

    // Promtool finds what Prometheus would: neither the configuration nor the rules reach it.
    let failed = running.number("reloader_config_checks_failed_total").await;
    rename_over(
        &target.path("rules/a.yaml"),
        "groups: [{name: c, rules: [{record: d, expr: 'vector('}]}]\n",
    );
    running
        .number_exceeds("reloader_config_checks_failed_total", failed)
        .await;
    rename_over(&target.path("rules/a.yaml"), rules);
    running.page_tells("/readyz", "\"ready\":true").await;
    mount.swap(&[("a.yaml.gz", &compress(b"scrape_configs: [{jobname: fifth}]\n"))]);
    running.page_tells("/readyz", "check_failed").await;
    assert!(
        fs::read_to_string(target.path("out.yaml"))
            .expect("it is there")
            .contains("fourth")
    );
    assert_eq!(running.metric("reloader_reloads_failed_total").await, "0");

    mount.swap(&[("a.yaml.gz", &prometheus_with("sixth"))]);
    running.page_tells("/readyz", "\"ready\":true").await;
    drop(target.process.take());
    target.start_prometheus().await;
    let restarts = format!(
        "reloader_target_restarts_total{{target=\"http://{}/-/reload\"}}",
        target.address
    );
    running.page_tells("/metrics", &format!("{restarts} 1")).await;
    running.page_tells("/readyz", "\"ready\":true").await;
    running.stop().await;
}

#[tokio::test]
async fn a_file_that_prometheus_does_not_read_is_noticed() {
    let Some((target, mut mount)) = prometheus().await else {
        return;
    };
    // What a file that is mounted by itself comes to: Prometheus goes on reading the old one.
    let running = Running::start(&[
        target.flag("config-file", "config/a.yaml.gz"),
        target.flag("config-envsubst-file", "elsewhere.yaml"),
        target.url(),
        "--verify-reload".to_owned(),
    ])
    .await;
    running.page_tells("/readyz", "unconfirmed").await;
    fs::copy(target.path("elsewhere.yaml"), target.path("out.yaml")).expect("ours");
    running.page_tells("/readyz", "\"ready\":true").await;
    mount.swap(&[("a.yaml.gz", &prometheus_with("second"))]);
    running.page_tells("/readyz", "unconfirmed").await;
    running.stop().await;
}

#[tokio::test]
async fn prometheus_reloads_by_signal() {
    let Some((target, mut mount)) = prometheus().await else {
        return;
    };
    let running = Running::start(&[
        target.flag("config-file", "config/a.yaml.gz"),
        target.flag("config-envsubst-file", "out.yaml"),
        "--reload-method=signal".to_owned(),
        format!(
            "--process-executable-name={}",
            target.executable.file_name().expect("a name").display()
        ),
        format!("--runtimeinfo-url=http://{}/api/v1/status/runtimeinfo", target.address),
        "--verify-reload".to_owned(),
    ])
    .await;
    target
        .page_tells("/api/v1/status/config", "host: config-reloader")
        .await;
    mount.swap(&[("a.yaml.gz", &prometheus_with("second"))]);
    target.page_tells("/api/v1/status/config", "job_name: second").await;
    running.page_tells("/readyz", "\"ready\":true").await;
    assert_eq!(running.metric("reloader_reloads_failed_total").await, "0");
    running.stop().await;
}

#[tokio::test]
async fn alertmanager_runs_each_change_and_a_bad_one_stays_out() {
    let (Some(alertmanager), Some(amtool)) = (program("alertmanager"), program("amtool")) else {
        return;
    };
    let mut target = Target::new(&alertmanager);
    let with = |receiver: &str| {
        format!("route: {{receiver: {receiver}, group_wait: 60s}}\nreceivers: [{{name: {receiver}}}]\n")
    };
    fs::write(target.path("in.yaml"), with("first")).expect("ours");
    let arguments = [
        target.flag("config.file", "in.yaml"),
        target.flag("storage.path", "data"),
        "--cluster.listen-address=".to_owned(),
    ];
    target.start(&arguments).await;
    let running = Running::start(&[
        target.flag("config-file", "in.yaml"),
        target.url(),
        format!("--check-command={} check-config {{}}", amtool.display()),
        "--verify-reload".to_owned(),
    ])
    .await;
    running.page_tells("/readyz", "\"ready\":true").await;
    for receiver in ["second", "third"] {
        rename_over(&target.path("in.yaml"), &with(receiver));
        target.page_tells("/api/v2/status", &format!("name: {receiver}")).await;
    }
    running.page_tells("/readyz", "\"ready\":true").await;
    rename_over(
        &target.path("in.yaml"),
        "route: {receiver: nobody}\nreceivers: [{name: fourth}]\n",
    );
    running.page_tells("/readyz", "check_failed").await;
    assert_eq!(running.metric("reloader_reloads_failed_total").await, "0");
    running.stop().await;
}
