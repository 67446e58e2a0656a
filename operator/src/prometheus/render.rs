//! All objects of a Prometheus from what was observed. Pure: the same observation gives the same objects.

use std::sync::Arc;

use crds::{CommonPrometheusFields, Prometheus};
use k8s_openapi::ByteString;
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{ConfigMap, Secret, SecretKeySelector};
use kube::ResourceExt;
use shared::version::{ParseError, Version};
use shared::{gzip, yaml};

use super::config::{self, AdditionalConfigs};
use super::observe::Observed;
use super::select::{self, Selection};
use super::statefulset;
use super::{names, retention, service, validate};
use crate::assets::{Assets, TlsFiles};
use crate::invalid::Invalid;
use crate::pod::metadata::{self, Map, map};
use crate::pod::sharded_secret;
use crate::reconcile::{Desired, Notice, Rendered};
use crate::rules::{config_map_names, config_maps};
use crate::settings::Settings;
use crate::{assets, surroundings, versions, web};

/// Key of the compressed configuration in its Secret.
const CONFIG_KEY: &str = "prometheus.yaml.gz";
/// Key and content of the Secret that tells the Thanos sidecar how to reach Prometheus, which may serve with a
/// certificate for another name than `localhost`.
const THANOS_HTTP_CLIENT: (&str, &str) = (
    "prometheus.http-client-file.yaml",
    "tls_config:\n  insecure_skip_verify: true\n",
);

