//! The command `healthcheck`: asks a reloader on this machine how it is, for probes in an image that has nothing but this
//! program. Uses the network and reads the web config file.

use std::time::Duration;

use process::http::web_config::{self, WebConfig};
use reqwest::{Method, StatusCode};
use tokio::time::timeout;

use crate::args::{Healthcheck, is_set};
use crate::target::{AddressError, CallError, Client};

/// Longest answer that is read, in bytes.
const LONGEST: usize = 64 * 1024;

/// Why the reloader is not well, or why that is not known.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The web config file.
    #[error("invalid web config file")]
    WebConfig(#[from] web_config::Error),
    /// The address or the path.
    #[error("{0} cannot be called")]
    Address(String, #[source] AddressError),
    /// Nobody answers.
    #[error("cannot call {0}")]
    Call(String, #[source] CallError),
    /// It takes too long.
    #[error("{0} did not answer within {1:?}")]
    TimedOut(String, Duration),
    /// It is not well.
    #[error("{url} returned {status}: {text}")]
    Unwell {
        /// What was asked.
        url: String,
        /// Its status.
        status: StatusCode,
        /// Its answer, which says why.
        text: String,
    },
}

impl Healthcheck {
    /// Asks once. A reloader that asks for a password in return is alive, and no more is known.
    pub async fn run(&self) -> Result<(), Error> {
        let tls = is_set(&self.web_config_file) && WebConfig::load(&self.web_config_file)?.is_tls();
        let url = self.url(tls);
        let address = url.parse().map_err(|source| Error::Address(url.clone(), source))?;
        let mut client = Client::new(address);
        // It is this machine, whatever the certificate says.
        client.tls.insecure_skip_verify = Some(true);
        let answer = timeout(self.timeout, client.send(Method::GET, LONGEST)).await;
        let answer = answer.map_err(|_| Error::TimedOut(url.clone(), self.timeout))?;
        let answer = answer.map_err(|source| Error::Call(url.clone(), source))?;
        let is_alive = answer.status == StatusCode::UNAUTHORIZED && !self.ready;
        if answer.status == StatusCode::OK || is_alive {
            return Ok(());
        }
        Err(Error::Unwell {
            url,
            status: answer.status,
            text: String::from_utf8_lossy(&answer.body).trim().to_owned(),
        })
    }

    fn url(&self, tls: bool) -> String {
        let scheme = if tls { "https" } else { "http" };
        let (host, port) = self
            .listen_address
            .rsplit_once(':')
            .unwrap_or((&self.listen_address, "8080"));
        // An address that stands for all of this machine.
        let host = match host {
            "" | "0.0.0.0" | "[::]" => "localhost",
            host => host,
        };
        let path = self
            .path
            .as_deref()
            .unwrap_or(if self.ready { "/readyz" } else { "/healthz" });
        format!("{scheme}://{host}:{port}/{}", path.trim_start_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn url(listen_address: &str, ready: bool, tls: bool) -> String {
        let check = Healthcheck {
            ready,
            listen_address: listen_address.to_owned(),
            web_config_file: PathBuf::new(),
            path: None,
            timeout: Duration::ZERO,
        };
        check.url(tls)
    }

    #[test]
    fn the_address_that_is_listened_on_is_the_one_that_is_asked() {
        for (listen_address, expected) in [
            (":8080", "http://localhost:8080/healthz"),
            ("0.0.0.0:1", "http://localhost:1/healthz"),
            ("[::]:1", "http://localhost:1/healthz"),
            ("[::1]:1", "http://[::1]:1/healthz"),
            ("10.0.0.1:1", "http://10.0.0.1:1/healthz"),
        ] {
            assert_eq!(url(listen_address, false, false), expected);
        }
        assert_eq!(url("localhost:1", true, true), "https://localhost:1/readyz");
    }
}
