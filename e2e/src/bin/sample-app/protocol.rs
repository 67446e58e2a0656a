//! Which protocol a server chooses by ALPN (RFC 7301). Connects to the address that is asked for, and trusts every certificate:
//! nothing is sent.

use std::sync::Arc;

use anyhow::Context as _;
use hyper::StatusCode;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::answer::{Answer, refusal, text};

/// What the server of the path `/protocol/ADDRESS` chooses: `h2`, `http/1.1` or nothing.
pub(crate) async fn answer(path: &str) -> Answer {
    match chosen(path.trim_start_matches("/protocol/")).await {
        Ok(protocol) => text(StatusCode::OK, protocol),
        Err(error) => refusal(&error),
    }
}

async fn chosen(address: &str) -> anyhow::Result<String> {
    let provider = Arc::new(ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody(provider)))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let stream = TcpStream::connect(address).await.with_context(|| address.to_owned())?;
    let name = ServerName::from(stream.peer_addr()?.ip());
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let protocol = stream.get_ref().1.alpn_protocol().unwrap_or_default();
    Ok(String::from_utf8_lossy(protocol).into_owned())
}

/// Trusts the certificate of anybody who has its key.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
