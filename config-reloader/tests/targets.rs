//! Targets of every kind: several at once, over TLS, with credentials, over a Unix socket, verified, restarting, and
//! misbehaving in all the ways that a target may.

mod support;

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use process::http::web_config::WebConfig;
use process::http::{Limits, Routes, Server, answer, plain};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use support::{Running, Target, rename_over, within};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::mpsc;

const RELOAD: &str = "POST /-/reload HTTP/1.1";

/// A configuration file in a folder of its own.
fn configuration() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("in.yaml"), "global: {scrape_interval: 60s}\n").expect("ours");
    let flag = format!("--config-file={}", folder.path().join("in.yaml").display());
    (folder, flag)
}

/// A server with these routes and web settings, for as long as the test runs; its address.
async fn serve(routes: Routes, web: WebConfig) -> String {
    let server = Server::bind("127.0.0.1:0", routes, Limits::default(), web)
        .await
        .expect("a free port");
    let address = server.local_address().expect("it is bound").to_string();
    tokio::spawn(server.run(std::future::pending()));
    address
}

#[tokio::test]
async fn a_target_that_hangs_holds_up_no_other() {
    let (folder, config) = configuration();
    let mut target = Target::start().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let running = Running::start(&[
        config,
        format!(
            "--reload-url=http://{}/-/reload",
            silent.local_addr().expect("it is bound")
        ),
        format!("--reload-url=http://{}/-/reload", target.address),
    ])
    .await;
    assert_eq!(target.request().await, RELOAD);
    for content in ["a: 2\n", "a: 3\n"] {
        rename_over(&folder.path().join("in.yaml"), content);
        assert_eq!(target.request().await, RELOAD);
    }
    running.page_tells("/readyz", "not_yet_reloaded").await;
    running.stop().await;
}

#[tokio::test]
async fn a_target_that_was_away_is_reloaded_when_it_is_back() {
    let (_folder, config) = configuration();
    let mut there = Target::start().await;
    let port = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = port.local_addr().expect("it is bound");
    drop(port);
    let running = Running::start(&[
        config,
        format!("--reload-url=http://{}/-/reload", there.address),
        format!("--reload-url=http://{address}/-/reload"),
    ])
    .await;
    assert_eq!(there.request().await, RELOAD);
    running.page_tells("/readyz", "unreachable").await;
    running.metric_becomes("reloader_last_reload_successful", "0").await;
    let reloads = Routes::new().on(hyper::Method::POST, "/-/reload", |_| async {
        plain(hyper::StatusCode::OK, "")
    });
    let server = Server::bind(&address.to_string(), reloads, Limits::default(), WebConfig::none()).await;
    tokio::spawn(server.expect("the port is free again").run(std::future::pending()));
    running.page_tells("/readyz", "\"ready\":true").await;
    running.metric_becomes("reloader_last_reload_successful", "1").await;
    there.assert_quiet();
}

#[tokio::test]
async fn a_unix_socket_is_called() {
    let (folder, config) = configuration();
    let socket = folder.path().join("prometheus.sock");
    let listener = UnixListener::bind(&socket).expect("a free name");
    let running = Running::start(&[config, format!("--reload-url=unix://{}:/a/-/reload", socket.display())]).await;
    let (mut stream, _) = within("a connection", listener.accept()).await.expect("it calls");
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(within("the request", stream.read_u8()).await.expect("it goes on"));
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    assert!(
        request.starts_with("POST /a/-/reload HTTP/1.1\r\n") && request.contains("\r\nhost: localhost\r\n"),
        "{request}"
    );
    stream
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        .await
        .expect("it reads");
    running.page_tells("/readyz", "\"ready\":true").await;
}

/// Files of an authority, of a server named `prometheus.test`, and of a client.
fn certificates(folder: &Path) {
    let mut authority = CertificateParams::new(Vec::new()).expect("no names");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("randomness");
    let authority = CertifiedIssuer::self_signed(authority, key).expect("good parameters");
    fs::write(folder.join("ca.crt"), authority.pem()).expect("ours");
    for name in ["prometheus.test", "client"] {
        let key = KeyPair::generate().expect("randomness");
        let params = CertificateParams::new([name.to_owned()]).expect("a good name");
        let certificate = params.signed_by(&key, &authority).expect("good parameters");
        fs::write(folder.join(format!("{name}.crt")), certificate.pem()).expect("ours");
        fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).expect("ours");
    }
}

