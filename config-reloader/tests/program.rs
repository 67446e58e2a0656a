//! The built program: single runs, exit codes, signals, and the reload by signal.

mod support;

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use support::{Running, Target, within};

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
        formats::gzip::compress(b"n: $(STATEFULSET_ORDINAL_NUMBER)\n"),
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
        format!("{}\n", process::build::VERSION)
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

/// A process that runs a copy of `sleep` under this path, so that no other process is meant by its name; `signals` is what
/// `env` does to its signals. It runs under that name when this returns.
async fn sleeper(executable: &Path, signals: &str) -> Ends {
    // By another process: a file which this one has open to write cannot be executed, nor as long as a child of a parallel
    // test has inherited it.
    let copied = Command::new("cp").arg("/bin/sleep").arg(executable).status();
    assert!(copied.expect("cp is there").success());
    let mut sleeper = Command::new("env");
    sleeper.arg(signals).arg(executable).arg("600");
    let sleeper = Ends(sleeper.spawn().expect("it starts"));
    let name = executable.file_name().expect("a name").to_string_lossy();
    let comm = format!("/proc/{}/comm", sleeper.0.id());
    within("its own name", async {
        while fs::read_to_string(&comm).unwrap_or_default().trim_end() != name {
            tokio::task::yield_now().await;
        }
    })
    .await;
    sleeper
}

#[tokio::test]
async fn a_reload_by_signal_is_confirmed_by_the_runtime_information() {
    let mut target = Target::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    // SIGHUP ends it, which shows that it came. `nohup` above the tests would make it ignore the signal.
    let executable = folder.path().join(format!("victim-{}", std::process::id()));
    let mut victim = sleeper(&executable, "--default-signal=HUP").await;
    fs::write(folder.path().join("in.yaml"), "a: 1\n").expect("ours");
    let (old, new) = ("2026-03-01T10:00:00Z", "2026-03-01T10:00:01Z");
    // Before the signal; after it: not yet, not yet, done.
    for (success, time) in [(true, old), (true, old), (true, old), (true, new)] {
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

#[tokio::test]
async fn a_configuration_that_the_signalled_target_cannot_load_is_a_refusal_at_once() {
    let mut target = Target::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let executable = folder.path().join(format!("refuser-{}", std::process::id()));
    let _refuser = sleeper(&executable, "--ignore-signal=HUP").await;
    fs::write(folder.path().join("in.yaml"), "a: 1\n").expect("ours");
    for success in [true, false] {
        target.will_answer("200 OK", &runtime_info(success, "2026-03-01T10:00:00Z"));
    }
    let running = Running::start(&[
        format!("--config-file={}", folder.path().join("in.yaml").display()),
        "--reload-method=signal".to_owned(),
        "--retry-interval=1h".to_owned(),
        format!(
            "--process-executable-name={}",
            executable.file_name().expect("a name").to_string_lossy()
        ),
        format!("--runtimeinfo-url=http://{}/runtimeinfo", target.address),
    ])
    .await;
    for _ in 0..2 {
        assert_eq!(target.request().await, "GET /runtimeinfo HTTP/1.1");
    }
    running.page_tells("/readyz", "\"reason\":\"refused\"").await;
}

#[tokio::test]
async fn a_running_reloader_is_asked_how_it_is() {
    let mut target = Target::start().await;
    target.will_answer("500 Internal Server Error", "");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("in.yaml"), "a: 1\n").expect("ours");
    let running = Running::start(&[
        format!("--config-file={}", folder.path().join("in.yaml").display()),
        format!("--reload-url=http://{}/-/reload", target.address),
        "--retry-interval=1h".to_owned(),
    ])
    .await;
    target.request().await;
    running.page_tells("/readyz", "refused").await;
    let listening = running.listening;
    let ask = move |ready: bool, address: String| {
        let mut arguments = vec!["healthcheck".to_owned(), format!("--listen-address={address}")];
        arguments.extend(ready.then(|| "--ready".to_owned()));
        tokio::task::spawn_blocking(move || Command::new(PROGRAM).args(arguments).output().expect("it starts"))
    };
    let alive = ask(false, listening.to_string()).await.expect("no panic");
    assert_eq!(alive.status.code(), Some(0), "{alive:?}");
    let unready = ask(true, format!(":{}", listening.port())).await.expect("no panic");
    let said = String::from_utf8_lossy(&unready.stderr).into_owned();
    assert!(unready.status.code() == Some(1) && said.contains("refused"), "{said}");
    running.stop().await;
    let gone = ask(false, listening.to_string()).await.expect("no panic");
    assert_eq!(gone.status.code(), Some(1));
}

#[tokio::test]
async fn once_applies_reloads_and_says_how_it_went() {
    let mut target = Target::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("in.yaml"), "a: 1\n").expect("ours");
    let arguments = [
        "--once".to_owned(),
        format!("--config-file={}", path("in.yaml").display()),
        format!("--config-envsubst-file={}", path("out.yaml").display()),
        format!("--reload-url=http://{}/-/reload", target.address),
        "--log-level=debug".to_owned(),
    ];
    let once = || {
        let arguments = arguments.clone();
        tokio::task::spawn_blocking(move || run(&arguments.each_ref().map(String::as_str)))
    };
    assert_eq!(once().await.expect("no panic").status.code(), Some(0));
    assert_eq!(target.request().await, "POST /-/reload HTTP/1.1");
    assert_eq!(fs::read_to_string(path("out.yaml")).expect("written"), "a: 1\n");
    target.will_answer("500 Internal Server Error", "no such rule");
    let refused = once().await.expect("no panic");
    assert_eq!(refused.status.code(), Some(1));
    let text = stdout(&refused);
    assert!(
        text.contains("no such rule") && text.contains("1 of 1 targets did not reload"),
        "{text}"
    );
}

