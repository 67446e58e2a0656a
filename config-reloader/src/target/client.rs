//! One HTTP/1.1 request per connection, over TCP, TLS or a Unix socket. Small on purpose: a general client brings pools,
//! proxies and redirects, and weighs more than the rest of the program. Reads the files that hold credentials and
//! certificates at each request, so that renewed ones are used.

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, AUTHORIZATION, CONNECTION, HOST, HeaderValue, USER_AGENT};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::{InvalidDnsNameError, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;

use super::address::{Address, Place};
use super::tls::{self, TlsSettings};

/// What went wrong between us and the target.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection.
    #[error("cannot connect")]
    Connect(#[source] io::Error),
    /// A connection that does not speak TLS, or not ours.
    #[error("the TLS handshake failed")]
    Handshake(#[source] io::Error),
    /// A host that cannot be named in TLS.
    #[error("the host cannot be used with TLS")]
    Host(#[source] InvalidDnsNameError),
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
    /// The request could not be written.
    #[error("the request cannot be made")]
    Request(#[source] hyper::http::Error),
    /// The exchange broke off, or was not HTTP.
    #[error("the exchange failed")]
    Exchange(#[source] hyper::Error),
    /// The answer broke off or is too long.
    #[error("the answer cannot be read")]
    Answer(#[source] Box<dyn std::error::Error + Send + Sync>),
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
    /// A token behind a word such as `Bearer`.
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

/// Calls one address.
#[derive(Debug, Clone)]
pub struct Client {
    /// What is called.
    pub address: Address,
    /// Who calls.
    pub credentials: Credentials,
    /// How TLS is spoken, where the address asks for it.
    pub tls: TlsSettings,
}

impl Client {
    /// A client for `address`. Credentials in it are sent as basic authentication.
    pub fn new(address: Address) -> Self {
        Self {
            address,
            credentials: Credentials::OfAddress,
            tls: TlsSettings::default(),
        }
    }

    /// The same access to another path of the same program: see [`Address::elsewhere`].
    pub fn elsewhere(&self, path: &str) -> Option<Self> {
        Some(Self {
            address: self.address.elsewhere(path)?,
            ..self.clone()
        })
    }

    /// Status and body of the answer to a request without a body, which may have up to `longest` bytes. The caller bounds
    /// the time.
    pub async fn send(&self, method: Method, longest: usize) -> Result<(StatusCode, Bytes), Error> {
        self.exchange(method, async |answer| {
            let status = answer.status();
            let body = Limited::new(answer.into_body(), longest).collect().await;
            Ok((status, body.map_err(Error::Answer)?.to_bytes()))
        })
        .await
    }

    /// What `read` makes of the answer to a request without a body.
    pub async fn exchange<T>(
        &self,
        method: Method,
        read: impl AsyncFnOnce(Response<Incoming>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match &self.address.place {
            Place::Socket(socket) => {
                let stream = UnixStream::connect(socket).await.map_err(Error::Connect)?;
                self.exchange_over(stream, method, read).await
            }
            Place::Network { host, port, tls } => {
                let port = port.unwrap_or(if *tls { 443 } else { 80 });
                // An IPv6 address stands in brackets in a URL, and without them everywhere else.
                let host = host
                    .strip_prefix('[')
                    .and_then(|host| host.strip_suffix(']'))
                    .unwrap_or(host);
                let stream = TcpStream::connect((host, port)).await.map_err(Error::Connect)?;
                if *tls {
                    let nearby = stream.peer_addr().is_ok_and(|peer| is_nearby(peer.ip()));
                    let config = self.tls.client_config(nearby).map_err(Error::Tls)?;
                    let named = Some(&self.tls.server_name).filter(|name| !name.is_empty());
                    let name = named.map_or(host, String::as_str).to_owned();
                    let name = ServerName::try_from(name).map_err(Error::Host)?;
                    let connector = TlsConnector::from(Arc::new(config));
                    let stream = connector.connect(name, stream).await.map_err(Error::Handshake)?;
                    self.exchange_over(stream, method, read).await
                } else {
                    self.exchange_over(stream, method, read).await
                }
            }
        }
    }

    async fn exchange_over<S, T>(
        &self,
        stream: S,
        method: Method,
        read: impl AsyncFnOnce(Response<Incoming>) -> Result<T, Error>,
    ) -> Result<T, Error>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let request = self.request(method)?;
        let handshake = hyper::client::conn::http1::Builder::new()
            .max_buf_size(64 * 1024)
            .handshake(TokioIo::new(stream));
        let (mut sender, connection) = handshake.await.map_err(Error::Exchange)?;
        let answer = async { read(sender.send_request(request).await.map_err(Error::Exchange)?).await };
        tokio::pin!(answer, connection);
        tokio::select! {
            answer = &mut answer => answer,
            // The connection ends behind the answer; an end before it shows as the answer's own error.
            _ = &mut connection => answer.await,
        }
    }

    /// One connection per request: a kept one would break with each restart of the target, and reloads are rare.
    fn request(&self, method: Method) -> Result<Request<Empty<Bytes>>, Error> {
        let agent = concat!("prometheus-config-reloader/", env!("CARGO_PKG_VERSION"));
        let mut request = Request::builder()
            .method(method)
            .uri(&self.address.path)
            .header(HOST, self.address.authority())
            .header(CONNECTION, "close")
            .header(ACCEPT, "*/*")
            .header(USER_AGENT, agent)
            .body(Empty::new())
            .map_err(Error::Request)?;
        if let Some(header) = self.authorization()? {
            request.headers_mut().insert(AUTHORIZATION, header);
        }
        Ok(request)
    }

    fn authorization(&self) -> Result<Option<HeaderValue>, Error> {
        let (text, path) = match &self.credentials {
            Credentials::OfAddress => {
                let Some(user) = &self.address.user else {
                    return Ok(None);
                };
                let user = if user.contains(':') {
                    user.clone()
                } else {
                    format!("{user}:")
                };
                (basic(&percent_decoded(&user)), PathBuf::new())
            }
            Credentials::Basic {
                username,
                password_file,
            } => {
                let password = secret(password_file)?;
                (
                    basic(format!("{username}:{password}").as_bytes()),
                    password_file.clone(),
                )
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

/// Whether an address is one of this machine, which nobody else can pretend to be.
fn is_nearby(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

fn basic(user: &[u8]) -> String {
    format!("Basic {}", STANDARD.encode(user))
}

/// The content of a file without the line break that editors put at its end.
fn secret(path: &PathBuf) -> Result<String, Error> {
    let content = std::fs::read_to_string(path).map_err(|source| Error::Credentials {
        path: path.clone(),
        source,
    })?;
    Ok(content.trim_end_matches(['\r', '\n']).to_owned())
}

/// `%41` → `A`; what is no such sequence stays.
fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    while let Some((&first, rest)) = bytes.split_first() {
        let code = rest
            .get(..2)
            .filter(|_| first == b'%')
            .and_then(|code| std::str::from_utf8(code).ok());
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            decoded.push(byte);
            bytes = &rest[2..];
        } else {
            decoded.push(first);
            bytes = rest;
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str) -> Client {
        Client::new(address.parse().expect("an address"))
    }

    #[test]
    fn credentials_of_the_address_are_sent_and_never_shown() {
        let client = client("http://ann:p%40ss@[::1]:9090/-/reload");
        let header = client
            .authorization()
            .expect("no file is read")
            .expect("there are some");
        let expected = format!("Basic {}", STANDARD.encode("ann:p@ss"));
        assert_eq!(header.to_str().ok(), Some(expected.as_str()));
        assert_eq!(format!("{header:?}"), "Sensitive");
        assert!(!format!("{client:?}").contains("p%40ss"));
    }

    #[test]
    fn credentials_of_files_are_read_at_each_request() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let mut client = client("http://a/");
        client.credentials = Credentials::Token {
            scheme: "Bearer".to_owned(),
            file: file.path().to_owned(),
        };
        for token in ["one", "two"] {
            std::fs::write(file.path(), format!("{token}\n")).expect("ours");
            let header = client.authorization().expect("readable").expect("there is a token");
            assert_eq!(header.to_str().ok(), Some(format!("Bearer {token}").as_str()));
        }
        std::fs::write(file.path(), "a\nb").expect("ours");
        let error = client.authorization().expect_err("no header").to_string();
        assert!(error.contains(&file.path().display().to_string()), "{error}");
    }

    #[test]
    fn percent_codes_are_decoded_and_other_percents_stay() {
        assert_eq!(percent_decoded("a%3Ab%%zz%4"), b"a:b%%zz%4");
    }

    #[test]
    fn this_machine_is_nearby_by_either_family() {
        for (address, nearby) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("::ffff:127.0.0.2", true),
            ("10.0.0.1", false),
        ] {
            assert_eq!(is_nearby(address.parse().expect("an address")), nearby, "{address}");
        }
    }
}
