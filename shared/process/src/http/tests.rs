use std::fs;
use std::path::Path;
use std::sync::Arc;

use hyper::Method;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{mpsc, oneshot};
use tokio_rustls::TlsConnector;

use super::*;
use tls::{ClientAuth, TlsSettings};
use web_config::WithoutAuthorities;

mod held;

/// A running server; it stops when this is dropped.
struct Running {
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
    ended: tokio::task::JoinHandle<()>,
}

async fn running(routes: Routes, limits: Limits, web: WebConfig) -> Running {
    let server = Server::bind("127.0.0.1:0", routes, limits, web)
        .await
        .expect("a free port");
    let address = server.local_address().expect("it is bound");
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));
    Running {
        address,
        _stop: stop,
        ended,
    }
}

/// Everything that comes back for `request` before the server closes.
async fn exchanged(stream: impl AsyncRead + AsyncWrite, request: &str) -> String {
    let mut stream = pin!(stream);
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("the server answers");
    String::from_utf8(answer).expect("answers are UTF-8")
}

async fn answered(server: &Running, start: &str, headers: &str, body: &str) -> String {
    let stream = TcpStream::connect(server.address).await.expect("it listens");
    exchanged(
        stream,
        &format!("{start} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{headers}\r\n{body}"),
    )
    .await
}