#[test]
fn validate_judges_and_puts_nothing_in_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let validate = |content: &str| {
        fs::write(path("in.yaml"), content).expect("ours");
        run(&[
            "--validate",
            "--unset-variables=fail",
            "--check-command=grep -q good {}",
            &format!("--config-file={}", path("in.yaml").display()),
            &format!("--config-envsubst-file={}", path("out.yaml").display()),
        ])
    };
    assert_eq!(validate("good: $(POD_NAME)\n").status.code(), Some(0));
    let refused = validate("bad: 1\n");
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stdout(&refused).contains("grep refused the file"),
        "{}",
        stdout(&refused)
    );
    let unset = validate("good: $(NO_SUCH_VARIABLE)\n");
    assert_eq!(unset.status.code(), Some(1));
    assert!(stdout(&unset).contains("NO_SUCH_VARIABLE"), "{}", stdout(&unset));
    let left: Vec<_> = fs::read_dir(folder.path()).expect("ours").flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn validate_unpacks_what_it_calls_valid() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let whole = formats::gzip::compress(b"a: $(NO_SUCH_VARIABLE)\n");
    fs::create_dir(path("rules")).expect("ours");
    fs::write(path("good.gz"), &whole).expect("ours");
    fs::write(path("bad.gz"), &whole[..whole.len() - 3]).expect("ours");
    let flag = |name: &str, file: &str| format!("--{name}={}", path(file).display());
    let code = |flags: &[String]| {
        let flags: Vec<_> = flags.iter().map(String::as_str).chain(["--validate"]).collect();
        run(&flags).status.code()
    };
    assert_eq!(code(&[flag("config-file", "good.gz")]), Some(0));
    assert_eq!(code(&[flag("config-file", "bad.gz")]), Some(1));
    assert_eq!(
        code(&[flag("config-file", "good.gz"), "--unset-variables=fail".to_owned()]),
        Some(1)
    );
    fs::write(path("rules/a.yml.gz"), &whole[..whole.len() - 3]).expect("ours");
    assert_eq!(code(&[flag("watched-dir", "rules")]), Some(1));
}

#[tokio::test]
async fn targets_on_other_machines_are_called_through_a_proxy_and_this_one_is_not() {
    let (mut proxy, mut target) = (Target::start().await, Target::start().await);
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("in.yaml"), "a: 1\n").expect("ours");
    for (url, is_proxied) in [
        ("http://prometheus.invalid:9090/-/reload".to_owned(), true),
        (format!("http://{}/-/reload", target.address), false),
    ] {
        let mut once = Command::new(PROGRAM);
        once.args(["--once", &format!("--reload-url={url}")])
            .arg(format!("--config-file={}", folder.path().join("in.yaml").display()))
            .env("HTTP_PROXY", format!("http://{}", proxy.address));
        let once = tokio::task::spawn_blocking(move || once.output().expect("it starts"));
        assert_eq!(once.await.expect("no panic").status.code(), Some(0), "{url}");
        if is_proxied {
            assert_eq!(proxy.request().await, format!("POST {url} HTTP/1.1"));
        } else {
            assert_eq!(target.request().await, "POST /-/reload HTTP/1.1");
        }
    }
    proxy.assert_quiet();
}

#[test]
fn a_bad_targets_file_exits_with_2_and_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("targets.yaml");
    fs::write(&file, "targets:\n- url: ftp://a/\n").expect("ours");
    let bad = run(&[&format!("--targets-file={}", file.display())]);
    assert_eq!(bad.status.code(), Some(2));
    assert!(stdout(&bad).contains("target 1 of"), "{}", stdout(&bad));
}

