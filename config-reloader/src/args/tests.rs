use super::*;

fn args(arguments: &[&str]) -> Result<Args, clap::Error> {
    Args::try_from_arguments(["reloader"].iter().chain(arguments).map(OsString::from))
}

#[test]
fn the_command_is_sound() {
    Args::command().debug_assert();
}

#[test]
fn defaults_are_the_originals() {
    let args = args(&[]).expect("nothing is mandatory");
    let seconds = Duration::from_secs;
    assert_eq!(
        (
            args.watch_interval,
            args.delay_interval,
            args.retry_interval,
            args.reload_timeout
        ),
        (seconds(180), seconds(1), seconds(5), seconds(30))
    );
    assert_eq!(
        (args.reload_method, args.process_executable_name.as_str()),
        (Method::Http, "prometheus")
    );
    let urls: Vec<_> = args.reload_url.iter().map(Address::to_string).collect();
    assert_eq!(urls, ["http://127.0.0.1:9090/-/reload"]);
    assert_eq!(
        args.runtimeinfo_url.to_string(),
        "http://127.0.0.1:9090/api/v1/status/runtimeinfo"
    );
    assert_eq!(args.statefulset_ordinal_from_envvar, "POD_NAME");
    assert!(args.config_file.as_os_str().is_empty() && args.watched_dir.is_empty() && args.listen_address.is_empty());
    assert_eq!((args.log_level, args.log_format), (LogLevel::Info, LogFormat::Logfmt));
}

#[test]
fn reads_what_a_pod_passes() {
    let args = args(&[
        "--watch-interval=0",
        "--listen-address=:8081",
        "--config-file=/etc/prometheus/config/prometheus.yaml.gz",
        "--config-envsubst-file=/etc/prometheus/config_out/prometheus.env.yaml",
        "--watched-dir=/etc/prometheus/rules/main-0",
        "--watched-dir=/etc/prometheus/config",
        "--reload-url=https://localhost:9090/prefix/-/reload",
        "--log-level=debug",
        "--log-format=json",
        "--auto-gomemlimit-ratio=0.5",
    ])
    .expect("a pod's arguments");
    assert_eq!(args.watch_interval, Duration::ZERO);
    assert_eq!(args.watched_dir.len(), 2);
    assert_eq!(args.reload_method, Method::Http);
    assert_eq!(args.reload_url[0].to_string(), "https://localhost:9090/prefix/-/reload");
}

#[test]
fn one_dash_spaces_and_repetition_are_fine() {
    let args = args(&[
        "-delay-interval",
        "10ms",
        "--log-level=warn",
        "-log-level=error",
        "--version=false",
    ]);
    let args = args.expect("Go's ways of writing flags");
    assert_eq!(
        (args.delay_interval, args.log_level),
        (Duration::from_millis(10), LogLevel::Error)
    );
    assert!(!args.version);
}

#[test]
fn bad_arguments_exit_with_2() {
    for bad in [
        "--unknown",
        "--watch-interval=3",
        "--reload-method=email",
        "--log-level=loud",
        "--reload-url=localhost:9090",
        "--reload-url=unix://run/a",
        "--reload-url=http://h:99999/-/reload",
        "--runtimeinfo-url=http://h:/x",
        "--retry-interval=0s",
        "--poll-interval=0",
        "--watched-files=/a/[",
        "--check-command=promtool",
        "--watch-backend=magic",
        "--basic-auth-username=ann",
        "--basic-auth-password-file=/a",
        "stray",
    ] {
        assert_eq!(args(&[bad]).expect_err(bad).exit_code(), 2, "{bad}");
    }
    assert_eq!(args(&["--help"]).expect_err("it is no error").exit_code(), 0);
}

