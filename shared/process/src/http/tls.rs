//! TLS for servers: rustls settings out of the `tls_server_config` section that Prometheus' programs share.
//! It reads the certificate files when asked to; nothing is kept between two calls, but for what is in a [`Held`].
//!
//! Keys, words and defaults: the exporter-toolkit's web configuration. TLS 1.2 and 1.3 only: older minimums are read
//! as 1.2. Cipher suites choose among those of TLS 1.2 that rustls has; unknown ones are left out.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, ResolvesServerCert, VerifierBuilderError, WebPkiClientVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    DigitallySignedStruct, DistinguishedName, NamedGroup, RootCertStore, ServerConfig, SignatureScheme,
    SupportedProtocolVersion, version,
};
use serde::Deserialize;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

/// The section `tls_server_config`. Relative paths count from the folder of the file that holds it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsSettings {
    /// PEM file with the server's certificate and its chain.
    pub cert_file: PathBuf,
    /// PEM file with the key of the certificate.
    pub key_file: PathBuf,
    /// The certificate itself, instead of a file.
    pub cert: String,
    /// The key itself, instead of a file.
    pub key: Secret,
    /// What is asked of clients.
    pub client_auth_type: ClientAuth,
    /// PEM file with the authorities of client certificates.
    pub client_ca_file: PathBuf,
    /// The authorities themselves, instead of a file.
    pub client_ca: String,
    /// Lowest version spoken.
    pub min_version: Option<TlsVersion>,
    /// Highest version spoken.
    pub max_version: Option<TlsVersion>,
    /// Suites of TLS 1.2, by their IANA names; empty: all.
    pub cipher_suites: Vec<String>,
    /// Curves by Go's names, in order of preference; empty: all.
    pub curve_preferences: Vec<String>,
    /// Read and ignored, as in Go: the library chooses the order.
    pub prefer_server_cipher_suites: Option<bool>,
}

impl TlsSettings {
    /// Whether the section asks for nothing, which means plain HTTP.
    pub fn is_unset(&self) -> bool {
        let files = [&self.cert_file, &self.key_file, &self.client_ca_file];
        let texts = [&self.cert, &self.key.0, &self.client_ca];
        files.iter().all(|file| file.as_os_str().is_empty())
            && texts.iter().all(|text| text.is_empty())
            && self.client_auth_type == ClientAuth::NoClientCert
    }
}

/// A text that must not be printed.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("<secret>")
    }
}

/// What a server asks of its clients; the words are those of Go's `crypto/tls`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum ClientAuth {
    /// No certificate is asked for.
    #[default]
    #[serde(alias = "")]
    NoClientCert,
    /// One is asked for; any or none will do.
    RequestClientCert,
    /// One is needed; any will do.
    #[serde(alias = "RequireClientCert")]
    RequireAnyClientCert,
    /// None is needed; one that is given must be valid.
    VerifyClientCertIfGiven,
    /// A valid one is needed.
    RequireAndVerifyClientCert,
    /// None is valid, since nobody knows yet who may sign them.
    #[serde(skip)]
    RefuseEverybody,
}

