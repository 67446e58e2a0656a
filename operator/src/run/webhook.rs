//! The program `admission-webhook`: the webhooks alone, on a server of their own. It asks no API server for anything.

use std::sync::Arc;

use futures::future::LocalBoxFuture;
use process::http::{CertificateMetrics, Routes, Server};
use process::register::Register;
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;

use super::server::{Error, limits, web_config};
use crate::admission::{Instances, Judge, Metrics, Webhooks};
use crate::args::WebhookArgs;
use crate::settings::Settings;

/// Prefix of all metrics.
const PREFIX: &str = "prometheus_operator_admission_webhook";

/// Registers every metric of the program.
pub fn register_metrics(registry: &mut impl Register) -> (Metrics, CertificateMetrics) {
    process::build::register_info(registry, PREFIX);
    process::metrics::register(registry);
    let own = registry.sub_registry_with_prefix(PREFIX);
    (Metrics::register(own), CertificateMetrics::register(own))
}

/// Serves the webhooks until `stop`.
///
/// # Errors
/// When the address is taken, or a certificate cannot be used.
///
/// The future is boxed to be compiled with the library: a bare one has the program compile all that it calls once more.
pub fn run(args: WebhookArgs, stop: CancellationToken) -> LocalBoxFuture<'static, Result<(), Error>> {
    Box::pin(serve(args, stop))
}

async fn serve(args: WebhookArgs, stop: CancellationToken) -> Result<(), Error> {
    let mut registry = Registry::default();
    let (metrics, certificates) = register_metrics(&mut registry);
    let judgement = &args.judgement;
    let judge = Judge::new(
        judgement.name_validation_scheme.into(),
        judgement.promql_options.0,
        Settings::default(),
        Instances::default(),
    );
    let routes = Routes::new().health().metrics(Arc::new(registry));
    let routes = Webhooks::new(judge, metrics).add_to(routes, &judgement.admission_kinds);
    let config = web_config(&args.web, certificates)?;
    let tls = config.is_tls();
    let server = Server::bind(&args.web.listen_address, routes, limits(), config).await?;
    let address = server.local_address().map(|address| address.to_string());
    tracing::info!(address = address.unwrap_or(args.web.listen_address), tls, "listening");
    server.run(stop.cancelled_owned()).await;
    tracing::info!("stopped");
    Ok(())
}
