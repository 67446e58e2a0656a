//! One HTTP/1.1 request per connection, over TCP or TLS. Small on purpose: a general client brings pools, proxies and
//! redirects, and weighs more than the rest of the program.

use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONNECTION, HOST, HeaderValue, USER_AGENT};
use hyper::http::uri::PathAndQuery;
use hyper::{Method, Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, InvalidDnsNameError, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Longest answer that is read, in bytes; the longest expected one is a page of runtime information.
const LONGEST: usize = 1024 * 1024;

/// What went wrong between us and the target.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection.
    #[error("cannot connect")]
    Connect(#[source] io::Error),
    /// A connection that does not speak TLS, or not ours.
    #[error("the TLS handshake failed")]
    Tls(#[source] io::Error),
    /// A host that cannot be named in TLS.
    #[error("the host cannot be used with TLS")]
    Host(#[source] InvalidDnsNameError),
    /// TLS settings that the library refuses.
    #[error("TLS cannot be set up")]
    Settings(#[source] rustls::Error),
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

/// Calls one address.
pub struct Client {
    target: Uri,
    credentials: Option<HeaderValue>,
}

impl Client {
    /// A client for `target`, an absolute http or https address. Credentials in it are sent as basic authentication.
    pub fn new(target: Uri) -> Self {
        let user = target
            .authority()
            .and_then(|authority| authority.as_str().rsplit_once('@'))
            .map(|(user, _)| user);
        let credentials = user.and_then(|user| {
            let user = if user.contains(':') {
                user.to_owned()
            } else {
                format!("{user}:")
            };
            let mut header =
                HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(percent_decoded(&user)))).ok()?;
            header.set_sensitive(true);
            Some(header)
        });
        Self { target, credentials }
    }

    /// The address without credentials, for messages.
    pub fn address(&self) -> String {
        let scheme = self.target.scheme_str().unwrap_or_default();
        format!("{scheme}://{}{}", self.host_and_port(), self.path())
    }

    /// Status and body of the answer to a request without a body. The caller bounds the time.
    pub async fn send(&self, method: Method) -> Result<(StatusCode, Bytes), Error> {
        let host = self.target.host().unwrap_or_default();
        let tls = self.target.scheme_str() == Some("https");
        let port = self.target.port_u16().unwrap_or(if tls { 443 } else { 80 });
        // An IPv6 address stands in brackets in a URL, and without them everywhere else.
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let stream = TcpStream::connect((host, port)).await.map_err(Error::Connect)?;
        if tls {
            let name = ServerName::try_from(host.to_owned()).map_err(Error::Host)?;
            let stream = connector()?.connect(name, stream).await.map_err(Error::Tls)?;
            self.exchange(stream, method).await
        } else {
            self.exchange(stream, method).await
        }
    }

    async fn exchange<S>(&self, stream: S, method: Method) -> Result<(StatusCode, Bytes), Error>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        // One connection per request: a kept one would break with each restart of the target, and reloads are rare.
        let mut request = Request::builder()
            .method(method)
            .uri(self.path())
            .header(HOST, self.host_and_port())
            .header(CONNECTION, "close")
            .header(
                USER_AGENT,
                concat!("prometheus-config-reloader/", env!("CARGO_PKG_VERSION")),
            )
            .body(Empty::<Bytes>::new())
            .map_err(Error::Request)?;
        if let Some(credentials) = &self.credentials {
            request.headers_mut().insert(AUTHORIZATION, credentials.clone());
        }
        let handshake = hyper::client::conn::http1::Builder::new()
            .max_buf_size(64 * 1024)
            .handshake(TokioIo::new(stream));
        let (mut sender, connection) = handshake.await.map_err(Error::Exchange)?;
        let answer = async {
            let answer = sender.send_request(request).await.map_err(Error::Exchange)?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), LONGEST)
                .collect()
                .await
                .map_err(Error::Answer)?;
            Ok((status, body.to_bytes()))
        };
        tokio::pin!(answer, connection);
        tokio::select! {
            answer = &mut answer => answer,
            // The connection ends behind the answer; an end before it shows as the answer's own error.
            _ = &mut connection => answer.await,
        }
    }

    fn path(&self) -> &str {
        self.target.path_and_query().map_or("/", PathAndQuery::as_str)
    }

    fn host_and_port(&self) -> &str {
        let authority = self.target.authority().map_or("", |authority| authority.as_str());
        authority.rsplit_once('@').map_or(authority, |(_, host)| host)
    }
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

fn connector() -> Result<TlsConnector, Error> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(Error::Settings)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyServer(provider)))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Takes every certificate, as the original does: the target is the neighbour in the same pod, reached as `localhost`,
/// for which its certificate is hardly ever made.
#[derive(Debug)]
struct AnyServer(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_sent_and_never_shown() {
        let client = Client::new(
            "http://ann:p%40ss@[::1]:9090/prefix/-/reload?a=b"
                .parse()
                .expect("a URL"),
        );
        assert_eq!(client.address(), "http://[::1]:9090/prefix/-/reload?a=b");
        let header = client.credentials.expect("there are some");
        assert_eq!(
            header.to_str().ok(),
            Some(format!("Basic {}", STANDARD.encode("ann:p@ss")).as_str())
        );
        assert_eq!(format!("{header:?}"), "Sensitive");
    }

    #[test]
    fn percent_codes_are_decoded_and_other_percents_stay() {
        assert_eq!(percent_decoded("a%3Ab%%zz%4"), b"a:b%%zz%4");
    }
}
