//! Peers that want to hold the server: slow ones, silent ones, many.

use super::*;

/// One exchange over a stream of the test's, from its beginning to its end; gives how long it took.
async fn exchange_over(stream: tokio::io::DuplexStream, limits: Limits, routes: Routes) -> Duration {
    let (place, _closed) = Connections::new(4).admit([10, 0, 0, 1].into()).expect("room");
    let (_stop, stopped) = watch::channel(());
    let web = WebConfig::none();
    let started = tokio::time::Instant::now();
    let stream = Socket::new(stream, limits.write_timeout);
    exchange(stream, place, Arc::new(Shared::new(routes, limits, web)), stopped).await;
    started.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_asks_and_never_reads_is_let_go() {
    let limits = Limits::default();
    let (near, mut far) = tokio::io::duplex(1024);
    let asking = async {
        // More answers than fit; the server stops reading when nobody takes them.
        for _ in 0..1000 {
            if far
                .write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
                .await
                .is_err()
            {
                break;
            }
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        took = exchange_over(near, limits, Routes::new().health()) => assert_eq!(took.as_secs(), limits.write_timeout.as_secs()),
        () = asking => {}
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_sends_a_byte_at_a_time_is_let_go() {
    let limits = Limits::default();
    for request in [
        "GET /healthz HTTP/1.1\r\nhost: a",
        "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 9999\r\n\r\n",
    ] {
        let (near, mut far) = tokio::io::duplex(1024);
        let dripping = async {
            let _ = far.write_all(request.as_bytes()).await;
            while far.write_all(b"x").await.is_ok() {
                tokio::time::sleep(limits.read_timeout / 10).await;
            }
            std::future::pending::<()>().await;
        };
        let routes = Routes::new().health().on(Method::POST, "/echo", |request| async {
            answer(StatusCode::OK, "text/plain", request.body)
        });
        tokio::select! {
            took = exchange_over(near, limits, routes) => assert!(took <= limits.read_timeout * 2, "{request}: {took:?}"),
            () = dripping => {}
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_used_all_the_time_ends_some_day() {
    let limits = Limits::default();
    let (near, far) = tokio::io::duplex(1024);
    let (mut answers, mut requests) = tokio::io::split(far);
    let asking = async {
        while requests
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
            .await
            .is_ok()
        {
            tokio::time::sleep(limits.read_timeout / 3).await;
        }
        std::future::pending::<()>().await;
    };
    let reading = async {
        let _ = tokio::io::copy(&mut answers, &mut tokio::io::sink()).await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        took = exchange_over(near, limits, Routes::new().health()) => {
            assert!(took >= limits.lifetime && took <= limits.lifetime * 2, "{took:?}");
        }
        () = async { tokio::join!(asking, reading); } => {}
    }
}

async fn connected_from(own: [u8; 4], server: &Running) -> TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind((own, 0).into()).expect("an address of this host");
    socket.connect(server.address).await.expect("it listens")
}

#[tokio::test]
async fn idle_connections_are_in_nobodys_way() {
    let limits = Limits {
        connections: 8,
        ..Limits::default()
    };
    let server = running(Routes::new().health(), limits, WebConfig::none()).await;
    let mut idle = Vec::new();
    for number in 0..50 {
        idle.push(connected_from([127, 0, 0, 2 + number], &server).await);
    }
    for _ in 0..50 {
        idle.push(connected_from([127, 0, 0, 2], &server).await);
    }
    let answer = answered(&server, "GET /healthz", "", "").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn of_a_crowd_each_is_heard() {
    let limits = Limits {
        connections: 4,
        ..Limits::default()
    };
    let server = Server::bind("127.0.0.1:0", Routes::new().health(), limits, WebConfig::none());
    let server = server.await.expect("a free port");
    let (stop, stopped) = oneshot::channel::<()>();
    let waiting = Running {
        address: server.local_address().expect("it is bound"),
        _stop: stop,
        ended: tokio::spawn(std::future::ready(())),
    };
    let mut honest = connected_from([127, 0, 0, 2], &waiting).await;
    let request = b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    honest.write_all(request).await.expect("the system takes it");
    let mut crowd = Vec::new();
    for number in 3..60 {
        crowd.push(connected_from([127, 0, 0, number], &waiting).await);
    }
    // All of them are there when it begins.
    tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));
    let mut answer = String::new();
    honest.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn probes_are_answered_while_everything_else_is_busy() {
    let (entered, mut has_entered) = mpsc::unbounded_channel();
    let routes = Routes::new().health().on(Method::GET, "/slow", move |_| {
        let _ = entered.send(());
        std::future::pending()
    });
    let limits = Limits {
        connections: 4,
        ..Limits::default()
    };
    let server = running(routes, limits, WebConfig::none()).await;
    let mut busy = Vec::new();
    for number in 2..6 {
        let mut stream = connected_from([127, 0, 0, number], &server).await;
        stream
            .write_all(b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n")
            .await
            .expect("the server reads");
        has_entered.recv().await.expect("the handler starts");
        busy.push(stream);
    }
    for (path, status) in [("/healthz", "200"), ("/slow", "503"), ("/healthz", "200")] {
        let answer = answered(&server, &format!("GET {path}"), "", "").await;
        assert_eq!(&answer[9..12], status, "{path}: {answer}");
    }
}

/// Whoever announces a body and sends none of it takes the room of nobody, whether he says how long it is or not.
#[tokio::test]
async fn bodies_that_do_not_come_are_in_nobodys_way() {
    let limits = Limits {
        // Nobody is let go for being slow.
        read_timeout: Duration::from_hours(1),
        body: 64 * KIBIBYTE,
        bodies: 4 * 64 * KIBIBYTE,
        ..Limits::default()
    };
    let routes = Routes::new().on(Method::POST, "/echo", |request| async {
        answer(StatusCode::OK, "text/plain", request.body)
    });
    let server = running(routes, limits, WebConfig::none()).await;
    let mut silent = Vec::new();
    for (number, length) in (2..).zip(["content-length: 65536", "transfer-encoding: chunked"].repeat(10)) {
        let mut stream = connected_from([127, 0, 0, number], &server).await;
        let announced = format!("POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\n{length}\r\n\r\n");
        stream.write_all(announced.as_bytes()).await.expect("the server reads");
        // It waits for the body.
        let mut told = [0; 25];
        stream.read_exact(&mut told).await.expect("the server goes on");
        assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
        silent.push(stream);
    }
    let body = "x".repeat(65536);
    let answered = answered(&server, "POST /echo", "content-length: 65536\r\n", &body);
    let answer = timeout(Duration::from_secs(20), answered).await.expect("there is room");
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with(&body));
}

#[tokio::test]
async fn wrong_passwords_leave_others_their_turn() {
    let folder = tempfile::tempdir().expect("a folder");
    let hash = bcrypt::hash("one", 4).expect("a cost that bcrypt has");
    let web = web_config(folder.path(), &format!("basic_auth_users:\n  ann: {hash}\n")).expect("a good file");
    let server = running(Routes::new().health(), Limits::default(), web).await;
    let status = async |own: [u8; 4], credentials: String| {
        let stream = connected_from(own, &server).await;
        let header = format!("authorization: Basic {credentials}\r\nconnection: close");
        exchanged(stream, &format!("GET /healthz HTTP/1.1\r\nhost: a\r\n{header}\r\n\r\n")).await[9..12].to_owned()
    };
    let encoded = |text: String| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
    let guesses = (0..40).map(|number| status([127, 0, 0, 2], encoded(format!("ann:guess-{number}"))));
    let (statuses, own) = tokio::join!(
        futures_of(guesses),
        status([127, 0, 0, 3], encoded("ann:one".to_owned()))
    );
    assert_eq!(own, "200");
    assert!(
        statuses.iter().all(|status| status == "401" || status == "429"),
        "{statuses:?}"
    );
}

/// All of them at the same time.
async fn futures_of<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut pending: Vec<_> = futures.map(Box::pin).collect();
    let mut results = Vec::new();
    std::future::poll_fn(|context| {
        pending.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(result) => {
                results.push(result);
                false
            }
            std::task::Poll::Pending => true,
        });
        if pending.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    results
}
