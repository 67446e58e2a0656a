//! The HTTP client of a target, by `reqwest`. Reads the files that hold credentials and certificates at each request, so
//! that renewed ones are used; connections are kept as long as these stay the same.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, HOST, HeaderMap, HeaderValue, LOCATION};
use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Method, Response, StatusCode, Url};
use url::Host;

use super::address::{self, Address};
use super::tls::{self, TlsSettings};

/// Longest answer to a reload that is read, in bytes.
pub(super) const LONGEST: usize = 1024 * 1024;

/// Redirects that are followed.
const REDIRECTS: usize = 5;
/// Connections that nobody used for so long are closed: shorter than servers wait, so that none is closed by both.
const IDLE: Duration = Duration::from_secs(30);

/// What went wrong between us and the target.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The host has no address.
    #[error("cannot resolve the host {host}")]
    Resolve {
        /// Its name.
        host: String,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// TLS settings that cannot be used.
    #[error("TLS cannot be set up")]
    Tls(#[source] tls::Error),
    /// A file with a password or token.
    #[error("cannot read the credentials in {path}")]
    Credentials {
        /// The file.
        path: PathBuf,
        /// The system's reason, or what is wrong with the content.
        #[source]
        source: io::Error,
    },
    /// No connection, or an exchange that broke off or was not HTTP.
    #[error("the request failed")]
    Exchange(#[source] reqwest::Error),
    /// The answer does not end.
    #[error("the response is longer than {0} bytes")]
    TooLong(usize),
}

/// Who we are to a target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Credentials {
    /// What the address says, if it says anything.
    #[default]
    OfAddress,
    /// Basic authentication.
    Basic {
        /// The name.
        username: String,
        /// File with the password.
        password_file: PathBuf,
    },
    /// A token after a word such as `Bearer`.
    Token {
        /// The word.
        scheme: String,
        /// File with the token.
        file: PathBuf,
    },
    /// A bearer token that is in no file.
    KnownToken(Token),
}

/// A token, which is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl From<String> for Token {
    fn from(token: String) -> Self {
        Self(token)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("<token>")
    }
}

/// What a target answered.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Where it sends us, if it does: without credentials.
    pub location: Option<String>,
    /// Its content.
    pub body: Vec<u8>,
}

/// Calls one address.
#[derive(Clone)]
pub struct Client {
    /// What is called.
    pub address: Address,
    /// Who calls.
    pub credentials: Credentials,
    /// How TLS is spoken, where the address asks for it.
    pub tls: TlsSettings,
    /// Shared with the other paths of the program.
    connections: Arc<Mutex<Option<Connections>>>,
}

/// Open connections, and what they were opened with.
struct Connections {
    route: Route,
    files: tls::Files,
    client: reqwest::Client,
}

/// Which way requests go.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Route {
    /// Whether the target is on this machine.
    nearby: bool,
    /// Addresses that are called whatever the name resolves to.
    pinned: Vec<SocketAddr>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Client")
            .field("address", &self.address)
            .field("credentials", &self.credentials)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

impl PartialEq for Client {
    fn eq(&self, other: &Self) -> bool {
        (&self.address, &self.credentials, &self.tls) == (&other.address, &other.credentials, &other.tls)
    }
}

impl Client {
    /// A client for `address`. Credentials in it are sent as basic authentication.
    pub fn new(address: Address) -> Self {
        Self {
            address,
            credentials: Credentials::OfAddress,
            tls: TlsSettings::default(),
            connections: Arc::default(),
        }
    }

    /// The same access to another address of the same server.
    #[must_use]
    pub fn at(&self, address: Address) -> Self {
        Self {
            address,
            ..self.clone()
        }
    }

    /// The same access to another path of the same program: see [`Address::elsewhere`].
    pub fn elsewhere(&self, path: &str) -> Option<Self> {
        Some(self.at(self.address.elsewhere(path)?))
    }