/// A target that wants a client's certificate and a password, and tells of each reload; its address.
async fn guarded(folder: &Path) -> (String, mpsc::UnboundedReceiver<()>) {
    // The bcrypt hash of "open sesame".
    let hash = "$2b$04$JiPWf9l1OucyyXQzZGY3JuuVRSg08u8B3qZ.73CKH.iWAULvQ8MMu";
    let text = format!(
        "tls_server_config: {{cert_file: prometheus.test.crt, key_file: prometheus.test.key, \
         client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.crt}}\n\
         basic_auth_users: {{ann: '{hash}'}}\n"
    );
    fs::write(folder.join("web.yaml"), text).expect("ours");
    let web = WebConfig::load(&folder.join("web.yaml")).expect("a good web config");
    let (tell, reloads) = mpsc::unbounded_channel();
    let routes = Routes::new().on(hyper::Method::POST, "/-/reload", move |_| {
        let _ = tell.send(());
        std::future::ready(plain(hyper::StatusCode::OK, ""))
    });
    (serve(routes, web).await, reloads)
}

#[tokio::test]
async fn certificates_and_passwords_of_the_targets_file_are_used() {
    let (folder, config) = configuration();
    let path = |name: &str| folder.path().join(name);
    certificates(folder.path());
    let (address, mut reloads) = guarded(folder.path()).await;
    fs::write(path("password"), "wrong\n").expect("ours");
    let targets = format!(
        "targets:\n- url: https://{address}/-/reload\n  \
         tls_config: {{ca_file: ca.crt, cert_file: client.crt, key_file: client.key, server_name: prometheus.test}}\n  \
         basic_auth: {{username: ann, password_file: password}}\n"
    );
    fs::write(path("targets.yaml"), &targets).expect("ours");
    let running = Running::start(&[
        config.clone(),
        format!("--targets-file={}", path("targets.yaml").display()),
    ])
    .await;
    running.page_tells("/readyz", "refused").await;
    // A renewed file is read at the next attempt.
    fs::write(path("password"), "open sesame\n").expect("ours");
    within("a reload", reloads.recv()).await.expect("the target runs");
    running.page_tells("/readyz", "\"ready\":true").await;
    running.stop().await;

    for (what, wrong) in [
        ("another name", targets.replace("prometheus.test}", "other.test}")),
        (
            "another authority",
            targets.replace("ca_file: ca.crt", "ca_file: client.crt"),
        ),
        (
            "no certificate of our own",
            targets.replace("cert_file: client.crt, key_file: client.key, ", ""),
        ),
    ] {
        fs::write(path("targets.yaml"), wrong).expect("ours");
        let running = Running::start(&[
            config.clone(),
            format!("--targets-file={}", path("targets.yaml").display()),
        ])
        .await;
        running.page_tells("/readyz", "unreachable").await;
        assert!(reloads.try_recv().is_err(), "{what}");
        running.stop().await;
    }
}

#[tokio::test]
async fn the_password_of_the_flags_is_used_and_read_again() {
    let (folder, config) = configuration();
    let path = |name: &str| folder.path().join(name).display().to_string();
    // The bcrypt hash of "open sesame".
    let hash = "$2b$04$JiPWf9l1OucyyXQzZGY3JuuVRSg08u8B3qZ.73CKH.iWAULvQ8MMu";
    fs::write(path("web.yaml"), format!("basic_auth_users: {{ann: '{hash}'}}\n")).expect("ours");
    let web = WebConfig::load(Path::new(&path("web.yaml"))).expect("a good web config");
    let (tell, mut reloads) = mpsc::unbounded_channel();
    let routes = Routes::new().on(hyper::Method::POST, "/-/reload", move |_| {
        let _ = tell.send(());
        std::future::ready(plain(hyper::StatusCode::OK, ""))
    });
    let address = serve(routes, web).await;
    fs::write(path("password"), "wrong").expect("ours");
    let running = Running::start(&[
        config,
        format!("--reload-url=http://{address}/-/reload"),
        "--basic-auth-username=ann".to_owned(),
        format!("--basic-auth-password-file={}", path("password")),
    ])
    .await;
    running.page_tells("/readyz", "refused").await;
    fs::write(path("password"), "open sesame").expect("ours");
    within("a reload", reloads.recv()).await.expect("the target runs");
    running.page_tells("/readyz", "\"ready\":true").await;
    running.stop().await;
}