#[tokio::test]
async fn health_metrics_and_what_does_not_exist() {
    let mut registry = Registry::default();
    let reloads = Counter::<u64>::default();
    registry.register("reloads", "Reloads", reloads.clone());
    reloads.inc();
    let routes = Routes::new().health().metrics(Arc::new(registry));
    let server = running(routes, Limits::default(), WebConfig::none()).await;

    let health = answered(&server, "GET /healthz?x=1", "", "").await;
    assert!(
        health.starts_with("HTTP/1.1 200 OK\r\n") && health.ends_with("\r\n\r\n{\"status\":\"up\"}"),
        "{health}"
    );
    let head = answered(&server, "HEAD /healthz", "", "").await;
    assert!(
        head.starts_with("HTTP/1.1 200 OK\r\n") && head.ends_with("\r\n\r\n"),
        "{head}"
    );
    let metrics = answered(&server, "GET /metrics", "", "").await;
    assert!(metrics.contains("content-type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"));
    assert!(
        metrics.contains("\nreloads_total 1\n") && metrics.ends_with("# EOF\n"),
        "{metrics}"
    );
    assert!(
        answered(&server, "GET /nothing", "", "")
            .await
            .starts_with("HTTP/1.1 404 ")
    );
    let refused = answered(&server, "POST /healthz", "content-length: 0\r\n", "").await;
    assert!(
        refused.starts_with("HTTP/1.1 405 ") && refused.contains("\r\nallow: GET\r\n"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_body_is_read_up_to_the_limit() {
    let routes = Routes::new().on(Method::POST, "/echo", |request| async {
        answer(StatusCode::OK, "text/plain", request.body)
    });
    let server = running(
        routes,
        Limits {
            body: 4,
            ..Limits::default()
        },
        WebConfig::none(),
    )
    .await;
    let echoed = answered(&server, "POST /echo", "content-length: 4\r\n", "four").await;
    assert!(echoed.ends_with("\r\n\r\nfour"), "{echoed}");
    let chunks = "1\r\nf\r\n2\r\nou\r\n1\r\nr\r\n0\r\n\r\n";
    let echoed = answered(&server, "POST /echo", "transfer-encoding: chunked\r\n", chunks).await;
    assert!(echoed.ends_with("\r\n\r\nfour"), "{echoed}");
    for (headers, body) in [
        ("content-length: 5\r\n", "fiver"),
        ("transfer-encoding: chunked\r\n", "5\r\nfiver\r\n0\r\n\r\n"),
    ] {
        assert!(
            answered(&server, "POST /echo", headers, body)
                .await
                .starts_with("HTTP/1.1 413 "),
            "{headers}"
        );
    }
}

#[tokio::test]
async fn a_silent_peer_is_let_go_and_its_place_is_free_again() {
    let limits = Limits {
        read_timeout: Duration::from_millis(50),
        connections: 1,
        ..Limits::default()
    };
    let server = running(Routes::new().health(), limits, WebConfig::none()).await;
    let mut silent = TcpStream::connect(server.address).await.expect("it listens");
    silent
        .write_all(b"GET /healthz HTTP/1.1\r\nhost")
        .await
        .expect("the server reads");
    // The first connection makes room for the second.
    assert!(
        answered(&server, "GET /healthz", "", "")
            .await
            .starts_with("HTTP/1.1 200 ")
    );
}

#[tokio::test]
async fn an_open_request_ends_before_the_server_does() {
    let (entered, mut has_entered) = mpsc::unbounded_channel();
    let (release, released) = oneshot::channel::<()>();
    let released = Arc::new(tokio::sync::Mutex::new(Some(released)));
    let routes = Routes::new().on(Method::GET, "/slow", move |_| {
        let (entered, released) = (entered.clone(), released.clone());
        async move {
            let _ = entered.send(());
            if let Some(released) = released.lock().await.take() {
                let _ = released.await;
            }
            plain(StatusCode::OK, "done")
        }
    });
    let Running {
        address,
        _stop: stop,
        ended,
    } = running(routes, Limits::default(), WebConfig::none()).await;
    let request = tokio::spawn(async move {
        let stream = TcpStream::connect(address).await.expect("it listens");
        exchanged(stream, "GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await
    });
    has_entered.recv().await.expect("the handler starts");
    drop(stop);
    // The listener goes first: from then on connections are refused.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!ended.is_finished());
    release.send(()).expect("the handler waits");
    assert!(request.await.expect("no panic").ends_with("done\n"));
    ended.await.expect("the server ends without a panic");
}

fn web_config(folder: &Path, text: &str) -> Result<WebConfig, web_config::Error> {
    let path = folder.join("web-config.yaml");
    fs::write(&path, text).expect("the folder is ours");
    WebConfig::load(&path)
}

#[tokio::test]
async fn users_and_headers_of_a_web_config_are_reloaded() {
    let folder = tempfile::tempdir().expect("a folder");
    let users = |password: &str| {
        let hash = bcrypt::hash(password, 4).expect("a cost that bcrypt has");
        format!("http_server_config:\n  headers:\n    X-Frame-Options: deny\nbasic_auth_users:\n  ann: {hash}\n")
    };
    let web = web_config(folder.path(), &users("one")).expect("a good file");
    let server = running(Routes::new().health(), Limits::default(), web).await;
    let status = async |credentials: &str| {
        let header = match credentials {
            "" => String::new(),
            _ => format!("authorization: Basic {credentials}\r\n"),
        };
        let answer = answered(&server, "GET /healthz", &header, "").await;
        assert!(answer.contains("x-frame-options: deny\r\n"), "{answer}");
        answer[9..12].to_owned()
    };
    let (ann_one, ann_second, bob_one) = ("YW5uOm9uZQ==", "YW5uOnNlY29uZA==", "Ym9iOm9uZQ==");
    for (credentials, expected) in [
        ("", "401"),
        (ann_one, "200"),
        (ann_one, "200"),
        (ann_second, "401"),
        (bob_one, "401"),
    ] {
        assert_eq!(status(credentials).await, expected, "{credentials}");
    }
    fs::write(folder.path().join("web-config.yaml"), users("second") + "\n").expect("the folder is ours");
    assert_eq!(
        (status(ann_one).await.as_str(), status(ann_second).await.as_str()),
        ("401", "200")
    );
    fs::write(folder.path().join("web-config.yaml"), "basic_auth_users: [broken").expect("the folder is ours");
    assert_eq!(
        (status("").await.as_str(), status(ann_second).await.as_str()),
        ("401", "200")
    );
}

#[test]
fn a_bad_web_config_is_refused_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = |error: web_config::Error| {
        let error: &dyn std::error::Error = &error;
        std::iter::successors(Some(error), |error| error.source())
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(": ")
    };
    for (config, reason) in [
        ("tls_config: {}\n", "tls_config"),
        (
            "basic_auth_users: {ann: secret}\n",
            "the password of \"ann\" is not a bcrypt hash",
        ),
        ("tls_server_config: {cert_file: a.pem}\n", "cannot read cert_file"),
        ("tls_server_config: {client_auth_type: Sometimes}\n", "Sometimes"),
        (
            "http_server_config: {headers: {Server: x}}\n",
            "header \"Server\" cannot be set",
        ),
    ] {
        let error = text(
            web_config(folder.path(), config)
                .err()
                .unwrap_or_else(|| panic!("{config} is taken")),
        );
        assert!(error.contains(reason) && error.contains("web-config.yaml"), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
    assert!(WebConfig::load(&folder.path().join("absent")).is_err());
    for empty in [
        "",
        "# nothing\n",
        "tls_server_config: {}\nhttp_server_config: {http2: false}\n",
    ] {
        assert!(
            !web_config(folder.path(), empty)
                .expect("an empty file is plain HTTP")
                .is_tls()
        );
    }
}

/// A self-signed certificate and its key, written as `<name>.crt` and `<name>.key`.
fn certificate(folder: &Path, name: &str) -> rcgen::CertifiedKey<rcgen::KeyPair> {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a valid name");
    fs::write(folder.join(format!("{name}.crt")), made.cert.pem()).expect("the folder is ours");
    fs::write(folder.join(format!("{name}.key")), made.signing_key.serialize_pem()).expect("the folder is ours");
    made
}

/// One request over TLS to `localhost`; `None` where the handshake or the request fails.
async fn tls_answer(
    server: &Running,
    trusted: &rcgen::CertifiedKey<rcgen::KeyPair>,
    own: Option<&rcgen::CertifiedKey<rcgen::KeyPair>>,
) -> Option<String> {
    tls_request(server, trusted, own, "/healthz").await
}

async fn tls_request(
    server: &Running,
    trusted: &rcgen::CertifiedKey<rcgen::KeyPair>,
    own: Option<&rcgen::CertifiedKey<rcgen::KeyPair>>,
    path: &str,
) -> Option<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.cert.der().clone()).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("defaults");
    let builder = builder.with_root_certificates(roots);
    let config = match own {
        Some(own) => {
            let key = rustls::pki_types::PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
            builder
                .with_client_auth_cert(vec![own.cert.der().clone()], key.into())
                .expect("a fitting key")
        }
        None => builder.with_no_client_auth(),
    };
    let stream = TcpStream::connect(server.address).await.expect("it listens");
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.ok()?;
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").as_bytes())
        .await
        .ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    String::from_utf8(answer).ok()
}

#[tokio::test]
async fn tls_with_a_renewed_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = certificate(folder.path(), "localhost");
    let text = "tls_server_config: {cert_file: localhost.crt, key_file: localhost.key, min_version: TLS10}\n";
    let web = web_config(folder.path(), text).expect("a good file");
    assert!(web.is_tls());
    let server = running(Routes::new().health(), Limits::default(), web).await;
    let answer = tls_answer(&server, &first, None).await.expect("a good handshake");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");

    let second = certificate(folder.path(), "localhost");
    assert!(tls_answer(&server, &second, None).await.is_some());
    assert!(tls_answer(&server, &first, None).await.is_none());
    assert!(!answered(&server, "GET /healthz", "", "").await.contains("200"));
}

#[tokio::test]
async fn client_certificates_are_asked_for_as_configured() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = certificate(folder.path(), "localhost");
    let known = certificate(folder.path(), "known");
    let stranger = certificate(folder.path(), "stranger");
    for (mode, authorities, expected) in [
        ("NoClientCert", "", [true, true, true]),
        ("RequestClientCert", "", [true, true, true]),
        ("RequireAnyClientCert", "", [false, true, true]),
        ("VerifyClientCertIfGiven", "known.crt", [true, true, false]),
        ("RequireAndVerifyClientCert", "known.crt", [false, true, false]),
    ] {
        let text = format!(
            "tls_server_config:\n  cert_file: localhost.crt\n  key_file: localhost.key\n  client_auth_type: {mode}\n  \
             client_ca_file: \"{authorities}\"\n  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n  \
             curve_preferences: [CurveP256]\n"
        );
        let web = web_config(folder.path(), &text).expect("a good file");
        let server = running(Routes::new().health(), Limits::default(), web).await;
        let mut passed = Vec::new();
        for client in [None, Some(&known), Some(&stranger)] {
            passed.push(tls_answer(&server, &own, client).await.is_some());
        }
        assert_eq!(passed, expected, "{mode}");
    }
    let unused = "tls_server_config: {cert_file: localhost.crt, key_file: localhost.key, client_ca_file: known.crt}\n";
    assert!(web_config(folder.path(), unused).is_err());
}

#[tokio::test]
async fn authorities_that_come_late_count_from_then_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let (own, known) = (
        certificate(folder.path(), "localhost"),
        certificate(folder.path(), "known"),
    );
    for (without, is_served) in [(WithoutAuthorities::Refuse, false), (WithoutAuthorities::Serve, true)] {
        let file = |name: &str| folder.path().join(name);
        let settings = TlsSettings {
            cert_file: file("localhost.crt"),
            key_file: file("localhost.key"),
            client_ca_file: file("authorities.crt"),
            client_auth_type: ClientAuth::RequireAndVerifyClientCert,
            ..TlsSettings::default()
        };
        let web = WebConfig::tls(settings, without).expect("good settings");
        let server = running(Routes::new().health(), Limits::default(), web).await;
        let passed = async || {
            [
                tls_answer(&server, &own, None).await.is_some(),
                tls_answer(&server, &own, Some(&known)).await.is_some(),
            ]
        };
        assert_eq!(passed().await, [is_served; 2], "{without:?}");
        fs::copy(file("known.crt"), file("authorities.crt")).expect("the folder is ours");
        assert_eq!(passed().await, [false, true], "{without:?}");
        fs::remove_file(file("authorities.crt")).expect("the folder is ours");
    }
}

