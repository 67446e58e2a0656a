//! Serves what the Secret holds, and what it will hold. Reads one Secret.

use futures::{StreamExt as _, pin_mut};
use k8s_openapi::api::core::v1::Secret;
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::watch_object;
use kube::{Api, Client};
use process::causes::Causes;
use process::http::tls::{Held, valid_until};
use process::http::{CertificateMetrics, Reload};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio_util::sync::CancellationToken;

use super::Wanted;
use super::bundle::served;

/// Puts the certificate of the Secret into `held`, again and again, until the `stop`. What cannot be served leaves the last
/// one in place.
pub async fn follow(client: Client, wanted: Wanted, held: Held, metrics: CertificateMetrics, stop: CancellationToken) {
    #[expect(clippy::disallowed_methods, reason = "the namespace is that of the operator itself")]
    let secrets: Api<Secret> = Api::namespaced(client, &wanted.namespace);
    let seen = watch_object(secrets, &wanted.secret).default_backoff();
    pin_mut!(seen);
    let mut last = Vec::new();
    while let Some(Some(seen)) = stop.run_until_cancelled(seen.next()).await {
        match seen {
            Ok(Some(secret)) => {
                let (certificate, key) = served(&secret);
                if certificate != last {
                    last = certificate.to_vec();
                    serve(&held, certificate, key, &metrics);
                }
            }
            Ok(None) => tracing::warn!(
                secret = wanted.secret,
                "waiting for the Secret with the certificate of the webhooks"
            ),
            Err(error) => {
                tracing::warn!(secret = wanted.secret, error = %Causes(&error), "cannot watch the certificates of the webhooks, trying again");
            }
        }
    }
}

fn serve(held: &Held, certificate: &[u8], key: &[u8], metrics: &CertificateMetrics) {
    match held.replace(certificate, key) {
        Ok(()) => {
            let end = CertificateDer::from_pem_slice(certificate)
                .ok()
                .as_ref()
                .and_then(valid_until);
            metrics.serves(end);
            metrics.count(Reload::Succeeded);
            tracing::info!("the webhooks serve a certificate");
        }
        Err(error) => {
            metrics.count(Reload::Failed);
            tracing::error!(error = %Causes(&error), "the certificate cannot be served, keeping the last good one");
        }
    }
}
