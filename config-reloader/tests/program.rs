//! The built program: single runs, exit codes, signals, and the reload by signal.

mod support;

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use support::{Running, Target};

const PROGRAM: &str = env!("CARGO_BIN_EXE_prometheus-config-reloader");

fn run(arguments: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(arguments)
        .env("POD_NAME", "prometheus-a-3")
        .output()
        .expect("the program starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Ends the child when a test does.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_single_run_writes_the_output_and_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(
        path("in.gz"),
        shared::gzip::compress(b"n: $(STATEFULSET_ORDINAL_NUMBER)\n"),
    )
    .expect("ours");
    let single = |input: &Path| {
        run(&[
            "--watch-interval=0",
            "--listen-address=:8081",
            &format!("--config-file={}", input.display()),
            &format!("--config-envsubst-file={}", path("out").display()),
            "--watched-dir=/no/such/folder",
        ])
    };
    assert_eq!(single(&path("in.gz")).status.code(), Some(0));
    assert_eq!(fs::read_to_string(path("out")).expect("written"), "n: 3\n");

    let absent = single(&path("absent"));
    assert_eq!(absent.status.code(), Some(1));
    let message = format!("cannot read {}", path("absent").display());
    assert!(stdout(&absent).contains(&message), "{}", stdout(&absent));

    fs::write(path("bad.gz"), b"\x1f\x8b\x08 nonsense").expect("ours");
    let bad = single(&path("bad.gz"));
    assert_eq!(bad.status.code(), Some(1));
    assert!(
        stdout(&bad).contains(&format!("cannot process {}", path("bad.gz").display())),
        "{}",
        stdout(&bad)
    );
    assert_eq!(fs::read_to_string(path("out")).expect("kept"), "n: 3\n");
}

#[test]
fn exit_codes_and_versions() {
    assert_eq!(run(&["--unknown"]).status.code(), Some(2));
    assert_eq!(run(&["--help"]).status.code(), Some(0));
    let folder = tempfile::tempdir().expect("a folder");
    let web = folder.path().join("web.yaml");
    fs::write(
        &web,
        "tls_server_config: {cert_file: absent.crt, key_file: absent.key}\n",
    )
    .expect("ours");
    let bad_web = run(&[
        &format!("--web-config-file={}", web.display()),
        "--listen-address=127.0.0.1:0",
    ]);
    assert_eq!(bad_web.status.code(), Some(2), "{}", stdout(&bad_web));
    assert!(stdout(&bad_web).contains("absent.crt"), "{}", stdout(&bad_web));
    assert_eq!(
        stdout(&run(&["--short-version"])),
        format!("{}\n", shared::build::VERSION)
    );
    assert!(stdout(&run(&["-version"])).starts_with("prometheus-config-reloader, version "));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("it is bound");
    assert_eq!(run(&[&format!("--listen-address={address}")]).status.code(), Some(1));
}

#[tokio::test]
async fn sighup_reloads_and_sigterm_ends_with_0() {
    let mut target = Target::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("in.yaml"), "a: 1\n").expect("ours");
    let program = Command::new(PROGRAM)
        .arg(format!("--config-file={}", folder.path().join("in.yaml").display()))
        .arg(format!("--reload-url=http://{}/-/reload", target.address))
        .arg("--log-format=json")
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut program = Ends(program);
    assert_eq!(target.request().await, "POST /-/reload HTTP/1.1");
    let id = rustix::process::Pid::from_child(&program.0);
    rustix::process::kill_process(id, rustix::process::Signal::HUP).expect("it runs");
    assert_eq!(target.request().await, "POST /-/reload HTTP/1.1");
    rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("it runs");
    let ended = tokio::task::spawn_blocking(move || program.0.wait())
        .await
        .expect("no panic")
        .expect("it ends");
    assert_eq!(ended.code(), Some(0));
}

fn runtime_info(success: bool, time: &str) -> String {
    format!(r#"{{"status":"success","data":{{"reloadConfigSuccess":{success},"lastConfigTime":"{time}"}}}}"#)
}

#[tokio::test]
async fn a_reload_by_signal_is_confirmed_by_the_runtime_information() {
    let mut target = Target::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    // A name of its own, so that no other process is meant; SIGHUP ends it, which shows that it came.
    let executable = folder.path().join(format!("victim-{}", std::process::id()));
    fs::copy("/bin/sleep", &executable).expect("sleep is there");
    // `nohup` above the tests would make it ignore the signal.
    let mut victim = Command::new("env");
    victim.arg("--default-signal=HUP").arg(&executable).arg("600");
    let mut victim = Ends(victim.spawn().expect("it starts"));
    fs::write(folder.path().join("in.yaml"), "a: 1\n").expect("ours");
    let (old, new) = ("2026-03-01T10:00:00Z", "2026-03-01T10:00:01Z");
    // Before the signal; after it: not yet, done but failed, done.
    for (success, time) in [(true, old), (true, old), (false, new), (true, new)] {
        target.will_answer("200 OK", &runtime_info(success, time));
    }
    let running = Running::start(&[
        format!("--config-file={}", folder.path().join("in.yaml").display()),
        "--reload-method=signal".to_owned(),
        format!(
            "--process-executable-name={}",
            executable.file_name().expect("a name").to_string_lossy()
        ),
        format!("--runtimeinfo-url=http://{}/runtimeinfo", target.address),
    ])
    .await;
    for _ in 0..4 {
        assert_eq!(target.request().await, "GET /runtimeinfo HTTP/1.1");
    }
    running.metric_becomes("reloader_last_reload_successful", "1").await;
    assert_eq!(running.metric("reloader_reloads_failed_total").await, "0");
    assert_eq!(running.metric("reloader_info{method=\"signal\"}").await, "1");
    let ended = tokio::task::spawn_blocking(move || victim.0.wait())
        .await
        .expect("no panic")
        .expect("it ends");
    assert_eq!(ended.signal(), Some(1));
    target.assert_quiet();
}