/// A self-signed certificate for `localhost` that was valid in the year 2000 alone.
fn expired(folder: &Path) -> rcgen::CertifiedKey<rcgen::KeyPair> {
    let mut params = rcgen::CertificateParams::new(["localhost".to_owned()]).expect("a valid name");
    params.not_before = rcgen::date_time_ymd(2000, 1, 1);
    params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    let signing_key = rcgen::KeyPair::generate().expect("a key");
    let cert = params.self_signed(&signing_key).expect("a certificate");
    fs::write(folder.join("localhost.crt"), cert.pem()).expect("the folder is ours");
    fs::write(folder.join("localhost.key"), signing_key.serialize_pem()).expect("the folder is ours");
    rcgen::CertifiedKey { cert, signing_key }
}

#[tokio::test]
async fn the_last_good_certificate_is_served_and_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = certificate(folder.path(), "localhost");
    let mut registry = Registry::default();
    let metrics = CertificateMetrics::register(&mut registry);
    let settings = TlsSettings {
        cert_file: folder.path().join("localhost.crt"),
        key_file: folder.path().join("localhost.key"),
        ..TlsSettings::default()
    };
    let web = WebConfig::tls(settings, WithoutAuthorities::Serve)
        .expect("good files")
        .with_metrics(metrics);
    let routes = Routes::new().health().metrics(Arc::new(registry));
    let server = running(routes, Limits::default(), web).await;
    for spoil in [
        (|folder: &Path| fs::write(folder.join("localhost.key"), "nonsense").expect("ours")) as fn(&Path),
        // The key of another certificate.
        |folder| {
            certificate(folder, "other");
            fs::rename(folder.join("other.key"), folder.join("localhost.key")).expect("ours");
        },
        |folder| fs::remove_file(folder.join("localhost.crt")).expect("ours"),
        |folder| drop(expired(folder)),
    ] {
        spoil(folder.path());
        let answer = tls_answer(&server, &good, None).await.expect("the good one is served");
        assert!(answer.contains("200"), "{answer}");
    }
    let metrics = tls_request(&server, &good, None, "/metrics")
        .await
        .expect("it is served");
    assert!(
        metrics.contains("tls_certificate_reloads_total{result=\"failure\"} 4\n"),
        "{metrics}"
    );
    // rcgen's certificates last until the year 4096.
    assert!(
        metrics.contains("tls_certificate_expiration_timestamp_seconds 67090"),
        "{metrics}"
    );
    let renewed = certificate(folder.path(), "localhost");
    assert!(tls_answer(&server, &renewed, None).await.is_some());
}

