//! The HTTP server of the operator: `/healthz` (supervisor, queues and election go on), `/readyz` (all controllers that can run do),
//! `/metrics`, and the webhooks. What it has in common with the program `admission-webhook` is here, too.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::{Method, StatusCode};
use process::http::tls::{ClientAuth, Held, TlsSettings, TlsVersion};
use process::http::web_config::{self, WebConfig, WithoutAuthorities};
use process::http::{BindError, CertificateMetrics, Limits, Routes, Server, plain};
use process::liveness::Liveness;
use prometheus_client::registry::Registry;

use crate::admission::Webhooks;
use crate::admission::routes::{LONGEST, ROOM};
use crate::args::{Names, Web};

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address.
    #[error("--web.listen-address")]
    Bind(#[from] BindError),
    /// The address of the webhooks.
    #[error("--admission-listen-address")]
    BindWebhooks(#[source] BindError),
    /// A server of webhooks needs a certificate.
    #[error("--admission-listen-address requires --admission-certificate-secret")]
    NoSecret,
    /// The certificate or another TLS setting.
    #[error("--web.enable-tls")]
    Tls(#[from] web_config::Error),
}

/// Which controllers are ready, for `/readyz`.
#[derive(Debug, Clone, Default)]
pub(super) struct Readiness(Arc<Mutex<BTreeMap<&'static str, bool>>>);

impl Readiness {
    /// Notes that a controller waits (`false`) or works.
    pub(super) fn set(&self, controller: &'static str, ready: bool) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(controller, ready);
    }

    /// Controllers that are not ready; `None` before any was started.
    fn waiting(&self) -> Option<Vec<&'static str>> {
        let controllers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = controllers
            .iter()
            .filter(|(_, ready)| !**ready)
            .map(|(name, _)| *name)
            .collect();
        (!controllers.is_empty()).then_some(waiting)
    }
}

/// What the server shows beside the health of the process.
pub(super) struct Shown {
    pub(super) registry: Registry,
    pub(super) certificates: CertificateMetrics,
    pub(super) webhooks: Arc<Webhooks>,
    /// Kinds for which there are more webhooks.
    pub(super) kinds: Names,
}

/// Binds the server. It answers when it is run.
pub(super) async fn start(web: &Web, shown: Shown, readiness: Readiness, liveness: Liveness) -> Result<Server, Error> {
    let routes =
        Routes::new()
            .liveness(liveness)
            .metrics(Arc::new(shown.registry))
            .on(Method::GET, "/readyz", move |_| {
                let answer = match readiness.waiting() {
                    None => plain(StatusCode::SERVICE_UNAVAILABLE, "no controller is running yet"),
                    Some(waiting) if waiting.is_empty() => plain(StatusCode::OK, "ready"),
                    Some(waiting) => plain(
                        StatusCode::SERVICE_UNAVAILABLE,
                        format!("waiting: {}", waiting.join(", ")),
                    ),
                };
                std::future::ready(answer)
            });
    let routes = shown.webhooks.add_to(routes, &shown.kinds);
    let config = web_config(web, shown.certificates)?;
    Ok(Server::bind(&web.listen_address, routes, limits(), config).await?)
}

/// Binds a server of webhooks alone, with the certificate that is `held`.
pub(super) async fn start_webhooks(
    address: &str,
    web: &Web,
    held: &Held,
    webhooks: &Arc<Webhooks>,
    kinds: &Names,
) -> Result<Server, Error> {
    let settings = TlsSettings {
        client_ca_file: PathBuf::new(),
        client_auth_type: ClientAuth::NoClientCert,
        ..tls(web)
    };
    let config = WebConfig::held(held, &settings)?;
    let routes = webhooks.add_to(Routes::new().health(), kinds);
    let bound = Server::bind(address, routes, limits(), config).await;
    bound.map_err(Error::BindWebhooks)
}

/// Those of a server that takes reviews. An API server has a connection for each question at a time, and one peer may have a
/// part of all connections only.
pub(super) fn limits() -> Limits {
    Limits {
        body: LONGEST,
        bodies: ROOM,
        connections: 1024,
        ..Limits::default()
    }
}

/// How the server is reached.
pub(super) fn web_config(web: &Web, metrics: CertificateMetrics) -> Result<WebConfig, Error> {
    if !web.enable_tls {
        return Ok(WebConfig::none());
    }
    if web.cert_file.as_os_str().is_empty() && web.key_file.as_os_str().is_empty() {
        tracing::warn!("neither a certificate nor a key is configured, TLS is off");
        return Ok(WebConfig::none());
    }
    // Who names a file means it; the default is there or not, as in the original.
    let without = if web.is_client_ca_named {
        WithoutAuthorities::Refuse
    } else {
        WithoutAuthorities::Serve
    };
    Ok(WebConfig::tls(tls(web), without)?.with_metrics(metrics))
}

fn tls(web: &Web) -> TlsSettings {
    let words = |text: &str| {
        text.split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    TlsSettings {
        cert_file: web.cert_file.clone(),
        key_file: web.key_file.clone(),
        client_ca_file: web.client_ca_file.clone(),
        client_auth_type: ClientAuth::RequireAndVerifyClientCert,
        min_version: Some(if web.tls_min_version == "VersionTLS12" {
            TlsVersion::Tls12
        } else {
            TlsVersion::Tls13
        }),
        cipher_suites: words(&web.tls_cipher_suites),
        curve_preferences: words(&web.tls_curves),
        ..TlsSettings::default()
    }
}
