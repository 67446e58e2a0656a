//! The web config file that Prometheus' programs share (`--web.config.file`): TLS, users and headers of a server.
//! It reads that file and the files it names, and reads them again when one has changed; what cannot be read then
//! leaves the last good settings in force.
//!
//! Format: the exporter-toolkit's web configuration. An empty file means plain HTTP for everybody. Whether TLS is
//! spoken is decided at the start; `http2` is read and ignored, since the server speaks HTTP/1.1 alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use hyper::StatusCode;
use hyper::header::{HeaderMap, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use rustls::ServerConfig;
use serde::Deserialize;
use tokio_rustls::TlsAcceptor;
use tracing::{error, warn};

use super::basic_auth::{self, Users, Verdict, Verdicts};
use super::busy;
use super::certificate_metrics::{CertificateMetrics, Reload};
use super::connections::Place;
use super::routes::{Answer, plain};
use super::tls::{self, ClientAuth, Held, TlsSettings};
use crate::yaml_file;

/// Headers that a file may set, as in the original.
const HEADERS: &[&str] = &[
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-XSS-Protection",
];

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    tls_server_config: Option<TlsSettings>,
    http_server_config: HttpSettings,
    basic_auth_users: Users,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct HttpSettings {
    #[serde(rename = "http2")]
    _http2: Option<bool>,
    headers: BTreeMap<String, String>,
}

/// Why a web config file is refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file itself, or its YAML.
    #[error(transparent)]
    File(#[from] yaml_file::Error),
    /// The TLS section.
    #[error("tls_server_config of {path}")]
    Tls {
        /// Which file.
        path: String,
        /// What is wrong.
        #[source]
        source: tls::Error,
    },
    /// A header that may not be set, or whose value cannot be sent.
    #[error("http_server_config of {path}: header {name:?} cannot be set")]
    Header {
        /// Which file.
        path: String,
        /// Name of the header.
        name: String,
    },
    /// A hash that bcrypt cannot have made.
    #[error("basic_auth_users of {path}: the password of {user:?} is not a bcrypt hash")]
    Hash {
        /// Which file.
        path: String,
        /// Name of the user.
        user: String,
    },
}

/// Settings of a server's listener, kept up to date.
#[derive(Default)]
pub struct WebConfig {
    source: Option<Source>,
    verdicts: Arc<Verdicts>,
    metrics: CertificateMetrics,
}

struct Source {
    origin: Origin,
    current: Mutex<Loaded>,
}

/// Where settings come from.
enum Origin {
    /// A web config file.
    File(PathBuf),
    /// Flags: TLS alone.
    Tls(Box<TlsSettings>, WithoutAuthorities),
    /// Memory: TLS alone, and never read again.
    Held,
}

/// What a server does while the file with the authorities of its clients is not there. It is used as soon as it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithoutAuthorities {
    /// No client is let in.
    Refuse,
    /// Clients need no certificate.
    Serve,
}

#[derive(Default)]
struct Loaded {
    settings: Arc<Settings>,
    stamps: Vec<Stamp>,
    /// The end of the certificate's validity.
    valid_until: Option<SystemTime>,
}

/// A file and what says that it changed: a kubelet's swap changes the modification time and the target's inode.
#[derive(PartialEq, Eq, Clone)]
struct Stamp(PathBuf, Option<(SystemTime, u64, u64)>);

#[derive(Default)]
struct Settings {
    acceptor: Option<TlsAcceptor>,
    users: Users,
    headers: HeaderMap,
}

impl WebConfig {
    /// No TLS, no users.
    pub fn none() -> Self {
        Self::default()
    }

    /// The settings of the file at `path`.
    pub fn load(path: &Path) -> Result<Self, Error> {
        Self::of(Origin::File(path.to_owned()))
    }

    /// TLS with these settings, and nothing else.
    pub fn tls(settings: TlsSettings, without_authorities: WithoutAuthorities) -> Result<Self, Error> {
        Self::of(Origin::Tls(Box::new(settings), without_authorities))
    }

