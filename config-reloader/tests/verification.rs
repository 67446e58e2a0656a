//! `--verify-reload` beside real programs: none of many valid configurations is called different, and every kind of
//! difference is noticed. The configurations are in `verification/`, one a line; those that differ are two with `|`
//! between, and each is tried as the new one. Needs the folders of `PROGRAMS`, like `end_to_end.rs`.

mod support;

use std::ffi::OsString;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use config_reloader::args::Args;
use config_reloader::target::{Error, Reloaded, of_arguments};
use support::{program, within};

/// A program that runs `live.yml` of its folder.
struct Running {
    folder: tempfile::TempDir,
    address: String,
    process: Child,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Running {
    async fn start(program: &Path, first: &str, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = port.local_addr().expect("it is bound").to_string();
        drop(port);
        fs::write(folder.path().join("live.yml"), first).expect("ours");
        let process = Command::new(program)
            .args(flags)
            .arg("--config.file=live.yml")
            .arg(format!("--web.listen-address={address}"))
            .current_dir(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let running = Self {
            folder,
            address,
            process,
        };
        let ready = format!("http://{}/-/ready", running.address)
            .parse()
            .expect("an address");
        let client = config_reloader::target::Client::new(ready);
        within("the program is ready", async {
            while !client
                .send(hyper::Method::GET, 1 << 20)
                .await
                .is_ok_and(|answer| answer.status == 200)
            {
                tokio::task::yield_now().await;
            }
        })
        .await;
        running
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A reload of `live`, verified against `file`, by a reloader that was just started.
    async fn reload(&self, live: &str, file: &str) -> Result<Reloaded, Error> {
        fs::write(self.path("live.yml"), live).expect("ours");
        fs::write(self.path("file.yml"), file).expect("ours");
        let arguments = [
            "reloader".to_owned(),
            "--verify-reload".to_owned(),
            format!("--config-file={}", self.path("file.yml").display()),
            format!("--reload-url=http://{}/-/reload", self.address),
        ];
        let args = Args::try_from_arguments(arguments.map(OsString::from)).expect("good arguments");
        let targets = of_arguments(&args).expect("no file is read");
        match within("the reload", targets[0].attempt()).await {
            // Of traces that nobody takes: Prometheus cannot end the old exporter, and has ended it by then.
            Err(Error::Refused { .. }) => within("the reload", targets[0].attempt()).await,
            result => result,
        }
    }

    async fn judges(&self, valid: &str, different: &str) {
        let mut wrong = Vec::new();
        for config in lines(valid) {
            // Twice: the first one changes what runs, which excuses a difference; the second one does not.
            for _ in 0..2 {
                match self.reload(config, config).await {
                    Ok(Reloaded { doubt: None, .. }) => {}
                    other => wrong.push(format!("{config}\n    {other:?}")),
                }
            }
        }
        for pair in lines(different) {
            let (one, other) = pair.split_once(" | ").expect("two configurations");
            for (old, new) in [(one, other), (other, one)] {
                self.reload(old, old)
                    .await
                    .unwrap_or_else(|error| panic!("{old}: {error:?}"));
                match self.reload(old, new).await {
                    Err(Error::Unconfirmed(_)) => {}
                    other => wrong.push(format!("runs {old}\n    reads {new}\n    {other:?}")),
                }
            }
        }
        assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty())
}

#[tokio::test]
async fn prometheus() {
    let Some(program) = program("prometheus") else { return };
    let flags = [
        "--storage.tsdb.path=data",
        "--web.enable-lifecycle",
        "--log.level=error",
    ];
    let running = Running::start(&program, "global: {}\n", &flags).await;
    let valid = include_str!("verification/prometheus-valid");
    running
        .judges(valid, include_str!("verification/prometheus-different"))
        .await;
}

#[tokio::test]
async fn alertmanager() {
    let Some(program) = program("alertmanager") else { return };
    let flags = ["--storage.path=data", "--cluster.listen-address="];
    let valid = include_str!("verification/alertmanager-valid");
    let running = Running::start(&program, lines(valid).next().expect("one"), &flags).await;
    running
        .judges(valid, include_str!("verification/alertmanager-different"))
        .await;
}
