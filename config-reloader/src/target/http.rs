//! Reload by POST: the target answers 200 when it runs the new configuration.

use reqwest::{Method, StatusCode};
use tracing::debug;

use super::client::{Client, LONGEST};
use super::error::Error;

/// Asks the target to reload.
pub(super) async fn post(client: &Client) -> Result<(), Error> {
    let url = || client.address.to_string();
    let sent = client.send(Method::POST, LONGEST).await;
    let answer = sent.map_err(|source| Error::Call { url: url(), source })?;
    if answer.status == StatusCode::OK {
        return Ok(());
    }
    let status = answer.status;
    if let Some(location) = answer.location.filter(|_| status.is_redirection()) {
        return Err(Error::Redirected {
            url: url(),
            status,
            location,
        });
    }
    // Prometheus quotes pieces of the configuration where it refuses one, and these may be secrets.
    let text = String::from_utf8_lossy(&answer.body);
    debug!(url = url(), %status, answer = text.trim(), "the target refused the reload");
    Err(Error::Refused { url: url(), status })
}
