//! The HTTP server of the operator: `/healthz` (supervisor, queues and election go on), `/readyz` (all controllers that can run do),
//! `/metrics`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::{Method, StatusCode};
use process::http::tls::{ClientAuth, TlsSettings, TlsVersion};
use process::http::web_config::{self, WebConfig, WithoutAuthorities};
use process::http::{BindError, Limits, Routes, Server, plain};
use process::liveness::Liveness;
use prometheus_client::registry::Registry;

use crate::args::Web;

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address.
    #[error("--web.listen-address")]
    Bind(#[from] BindError),
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

/// Binds the server. It answers when it is run.
pub(super) async fn start(
    web: &Web,
    registry: Registry,
    readiness: Readiness,
    liveness: Liveness,
) -> Result<Server, Error> {
    let routes = Routes::new()
        .liveness(liveness)
        .metrics(Arc::new(registry))
        .on(Method::GET, "/readyz", move |_| {
            let answer = match readiness.waiting() {
                None => plain(StatusCode::SERVICE_UNAVAILABLE, "no controller runs yet"),
                Some(waiting) if waiting.is_empty() => plain(StatusCode::OK, "ready"),
                Some(waiting) => plain(
                    StatusCode::SERVICE_UNAVAILABLE,
                    format!("waiting: {}", waiting.join(", ")),
                ),
            };
            std::future::ready(answer)
        });
    let config = if web.enable_tls {
        // Who names a file means it; the default is there or not, as in the original.
        let without = if web.is_client_ca_named {
            WithoutAuthorities::Refuse
        } else {
            WithoutAuthorities::Serve
        };
        WebConfig::tls(tls(web), without)?
    } else {
        WebConfig::none()
    };
    Ok(Server::bind(&web.listen_address, routes, Limits::default(), config).await?)
}

fn tls(web: &Web) -> TlsSettings {
    let words = |text: &str| {
        text.split(',')
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
