//! Reload by POST: the target answers 200 when it runs the new configuration.

use hyper::{Method, StatusCode};

use super::{Client, Error};

/// Characters of a refusal that go into the message.
const SHOWN: usize = 500;

/// Asks the target to reload.
pub(super) async fn post(client: &Client) -> Result<(), Error> {
    let sent = client.send(Method::POST).await;
    let (status, body) = sent.map_err(|source| Error::Call {
        url: client.address(),
        source,
    })?;
    if status == StatusCode::OK {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&body).trim().chars().take(SHOWN).collect();
    Err(Error::Refused {
        url: client.address(),
        status,
        text,
    })
}