/// Versions of TLS that a user may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum TlsVersion {
    /// TLS 1.0, not spoken.
    #[serde(rename = "TLS10")]
    Tls10,
    /// TLS 1.1, not spoken.
    #[serde(rename = "TLS11")]
    Tls11,
    /// TLS 1.2.
    #[serde(rename = "TLS12")]
    Tls12,
    /// TLS 1.3.
    #[serde(rename = "TLS13")]
    Tls13,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A part that cannot be left out.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A file or text that holds no PEM.
    #[error("cannot read {what} from {origin}")]
    Pem {
        /// Which setting.
        what: &'static str,
        /// Path, or `the web config` for what is in it.
        origin: String,
        /// The reader's own words.
        #[source]
        source: pem::Error,
    },
    /// Authorities for clients that nobody asks for a certificate.
    #[error("client_ca_file is set, but client_auth_type verifies no certificate")]
    UnusedAuthorities,
    /// No version lies between the two bounds.
    #[error("neither TLS 1.2 nor TLS 1.3 is between min_version and max_version")]
    NoVersion,
    /// Names of suites or curves of which none is known.
    #[error("none of the {0} is supported")]
    NoneKnown(&'static str),
    /// An authority that cannot be used.
    #[error("client_ca_file holds an unusable certificate")]
    Authority(#[source] rustls::Error),
    /// The authorities as a whole.
    #[error("cannot verify client certificates")]
    Verifier(#[source] VerifierBuilderError),
    /// Certificate and key do not fit.
    #[error("the certificate and its key cannot be used")]
    Certificate(#[source] rustls::Error),
    /// Versions and suites exclude each other.
    #[error("no cipher suite is left for the enabled TLS versions")]
    Versions(#[source] rustls::Error),
}

/// Settings for rustls, and until when its certificate is valid.
pub struct Loaded {
    /// The settings.
    pub config: ServerConfig,
    /// The end of the certificate's validity; unknown of what is not read as X.509.
    pub valid_until: Option<SystemTime>,
}

/// Settings for rustls, from the files as they are now. Paths are relative to `folder`.
pub fn server_config(settings: &TlsSettings, folder: &Path) -> Result<Loaded, Error> {
    let chain = certificates("cert_file", &settings.cert, &settings.cert_file, folder)?;
    let key = private_key(settings, folder)?;
    let valid_until = chain.first().and_then(valid_until);
    let provider = Arc::new(provider(settings)?);
    let pair = CertifiedKey::from_der(chain, key, &provider).map_err(Error::Certificate)?;
    let config = resolving(settings, folder, provider, Arc::new(SingleCertAndKey::from(pair)))?;
    Ok(Loaded { config, valid_until })
}

/// Settings for rustls that serve what `held` holds, whatever certificate and key `settings` name.
pub fn held_config(settings: &TlsSettings, held: &Held) -> Result<ServerConfig, Error> {
    let provider = Arc::new(provider(settings)?);
    resolving(settings, Path::new(""), provider, Arc::new(held.clone()))
}

/// A certificate and its key that may be replaced while they are served; none at first, and then no handshake succeeds.
/// A copy holds the same.
#[derive(Clone, Default)]
pub struct Held(Arc<RwLock<Option<Arc<CertifiedKey>>>>);

impl std::fmt::Debug for Held {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Held").finish_non_exhaustive()
    }
}

impl Held {
    /// Serves this chain and key, both in PEM form, from the next handshake on.
    ///
    /// # Errors
    /// When they are none, or do not belong together; what was served before stays.
    pub fn replace(&self, chain: &[u8], key: &[u8]) -> Result<(), Error> {
        let broken = |what| {
            move |source| Error::Pem {
                what,
                origin: "memory".to_owned(),
                source,
            }
        };
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain).collect();
        let chain = chain.map_err(broken("certificate"))?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(broken("key"))?;
        let provider = rustls::crypto::ring::default_provider();
        let pair = CertifiedKey::from_der(chain, key, &provider).map_err(Error::Certificate)?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(pair));
        Ok(())
    }
}

impl ResolvesServerCert for Held {
    fn resolve(&self, _client_hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The end of a certificate's validity.
pub fn valid_until(certificate: &CertificateDer<'_>) -> Option<SystemTime> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let end = certificate.tbs_certificate().validity().not_after;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(end.to_unix_duration().as_secs()))
}

fn resolving(
    settings: &TlsSettings,
    folder: &Path,
    provider: Arc<CryptoProvider>,
    pair: Arc<dyn ResolvesServerCert>,
) -> Result<ServerConfig, Error> {
    let verifier = client_verifier(settings, folder, &provider)?;
    let builder = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&versions(settings)?)
        .map_err(Error::Versions)?;
    let builder = match verifier {
        Some(verifier) => builder.with_client_cert_verifier(verifier),
        None => builder.with_no_client_auth(),
    };
    let mut config = builder.with_cert_resolver(pair);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// The files that [`server_config`] reads.
pub fn files<'a>(settings: &'a TlsSettings, folder: &'a Path) -> impl Iterator<Item = PathBuf> + 'a {
    let files = [&settings.cert_file, &settings.key_file, &settings.client_ca_file];
    files
        .into_iter()
        .filter(|file| !file.as_os_str().is_empty())
        .map(move |file| folder.join(file))
}

fn certificates(
    what: &'static str,
    inline: &str,
    file: &Path,
    folder: &Path,
) -> Result<Vec<CertificateDer<'static>>, Error> {
    let (read, origin) = match (inline.is_empty(), file.as_os_str().is_empty()) {
        (false, _) => (
            CertificateDer::pem_slice_iter(inline.as_bytes()).collect(),
            "the web config".to_owned(),
        ),
        (true, true) => return Err(Error::Missing(what)),
        (true, false) => {
            let path = folder.join(file);
            (
                CertificateDer::pem_file_iter(&path).and_then(Iterator::collect),
                path.display().to_string(),
            )
        }
    };
    let read: Result<Vec<_>, _> = read;
    match read {
        Ok(chain) if chain.is_empty() => Err(Error::Pem {
            what,
            origin,
            source: pem::Error::NoItemsFound,
        }),
        Ok(chain) => Ok(chain),
        Err(source) => Err(Error::Pem { what, origin, source }),
    }
}

fn private_key(settings: &TlsSettings, folder: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    let (what, inline) = ("key_file", &settings.key.0);
    let (read, origin) = match (inline.is_empty(), settings.key_file.as_os_str().is_empty()) {
        (false, _) => (
            PrivateKeyDer::from_pem_slice(inline.as_bytes()),
            "the web config".to_owned(),
        ),
        (true, true) => return Err(Error::Missing(what)),
        (true, false) => {
            let path = folder.join(&settings.key_file);
            (PrivateKeyDer::from_pem_file(&path), path.display().to_string())
        }
    };
    read.map_err(|source| Error::Pem { what, origin, source })
}

fn provider(settings: &TlsSettings) -> Result<CryptoProvider, Error> {
    let mut provider = rustls::crypto::ring::default_provider();
    if !settings.cipher_suites.is_empty() {
        let wanted = |name: &str| settings.cipher_suites.iter().any(|suite| suite == name);
        let name = |suite: &rustls::SupportedCipherSuite| format!("{:?}", suite.suite());
        if !provider.cipher_suites.iter().any(|suite| wanted(&name(suite))) {
            return Err(Error::NoneKnown("cipher_suites"));
        }
        provider
            .cipher_suites
            .retain(|suite| suite.tls13().is_some() || wanted(&name(suite)));
    }
    if !settings.curve_preferences.is_empty() {
        let curves: Vec<_> = settings
            .curve_preferences
            .iter()
            .filter_map(|name| named_group(name))
            .collect();
        let group = |curve: &NamedGroup| provider.kx_groups.iter().find(|group| group.name() == *curve).copied();
        provider.kx_groups = curves.iter().filter_map(group).collect();
        if provider.kx_groups.is_empty() {
            return Err(Error::NoneKnown("curve_preferences"));
        }
    }
    Ok(provider)
}

fn named_group(go_name: &str) -> Option<NamedGroup> {
    match go_name {
        "CurveP256" => Some(NamedGroup::secp256r1),
        "CurveP384" => Some(NamedGroup::secp384r1),
        "CurveP521" => Some(NamedGroup::secp521r1),
        "X25519" => Some(NamedGroup::X25519),
        _ => None,
    }
}

fn versions(settings: &TlsSettings) -> Result<Vec<&'static SupportedProtocolVersion>, Error> {
    let minimum = settings.min_version.unwrap_or(TlsVersion::Tls12);
    let maximum = settings.max_version.unwrap_or(TlsVersion::Tls13);
    let spoken = [
        (TlsVersion::Tls12, &version::TLS12),
        (TlsVersion::Tls13, &version::TLS13),
    ];
    let left: Vec<_> = spoken
        .into_iter()
        .filter(|(v, _)| (minimum..=maximum).contains(v))
        .map(|(_, v)| v)
        .collect();
    if left.is_empty() {
        Err(Error::NoVersion)
    } else {
        Ok(left)
    }
}

fn client_verifier(
    settings: &TlsSettings,
    folder: &Path,
    provider: &Arc<CryptoProvider>,
) -> Result<Option<Arc<dyn ClientCertVerifier>>, Error> {
    let has_authorities = !(settings.client_ca.is_empty() && settings.client_ca_file.as_os_str().is_empty());
    let mandatory = match settings.client_auth_type {
        ClientAuth::NoClientCert if has_authorities => return Err(Error::UnusedAuthorities),
        ClientAuth::NoClientCert => return Ok(None),
        ClientAuth::RequestClientCert | ClientAuth::RequireAnyClientCert => {
            let mandatory = settings.client_auth_type == ClientAuth::RequireAnyClientCert;
            let algorithms = provider.signature_verification_algorithms;
            return Ok(Some(Arc::new(Unverified {
                is_mandatory: mandatory,
                is_refused: false,
                algorithms,
            })));
        }
        ClientAuth::RefuseEverybody => {
            let algorithms = provider.signature_verification_algorithms;
            return Ok(Some(Arc::new(Unverified {
                is_mandatory: true,
                is_refused: true,
                algorithms,
            })));
        }
        ClientAuth::VerifyClientCertIfGiven => false,
        ClientAuth::RequireAndVerifyClientCert => true,
    };
    let mut roots = RootCertStore::empty();
    for authority in certificates("client_ca_file", &settings.client_ca, &settings.client_ca_file, folder)? {
        roots.add(authority).map_err(Error::Authority)?;
    }
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    let builder = if mandatory {
        builder
    } else {
        builder.allow_unauthenticated()
    };
    builder
        .build()
        .map(|verifier| Some(verifier as Arc<dyn ClientCertVerifier>))
        .map_err(Error::Verifier)
}

/// Takes every client certificate whose key the client proves to have, as Go's two modes that do not verify; or none.
#[derive(Debug)]
struct Unverified {
    is_mandatory: bool,
    is_refused: bool,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ClientCertVerifier for Unverified {
    fn client_auth_mandatory(&self) -> bool {
        self.is_mandatory
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if self.is_refused {
            return Err(rustls::CertificateError::UnknownIssuer.into());
        }
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
