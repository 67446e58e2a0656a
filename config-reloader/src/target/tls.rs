//! TLS towards targets: rustls settings out of the section `tls_config` that Prometheus' programs share. It reads the
//! certificate files when it is asked for [`Files`]; whoever keeps these sees when one was renewed.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, ConfigBuilder, DigitallySignedStruct, RootCertStore, SignatureScheme, WantsVerifier};
use serde::Deserialize;

/// Where systems keep the authorities that they trust; the first file that is there counts.
const AUTHORITIES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// How a target is called over TLS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsSettings {
    /// PEM file with the authorities of the target; those of the system if it is empty.
    pub ca_file: PathBuf,
    /// PEM file with our own certificate and its chain.
    pub cert_file: PathBuf,
    /// PEM file with the key of our own certificate.
    pub key_file: PathBuf,
    /// Name in the target's certificate, if it is not the host of its address.
    pub server_name: String,
    /// Whether any certificate will do. Unset: it will on this machine (as in the original) if nothing else is set.
    pub insecure_skip_verify: Option<bool>,
    /// The authorities themselves, instead of a file.
    #[serde(skip)]
    pub ca: Option<Pem>,
    /// Our own certificate itself, instead of a file.
    #[serde(skip)]
    pub cert: Option<Pem>,
    /// The key itself, instead of a file.
    #[serde(skip)]
    pub key: Option<Pem>,
}

/// The content of a PEM file, which is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Pem(Vec<u8>);

impl From<Vec<u8>> for Pem {
    fn from(content: Vec<u8>) -> Self {
        Self(content)
    }
}

impl std::fmt::Debug for Pem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("<PEM>")
    }
}

/// The content of the files that the settings name.
#[derive(PartialEq, Eq)]
pub(super) struct Files {
    ca: Option<Vec<u8>>,
    cert: Option<Vec<u8>>,
    key: Option<Vec<u8>>,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file that cannot be read.
    #[error("cannot read {what} from {path}")]
    Read {
        /// Which setting.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// A file that holds no PEM of its kind.
    #[error("cannot read {what} from {path}")]
    Pem {
        /// Which setting.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// The reader's own words.
        #[source]
        source: pem::Error,
    },
    /// A system without authorities.
    #[error("there are no certificate authorities to verify the target with: set ca_file")]
    NoAuthorities,
    /// Only one of certificate and key.
    #[error("cert_file and key_file must be set together")]
    HalfAPair,
    /// What was read cannot be used.
    #[error("the certificates cannot be used")]
    Unusable(#[source] rustls::Error),
}

impl TlsSettings {
    /// Makes relative paths count from `folder`.
    pub fn resolve(&mut self, folder: &Path) {
        for path in [&mut self.ca_file, &mut self.cert_file, &mut self.key_file] {
            if !path.as_os_str().is_empty() {
                *path = folder.join(&*path);
            }
        }
    }

    /// The files as they are now.
    pub(super) fn files(&self) -> Result<Files, Error> {
        let read = |what, known: Option<&Pem>, path: &Path| match known {
            Some(Pem(content)) => Ok(Some(content.clone())),
            None if path.as_os_str().is_empty() => Ok(None),
            None => std::fs::read(path).map(Some).map_err(|source| Error::Read {
                what,
                path: path.to_owned(),
                source,
            }),
        };
        Ok(Files {
            ca: read("ca_file", self.ca.as_ref(), &self.ca_file)?,
            cert: read("cert_file", self.cert.as_ref(), &self.cert_file)?,
            key: read("key_file", self.key.as_ref(), &self.key_file)?,
        })
    }

    /// Settings for rustls. `nearby`: the target is on this machine.
    pub(super) fn client_config(&self, files: &Files, nearby: bool) -> Result<ClientConfig, Error> {
        let builder = builder().map_err(Error::Unusable)?;
        let builder = if self.verifies(nearby) {
            builder.with_root_certificates(self.authorities(files)?)
        } else {
            let provider = Arc::new(ring::default_provider());
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(AnyServer(provider)))
        };
        match (&files.cert, &files.key) {
            (None, None) => Ok(builder.with_no_client_auth()),
            (Some(cert), Some(key)) => {
                let chain = certificates("cert_file", cert, &self.cert_file)?;
                let key = PrivateKeyDer::from_pem_slice(key);
                let key = key.map_err(|source| unreadable("key_file", &self.key_file, source))?;
                builder.with_client_auth_cert(chain, key).map_err(Error::Unusable)
            }
            _ => Err(Error::HalfAPair),
        }
    }

    /// Settings by which no certificate is good.
    pub(super) fn trusting_nobody() -> Result<ClientConfig, Error> {
        let builder = builder().map_err(Error::Unusable)?;
        let nobody = builder.with_root_certificates(RootCertStore::empty());
        Ok(nobody.with_no_client_auth())
    }

    /// Whether it matters if the target is on this machine.
    pub(super) fn depends_on_nearness(&self) -> bool {
        self.verifies(false) != self.verifies(true)
    }

    fn verifies(&self, nearby: bool) -> bool {
        let skip = self.insecure_skip_verify;
        let is_plain = !self.has_authorities() && self.server_name.is_empty();
        !skip.unwrap_or(nearby && is_plain)
    }

    fn has_authorities(&self) -> bool {
        self.ca.is_some() || !self.ca_file.as_os_str().is_empty()
    }

    fn authorities(&self, files: &Files) -> Result<RootCertStore, Error> {
        let mut roots = RootCertStore::empty();
        if let Some(content) = &files.ca {
            for authority in certificates("ca_file", content, &self.ca_file)? {
                roots.add(authority).map_err(Error::Unusable)?;
            }
            return Ok(roots);
        }
        let of_user = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
        let known = of_user.into_iter().chain(AUTHORITIES.iter().map(PathBuf::from));
        let mut readable = known.filter_map(|path| Some((std::fs::read(&path).ok()?, path)));
        let (content, path) = readable.next().ok_or(Error::NoAuthorities)?;
        // A system's collection may hold certificates that are not usable here.
        roots.add_parsable_certificates(certificates("the system's authorities", &content, &path)?);
        Ok(roots)
    }
}

fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, rustls::Error> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions()
}