/// Waits until the program has logged a text; its lines so far.
async fn logged(program: &mut Ends, text: &'static str) {
    let stdout = program.0.stdout.take().expect("it is piped");
    let wait = tokio::task::spawn_blocking(move || {
        std::io::BufRead::lines(std::io::BufReader::new(stdout))
            .map_while(Result::ok)
            .any(|line| line.contains(text))
    });
    assert!(
        support::within(text, wait).await.expect("no panic"),
        "the program ended before it said: {text}"
    );
}

#[tokio::test]
async fn without_inotify_it_polls_and_says_so() {
    // Limits of a namespace of our own, so that nobody else is limited.
    let limits = |limit: &str| format!("echo 0 > /proc/sys/user/{limit} && exec \"$@\"");
    let allowed = Command::new("unshare")
        .args(["--user", "--map-root-user", "true"])
        .status()
        .is_ok_and(|status| status.success());
    if !allowed {
        println!("skipped: this system gives no user namespaces");
        return;
    }
    for (limit, message) in [
        (
            "max_inotify_instances",
            "file system events are not available, polling instead",
        ),
        (
            "max_inotify_watches",
            "the limit of file system events is reached, polling instead",
        ),
    ] {
        let mut target = Target::start().await;
        let folder = tempfile::tempdir().expect("a folder");
        let source = folder.path().join("in.yaml");
        fs::write(&source, "a: 1\n").expect("ours");
        let program = Command::new("unshare")
            .args(["--user", "--map-root-user", "sh", "-c", &limits(limit), "sh", PROGRAM])
            .arg(format!("--config-file={}", source.display()))
            .arg(format!("--reload-url=http://{}/-/reload", target.address))
            .args(["--poll-interval=20ms", "--delay-interval=1ms"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut program = Ends(program);
        logged(&mut program, message).await;
        assert_eq!(target.request().await, "POST /-/reload HTTP/1.1");
        support::rename_over(&source, "a: 2\n");
        assert_eq!(target.request().await, "POST /-/reload HTTP/1.1");
    }
}

#[tokio::test]
async fn sigterm_ends_it_within_a_second_whatever_hangs() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("in.yaml");
    let rules = folder.path().join("rules");
    fs::create_dir(&rules).expect("ours");
    fs::write(&source, "a: 1\n").expect("ours");
    let (checking, pipe) = (folder.path().join("checking"), folder.path().join("pipe"));
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .expect("it is there")
            .success()
    );
    // A check that hangs, and a source that does: opening a pipe waits for its writer.
    for (config, check) in [(&source, true), (&pipe, false)] {
        let mut program = Command::new(PROGRAM);
        program
            .arg(format!("--config-file={}", config.display()))
            .arg(format!(
                "--config-envsubst-file={}",
                folder.path().join("out").display()
            ))
            .arg(format!(
                "--reload-url=http://{}/",
                silent.local_addr().expect("it is bound")
            ))
            .arg("--listen-address=127.0.0.1:0")
            .stdout(Stdio::piped());
        if check {
            program.arg(format!(
                "--check-command=sh -c 'touch {}; exec sleep 1000' {{}}",
                checking.display()
            ));
        }
        let mut program = Ends(program.spawn().expect("the program starts"));
        logged(&mut program, "listening").await;
        if check {
            support::within("the check", async {
                while !checking.exists() {
                    tokio::task::yield_now().await;
                }
            })
            .await;
        }
        let id = rustix::process::Pid::from_child(&program.0);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("it runs");
        let ended = tokio::task::spawn_blocking(move || program.0.wait());
        let ended = tokio::time::timeout(std::time::Duration::from_secs(1), ended).await;
        let status = ended
            .expect("it ends within a second")
            .expect("no panic")
            .expect("it ends");
        assert_eq!(status.code(), Some(0));
    }
}

#[test]
fn a_bomb_is_refused_without_much_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let (bomb, output) = (folder.path().join("bomb.gz"), folder.path().join("out"));
    fs::write(&output, "the last good one").expect("ours");
    // Some 20 GB in one line; whoever tries to hold a fraction of it needs more than the limit on memory.
    let member = formats::gzip::compress(&vec![b'a'; 16 << 20]);
    fs::write(&bomb, member.repeat(1200)).expect("ours");
    let limited = Command::new("sh")
        .args([
            "-c",
            "ulimit -v 150000 && exec \"$@\"",
            "sh",
            PROGRAM,
            "--watch-interval=0",
        ])
        .arg(format!("--config-file={}", bomb.display()))
        .arg(format!("--config-envsubst-file={}", output.display()))
        .output()
        .expect("the program starts");
    assert_eq!(limited.status.code(), Some(1), "{limited:?}");
    assert!(
        stdout(&limited).contains("the content is longer than"),
        "{}",
        stdout(&limited)
    );
    assert_eq!(fs::read_to_string(&output).expect("kept"), "the last good one");
    assert_eq!(fs::read_dir(folder.path()).expect("ours").count(), 2);
}