#[tokio::test]
async fn on_this_machine_any_certificate_will_do() {
    let (folder, config) = configuration();
    certificates(folder.path());
    let text = "tls_server_config: {cert_file: prometheus.test.crt, key_file: prometheus.test.key}\n";
    fs::write(folder.path().join("web.yaml"), text).expect("ours");
    let web = WebConfig::load(&folder.path().join("web.yaml")).expect("a good web config");
    let routes = Routes::new().on(hyper::Method::POST, "/-/reload", |_| async {
        plain(hyper::StatusCode::OK, "")
    });
    let address = serve(routes, web).await;
    let running = Running::start(&[config, format!("--reload-url=https://{address}/-/reload")]).await;
    running.page_tells("/readyz", "\"ready\":true").await;
}

#[tokio::test]
async fn targets_that_misbehave_are_told_apart() {
    for (what, scheme, reply, reason) in [
        (
            "an error",
            "http",
            &b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 3\r\n\r\nbad"[..],
            "refused",
        ),
        (
            "a redirect",
            "http",
            b"HTTP/1.1 302 Found\r\nlocation: /login\r\ncontent-length: 0\r\n\r\n",
            "refused",
        ),
        ("a close", "http", b"", "unreachable"),
        (
            "half an answer",
            "http",
            b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf",
            "unreachable",
        ),
        (
            "TLS where HTTP is expected",
            "http",
            b"\x15\x03\x01\x00\x02\x02\x0a",
            "unreachable",
        ),
        (
            "HTTP where TLS is expected",
            "https",
            b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n",
            "unreachable",
        ),
    ] {
        let (_folder, config) = configuration();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 1024]).await;
                let _ = stream.write_all(reply).await;
            }
        });
        let running = Running::start(&[config, format!("--reload-url={scheme}://{address}/-/reload")]).await;
        running.page_tells("/readyz", &format!("\"reason\":\"{reason}\"")).await;
        assert_eq!(running.page("/healthz").await.0, "HTTP/1.1 200 OK", "{what}");
        running.stop().await;
    }
}

#[tokio::test]
async fn a_redirect_that_repeats_the_request_here_is_followed_and_no_other() {
    for (status, location, reason) in [
        ("307 Temporary Redirect", "/prefix/-/reload", None),
        ("308 Permanent Redirect", "/prefix/-/reload", None),
        ("302 Found", "/prefix/-/reload", Some("refused")),
        (
            "307 Temporary Redirect",
            "//elsewhere.invalid/-/reload",
            Some("refused"),
        ),
    ] {
        let (_folder, config) = configuration();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (tell, mut requests) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut buffer = [0; 1024];
                let length = stream.read(&mut buffer).await.unwrap_or_default();
                let request = String::from_utf8_lossy(&buffer[..length]).into_owned();
                let answer = if request.starts_with("POST /prefix/-/reload ") {
                    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_owned()
                } else {
                    format!(
                        "HTTP/1.1 {status}\r\nlocation: {location}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
                    )
                };
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = tell.send(request);
            }
        });
        let running = Running::start(&[config, format!("--reload-url=http://{address}/-/reload")]).await;
        let expected = reason.map_or("\"ready\":true".to_owned(), |reason| format!("\"reason\":\"{reason}\""));
        running.page_tells("/readyz", &expected).await;
        if reason.is_none() {
            let first = requests.recv().await.expect("a request");
            let second = requests.recv().await.expect("a second one");
            assert!(
                first.starts_with(RELOAD) && second.starts_with("POST /prefix/-/reload"),
                "{first} {second}"
            );
        }
        running.stop().await;
    }
}

