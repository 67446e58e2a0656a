//! What the peers of a siege do, each until its connection ends; then it begins again.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep, timeout};

/// Between two bytes of who is slow, and between two attempts of who was turned away.
const PAUSE: Duration = Duration::from_secs(1);
const SOON: Duration = Duration::from_millis(20);
/// Longer than any deadline of a server; then a peer begins again.
const LONG: Duration = Duration::from_secs(90);
/// The beginning of a connection of HTTP/2.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

type Behaviour = fn(Peer) -> Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

/// Who attacks whom.
#[derive(Clone, Copy)]
pub(super) struct Peer {
    own: IpAddr,
    server: SocketAddr,
    with_body: &'static str,
    /// How often it came before.
    round: u32,
}

/// All kinds of peers.
pub(super) const KINDS: &[Behaviour] = &[
    |peer| Box::pin(peer.silent()),
    |peer| Box::pin(peer.drips(b"GET /metrics HTTP/1.1\r\nhost: ".to_vec())),
    |peer| Box::pin(peer.drips(peer.post("content-length: 60000\r\n"))),
    |peer| Box::pin(peer.drips(peer.post("content-length: 3000000\r\n"))),
    |peer| Box::pin(peer.drips([peer.post("transfer-encoding: chunked\r\n"), b"fff0\r\n".to_vec()].concat())),
    |peer| Box::pin(peer.never_reads()),
    |peer| Box::pin(peer.reads_a_byte_at_a_time()),
    |peer| Box::pin(peer.floods(b"GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n".repeat(200))),
    |peer| Box::pin(peer.floods(peer.large_headers())),
    |peer| Box::pin(peer.floods(peer.large_bodies())),
    |peer| Box::pin(peer.upgrades()),
    |peer| Box::pin(peer.floods([PREFACE, &http2_frames(3, 0, 4, 1000)].concat())),
    |peer| Box::pin(peer.floods([PREFACE, &http2_frames(6, 0, 8, 1000)].concat())),
    |peer| Box::pin(peer.floods([PREFACE, &http2_frames(9, 0, 1000, 60)].concat())),
    |peer| Box::pin(peer.floods([PREFACE, &http2_frames(4, 0, 6, 1000)].concat())),
    |peer| Box::pin(peer.resets()),
    |peer| Box::pin(peer.closes_one_half()),
    |peer| Box::pin(peer.floods(peer.nonsense())),
    |peer| Box::pin(peer.guesses()),
    |peer| Box::pin(peer.many()),
];