    /// TLS with what `held` holds, and what `settings` say beside certificate and key.
    pub fn held(held: &Held, settings: &TlsSettings) -> Result<Self, Error> {
        let config = tls::held_config(settings, held).map_err(|source| Error::Tls {
            path: "memory".to_owned(),
            source,
        })?;
        Ok(Self::loaded(Origin::Held, Loaded::tls(config, None, Vec::new())))
    }

    /// The same, with what is known of its certificate in `metrics`.
    #[must_use]
    pub fn with_metrics(self, metrics: CertificateMetrics) -> Self {
        if let Some(source) = &self.source {
            let current = source.current.lock().unwrap_or_else(PoisonError::into_inner);
            metrics.serves(current.valid_until);
        }
        Self { metrics, ..self }
    }

    fn of(origin: Origin) -> Result<Self, Error> {
        let loaded = Loaded::read(&origin)?;
        if loaded.is_expired() {
            error!("the certificate has expired, clients that verify it will refuse it");
        }
        Ok(Self::loaded(origin, loaded))
    }

    fn loaded(origin: Origin, loaded: Loaded) -> Self {
        Self {
            source: Some(Source {
                origin,
                current: Mutex::new(loaded),
            }),
            ..Self::default()
        }
    }

    /// Whether the server speaks TLS.
    pub fn is_tls(&self) -> bool {
        self.settings().is_some_and(|settings| settings.acceptor.is_some())
    }

    pub(super) fn acceptor(&self) -> Option<TlsAcceptor> {
        self.settings()?.acceptor.clone()
    }

    /// The answer to a request that may not pass.
    pub(super) async fn refusal(&self, headers: &HeaderMap, place: &Place) -> Option<Answer> {
        let settings = self.settings()?;
        if settings.users.is_empty() {
            return None;
        }
        match basic_auth::judged(headers, &settings.users, &self.verdicts, place).await {
            Verdict::Known => return None,
            Verdict::Busy => return Some(busy(StatusCode::TOO_MANY_REQUESTS)),
            Verdict::Unknown => {}
        }
        let mut refusal = plain(StatusCode::UNAUTHORIZED, "Unauthorized");
        refusal
            .headers_mut()
            .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
        Some(refusal)
    }

    pub(super) fn add_headers(&self, answer: &mut HeaderMap) {
        if let Some(settings) = self.settings() {
            answer.extend(settings.headers.clone());
        }
    }

    /// The settings in force, read again if a file changed.
    fn settings(&self) -> Option<Arc<Settings>> {
        let source = self.source.as_ref()?;
        let mut current = source.current.lock().unwrap_or_else(PoisonError::into_inner);
        let stamps: Vec<_> = current.stamps.iter().map(|stamp| Stamp::of(stamp.0.clone())).collect();
        if stamps != current.stamps {
            match Loaded::read(&source.origin) {
                // A listener that promised TLS must not fall back to plain text, nor the other way round.
                Ok(new) if new.settings.acceptor.is_some() != current.settings.acceptor.is_some() => {
                    error!("the web config file turns TLS on or off: that needs a restart");
                    self.metrics.count(Reload::Failed);
                    current.stamps = stamps;
                }
                Ok(new) if new.is_expired() && !current.is_expired() => {
                    error!("the new certificate has expired, the last good one stays");
                    self.metrics.count(Reload::Failed);
                    current.stamps = stamps;
                }
                Ok(new) => {
                    self.metrics.count(Reload::Succeeded);
                    self.metrics.serves(new.valid_until);
                    *current = new;
                }
                Err(error) => {
                    let error: &(dyn std::error::Error + 'static) = &error;
                    error!(error, "web config file cannot be used, the last good one stays");
                    self.metrics.count(Reload::Failed);
                    current.stamps = stamps;
                }
            }
        }
        Some(current.settings.clone())
    }
}

impl Loaded {
    fn read(origin: &Origin) -> Result<Self, Error> {
        match origin {
            Origin::File(path) => Self::file(path),
            Origin::Tls(settings, without_authorities) => {
                let folder = Path::new("");
                let stamps = tls::files(settings, folder).map(Stamp::of).collect();
                let path = || settings.cert_file.display().to_string();
                let settings = as_of_now(settings, *without_authorities);
                let loaded =
                    tls::server_config(&settings, folder).map_err(|source| Error::Tls { path: path(), source })?;
                Ok(Self::tls(loaded.config, loaded.valid_until, stamps))
            }
            Origin::Held => Ok(Self::default()),
        }
    }

