//! The Secrets of a Prometheus, server or agent: configuration, TLS files, web configuration, and how the Thanos sidecar of a
//! server reaches it. Pure.

use std::collections::BTreeMap;

use formats::gzip;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{Secret, SecretKeySelector};
use kube::ResourceExt;

use super::config::AdditionalConfigs;
use super::error::Error;
use super::instance::Instance;
use super::names;
use super::observe::Observed;
use crate::assets::{Assets, Reference, TlsFiles};
use crate::object::ObjectKey;
use crate::pod::changed_at;
use crate::pod::metadata::{self, Map};
use crate::pod::sharded_secret;
use crate::pod::web::own_user::http_client;
use crate::pod::web::users::{self, Users};
use crate::reconcile::{Notice, Rendered};
use crate::settings::Settings;

/// Key of the compressed configuration in its Secret.
pub(super) const CONFIG_KEY: &str = "prometheus.yaml.gz";

/// What the Secrets are made from.
pub(super) struct Secrets<'a> {
    pub(super) observed: &'a Observed,
    pub(super) settings: &'a Settings,
    /// The compressed configuration, or nothing where what is there is left alone.
    pub(super) configuration: Option<Vec<u8>>,
    /// Files with jobs that the configuration has no room for, with their numbers.
    pub(super) job_files: Vec<(usize, Vec<u8>)>,
    /// Certificates and keys for the pods.
    pub(super) tls_files: TlsFiles,
    /// Who may log in.
    pub(super) users: Option<Users<'a>>,
}

impl Secrets<'_> {
    /// All Secrets, and the names of those with TLS assets.
    pub(super) fn all(mut self, rendered: &mut Rendered) -> (Vec<Secret>, Vec<String>) {
        let instance = self.observed.object.instance();
        let mut secrets = Vec::new();
        // Ahead of the configuration that names them.
        for (number, file) in std::mem::take(&mut self.job_files) {
            secrets.push(self.timed(
                names::job_file_secret(&instance, number),
                &names::job_file(number),
                file,
            ));
        }
        match self.configuration.take() {
            Some(configuration) => secrets.push(self.timed(names::prefixed(&instance), CONFIG_KEY, configuration)),
            None if self.observed.configured => rendered.desired.untouched.push(names::prefixed(&instance)),
            None => secrets.push(self.timed(names::prefixed(&instance), CONFIG_KEY, gzip::compress(b""))),
        }
        let files = (self.tls_files.contents(&self.observed.assets))
            .map(|(file, content)| (file.to_owned(), content.as_bytes().to_vec()))
            .collect();
        let metadata = metadata::managed(&instance, names::tls_assets(&instance), &Map::new(), self.settings);
        let tls_assets = sharded_secret::secrets(&metadata, files);
        let tls_names = tls_assets.iter().map(ResourceExt::name_any).collect();
        secrets.extend(tls_assets);
        let web_config = users::data(instance.web(), self.users.as_ref(), names::WEB_CONFIG_DIRECTORY);
        secrets.push(self.of_data(names::web_config(&instance), web_config));
        if instance.server().is_some() {
            let name = names::thanos_http_client(&instance);
            let client = http_client(instance.web(), names::WEB_CONFIG_DIRECTORY);
            secrets.push(self.secret(name, names::THANOS_HTTP_CLIENT_FILE, client.into_bytes()));
        }
        (secrets, tls_names)
    }

    /// One that the config-reloader watches.
    fn timed(&self, name: String, key: &str, content: Vec<u8>) -> Secret {
        let mut secret = self.secret(name, key, content);
        changed_at::make_room(self.settings.changes_timed, &mut secret.data);
        secret
    }

    fn secret(&self, name: String, key: &str, content: Vec<u8>) -> Secret {
        self.of_data(name, [(key.to_owned(), ByteString(content))].into())
    }

    fn of_data(&self, name: String, data: BTreeMap<String, ByteString>) -> Secret {
        Secret {
            metadata: metadata::managed(&self.observed.object.instance(), name, &Map::new(), self.settings),
            data: Some(data),
            ..Secret::default()
        }
    }
}

/// Whether the user keeps the configuration by hand, as the first servers let them.
pub(super) fn unmanaged(instance: &Instance<'_>, settings: &Settings) -> bool {
    let common = instance.common;
    instance.server().is_some()
        && !settings.unmanaged_configuration_disabled
        && common.service_monitor_selector.is_none()
        && common.pod_monitor_selector.is_none()
        && common.probe_selector.is_none()
        && common.scrape_config_selector.is_none()
}

/// Reports that.
pub(super) fn unmanaged_notice() -> Notice {
    Notice::new(
        "ConfigurationUnmanaged",
        "the user manages the configuration Secret, because none of serviceMonitorSelector, \
                  podMonitorSelector, probeSelector and scrapeConfigSelector is set; this mode is deprecated, use \
                  additionalScrapeConfigs instead, and --disable-unmanaged-prometheus-configuration to turn it off",
    )
}

/// Reports that jobs move into further Secrets, and that pods are restarted for it.
pub(super) fn rolling_out_notice() -> Notice {
    Notice::new(
        "ConfigurationRollingOut",
        "the configuration has outgrown its Secret, and jobs move into further ones; the pods are restarted to \
                  mount these, and keep the last configuration until all of them do",
    )
}

/// The texts of the Secrets that the `additional…` fields select. Only what is optional may be missing.
pub(super) fn additional<'a>(instance: &Instance<'_>, assets: &'a Assets) -> Result<AdditionalConfigs<'a>, Error> {
    let namespace = instance.namespace();
    let text = |field: &'static str, selector: Option<&SecretKeySelector>| {
        let Some(selector) = selector else { return Ok(None) };
        let reference = Reference::secret(ObjectKey::new(namespace, selector.name.as_str()));
        if reference.is_ok_and(|reference| assets.is_placeholder(&reference)) {
            return Ok(None);
        }
        (assets.optional_secret(namespace, selector)).map_err(|source| Error::Additional { field, source })
    };
    let (server, common) = (instance.server(), instance.common);
    Ok(AdditionalConfigs {
        scrape_configs: text(
            "spec.additionalScrapeConfigs",
            common.additional_scrape_configs.as_deref(),
        )?,
        alert_relabel_configs: text(
            "spec.additionalAlertRelabelConfigs",
            server.and_then(|server| server.additional_alert_relabel_configs.as_deref()),
        )?,
        alertmanager_configs: text(
            "spec.additionalAlertManagerConfigs",
            server.and_then(|server| server.additional_alert_manager_configs.as_deref()),
        )?,
    })
}
