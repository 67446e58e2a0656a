//! What an answer of the API server may cost: time until it begins and until it ends, and memory. A server that accepts requests
//! and answers none of them, a proxy that lost its other half, an answer without an end: each is an error, after which the
//! request is made again, and never a request that waits for ever. Touches the clock alone.
//!
//! Large answers are read one at a time, since a list is kept as a whole until it is read: at a start all kinds are listed.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep, timeout};
use tower::{Layer, Service};

/// Until an answer begins, and from then until it ends. The API server gives up its own requests after a minute.
const PATIENCE: Duration = Duration::from_secs(75);
/// Bytes of an answer, or of one event of a watch. A page of a list is a tenth of it, unless somebody fills the objects up.
const LONGEST: usize = 128 << 20;
/// Bytes of an answer from which it is a large one.
const LARGE: usize = 2 << 20;

type BoxError = Box<dyn Error + Send + Sync>;

/// The answer is not what the API server sends.
#[derive(Debug, thiserror::Error)]
pub(super) enum Exceeded {
    #[error("the API server did not answer in {} s", PATIENCE.as_secs())]
    Beginning,
    #[error("the API server did not finish its answer in {} s", PATIENCE.as_secs())]
    End,
    #[error("the API server sent more than {} MiB", LONGEST >> 20)]
    Length,
}

/// Bounds the answers of a client; what it makes shares the place for large ones.
pub(super) struct BoundingLayer(Arc<Semaphore>);

impl BoundingLayer {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl<S> Layer<S> for BoundingLayer {
    type Service = Bounding<S>;

    fn layer(&self, inner: S) -> Bounding<S> {
        Bounding {
            inner,
            large: Arc::clone(&self.0),
        }
    }
}

/// A client whose answers are bounded.
#[derive(Clone)]
pub(super) struct Bounding<S> {
    inner: S,
    large: Arc<Semaphore>,
}

impl<S, R, B> Service<hyper::Request<R>> for Bounding<S>
where
    S: Service<hyper::Request<R>, Response = hyper::Response<B>>,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: Send + 'static,
{
    type Response = hyper::Response<Bounded<B>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, request: hyper::Request<R>) -> Self::Future {
        let is_watch = request.uri().query().is_some_and(is_watch);
        let large = Arc::clone(&self.large);
        let answer = self.inner.call(request);
        Box::pin(async move {
            let answer = timeout(PATIENCE, answer).await.map_err(|_| Exceeded::Beginning)?;
            Ok(answer
                .map_err(Into::<BoxError>::into)?
                .map(|body| Bounded::new(body, is_watch, large)))
        })
    }
}

fn is_watch(query: &str) -> bool {
    query.split('&').any(|parameter| parameter.starts_with("watch="))
}

type Waiting = Pin<Box<dyn Future<Output = Option<OwnedSemaphorePermit>> + Send>>;

/// A body that ends in time, or fails.
pub(super) struct Bounded<B> {
    inner: Pin<Box<B>>,
    /// Of a watch there is none: it has one per event where it is read.
    deadline: Option<Pin<Box<Sleep>>>,
    /// Of the answer, or since the last event.
    length: usize,
    room: Room,
}

/// The place for large answers.
enum Room {
    /// It is not needed so far.
    Free(Arc<Semaphore>),
    Awaited(Waiting),
    /// It is ours, or there is none, until the body is dropped.
    Taken(#[expect(dead_code, reason = "it is given back when it is dropped")] Option<OwnedSemaphorePermit>),
}

impl<B> Bounded<B> {
    fn new(inner: B, is_watch: bool, large: Arc<Semaphore>) -> Self {
        Self {
            inner: Box::pin(inner),
            deadline: (!is_watch).then(|| Box::pin(sleep(PATIENCE))),
            length: 0,
            room: if is_watch { Room::Taken(None) } else { Room::Free(large) },
        }
    }

    /// Waits for the place for large answers where this is one. Time passes for nobody who waits.
    fn poll_room(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if let Room::Free(large) = &self.room
            && self.length > LARGE
        {
            let large = Arc::clone(large);
            self.room = Room::Awaited(Box::pin(async move { large.acquire_owned().await.ok() }));
        }
        if let Room::Awaited(waiting) = &mut self.room {
            self.room = Room::Taken(ready!(waiting.as_mut().poll(context)));
            if let Some(deadline) = &mut self.deadline {
                deadline.as_mut().reset(Instant::now() + PATIENCE);
            }
        }
        Poll::Ready(())
    }

    fn count(&mut self, data: &[u8]) -> Result<(), Exceeded> {
        let is_watch = self.deadline.is_none();
        let last_event = is_watch.then(|| data.iter().rposition(|&byte| byte == b'\n'));
        match last_event.flatten() {
            Some(end) => self.length = data.len() - end,
            None => self.length += data.len(),
        }
        if self.length > LONGEST {
            Err(Exceeded::Length)
        } else {
            Ok(())
        }
    }
}

impl<B> Body for Bounded<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        ready!(self.poll_room(context));
        let Poll::Ready(frame) = self.inner.as_mut().poll_frame(context) else {
            return match &mut self.deadline {
                Some(deadline) => deadline
                    .as_mut()
                    .poll(context)
                    .map(|()| Some(Err(Exceeded::End.into()))),
                None => Poll::Pending,
            };
        };
        Poll::Ready(frame.map(|frame| {
            let frame = frame.map_err(Into::<BoxError>::into)?;
            if let Some(data) = frame.data_ref() {
                self.count(data)?;
            }
            Ok(frame)
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests;
