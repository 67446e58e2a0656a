//! The small HTTP/1.1 server of both programs: a table of routes, with limits, with TLS and basic authentication
//! where a web config file asks for them. It touches the network, and the files that the web config names.
//!
//! No peer can hold the server: everything that a peer does has a deadline, whoever is idle makes room for whoever comes, and
//! a few places are for probes alone.

mod address;
mod basic_auth;
mod certificate_metrics;
mod connections;
mod routes;
mod socket;
pub mod tls;
pub mod web_config;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONTENT_LENGTH, HeaderValue, RETRY_AFTER};
use hyper::http::request::Parts;
use hyper::service::service_fn;
use hyper::{StatusCode, server::conn::http1};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};
use tracing::{debug, warn};

pub use certificate_metrics::{CertificateMetrics, Reload};
use connections::{Connections, Place};
pub use routes::{Answer, Request, Routes, answer, plain};
use socket::Socket;
use web_config::WebConfig;

/// What the kubelet asks for: it is answered when nothing else is.
const PROBES: &[&str] = &["/healthz", "/readyz"];
const KIBIBYTE: usize = 1024;
/// How long a body waits for room before those that are announced and have not come have to make it.
const BODY_PATIENCE: Duration = Duration::from_secs(1);
/// The part of all connections that are admitted before they are heard: one of so many.
const ADMITTED_AT_ONCE: usize = 4;
/// Between two connections that take the places of others. A crowd that comes back as soon as it is thrown out would take over
/// all places within a few milliseconds, in which an honest peer has not been heard yet.
const TAKEOVER: Duration = Duration::from_millis(2);

/// Bounds of what one peer may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For the TLS handshake, for the headers (so also between two requests), and for the body, each.
    pub read_timeout: Duration,
    /// For the peer to take an answer.
    pub write_timeout: Duration,
    /// For a connection; the request that is open then comes to its end.
    pub lifetime: Duration,
    /// Longest body of a request, in bytes.
    pub body: usize,
    /// All bodies at a time, in bytes, no less than one; for further ones those make room that are announced and do not come, or
    /// they wait.
    pub bodies: usize,
    /// Connections at a time; further ones wait to be accepted.
    pub connections: usize,
    /// For open requests to end after the stop.
    pub grace: Duration,
}

impl Default for Limits {
    /// The original's 30 s, for both directions; 10 minutes; 64 KiB, since only admission requests carry more; 256
    /// connections; 5 s.
    fn default() -> Self {
        let (timeout, grace) = (Duration::from_secs(30), Duration::from_secs(5));
        Self {
            read_timeout: timeout,
            write_timeout: timeout,
            lifetime: Duration::from_mins(10),
            body: 64 * 1024,
            bodies: 256 * 64 * 1024,
            connections: 256,
            grace,
        }
    }
}

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address:?}")]
pub struct BindError {
    address: Box<str>,
    #[source]
    source: io::Error,
}

/// A bound server. Peers may connect at once; they are answered when [`Server::run`] is polled.
pub struct Server {
    listener: TcpListener,
    shared: Arc<Shared>,
}

/// What every connection needs.
struct Shared {
    routes: Routes,
    limits: Limits,
    /// For each kibibyte of the bodies that are held one permit.
    room: Arc<Semaphore>,
    web: WebConfig,
}

impl Server {
    /// Binds `address`, written as Go does (`:8080`).
    pub async fn bind(address: &str, routes: Routes, limits: Limits, web: WebConfig) -> Result<Self, BindError> {
        let bound = address::bind(address).await;
        let listener = bound.map_err(|source| BindError {
            address: address.into(),
            source,
        })?;
        Ok(Self {
            listener,
            shared: Arc::new(Shared::new(routes, limits, web)),
        })
    }

    /// The address in use, with the port that the system chose where 0 was asked for.
    pub fn local_address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until `stop` ends, then lets open requests end for [`Limits::grace`].
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { listener, shared } = self;
        let connections = Connections::new(shared.limits.connections);
        // Dropping the sender tells the connections to stop; each holds a receiver, so that `closed` waits for them.
        let (stopping, stopped) = watch::channel(());
        let mut stop = pin!(stop);
        let (mut admitted, at_once) = (0, shared.limits.connections.div_ceil(ADMITTED_AT_ONCE));
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = listener.accept() => accepted,
            };
            let Ok((stream, address)) = accepted else {
                // Out of file descriptors, or the peer is gone already: neither must end the server, nor spin it.
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            let Some((place, closed)) = connections.admit(address.ip()) else {
                debug!(%address, "no place for another connection of this peer");
                continue;
            };
            let is_taken_over = place.is_taken_over();
            let (shared, stopped) = (shared.clone(), stopped.clone());
            tokio::spawn(async move {
                tokio::select! {
                    () = connection(stream, place, shared, stopped) => {}
                    // It makes room for another one.
                    _ = closed => {}
                }
            });
            // Of a crowd each is heard before others take its place: who asked at once is answered, and does not have to go
            // unheard for those that came later.
            admitted += 1;
            if is_taken_over {
                tokio::time::sleep(TAKEOVER).await;
            } else if admitted >= at_once {
                admitted = 0;
                tokio::task::yield_now().await;
            }
        }
        drop((listener, stopped));
        stopping.send_replace(());
        if timeout(shared.limits.grace, stopping.closed()).await.is_err() {
            warn!("requests were still open when the server stopped");
        }
    }
}

