//! Reload by POST: the target answers 200 when it runs the new configuration.

use hyper::{Method, StatusCode};

use super::attempt::Error;
use super::{Client, LONGEST};

/// Characters of a refusal that go into the message.
const SHOWN: usize = 500;

/// Asks the target to reload.
pub(super) async fn post(client: &Client) -> Result<(), Error> {
    let url = || client.address.to_string();
    let sent = client.send(Method::POST, LONGEST).await;
    let (status, body) = sent.map_err(|source| Error::Call { url: url(), source })?;
    if status == StatusCode::OK {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&body).trim().chars().take(SHOWN).collect();
    Err(Error::Refused {
        url: url(),
        status,
        text,
    })
}
