//! Following one object: list it, watch from there on, and list it again when the watch ends, as it does every minute.
//! Needs the verbs `list` and `watch`, on that name alone. Uses the network and the clock.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use super::Known;
use super::access::Access;
use super::object::{Event, List, Object};
use crate::overlay::Files;
use crate::target::CallError;

/// Longest list or event that is read, in bytes: an object may have 1.5 MiB.
const LONGEST: usize = 8 * 1024 * 1024;
/// How long a watch lasts, in seconds: a connection that broke silently is noticed by then.
const WATCH_SECONDS: u32 = 60;
/// For everything else to be answered.
const LIMIT: Duration = Duration::from_secs(10);
/// Before the first further try; each one after it takes twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Between two tries, at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Why an object is not known.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API server was not reached, or broke off.
    #[error("cannot call the API server")]
    Call(#[from] CallError),
    /// It takes too long.
    #[error("the API server took longer than {0:?}")]
    TimedOut(Duration),
    /// It says no.
    #[error("the API server returned {0}")]
    Status(StatusCode),
    /// It answers something else.
    #[error("the response of the API server is not an object")]
    Syntax(#[from] serde_json::Error),
    /// A Secret whose content is not base64.
    #[error("the content of the object is not base64")]
    Encoding(#[from] base64::DecodeError),
    /// An event or a list beyond all objects.
    #[error("the API server returned more than {LONGEST} bytes")]
    TooLong,
    /// There is none of that name.
    #[error("the object does not exist")]
    Absent,
}

/// Keeps `known` up to date with `object`, which is mounted on `folder`. Never ends; may be dropped at any time.
pub async fn follow(access: &Access, object: &Object, folder: PathBuf, known: &watch::Sender<Known>) {
    let mut pause = FIRST_PAUSE;
    let mut is_known = None;
    let tell = |files: Option<Files>| {
        known.send_if_modified(|known| {
            let files = files.map(Arc::new);
            known.insert(folder.clone(), files.clone()) != Some(files)
        });
    };
    loop {
        let result = once(access, object, |files| {
            if is_known != Some(true) {
                info!(%object, "reading the object from the API server");
            }
            is_known = Some(true);
            pause = FIRST_PAUSE;
            tell(Some(files));
        });
        if let Err(error) = result.await {
            tell(None);
            if is_known != Some(false) {
                let error: &(dyn std::error::Error + 'static) = &error;
                warn!(%object, error, "cannot read the object from the API server, using its mounted files");
            }
            is_known = Some(false);
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// One list and one watch; each content goes to `found`.
async fn once(access: &Access, object: &Object, mut found: impl FnMut(Files)) -> Result<(), Error> {
    let client = access.at(&object.path());
    let list = timeout(LIMIT, client.send(Method::GET, LONGEST)).await;
    let list = list.map_err(|_| Error::TimedOut(LIMIT))??;
    if list.status != StatusCode::OK {
        return Err(Error::Status(list.status));
    }
    let List { metadata, items } = serde_json::from_slice(&list.body)?;
    let content = items.into_iter().next().ok_or(Error::Absent)?;
    found(content.files(object.kind)?);

    let version = metadata.resource_version;
    let path = format!(
        "{}&watch=1&resourceVersion={version}&timeoutSeconds={WATCH_SECONDS}",
        object.path()
    );
    let limit = LIMIT + Duration::from_secs(WATCH_SECONDS.into());
    let client = access.at(&path);
    let watch = async {
        let response = client.open(Method::GET).await?;
        if response.status() != StatusCode::OK {
            return Err(Error::Status(response.status()));
        }
        events(response, object, &mut found).await
    };
    timeout(limit, watch).await.map_err(|_| Error::TimedOut(limit))?
}

/// Reads events, one a line, until the API server ends the watch.
async fn events(mut response: Response, object: &Object, found: &mut impl FnMut(Files)) -> Result<(), Error> {
    let mut text = Vec::new();
    while let Some(data) = response.chunk().await.map_err(CallError::Exchange)? {
        for piece in data.split_inclusive(|&byte| byte == b'\n') {
            text.extend_from_slice(piece);
            if text.len() > LONGEST {
                return Err(Error::TooLong);
            }
            if text.ends_with(b"\n") {
                event(&text, object, found)?;
                text.clear();
            }
        }
    }
    Ok(())
}

fn event(line: &[u8], object: &Object, found: &mut impl FnMut(Files)) -> Result<(), Error> {
    let event: Event = serde_json::from_slice(line)?;
    match event.kind.as_str() {
        "ADDED" | "MODIFIED" => {
            found(event.object.files(object.kind)?);
            Ok(())
        }
        "DELETED" => Err(Error::Absent),
        "ERROR" => Err(Error::Status(StatusCode::GONE)),
        _ => Ok(()),
    }
}