/// Why a Prometheus cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its version is none.
    #[error("spec.version")]
    Version(#[source] ParseError),
    /// A selector is wrong.
    #[error("selectors")]
    Selectors(#[source] Arc<Invalid>),
    /// A field is wrong, or refers to what is not there.
    #[error("specification")]
    Specification(#[source] Invalid),
    /// A Secret with additional configuration cannot be read.
    #[error("{field}")]
    Additional {
        /// The field that refers to it.
        field: &'static str,
        /// What is missing.
        #[source]
        source: assets::Error,
    },
    /// The configuration cannot be made.
    #[error("configuration")]
    Configuration(#[source] config::Error),
    /// A StatefulSet cannot be made.
    #[error("statefulset")]
    StatefulSet(#[source] statefulset::Error),
    /// Something that the pods need is not there.
    #[error(transparent)]
    Surroundings(#[from] surroundings::Error),
}

/// The objects of a Prometheus.
///
/// # Errors
/// When the Prometheus itself is wrong. A wrong monitor or rule is a rejection in the result.
pub fn render(observed: &Observed, settings: &Settings) -> Result<Rendered, Error> {
    let prometheus = &*observed.prometheus;
    let version = version(&prometheus.spec.common)?;
    observed
        .surroundings
        .check(&statefulset::selector(&prometheus.name_any(), None))?;
    let own_files = validate::check(prometheus, version, &observed.assets).map_err(Error::Specification)?;
    let candidates = observed.candidates.clone().map_err(Error::Selectors)?;
    let selection = select::validated(prometheus, version, candidates, &observed.assets);
    let prefix = format!("{}-rulefiles", names::prefixed(&prometheus.name_any()));
    let config_maps = rule_config_maps(prometheus, &prefix, &selection, settings);
    let rule_names = config_map_names(&prefix, config_maps.len());
    let mut rendered = Rendered {
        again: None,
        ..Rendered::default()
    };
    let secrets = Secrets {
        observed,
        settings,
        version,
        selection: &selection,
        own_files,
        rule_names: &rule_names,
    };
    let (secrets, tls_assets) = secrets.all(&mut rendered)?;
    let sets = stateful_sets(observed, settings, version, &rule_names, &tls_assets, &mut rendered)?;
    let retained = retention::retained(&prometheus.spec, settings.gates, &observed.excess, observed.now);
    rendered.again = retained.next;
    let untouched = std::mem::take(&mut rendered.desired.untouched);
    rendered.desired = Desired {
        secrets,
        config_maps,
        services: services(observed, settings),
        stateful_sets: sets,
        retained: retained.deadlines,
        untouched,
    };
    report(selection, &mut rendered);
    Ok(rendered)
}

fn rule_config_maps(
    prometheus: &Prometheus,
    prefix: &str,
    selection: &Selection,
    settings: &Settings,
) -> Vec<ConfigMap> {
    let name = prometheus.name_any();
    let label = ("prometheus-name", name.as_str());
    let mut config_maps = config_maps(prefix, label, &selection.rules.files);
    for config_map in &mut config_maps {
        config_map.metadata = metadata::managed(prometheus, config_map.name_any(), &map([label]), settings);
    }
    config_maps
}

/// The texts of the Secrets that the `additional…` fields select. Only a Secret that may be missing may be missing.
fn additional<'a>(prometheus: &Prometheus, assets: &'a Assets) -> Result<AdditionalConfigs<'a>, Error> {
    let namespace = prometheus.metadata.namespace.as_deref().unwrap_or_default();
    let text = |field: &'static str, selector: Option<&SecretKeySelector>| {
        let Some(selector) = selector else { return Ok(None) };
        match assets.secret(namespace, selector) {
            Ok(text) => Ok(Some(text)),
            Err(assets::Error::ObjectMissing { .. }) if selector.optional == Some(true) => Ok(None),
            Err(source) => Err(Error::Additional { field, source }),
        }
    };
    let (spec, common) = (&prometheus.spec, &prometheus.spec.common);
    Ok(AdditionalConfigs {
        scrape_configs: text(
            "spec.additionalScrapeConfigs",
            common.additional_scrape_configs.as_deref(),
        )?,
        alert_relabel_configs: text(
            "spec.additionalAlertRelabelConfigs",
            spec.additional_alert_relabel_configs.as_deref(),
        )?,
        alertmanager_configs: text(
            "spec.additionalAlertManagerConfigs",
            spec.additional_alert_manager_configs.as_deref(),
        )?,
    })
}

/// The version of Prometheus that an object asks for.
fn version(fields: &CommonPrometheusFields) -> Result<Version, Error> {
    fields
        .version
        .as_deref()
        .filter(|text| !text.is_empty())
        .map_or(Ok(versions::PROMETHEUS), Version::parse)
        .map_err(Error::Version)
}

struct Secrets<'a> {
    observed: &'a Observed,
    settings: &'a Settings,
    version: Version,
    selection: &'a Selection,
    own_files: TlsFiles,
    rule_names: &'a [String],
}

impl Secrets<'_> {
    /// All Secrets, and the names of those with TLS assets.
    fn all(&self, rendered: &mut Rendered) -> Result<(Vec<Secret>, Vec<String>), Error> {
        let prometheus = &*self.observed.prometheus;
        let name = prometheus.name_any();
        let mut secrets = Vec::new();
        if unmanaged(prometheus, self.settings) {
            rendered.notices.push(unmanaged_notice());
            if self.observed.configured {
                rendered.desired.untouched.push(names::prefixed(&name));
            } else {
                secrets.push(self.secret(names::prefixed(&name), CONFIG_KEY, gzip::compress(b"")));
            }
        } else {
            let configuration = self.configuration(rendered)?;
            secrets.push(self.secret(
                names::prefixed(&name),
                CONFIG_KEY,
                gzip::compress(configuration.as_bytes()),
            ));
        }
        let mut files = self.own_files.clone();
        files.extend(self.selection.tls_files.clone());
        let files = files
            .iter()
            .map(|(file, content)| (file.to_owned(), content.as_bytes().to_vec()))
            .collect();
        let metadata = metadata::managed(prometheus, names::tls_assets(&name), &Map::new(), self.settings);
        let tls_assets = sharded_secret::secrets(&metadata, files);
        let tls_names = tls_assets.iter().map(ResourceExt::name_any).collect();
        secrets.extend(tls_assets);
        let web_config = web::config(
            prometheus.spec.common.web.as_ref().map(|web| &web.config_file),
            names::WEB_CONFIG_DIRECTORY,
        );
        secrets.push(self.secret(names::web_config(&name), web::FILE, web_config.into_bytes()));
        let (key, content) = THANOS_HTTP_CLIENT;
        secrets.push(self.secret(names::thanos_http_client(&name), key, content.into()));
        Ok((secrets, tls_names))
    }

    fn configuration(&self, rendered: &mut Rendered) -> Result<String, Error> {
        let Observed { prometheus, assets, .. } = self.observed;
        let configuration = config::server_configuration(&config::Input {
            prometheus,
            version: self.version,
            service_monitors: &self.selection.service_monitors,
            pod_monitors: &self.selection.pod_monitors,
            rule_config_maps: self.rule_names,
            additional: additional(prometheus, assets)?,
            assets,
            settings: self.settings,
        })
        .map_err(Error::Configuration)?;
        let dropped = configuration
            .dropped
            .iter()
            .map(|dropped| format!("{}: {}", dropped.part, dropped.field));
        rendered.dropped.extend(dropped);
        Ok(yaml::to_string(&configuration.document))
    }

    fn secret(&self, name: String, key: &str, content: Vec<u8>) -> Secret {
        Secret {
            metadata: metadata::managed(&*self.observed.prometheus, name, &Map::new(), self.settings),
            data: Some([(key.to_owned(), ByteString(content))].into()),
            ..Secret::default()
        }
    }
}