#[tokio::test]
async fn the_targets_file_is_read_again_when_it_changes() {
    let (folder, config) = configuration();
    let (mut first, mut second) = (Target::start().await, Target::start().await);
    let file = folder.path().join("targets.yaml");
    let list = |targets: &[&Target]| {
        let entries = targets
            .iter()
            .map(|target| format!("- url: http://{}/-/reload\n", target.address));
        format!("targets:\n{}", entries.collect::<String>())
    };
    rename_over(&file, &list(&[&first]));
    let running = Running::start(&[config, format!("--targets-file={}", file.display())]).await;
    assert_eq!(first.request().await, RELOAD);
    rename_over(&file, &list(&[&first, &second]));
    assert_eq!(second.request().await, RELOAD);
    running.page_tells("/readyz", "\"ready\":true").await;
    // A wrong one changes nothing.
    let applied = running.number("reloader_config_apply_operations_total").await;
    rename_over(&file, "targets: [{url: nowhere}]\n");
    running
        .number_exceeds("reloader_config_apply_operations_total", applied)
        .await;
    rename_over(&folder.path().join("in.yaml"), "a: 2\n");
    assert_eq!(first.request().await, RELOAD);
    assert_eq!(second.request().await, RELOAD);
    rename_over(&file, &list(&[&second]));
    let gone = format!("target=\"http://{}/-/reload\"", first.address);
    within("the target is none any more", async {
        while running.page("/metrics").await.1.contains(&gone) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    rename_over(&folder.path().join("in.yaml"), "a: 3\n");
    assert_eq!(second.request().await, RELOAD);
    first.assert_quiet();
}

#[tokio::test]
async fn a_thanos_ruler_says_by_its_metrics_whether_it_loaded_its_rules() {
    let (folder, _) = configuration();
    let loaded = Arc::new(Mutex::new(0));
    let says = loaded.clone();
    let json = |text: &'static str| std::future::ready(answer(hyper::StatusCode::OK, "application/json", text));
    let routes = Routes::new()
        .on(hyper::Method::POST, "/-/reload", |_| async {
            plain(hyper::StatusCode::OK, "")
        })
        .on(hyper::Method::GET, "/api/v1/status/runtimeinfo", move |_| {
            json(r#"{"status":"success","data":{"startTime":"2026-03-01T10:00:00Z","CWD":"/"}}"#)
        })
        .on(hyper::Method::GET, "/metrics", move |_| {
            let value = *says.lock().expect("no panic");
            std::future::ready(plain(
                hyper::StatusCode::OK,
                format!("# TYPE a gauge\nthanos_rule_config_last_reload_successful {value}\n"),
            ))
        });
    let address = serve(routes, WebConfig::none()).await;
    let running = Running::start(&[
        format!("--watched-dir={}", folder.path().display()),
        format!("--reload-url=http://{address}/-/reload"),
        "--verify-reload".to_owned(),
    ])
    .await;
    running.page_tells("/readyz", "unconfirmed").await;
    *loaded.lock().expect("no panic") = 1;
    running.page_tells("/readyz", "\"ready\":true").await;
}

#[tokio::test]
async fn a_target_that_hangs_times_out() {
    let (_folder, config) = configuration();
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let running = Running::start(&[
        config,
        "--reload-timeout=50ms".to_owned(),
        format!(
            "--reload-url=http://{}/-/reload",
            silent.local_addr().expect("it is bound")
        ),
    ])
    .await;
    running.page_tells("/readyz", "timed_out").await;
}

/// What a false Prometheus says of itself.
#[derive(Clone)]
struct Story {
    started: &'static str,
    succeeded: bool,
    config: &'static str,
    /// What the next reload makes of it.
    next: Option<&'static str>,
}

/// A false Prometheus that tells its story, and of each reload.
async fn prometheus(story: Arc<Mutex<Story>>) -> (String, mpsc::UnboundedReceiver<()>) {
    let (tell, reloads) = mpsc::unbounded_channel();
    let (told, changed) = (story.clone(), story.clone());
    let json = |text: String| std::future::ready(answer(hyper::StatusCode::OK, "application/json", text));
    let routes = Routes::new()
        .on(hyper::Method::POST, "/-/reload", move |_| {
            let mut story = changed.lock().expect("no panic");
            story.config = story.next.take().unwrap_or(story.config);
            let _ = tell.send(());
            std::future::ready(plain(hyper::StatusCode::OK, ""))
        })
        .on(hyper::Method::GET, "/api/v1/status/runtimeinfo", move |_| {
            let Story { started, succeeded, .. } = told.lock().expect("no panic").clone();
            json(format!(
                r#"{{"status":"success","data":{{"startTime":"{started}","reloadConfigSuccess":{succeeded}}}}}"#
            ))
        })
        .on(hyper::Method::GET, "/api/v1/status/config", move |_| {
            let config = story.lock().expect("no panic").config;
            json(format!(r#"{{"status":"success","data":{{"yaml":"{config}\n"}}}}"#))
        });
    (serve(routes, WebConfig::none()).await, reloads)
}

#[tokio::test]
async fn what_the_target_runs_decides_and_a_restart_reloads() {
    let (_folder, config) = configuration();
    let story = Arc::new(Mutex::new(Story {
        started: "2026-03-01T10:00:00Z",
        succeeded: false,
        config: "global: {scrape_interval: 1m, scrape_timeout: 10s}",
        next: None,
    }));
    let (address, mut reloads) = prometheus(story.clone()).await;
    let running = Running::start(&[
        config,
        format!("--reload-url=http://{address}/-/reload"),
        "--verify-reload".to_owned(),
        "--verify-interval=10ms".to_owned(),
    ])
    .await;
    running.page_tells("/readyz", "unconfirmed").await;
    {
        let mut story = story.lock().expect("no panic");
        story.succeeded = true;
        story.config = "global: {scrape_interval: 30s}";
    }
    // Another file than ours, as when the file is mounted by itself.
    let failed = running.number("reloader_reloads_failed_total").await;
    running
        .number_exceeds("reloader_reloads_failed_total", failed + 1)
        .await;
    story.lock().expect("no panic").config = "global: {scrape_interval: 1m}";
    running.page_tells("/readyz", "\"ready\":true").await;
    while reloads.try_recv().is_ok() {}
    story.lock().expect("no panic").started = "2026-03-01T11:00:00Z";
    within("a reload", reloads.recv()).await.expect("the target runs");
    let restarts = format!("reloader_target_restarts_total{{target=\"http://{address}/-/reload\"}}");
    running.metric_becomes(&restarts, "1").await;
    running.page_tells("/readyz", "\"ready\":true").await;
}

#[tokio::test]
async fn a_difference_that_the_reload_made_is_a_doubt_and_no_failure() {
    let (folder, config) = configuration();
    let story = Arc::new(Mutex::new(Story {
        started: "2026-03-01T10:00:00Z",
        succeeded: true,
        config: "global: {scrape_interval: 30s}",
        // Not what the file says, but another one than before.
        next: Some("global: {scrape_interval: 45s}"),
    }));
    let (address, mut reloads) = prometheus(story.clone()).await;
    let running = Running::start(&[
        config,
        format!("--reload-url=http://{address}/-/reload"),
        "--verify-reload".to_owned(),
    ])
    .await;
    running.page_tells("/readyz", "\"ready\":true").await;
    let doubts = format!("reloader_target_reloads_doubtful_total{{target=\"http://{address}/-/reload\"}}");
    running.metric_becomes(&doubts, "1").await;
    assert!(
        reloads.try_recv().is_ok() && reloads.try_recv().is_err(),
        "it was not repeated"
    );
    // The same file and the same answer are no new doubt.
    running.force.send(()).await.expect("it runs");
    within("a reload", reloads.recv()).await.expect("the target runs");
    running.metric_becomes("reloader_reloads_total", "2").await;
    assert_eq!(running.metric(&doubts).await, "1");
    // Another file, and nothing happens: it runs the old one.
    rename_over(&folder.path().join("in.yaml"), "global: {scrape_interval: 20s}\n");
    running.page_tells("/readyz", "unconfirmed").await;
}
