//! Peers that want to hold or to end a server, all kinds of them at once and from many addresses, and an honest one beside
//! them, which is answered all the time. For the tests of both programs, as processes.

mod peers;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, timeout};

/// How long an honest peer waits, as the kubelet does for a probe; it is not asserted that it never has to wait that long.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two rounds of the honest peer.
const PACE: Duration = Duration::from_millis(200);
/// Peers of each kind.
const PEERS: u8 = 6;

/// What is attacked.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    /// Where requests are answered in plain HTTP.
    pub(crate) plain: SocketAddr,
    /// Where they are answered over TLS.
    pub(crate) tls: Option<SocketAddr>,
    /// A path that takes a body.
    pub(crate) with_body: &'static str,
    /// The process.
    pub(crate) process: u32,
    /// What the honest peer sends beside its requests.
    pub(crate) credentials: &'a str,
}

/// How long a siege lasts: `SOAK_SECONDS`, or a few.
pub(crate) fn duration() -> Duration {
    let seconds = std::env::var("SOAK_SECONDS").map_or(5, |text| text.parse().expect("a number of seconds"));
    Duration::from_secs(seconds)
}

/// A request of the honest peer: what it is called, its first line, and its body.
pub(crate) type Honest<'a> = (&'a str, &'a str, &'a str);

/// What the honest peer saw, and what the process took.
#[derive(Debug)]
pub(crate) struct Seen {
    /// For each request the times that its answers took.
    pub(crate) took: BTreeMap<String, Vec<Duration>>,
    /// Those that were not answered with 200, and why.
    pub(crate) failures: Vec<String>,
    pub(crate) before: Footprint,
    pub(crate) during: Footprint,
    pub(crate) after: Footprint,
}

impl fmt::Display for Seen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, took) in &self.took {
            let mut took = took.clone();
            took.sort_unstable();
            let (median, longest) = (took[took.len() / 2], took[took.len() - 1]);
            writeln!(
                formatter,
                "{name}: {} answers, median {median:?}, longest {longest:?}",
                took.len()
            )?;
        }
        writeln!(formatter, "not answered with 200: {}", self.failures.len())?;
        let Self {
            before, during, after, ..
        } = self;
        write!(formatter, "before {before:?}, most {during:?}, after {after:?}")
    }
}

/// What a process has of the system.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Footprint {
    pub(crate) files: usize,
    pub(crate) threads: usize,
    pub(crate) kibibytes: usize,
}

impl Footprint {
    /// Of a process that runs.
    pub(crate) fn of(process: u32) -> Self {
        let files = std::fs::read_dir(format!("/proc/{process}/fd"))
            .expect("it runs")
            .count();
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
            number.expect("the kernel says it")
        };
        Self {
            files,
            threads: number("Threads:"),
            kibibytes: number("VmRSS:"),
        }
    }

    fn or_more(self, other: Self) -> Self {
        Self {
            files: self.files.max(other.files),
            threads: self.threads.max(other.threads),
            kibibytes: self.kibibytes.max(other.kibibytes),
        }
    }
}

/// Besieges `target` for as long as [`duration`] says, and asks for all of `honest` all the while.
pub(crate) async fn lay(target: Target<'_>, honest: &[Honest<'_>]) -> Seen {
    for request in honest {
        ask(target, request).await.expect("it answers before it is attacked");
    }
    let before = Footprint::of(target.process);
    let mut seen = Seen {
        took: BTreeMap::new(),
        failures: Vec::new(),
        before,
        during: before,
        after: before,
    };
    let mut peers = JoinSet::new();
    for (kind, behaviour) in (0..).zip(peers::KINDS) {
        for number in 1..=PEERS {
            let own = IpAddr::from(Ipv4Addr::new(127, 1, kind, number));
            peers::spawn(&mut peers, *behaviour, own, target.plain, target.with_body);
        }
    }
    for (kind, behaviour) in (100..).zip(peers::TLS_KINDS) {
        for number in (1..=PEERS).filter(|_| target.tls.is_some()) {
            let own = IpAddr::from(Ipv4Addr::new(127, 1, kind, number));
            peers::spawn(
                &mut peers,
                *behaviour,
                own,
                target.tls.unwrap_or(target.plain),
                target.with_body,
            );
        }
    }
    let (started, mut rounds) = (Instant::now(), interval(PACE));
    while started.elapsed() < duration() {
        rounds.tick().await;
        for request in honest {
            let asked = Instant::now();
            match ask(target, request).await {
                Ok(()) => seen.took.entry(request.0.to_owned()).or_default().push(asked.elapsed()),
                Err(failure) => seen
                    .failures
                    .push(format!("{} after {:?}: {failure}", request.0, asked.elapsed())),
            }
        }
        seen.during = seen.during.or_more(Footprint::of(target.process));
    }
    peers.shutdown().await;
    seen.after = forgotten(target.process, before).await;
    seen
}

/// What the process has when it has noticed that its peers are gone.
async fn forgotten(process: u32, before: Footprint) -> Footprint {
    let (started, mut looks) = (Instant::now(), interval(PACE));
    loop {
        looks.tick().await;
        let after = Footprint::of(process);
        // Some of its own come and go, such as connections to the API server.
        if after.files <= before.files + 4 || started.elapsed() > Duration::from_mins(1) {
            return after;
        }
    }
}

/// Asks once; says why there was no answer, or not the one that is due.
async fn ask(target: Target<'_>, (_, line, body): &Honest<'_>) -> Result<(), String> {
    let request = format!(
        "{line} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\n{}content-length: {}\r\n\r\n{body}",
        target.credentials,
        body.len()
    );
    let exchange = async {
        let mut stream = connect(Ipv4Addr::new(127, 2, 0, 1).into(), target.plain, None).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok::<_, io::Error>(String::from_utf8_lossy(&answer).into_owned())
    };
    match timeout(PATIENCE, exchange).await {
        Ok(Ok(answer)) if answer.starts_with("HTTP/1.1 200 ") => Ok(()),
        Ok(Ok(answer)) => Err(answer.chars().take(200).collect()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer".to_owned()),
    }
}

/// A connection from an address of one's own, with a small window where one is given.
async fn connect(own: IpAddr, server: SocketAddr, window: Option<u32>) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if let Some(window) = window {
        socket.set_recv_buffer_size(window)?;
    }
    socket.bind((own, 0).into())?;
    socket.connect(server).await
}
