//! Where a target is: `http://HOST:PORT/PATH`, `https://…`, or `unix:///SOCKET:/PATH`. Pure.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use hyper::Uri;
use hyper::http::uri::PathAndQuery;

/// The path that Prometheus and Alertmanager reload at, behind their prefix.
const RELOAD: &str = "/-/reload";
/// The path of Prometheus' runtime information, behind its prefix.
const RUNTIME_INFORMATION: &str = "/api/v1/status/runtimeinfo";

/// The address of a target. Displayed without its credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// How to get there.
    pub place: Place,
    /// What to ask for there, with the query.
    pub path: String,
    /// `user:password`, percent-encoded, if it is in the address.
    pub user: Option<String>,
}

/// How to get to a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Over TCP.
    Network {
        /// Name or number; an IPv6 number in brackets.
        host: String,
        /// The port, if it is not that of the scheme.
        port: Option<u16>,
        /// Whether TLS is spoken.
        tls: bool,
    },
    /// A Unix socket.
    Socket(PathBuf),
}

/// An address that cannot be called.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not the syntax.
    #[error("not a URL: {0}")]
    Syntax(#[from] hyper::http::uri::InvalidUri),
    /// Another scheme, or no host.
    #[error("not an http:// or https:// URL with a host, and not unix:///SOCKET:/PATH")]
    NotHttp,
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if let Some(rest) = text.strip_prefix("unix://") {
            let (socket, path) = rest.split_once(':').unwrap_or((rest, RELOAD));
            if !socket.starts_with('/') || !path.starts_with('/') {
                return Err(Error::NotHttp);
            }
            return Ok(Self {
                place: Place::Socket(socket.into()),
                path: path.parse::<PathAndQuery>()?.as_str().to_owned(),
                user: None,
            });
        }
        let uri: Uri = text.parse()?;
        let (tls, host) = match (uri.scheme_str(), uri.host()) {
            (Some("http"), Some(host)) if !host.is_empty() => (false, host),
            (Some("https"), Some(host)) if !host.is_empty() => (true, host),
            _ => return Err(Error::NotHttp),
        };
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        Ok(Self {
            place: Place::Network {
                host: host.to_owned(),
                port: uri.port_u16(),
                tls,
            },
            path: uri.path_and_query().map_or("/", PathAndQuery::as_str).to_owned(),
            user: authority.rsplit_once('@').map(|(user, _)| user.to_owned()),
        })
    }
}

impl Address {
    /// The same program at another path, `path` behind its prefix; `None` if this is neither the address of a reload nor
    /// that of the runtime information, so that there is no telling what the prefix is.
    pub fn elsewhere(&self, path: &str) -> Option<Self> {
        let own = self.path.split_once('?').map_or(self.path.as_str(), |(path, _)| path);
        let prefix = own
            .strip_suffix(RELOAD)
            .or_else(|| own.strip_suffix(RUNTIME_INFORMATION))?;
        Some(Self {
            path: format!("{prefix}{path}"),
            ..self.clone()
        })
    }

    /// What goes into the header `Host`.
    pub(super) fn authority(&self) -> String {
        match &self.place {
            Place::Network { host, port: None, .. } => host.clone(),
            Place::Network {
                host, port: Some(port), ..
            } => format!("{host}:{port}"),
            Place::Socket(_) => "localhost".to_owned(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Network { tls, .. } => {
                let scheme = if *tls { "https" } else { "http" };
                write!(formatter, "{scheme}://{}{}", self.authority(), self.path)
            }
            Place::Socket(socket) => write!(formatter, "unix://{}:{}", socket.display(), self.path),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_without_their_credentials() {
        for (text, shown) in [
            (
                "http://ann:p%40ss@[::1]:9090/prefix/-/reload?a=b",
                "http://[::1]:9090/prefix/-/reload?a=b",
            ),
            ("https://prometheus.example.com", "https://prometheus.example.com/"),
            ("unix:///run/prometheus.sock", "unix:///run/prometheus.sock:/-/reload"),
            ("unix:///run/a.sock:/b/-/reload", "unix:///run/a.sock:/b/-/reload"),
        ] {
            let address: Address = text.parse().expect(text);
            assert_eq!(
                (address.to_string(), format!("{address:?}")),
                (shown.to_owned(), shown.to_owned())
            );
        }
        for text in [
            "localhost:9090",
            "ftp://a/",
            "http:///a",
            "unix://run/a",
            "unix:///run/a:b",
            "",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_rest_of_a_program_is_found_behind_its_prefix() {
        let elsewhere = |text: &str| {
            let address: Address = text.parse().expect(text);
            address.elsewhere("/api/v2/status").map(|address| address.to_string())
        };
        assert_eq!(
            elsewhere("http://a:9090/x/-/reload?a=b").as_deref(),
            Some("http://a:9090/x/api/v2/status")
        );
        assert_eq!(
            elsewhere("http://a/api/v1/status/runtimeinfo").as_deref(),
            Some("http://a/api/v2/status")
        );
        assert_eq!(elsewhere("http://a/reload"), None);
    }
}