/// Whether the user keeps the configuration by hand.
fn unmanaged(prometheus: &Prometheus, settings: &Settings) -> bool {
    let common = &prometheus.spec.common;
    !settings.unmanaged_configuration_disabled
        && common.service_monitor_selector.is_none()
        && common.pod_monitor_selector.is_none()
        && common.probe_selector.is_none()
        && common.scrape_config_selector.is_none()
}

fn unmanaged_notice() -> Notice {
    Notice {
        reason: "ConfigurationUnmanaged",
        message: "the configuration Secret is left to the user, because none of serviceMonitorSelector, \
                  podMonitorSelector, probeSelector and scrapeConfigSelector is set; this mode is deprecated, use \
                  additionalScrapeConfigs instead, and --disable-unmanaged-prometheus-configuration to turn it off"
            .to_owned(),
    }
}

fn services(observed: &Observed, settings: &Settings) -> Vec<k8s_openapi::api::core::v1::Service> {
    if observed.prometheus.spec.common.service_name.is_some() {
        return Vec::new();
    }
    let sharing: Vec<&Prometheus> = observed
        .neighbours
        .iter()
        .map(|neighbour| &**neighbour)
        .filter(|neighbour| neighbour.spec.common.service_name.is_none())
        .collect();
    vec![service::governing(&sharing, settings)]
}

fn stateful_sets(
    observed: &Observed,
    settings: &Settings,
    version: Version,
    rule_config_maps: &[String],
    tls_assets: &[String],
    rendered: &mut Rendered,
) -> Result<Vec<StatefulSet>, Error> {
    let prometheus = &*observed.prometheus;
    let mut sets = Vec::new();
    for (shard, name) in (0..).zip(names::stateful_sets(prometheus)) {
        let set = statefulset::stateful_set(&statefulset::Input {
            prometheus,
            version,
            settings,
            name: &name,
            shard,
            rule_config_maps,
            tls_assets,
            // The applier fills it in: it is the hash of this very object.
            input_hash: "",
        })
        .map_err(Error::StatefulSet)?;
        if shard == 0 {
            rendered.dropped.extend(set.dropped.iter().map(ToString::to_string));
        }
        sets.push(set.stateful_set);
    }
    Ok(sets)
}

fn report(selection: Selection, rendered: &mut Rendered) {
    let Selection {
        service_monitors,
        pod_monitors,
        rules,
        rejections,
        tls_files: _,
    } = selection;
    rendered.selected = vec![
        ("ServiceMonitor", service_monitors.len()),
        ("PodMonitor", pod_monitors.len()),
        ("PrometheusRule", rules.objects),
    ];
    rendered.dropped.extend(
        rules
            .dropped
            .iter()
            .map(|(object, dropped)| format!("PrometheusRule {object}: {dropped}")),
    );
    if rejections.is_empty() && rendered.selected.iter().all(|(_, count)| *count == 0) && rendered.notices.is_empty() {
        rendered.notices.push(Notice {
            reason: "NoSelectedResources",
            message: "no ServiceMonitor, PodMonitor or PrometheusRule is selected".to_owned(),
        });
    }
    rendered.rejections = rejections;
}