#[test]
fn flags_that_do_not_go_together_exit_with_2() {
    for (bad, message) in [
        (
            &["--reload-method=signal", "--reload-url=http://a/-/reload"][..],
            "takes neither",
        ),
        (&["--reload-method=signal", "--targets-file=a"], "takes neither"),
        (&["--once", "--validate"], "are mutually exclusive"),
        (&["--target-dir=/b"], "requires --watched-dir"),
        (&["--target-dir=/a/b", "--watched-dir=/a"], "would be read again"),
        (&["--target-dir-source=/a", "--watched-dir=/a"], "requires --target-dir"),
        (
            &["--target-dir=/b", "--target-dir-source=/c", "--watched-dir=/a"],
            "/c is not watched",
        ),
        (
            &[
                "--target-dir=/b",
                "--target-dir-source=/a",
                "--watched-dir=/a",
                "--watched-dir=/c",
                "--watch-secret=n/s=/c",
            ],
            "Secret n/s: no file from /c is written elsewhere",
        ),
        (&["--target-dir-check-command=true {}"], "requires --target-dir"),
        (&["--check-command=true {}"], "requires --config-file"),
        (
            &["--watch-secret=a/b", "--config-file=/c/d"],
            "Secret a/b: no file from /c is written elsewhere",
        ),
        (
            &["--watch-configmap=a/b=/c", "--watched-dir=/c"],
            "ConfigMap a/b: no file from /c is written elsewhere",
        ),
        (&["--config-envsubst-file=/b"], "requires --config-file"),
        (
            &["--config-file=/b", "--config-envsubst-file=/usr/../b"],
            "the same file",
        ),
        (&["--unset-variables=fail", "--config-file=/b"], "nothing is expanded"),
        (
            &["--target-dir=/b", "--watched-dir=/a", "--target-dir-verbatim=/c/*.gz"],
            "/c is not watched",
        ),
        (&["--verify-reload", "--reload-url=http://a/hook"], "not http://a/hook"),
    ] {
        let error = args(bad).expect_err(message);
        assert!(error.exit_code() == 2 && error.to_string().contains(message), "{error}");
    }
}

#[test]
fn targets_come_from_the_flags_the_file_or_both() {
    let urls = |arguments: &[&str]| args(arguments).expect("good arguments").reload_url.len();
    assert_eq!(urls(&[]), 1);
    assert_eq!(urls(&["--reload-url=http://a/", "--reload-url=unix:///run/b.sock"]), 2);
    assert_eq!(urls(&["--targets-file=targets.yaml"]), 0);
    assert_eq!(urls(&["--targets-file=targets.yaml", "--reload-url=http://a/"]), 1);
}

#[test]
fn paths_that_lead_to_one_place_are_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::create_dir(at("real")).expect("ours");
    std::fs::write(at("real/a.yml"), "").expect("ours");
    std::os::unix::fs::symlink("real", at("link")).expect("ours");
    for (arguments, message) in [
        (
            [
                format!("--watched-dir={}", at("link")),
                format!("--target-dir={}", at("real/out")),
            ],
            "would be read again",
        ),
        (
            [
                format!("--config-file={}", at("link/a.yml")),
                format!("--config-envsubst-file={}", at("real/a.yml")),
            ],
            "the same file",
        ),
    ] {
        let error = args(&arguments.each_ref().map(String::as_str)).expect_err(message);
        assert!(error.to_string().contains(message), "{error}");
    }
    let sources = args(&[
        &format!("--watched-dir={}", at("link")),
        &format!("--target-dir-source={}", at("real/*.gz")),
        &format!("--target-dir={}", at("out")),
    ])
    .expect("it is watched by another name")
    .target_dir_sources();
    assert_eq!(sources[0].folder, folder.path().join("link"));
    assert!(sources[0].matches(Path::new("a.gz")) && !sources[0].matches(Path::new("a.yml")));
}

#[test]
fn intervals_have_a_least_length_and_zeros_a_meaning() {
    let args = args(&[
        "--retry-interval=1ms",
        "--watch-interval=1ms",
        "--verify-interval=0",
        "--reload-timeout=0s",
        "--delay-interval=0",
    ])
    .expect("good arguments");
    assert_eq!(
        (args.retry_interval, args.watch_interval),
        (SHORTEST_INTERVAL, SHORTEST_INTERVAL)
    );
    assert!(args.verify_interval.is_zero() && args.delay_interval.is_zero() && args.reload_limit().is_none());
}

#[test]
fn a_health_check_is_a_command_of_its_own() {
    let args = args(&["healthcheck", "--ready", "--listen-address=localhost:8081"]).expect("good arguments");
    let Some(Command::Healthcheck(check)) = args.command else {
        panic!("no command")
    };
    assert!(check.ready && check.listen_address == "localhost:8081");
}