fn certificates(what: &'static str, content: &[u8], path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(content).collect();
    match read {
        Ok(chain) if chain.is_empty() => Err(unreadable(what, path, pem::Error::NoItemsFound)),
        Ok(chain) => Ok(chain),
        Err(source) => Err(unreadable(what, path, source)),
    }
}

fn unreadable(what: &'static str, path: &Path, source: pem::Error) -> Error {
    Error::Pem {
        what,
        path: path.to_owned(),
        source,
    }
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
    fn certificates_are_verified_unless_the_plain_target_is_nearby() {
        let plain = TlsSettings::default();
        assert!(plain.verifies(false) && !plain.verifies(true));
        let named = TlsSettings {
            server_name: "prometheus".to_owned(),
            ..TlsSettings::default()
        };
        assert!(named.verifies(true));
        for skip in [true, false] {
            let told = TlsSettings {
                insecure_skip_verify: Some(skip),
                ..TlsSettings::default()
            };
            assert_eq!((told.verifies(true), told.verifies(false)), (!skip, !skip));
        }
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_with_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, "no PEM\n").expect("ours");
        let mut settings = TlsSettings {
            ca_file: "ca.pem".into(),
            ..TlsSettings::default()
        };
        settings.resolve(folder.path());
        let config = |settings: &TlsSettings| settings.client_config(&settings.files()?, false);
        let error = config(&settings).expect_err("no PEM");
        assert_eq!(
            error.to_string(),
            format!("cannot read ca_file from {}", file.display())
        );
        let half = TlsSettings {
            key_file: file,
            ..TlsSettings::default()
        };
        assert!(matches!(
            half.client_config(&half.files().expect("readable"), true),
            Err(Error::HalfAPair)
        ));
        settings.ca_file = folder.path().join("none");
        assert!(matches!(config(&settings), Err(Error::Read { .. })));
    }
}