/// Those for whom TLS is needed.
pub(super) const TLS_KINDS: &[Behaviour] = &[
    |peer| Box::pin(peer.silent()),
    |peer| Box::pin(peer.drips(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec())),
    |peer| Box::pin(peer.floods(b"\x16\x03\x01\x40\x00".iter().copied().chain([b'a'; 16384]).collect())),
    |peer| Box::pin(peer.floods(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n".repeat(100))),
    |peer| Box::pin(peer.floods(b"\x15\x03\x03\x00\x02\x01\x00".repeat(5000))),
    |peer| Box::pin(peer.resets()),
];

/// Has a peer behave that way again and again.
pub(super) fn spawn(
    peers: &mut JoinSet<()>,
    behaviour: Behaviour,
    own: IpAddr,
    server: SocketAddr,
    with_body: &'static str,
) {
    peers.spawn(async move {
        for round in 0.. {
            // Being thrown out is what it came for.
            let _ = timeout(
                LONG,
                behaviour(Peer {
                    own,
                    server,
                    with_body,
                    round,
                }),
            )
            .await;
            sleep(SOON).await;
        }
    });
}

/// Frames of HTTP/2, all alike: of a kind, with flags and a length.
fn http2_frames(kind: u8, flags: u8, length: u16, count: usize) -> Vec<u8> {
    let [high, low] = length.to_be_bytes();
    let head = [0, high, low, kind, flags, 0, 0, 0, 1];
    [&head[..], &vec![0; length.into()]].concat().repeat(count)
}

impl Peer {
    async fn connect(&self) -> io::Result<TcpStream> {
        super::connect(self.own, self.server, None).await
    }

    fn post(&self, headers: &str) -> Vec<u8> {
        format!(
            "POST {} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n{headers}\r\n",
            self.with_body
        )
        .into_bytes()
    }

    /// Connects and waits.
    async fn silent(self) -> io::Result<()> {
        self.connect().await?.read(&mut [0]).await.map(drop)
    }

    /// Says how it begins, and then a byte a second.
    async fn drips(self, beginning: Vec<u8>) -> io::Result<()> {
        let mut stream = self.connect().await?;
        stream.write_all(&beginning).await?;
        loop {
            stream.write_all(b"x").await?;
            sleep(PAUSE).await;
        }
    }

    /// Asks for as much as it can, and takes nothing.
    async fn never_reads(self) -> io::Result<()> {
        let mut stream = super::connect(self.own, self.server, Some(1024)).await?;
        loop {
            stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n").await?;
        }
    }

    /// Asks, keeps its window all but shut, and takes a byte a second.
    async fn reads_a_byte_at_a_time(self) -> io::Result<()> {
        let mut stream = super::connect(self.own, self.server, Some(1)).await?;
        stream
            .write_all(&b"GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n".repeat(50))
            .await?;
        let mut ticks = interval(PAUSE);
        while stream.read(&mut [0]).await? > 0 {
            ticks.tick().await;
        }
        Ok(())
    }

    /// Sends it all as fast as it is taken, reads what comes back for a moment, and goes.
    async fn floods(self, bytes: Vec<u8>) -> io::Result<()> {
        let (mut answers, mut requests) = self.connect().await?.into_split();
        let sending = tokio::spawn(async move { requests.write_all(&bytes).await.map(|()| requests) });
        let mut rest = vec![0; 64 << 10];
        while timeout(SOON * 5, answers.read(&mut rest))
            .await
            .is_ok_and(|read| read.is_ok_and(|read| read > 0))
        {}
        sending.abort();
        Ok(())
    }

    fn large_headers(self) -> Vec<u8> {
        let headers = match self.round % 3 {
            0 => format!("x: {}\r\n", "a".repeat(1 << 20)),
            1 => (0..5_000)
                .map(|number| format!("x-{number}: a\r\n"))
                .collect::<Vec<_>>()
                .concat(),
            _ => "x: a\r\n".repeat(90),
        };
        let target = "a".repeat(if self.round.is_multiple_of(2) { 1 } else { 60_000 });
        format!("GET /{target} HTTP/1.1\r\nhost: a\r\n{headers}\r\n").into_bytes()
    }

    fn large_bodies(self) -> Vec<u8> {
        let (headers, body) = match self.round % 5 {
            0 => ("content-length: 3000000\r\n", "[".repeat(3_000_000)),
            1 => ("content-length: 99999999999\r\n", "x".repeat(1 << 20)),
            2 => ("transfer-encoding: chunked\r\n", "1\r\n{\r\n".repeat(500_000)),
            3 => (
                "transfer-encoding: chunked\r\n",
                format!("1;{}\r\n", "a".repeat(1 << 20)),
            ),
            _ => (
                "content-length: 1000000\r\n",
                format!("{{\"request\": {{\"object\": {}", "[{\"a\":".repeat(160_000)),
            ),
        };
        [self.post(headers), body.into_bytes()].concat()
    }

    /// Asks for another protocol, and speaks it.
    async fn upgrades(self) -> io::Result<()> {
        let other = if self.round.is_multiple_of(2) {
            "h2c\r\nhttp2-settings: AAMAAABkAAQAAP__"
        } else {
            "websocket\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA=="
        };
        let request = format!(
            "GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: {other}\r\n\r\n"
        );
        self.floods([request.as_bytes(), PREFACE, &http2_frames(3, 0, 4, 100)].concat())
            .await
    }

    /// Asks, and is gone without a word.
    async fn resets(self) -> io::Result<()> {
        for _ in 0..20 {
            let mut stream = self.connect().await?;
            stream.set_zero_linger()?;
            stream.write_all(&self.post("content-length: 1000\r\n")).await?;
        }
        Ok(())
    }

    /// Asks, says that this was all, and never reads.
    async fn closes_one_half(self) -> io::Result<()> {
        let mut stream = super::connect(self.own, self.server, Some(1024)).await?;
        stream
            .write_all(&b"GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n".repeat(100))
            .await?;
        stream.shutdown().await?;
        sleep(LONG).await;
        Ok(())
    }

    /// What no client sends.
    fn nonsense(self) -> Vec<u8> {
        const ALL: &[&str] = &[
            "GET /healthz\r\n\r\n",
            "CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n",
            "GET http://[::1 HTTP/1.1\r\nhost: a\r\n\r\n",
            "GET /healthz HTTP/9.9\r\nhost: a\r\n\r\n",
            "GET /\0 HTTP/1.1\r\nhost: \0\r\n\r\n",
            "POST /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n",
            "POST /metrics HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
            "POST /metrics HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /metrics HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffffff\r\n",
            "POST /metrics HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 60000\r\n\r\n",
            "\r\n\r\n\r\n\r\n\r\n\r\n\r\n",
        ];
        ALL[self.round as usize % ALL.len()].repeat(50).into_bytes()
    }

    /// Tries one password after the other.
    async fn guesses(self) -> io::Result<()> {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let digit = |place: u32| char::from(DIGITS[(self.round >> (place * 6)) as usize % 64]);
        let password: String = [digit(2), digit(1), digit(0), 'A'].iter().collect();
        // "ann:" and three bytes of one's own.
        let request = format!("GET /metrics HTTP/1.1\r\nhost: a\r\nauthorization: Basic YW5uOgAA{password}\r\n\r\n");
        self.floods(request.into_bytes()).await
    }

    /// Connects a hundred times, from as many addresses.
    async fn many(self) -> io::Result<()> {
        let IpAddr::V4(own) = self.own else { return Ok(()) };
        let [first, _, kind, number] = own.octets();
        let mut streams = Vec::new();
        for other in 10..110 {
            streams.push(super::connect([first, other, kind, number].into(), self.server, None).await?);
        }
        let mut ticks = interval(PAUSE);
        for _ in 0..5 {
            ticks.tick().await;
        }
        Ok(())
    }
}
