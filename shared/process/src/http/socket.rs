//! A socket whose peer must take what is written to it in a given time. The HTTP library has deadlines for reading alone: a
//! peer that asks and never reads would hold its connection for ever.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// A socket with a deadline for writing.
#[derive(Debug)]
pub(super) struct Socket<S> {
    inner: S,
    timeout: Duration,
    /// Runs from the first byte that the peer did not take until it has taken all that there was.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl<S> Socket<S> {
    pub(super) const fn new(inner: S, timeout: Duration) -> Self {
        Self {
            inner,
            timeout,
            deadline: None,
        }
    }

    /// Notes that the peer takes nothing at the moment.
    fn waiting<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let timeout = self.timeout;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(timeout)));
        ready!(deadline.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer does not read")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Socket<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.inner).poll_write(context, bytes) {
            Poll::Pending => self.waiting(context),
            written @ Poll::Ready(_) => written,
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.inner).poll_write_vectored(context, bytes) {
            Poll::Pending => self.waiting(context),
            written @ Poll::Ready(_) => written,
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    /// Comes when everything was written.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.inner).poll_flush(context) {
            Poll::Pending => self.waiting(context),
            flushed @ Poll::Ready(_) => {
                self.deadline = None;
                flushed
            }
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.inner).poll_shutdown(context) {
            Poll::Pending => self.waiting(context),
            shut @ Poll::Ready(_) => shut,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::Instant;

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_does_not_read_is_given_up() {
        let (near, _far) = duplex(4);
        let (mut socket, started) = (Socket::new(near, TIMEOUT), Instant::now());
        let error = socket.write_all(b"more than fits").await.expect_err("nobody reads");
        assert_eq!((error.kind(), started.elapsed()), (io::ErrorKind::TimedOut, TIMEOUT));
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_reads_a_byte_at_a_time_gains_nothing() {
        let (near, mut far) = duplex(1);
        let (mut socket, started) = (Socket::new(near, TIMEOUT), Instant::now());
        let dripping = async {
            loop {
                tokio::time::sleep(TIMEOUT / 10).await;
                let mut byte = [0];
                let _ = far.read(&mut byte).await;
            }
        };
        let written = async { socket.write_all(&[0; 1000]).await };
        let error = tokio::select! {
            written = written => written.expect_err("too slow"),
            () = dripping => unreachable!("it has no end"),
        };
        assert_eq!((error.kind(), started.elapsed()), (io::ErrorKind::TimedOut, TIMEOUT));
    }

    #[tokio::test(start_paused = true)]
    async fn each_answer_has_a_deadline_of_its_own() {
        let (near, mut far) = duplex(4);
        let mut socket = Socket::new(near, TIMEOUT);
        for _ in 0..3 {
            let (written, ()) = tokio::join!(
                async {
                    socket.write_all(b"longer").await?;
                    socket.flush().await
                },
                async {
                    tokio::time::sleep(TIMEOUT / 2).await;
                    far.read_exact(&mut [0; 6]).await.expect("six bytes");
                }
            );
            written.expect("in time");
        }
    }
}