#[tokio::test]
async fn a_certificate_in_memory_can_be_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let held = tls::Held::default();
    let web = WebConfig::held(&held, &TlsSettings::default()).expect("nothing to read");
    let server = running(Routes::new().health(), Limits::default(), web).await;
    let first = certificate(folder.path(), "localhost");
    assert!(tls_answer(&server, &first, None).await.is_none(), "there is none yet");
    assert!(!answered(&server, "GET /healthz", "", "").await.contains("200"));
    let pem = |pair: &rcgen::CertifiedKey<rcgen::KeyPair>| (pair.cert.pem(), pair.signing_key.serialize_pem());
    let (chain, key) = pem(&first);
    held.replace(chain.as_bytes(), key.as_bytes()).expect("a pair");
    assert!(tls_answer(&server, &first, None).await.is_some());
    let (second, other_key) = pem(&certificate(folder.path(), "localhost"));
    assert!(
        held.replace(second.as_bytes(), key.as_bytes()).is_err(),
        "the key of another one"
    );
    assert!(held.replace(b"", other_key.as_bytes()).is_err());
    assert!(
        tls_answer(&server, &first, None).await.is_some(),
        "the last good one is served"
    );
}

#[tokio::test]
async fn bodies_wait_for_room() {
    let routes = Routes::new().on(Method::POST, "/length", |request| async move {
        plain(StatusCode::OK, request.body.len().to_string())
    });
    let limits = Limits {
        body: 2048,
        bodies: 2048,
        read_timeout: Duration::from_millis(300),
        ..Limits::default()
    };
    let server = running(routes, limits, WebConfig::none()).await;
    let mut first = TcpStream::connect(server.address).await.expect("it listens");
    // All of the room is taken by a peer that does not send what it has announced.
    let head = b"POST /length HTTP/1.1\r\nhost: a\r\ncontent-length: 2000\r\n\r\nx";
    first.write_all(head).await.expect("it reads");
    let body = "y".repeat(1500);
    let answer = answered(&server, "POST /length", "content-length: 1500\r\n", &body).await;
    assert!(
        answer.starts_with("HTTP/1.1 408 ") || answer.ends_with("1500\n"),
        "{answer}"
    );
    let answer = answered(&server, "POST /length", "content-length: 1500\r\n", &body).await;
    assert!(answer.ends_with("1500\n"), "{answer}");
}