    /// The answer to a request without a body, with up to `longest` bytes. The caller bounds the time.
    pub async fn send(&self, method: Method, longest: usize) -> Result<Answer, Error> {
        let mut response = self.open(method).await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > longest {
                return Err(Error::TooLong(longest));
            }
            body.extend_from_slice(&chunk);
        }
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let location = location.map(|location| shown_location(response.url(), location));
        Ok(Answer {
            status: response.status(),
            location,
            body,
        })
    }

    /// The same, with the content still to be read.
    pub async fn open(&self, method: Method) -> Result<Response, Error> {
        let mut url = self.address.url().clone();
        let mut headers = HeaderMap::new();
        if let Some(header) = self.authorization()? {
            url = address::shown(&url);
            headers.insert(AUTHORIZATION, header);
        }
        let client = self.client().await?;
        if !self.tls.server_name.is_empty() && url.scheme() == "https" {
            // The name that TLS asks for is that of the URL; the server is still called by its own.
            let authority = url[url::Position::BeforeHost..url::Position::AfterPort].to_owned();
            if let Ok(host) = HeaderValue::from_str(&authority) {
                headers.insert(HOST, host);
            }
            url.set_host(Some(&self.tls.server_name))
                .map_err(|source| Error::Resolve {
                    host: self.tls.server_name.clone(),
                    source: io::Error::new(io::ErrorKind::InvalidInput, source),
                })?;
        }
        client
            .request(method, url)
            .headers(headers)
            .send()
            .await
            .map_err(broken)
    }

    /// The client with the connections that are open, unless it must be another one by now.
    async fn client(&self) -> Result<reqwest::Client, Error> {
        let route = self.route().await?;
        let files = self.tls.files().map_err(Error::Tls)?;
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = connections
            .as_ref()
            .filter(|open| open.route == route && open.files == files)
        {
            return Ok(open.client.clone());
        }
        let client = self.build(&route, &files)?;
        *connections = Some(Connections {
            route,
            files,
            client: client.clone(),
        });
        Ok(client)
    }

    fn build(&self, route: &Route, files: &tls::Files) -> Result<reqwest::Client, Error> {
        let url = self.address.url();
        let config = match self.tls.client_config(files, route.nearby) {
            // It may be redirected to one that needs it, and fails there.
            Err(tls::Error::NoAuthorities) if url.scheme() == "http" => TlsSettings::trusting_nobody(),
            config => config,
        };
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(config.map_err(Error::Tls)?)
            .user_agent(concat!("prometheus-config-reloader/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::custom(redirect))
            .referer(false)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(1);
        if let Some(socket) = self.address.socket() {
            builder = builder.unix_socket(socket);
        }
        if !route.pinned.is_empty() {
            let name = Some(self.tls.server_name.as_str()).filter(|name| !name.is_empty());
            builder = builder.resolve_to_addrs(name.or(url.host_str()).unwrap_or_default(), &route.pinned);
        }
        // As in Go, proxies are not for this machine. Where the address is pinned, a proxy would resolve the name again.
        if route.nearby || self.address.socket().is_some() || !route.pinned.is_empty() {
            builder = builder.no_proxy();
        }
        builder.build().map_err(Error::Exchange)
    }

    /// Whether the target is on this machine. Of a host with a name that is asked only where it decides whether a
    /// certificate is verified; the addresses that it was decided by are then the ones that are called.
    async fn route(&self) -> Result<Route, Error> {
        let route = |nearby, pinned| Route { nearby, pinned };
        let url = self.address.url();
        let has_name = !self.tls.server_name.is_empty();
        let host = match url.host() {
            Some(Host::Ipv4(address)) if !has_name => return Ok(route(is_nearby(address.into()), Vec::new())),
            Some(Host::Ipv6(address)) if !has_name => return Ok(route(is_nearby(address.into()), Vec::new())),
            Some(Host::Domain(name)) if url.scheme() == "http" => return Ok(route(name == "localhost", Vec::new())),
            host => host.map_or_else(String::new, |host| host.to_string()),
        };
        if !has_name && !self.tls.depends_on_nearness() {
            return Ok(route(host == "localhost", Vec::new()));
        }
        let lookup = (
            host.trim_matches(['[', ']']).to_owned(),
            url.port_or_known_default().unwrap_or(443),
        );
        let found = tokio::net::lookup_host(lookup).await;
        let found: Vec<_> = found.map_err(|source| Error::Resolve { host, source })?.collect();
        let nearby = !found.is_empty() && found.iter().all(|address| is_nearby(address.ip()));
        Ok(route(nearby, if nearby || has_name { found } else { Vec::new() }))
    }

    fn authorization(&self) -> Result<Option<HeaderValue>, Error> {
        let (text, path) = match &self.credentials {
            // They are sent with the URL.
            Credentials::OfAddress => return Ok(None),
            Credentials::Basic {
                username,
                password_file,
            } => {
                let pair = format!("{username}:{}", secret(password_file)?);
                (format!("Basic {}", STANDARD.encode(pair)), password_file.clone())
            }
            Credentials::KnownToken(Token(token)) => (format!("Bearer {token}"), PathBuf::new()),
            Credentials::Token { scheme, file } => (format!("{scheme} {}", secret(file)?), file.clone()),
        };
        let mut header = HeaderValue::from_str(&text).map_err(|_| Error::Credentials {
            path,
            source: io::Error::new(io::ErrorKind::InvalidData, "it holds characters that a header cannot"),
        })?;
        header.set_sensitive(true);
        Ok(Some(header))
    }
}

/// Follows what repeats the request at the same host. Other redirects would turn a reload into a page that is shown, or
/// hand it to somebody else; these are the answer.
fn redirect(attempt: Attempt<'_>) -> Action {
    let repeats = matches!(
        attempt.status(),
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT
    );
    let is_same = attempt.previous().last().is_some_and(|from| {
        let is_downgrade = from.scheme() == "https" && attempt.url().scheme() != "https";
        from.host_str() == attempt.url().host_str() && !is_downgrade
    });
    if repeats && is_same && attempt.previous().len() <= REDIRECTS {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

fn shown_location(from: &Url, location: &str) -> String {
    let target = from.join(location);
    target.map_or_else(|_| location.to_owned(), |url| address::shown(&url).to_string())
}

/// The URL is in our own message, without credentials.
fn broken(error: reqwest::Error) -> Error {
    Error::Exchange(error.without_url())
}

/// Whether an address is one of this machine, which nobody else can pretend to be.
fn is_nearby(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// The content of a file without the line break that editors put at its end.
fn secret(path: &Path) -> Result<String, Error> {
    let content = std::fs::read_to_string(path).map_err(|source| Error::Credentials {
        path: path.to_owned(),
        source,
    })?;
    Ok(content.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str) -> Client {
        Client::new(address.parse().expect("an address"))
    }

    #[test]
    fn credentials_of_files_are_read_at_each_request_and_never_shown() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let mut client = client("http://ann:p%40ss@a/");
        client.credentials = Credentials::Token {
            scheme: "Bearer".to_owned(),
            file: file.path().to_owned(),
        };
        for token in ["one", "two"] {
            std::fs::write(file.path(), format!("{token}\n")).expect("ours");
            let header = client.authorization().expect("readable").expect("there is a token");
            assert_eq!(header.to_str().ok(), Some(format!("Bearer {token}").as_str()));
            assert_eq!(format!("{header:?}"), "Sensitive");
        }
        std::fs::write(file.path(), "a\nb").expect("ours");
        let error = client.authorization().expect_err("no header").to_string();
        assert!(error.contains(&file.path().display().to_string()), "{error}");
        assert!(!format!("{client:?}").contains("p%40ss"));
    }

    #[tokio::test]
    async fn this_machine_is_nearby_by_every_name_of_it() {
        for (address, nearby) in [
            ("http://127.0.0.1/", true),
            ("https://[::1]/", true),
            ("https://[::ffff:127.0.0.2]/", true),
            ("http://localhost/", true),
            ("https://localhost/", true),
            ("http://10.0.0.1/", false),
            ("https://10.0.0.1/", false),
            ("http://prometheus/", false),
        ] {
            let route = client(address).route().await.expect("nothing is asked");
            assert_eq!(route.nearby, nearby, "{address}");
        }
    }

    #[test]
    fn the_place_of_a_redirect_is_shown_without_credentials() {
        let from = Url::parse("http://a/-/reload").expect("a URL");
        assert_eq!(shown_location(&from, "//u:p@prom/x"), "http://prom/x");
    }
}
