//! TLS from the files of a folder, read once.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

/// TLS for everybody.
pub(crate) fn server(folder: &Path) -> anyhow::Result<TlsAcceptor> {
    acceptor(folder, None)
}

/// TLS for those who have a certificate of the authority `ca.crt`.
pub(crate) fn mutual(folder: &Path) -> anyhow::Result<TlsAcceptor> {
    let mut authorities = RootCertStore::empty();
    for certificate in certificates(&folder.join("ca.crt"))? {
        authorities.add(certificate).context("ca.crt is no authority")?;
    }
    acceptor(folder, Some(authorities))
}

fn acceptor(folder: &Path, authorities: Option<RootCertStore>) -> anyhow::Result<TlsAcceptor> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let builder = match authorities {
        None => builder.with_no_client_auth(),
        Some(authorities) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(authorities), provider).build()?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let key = PrivateKeyDer::from_pem_file(folder.join("tls.key")).context("tls.key")?;
    let config = builder.with_single_cert(certificates(&folder.join("tls.crt"))?, key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn certificates(file: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .with_context(|| file.display().to_string())
}