    /// TLS and nothing else.
    fn tls(config: ServerConfig, valid_until: Option<SystemTime>, stamps: Vec<Stamp>) -> Self {
        let settings = Settings {
            acceptor: Some(TlsAcceptor::from(Arc::new(config))),
            ..Settings::default()
        };
        Self {
            settings: Arc::new(settings),
            stamps,
            valid_until,
        }
    }

    /// Whether no client will take the certificate any more.
    fn is_expired(&self) -> bool {
        self.valid_until.is_some_and(|end| end < SystemTime::now())
    }

    fn file(path: &Path) -> Result<Self, Error> {
        let name = || path.display().to_string();
        // Taken before reading: a change in between is seen as one.
        let own = Stamp::of(path.to_owned());
        let file: Option<File> = yaml_file::read(path, "a web config")?;
        let file = file.unwrap_or_default();
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut stamps = vec![own];
        let (mut acceptor, mut valid_until) = (None, None);
        if let Some(section) = file.tls_server_config.as_ref().filter(|section| !section.is_unset()) {
            stamps.extend(tls::files(section, folder).map(Stamp::of));
            let loaded = tls::server_config(section, folder).map_err(|source| Error::Tls { path: name(), source })?;
            acceptor = Some(TlsAcceptor::from(Arc::new(loaded.config)));
            valid_until = loaded.valid_until;
        }
        if let Some((user, _)) = file
            .basic_auth_users
            .iter()
            .find(|(_, hash)| hash.parse::<bcrypt::HashParts>().is_err())
        {
            return Err(Error::Hash {
                path: name(),
                user: user.clone(),
            });
        }
        let headers = headers(&file.http_server_config.headers).map_err(|header| Error::Header {
            path: name(),
            name: header,
        })?;
        Ok(Self {
            settings: Arc::new(Settings {
                acceptor,
                users: file.basic_auth_users,
                headers,
            }),
            stamps,
            valid_until,
        })
    }
}

/// The settings, as the file with the authorities of clients is there or not.
fn as_of_now(settings: &TlsSettings, without_authorities: WithoutAuthorities) -> TlsSettings {
    let mut settings = settings.clone();
    let file = &settings.client_ca_file;
    if file.as_os_str().is_empty() || file.exists() {
        return settings;
    }
    let file = file.display().to_string();
    settings.client_ca_file = PathBuf::new();
    settings.client_auth_type = match without_authorities {
        WithoutAuthorities::Refuse => {
            warn!(file, "the client CA does not exist yet, no client is let in");
            ClientAuth::RefuseEverybody
        }
        WithoutAuthorities::Serve => {
            warn!(file, "no client CA, clients need no certificate");
            ClientAuth::NoClientCert
        }
    };
    settings
}

impl Stamp {
    fn of(path: PathBuf) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let seen = std::fs::metadata(&path)
            .ok()
            .and_then(|file| Some((file.modified().ok()?, file.ino(), file.len())));
        Self(path, seen)
    }
}

/// The headers to send, or the name of the first that cannot be sent. An empty value sends nothing.
fn headers(wanted: &BTreeMap<String, String>) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in wanted.iter().filter(|(_, value)| !value.is_empty()) {
        let known = HEADERS.contains(&name.as_str());
        let pair = HeaderName::from_bytes(name.as_bytes())
            .ok()
            .zip(HeaderValue::from_str(value).ok());
        let (name, value) = pair.filter(|_| known).ok_or_else(|| name.clone())?;
        headers.insert(name, value);
    }
    Ok(headers)
}
