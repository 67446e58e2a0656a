//! Where a target is: `http://HOST:PORT/PATH`, `https://…`, or `unix:///SOCKET:/PATH`. Pure.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use reqwest::Url;

/// The path that Prometheus and Alertmanager reload at, after their prefix.
const RELOAD: &str = "/-/reload";
/// The path of Prometheus' runtime information, after its prefix.
const RUNTIME_INFORMATION: &str = "/api/v1/status/runtimeinfo";

/// The address of a target. Displayed without its credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    url: Url,
    /// Where the URL is called, if that is not over the network.
    socket: Option<PathBuf>,
}

/// A string that is no address.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another scheme, or no host.
    #[error("must be http://HOST, https://HOST or unix:///SOCKET:/PATH")]
    NotHttp,
    /// A port that nothing can listen on.
    #[error("the port must be a number from 1 to 65535")]
    Port,
    /// Not the syntax.
    #[error(transparent)]
    Syntax(#[from] url::ParseError),
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
                url: Url::parse("http://localhost")?.join(path)?,
                socket: Some(socket.into()),
            });
        }
        // Browsers forgive more than what is meant for a program: `http:///a` is the host `a` to them.
        let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
        let rest = rest.filter(|rest| !rest.starts_with(['/', '\\']) && !rest.contains(char::is_whitespace));
        let authority = rest
            .ok_or(Error::NotHttp)?
            .split(['/', '?', '#'])
            .next()
            .unwrap_or_default();
        let url = Url::parse(text).map_err(|error| match error {
            url::ParseError::InvalidPort => Error::Port,
            other => other.into(),
        })?;
        if authority.ends_with(':') || url.port() == Some(0) {
            return Err(Error::Port);
        }
        Ok(Self { url, socket: None })
    }
}

impl Address {
    /// What is called, with its credentials.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// The Unix socket on which it is called.
    pub(super) fn socket(&self) -> Option<&Path> {
        self.socket.as_deref()
    }

    /// The same program at another path, `path` after its prefix; `None` if this is neither the address of a reload nor
    /// that of the runtime information, so that the prefix is not known.
    pub fn elsewhere(&self, path: &str) -> Option<Self> {
        let own = self.url.path();
        let prefix = own
            .strip_suffix(RELOAD)
            .or_else(|| own.strip_suffix(RUNTIME_INFORMATION))?;
        Some(self.replaced(&format!("{prefix}{path}"), None))
    }

    /// The same server at `path_and_query` below this address.
    #[must_use]
    pub fn below(&self, path_and_query: &str) -> Self {
        let prefix = self.url.path().trim_end_matches('/');
        let (path, query) = path_and_query
            .split_once('?')
            .map_or((path_and_query, None), |(path, query)| (path, Some(query)));
        self.replaced(&format!("{prefix}{path}"), query)
    }

    fn replaced(&self, path: &str, query: Option<&str>) -> Self {
        let mut other = self.clone();
        other.url.set_path(path);
        other.url.set_query(query);
        other
    }
}

/// A URL that may be shown: without its credentials.
pub(super) fn shown(url: &Url) -> Url {
    let mut url = url.clone();
    // Refused for URLs that cannot have any.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(socket) = &self.socket else {
            return write!(formatter, "{}", shown(&self.url));
        };
        write!(formatter, "unix://{}:{}", socket.display(), self.url.path())?;
        self.url.query().map_or(Ok(()), |query| write!(formatter, "?{query}"))
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
            ("unix:///run/a.sock:/b/-/reload?c", "unix:///run/a.sock:/b/-/reload?c"),
        ] {
            let address: Address = text.parse().expect(text);
            assert_eq!(
                (address.to_string(), format!("{address:?}")),
                (shown.to_owned(), shown.to_owned())
            );
        }
    }

    #[test]
    fn what_cannot_be_called_is_refused() {
        for text in [
            "localhost:9090",
            "ftp://a/",
            "http:///a",
            "http:/a",
            "http://",
            "http://a b/",
            "unix://run/a",
            "unix:///run/a:b",
            "",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
        for port in ["", "0", "65536", "99999", "-1", "abc", "0x50", "80a"] {
            for text in [format!("http://h:{port}/-/reload"), format!("https://u:p@[::1]:{port}")] {
                assert!(matches!(text.parse::<Address>(), Err(Error::Port)), "{text}");
            }
        }
    }

    #[test]
    fn other_paths_of_a_program_keep_its_prefix() {
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
        let server: Address = "https://a/k8s/".parse().expect("an address");
        assert_eq!(
            server.below("/api/v1?b=c%3Dd").to_string(),
            "https://a/k8s/api/v1?b=c%3Dd"
        );
    }
}
