use std::convert::Infallible;

use futures::stream;
use http_body_util::{BodyExt as _, StreamBody};

use super::*;

type Chunks = Pin<Box<dyn stream::Stream<Item = Result<Frame<Bytes>, Infallible>> + Send>>;

/// Chunks of so many bytes each, with the pauses between them.
fn chunks(pause: Duration, chunk: &'static [u8], count: usize) -> StreamBody<Chunks> {
    let chunks = stream::unfold(0, move |sent| async move {
        if sent == count {
            return None;
        }
        if !pause.is_zero() {
            sleep(pause).await;
        }
        Some((Ok(Frame::data(Bytes::from_static(chunk))), sent + 1))
    });
    StreamBody::new(Box::pin(chunks))
}

/// What a client that is bounded gets from a server that answers that way, and when.
async fn answered(
    query: &str,
    server: impl Future<Output = StreamBody<Chunks>> + Send + 'static,
) -> (Result<usize, String>, Duration) {
    let (started, server) = (Instant::now(), std::sync::Mutex::new(Some(server)));
    let service = tower::service_fn(move |_: hyper::Request<()>| {
        let server = server
            .lock()
            .expect("nothing panics in here")
            .take()
            .expect("one request");
        async { Ok::<_, Infallible>(hyper::Response::new(server.await)) }
    });
    let mut client = BoundingLayer::new().layer(service);
    let request = hyper::Request::get(format!("/api/v1/secrets?{query}")).body(());
    let read = async {
        let answer = client.call(request.expect("a request")).await?;
        let mut body = std::pin::pin!(answer.into_body());
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            length += frame?.data_ref().map_or(0, Bytes::len);
        }
        Ok::<_, BoxError>(length)
    };
    (read.await.map_err(|error| error.to_string()), started.elapsed())
}

const MEBIBYTE: &[u8] = &[b'x'; 1 << 20];
const EVENT: &[u8] = &{
    let mut event = [b'x'; 1 << 20];
    event[(1 << 20) - 1] = b'\n';
    event
};

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_given_up() {
    for query in ["limit=50", "watch=true"] {
        let (read, took) = answered(query, std::future::pending()).await;
        assert_eq!(
            (read.expect_err("nothing came"), took),
            (Exceeded::Beginning.to_string(), PATIENCE)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_a_byte_a_second_is_given_up() {
    let drip = async { chunks(Duration::from_secs(1), b"x", 1_000_000) };
    let (read, took) = answered("limit=50", drip).await;
    assert_eq!(
        (read.expect_err("it takes days"), took),
        (Exceeded::End.to_string(), PATIENCE)
    );
}

#[tokio::test(start_paused = true)]
async fn a_watch_may_last_and_send_as_much_as_it_likes() {
    let (read, took) = answered("watch=true", async { chunks(PATIENCE, b"{}\n", 100) }).await;
    assert_eq!((read, took), (Ok(300), PATIENCE * 100));
    let (read, _) = answered("watch=true", async {
        chunks(Duration::ZERO, EVENT, LONGEST / EVENT.len() + 10)
    })
    .await;
    assert!(read.is_ok_and(|length| length > LONGEST));
}

#[tokio::test(start_paused = true)]
async fn what_has_no_end_is_not_kept() {
    for query in ["limit=50", "allowWatchBookmarks=true&watch=true"] {
        let (read, _) = answered(query, async { chunks(Duration::ZERO, MEBIBYTE, usize::MAX) }).await;
        assert_eq!(read.expect_err("it has no end"), Exceeded::Length.to_string());
    }
}

#[tokio::test(start_paused = true)]
async fn large_answers_are_read_one_at_a_time() {
    let large = Arc::new(Semaphore::new(1));
    let body = |count| {
        Box::pin(Bounded::new(
            chunks(PATIENCE / 10, MEBIBYTE, count),
            false,
            Arc::clone(&large),
        ))
    };
    let (mut first, mut second, mut small) = (body(5), body(5), body(2));
    for _ in 0..4 {
        first.frame().await.expect("a chunk").expect("in time");
    }
    // It waits for longer than an answer may take, and has its time afterwards.
    let waiting = async {
        while let Some(frame) = second.frame().await {
            frame.expect("in time");
        }
        Instant::now()
    };
    let others = async {
        let started = Instant::now();
        while let Some(frame) = small.frame().await {
            frame.expect("in time");
        }
        assert_eq!(started.elapsed(), PATIENCE / 10 * 2, "a small answer waits for nobody");
        sleep(PATIENCE * 2).await;
        drop(first);
        Instant::now()
    };
    let (read, given_back) = tokio::join!(waiting, others);
    assert!(read > given_back);
}