type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// The whole body in one piece. A peer may send it in parts of one byte, and what keeps each of them takes thirty times as much.
async fn whole(body: impl Body<Data = Bytes, Error = BodyError>) -> Result<Bytes, BodyError> {
    let (mut body, mut whole) = (pin!(body), Vec::new());
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            whole.extend_from_slice(&data);
        }
    }
    Ok(whole.into())
}

/// The answer to whom there is no time for now.
fn busy(status: StatusCode) -> Answer {
    let mut answer = plain(status, "too many requests at a time, try again");
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    answer
}

async fn connection(stream: TcpStream, place: Place, shared: Arc<Shared>, stopped: watch::Receiver<()>) {
    // A peer that turns off Nagle's delay late costs at most that delay.
    let _ = stream.set_nodelay(true);
    let stream = Socket::new(stream, shared.limits.write_timeout);
    let Some(acceptor) = shared.web.acceptor() else {
        return exchange(stream, place, shared, stopped).await;
    };
    match timeout(shared.limits.read_timeout, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => exchange(stream, place, shared, stopped).await,
        Ok(Err(error)) => debug!(
            error = &error as &(dyn std::error::Error + 'static),
            "TLS handshake failed"
        ),
        Err(_) => debug!("TLS handshake took too long"),
    }
}

async fn exchange<S>(stream: S, place: Place, shared: Arc<Shared>, mut stopped: watch::Receiver<()>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = shared.limits;
    let place = Arc::new(place);
    let service = service_fn(move |request| {
        let (shared, place) = (shared.clone(), place.clone());
        async move { Ok::<_, std::convert::Infallible>(shared.answer(request, &place).await) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.read_timeout)
            .max_buf_size(32 * 1024)
            .serve_connection(TokioIo::new(stream), service)
    );
    let ended = tokio::select! {
        ended = &mut connection => ended,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        () = sleep(limits.lifetime) => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection => ended,
                () = sleep(limits.read_timeout + limits.write_timeout) => return debug!("connection was open for too long"),
            }
        }
    };
    if let Err(error) = ended {
        debug!(
            error = &error as &(dyn std::error::Error + 'static),
            "connection failed"
        );
    }
}

impl Shared {
    fn new(routes: Routes, limits: Limits, web: WebConfig) -> Self {
        let room = Arc::new(Semaphore::new(limits.bodies.div_ceil(KIBIBYTE)));
        Self {
            routes,
            limits,
            room,
            web,
        }
    }

    async fn answer(&self, request: hyper::Request<Incoming>, place: &Place) -> Answer {
        let (head, body) = request.into_parts();
        let mut answer = match self.answered(head, body, place).await {
            Ok(answer) => answer,
            Err(refusal) => *refusal,
        };
        self.web.add_headers(answer.headers_mut());
        answer
    }

    async fn answered(&self, head: Parts, body: Incoming, place: &Place) -> Result<Answer, Box<Answer>> {
        if place.is_reserved() && !PROBES.contains(&head.uri.path()) {
            return Err(Box::new(busy(StatusCode::SERVICE_UNAVAILABLE)));
        }
        if let Some(refusal) = self.web.refusal(&head.headers, place).await {
            return Err(Box::new(refusal));
        }
        let handler = self.routes.find(&head.method, head.uri.path())?;
        let (body, room) = self.read(&head, body, place).await?;
        let _work = place.work();
        let answer = handler(Request { head, body }).await;
        drop(room);
        Ok(answer)
    }

    /// Room for so many kibibytes.
    async fn room_for(&self, kibibytes: usize, place: &Place) -> Option<OwnedSemaphorePermit> {
        let needed = u32::try_from(kibibytes).unwrap_or(u32::MAX);
        // An honest body is there at once, and its peer may have many of them.
        let room = timeout(BODY_PATIENCE, self.room.clone().acquire_many_owned(needed));
        if let Ok(room) = room.await {
            return room.ok();
        }
        place.make_room(kibibytes);
        self.room.clone().acquire_many_owned(needed).await.ok()
    }

    /// The body, and the room that it takes until it was answered.
    async fn read(
        &self,
        head: &Parts,
        body: Incoming,
        place: &Place,
    ) -> Result<(Bytes, Option<OwnedSemaphorePermit>), Box<Answer>> {
        let refused = |status, text: &str| Err(Box::new(plain(status, text)));
        let too_long = || refused(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long");
        let declared = head
            .headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if declared.is_some_and(|length| length > self.limits.body) {
            return too_long();
        }
        // Of a body that does not say how long it is the longest is expected.
        let length = match declared {
            Some(length) => length,
            None if body.is_end_stream() => 0,
            None => self.limits.body,
        };
        let read = async {
            let needed = length.div_ceil(KIBIBYTE);
            let room = self.room_for(needed, place).await;
            let _reading = place.read(needed);
            Ok::<_, BodyError>((whole(Limited::new(body, self.limits.body)).await?, room))
        };
        match timeout(self.limits.read_timeout, read).await {
            Ok(Ok(read)) => Ok(read),
            Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => too_long(),
            Ok(Err(_)) => refused(StatusCode::BAD_REQUEST, "the body cannot be read"),
            Err(_) => refused(StatusCode::REQUEST_TIMEOUT, "the body took too long"),
        }
    }
}
