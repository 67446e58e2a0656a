//! All objects of a Thanos Ruler from what was observed. Pure: the same observation gives the same objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::{ThanosRuler, ThanosRulerSpec};
use formats::version::{ParseError, Version};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{Secret, Service};
use kube::ResourceExt;

use super::observe::Observed;
use super::remote_write::{self, RemoteWrite, remote_write};
use super::{config_file, names, service, statefulset};
use crate::check::invalid::Invalid;
use crate::object::{ConfigKind, ObjectKey};
use crate::pod::metadata::{self, Map};
use crate::pod::sharded_secret;
use crate::pod::web::users::{self, Program, Users};
use crate::reconcile::{Desired, Notice, Rendered};
use crate::rules::{RuleFileCache, RuleFiles, RuleTarget, config_map_names};
use crate::settings::Settings;
use crate::{pod::requirements, pod::web, settings::versions};

/// Why a Thanos Ruler cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its version is none.
    #[error("spec.version")]
    Version(#[source] ParseError),
    /// It has nobody to ask for samples.
    #[error("spec.queryEndpoints: required unless spec.queryConfig is set")]
    NoQuery,
    /// A selector is wrong.
    #[error(transparent)]
    Selectors(Arc<Invalid>),
    /// It cannot write as it shall.
    #[error(transparent)]
    RemoteWrite(#[from] remote_write::Error),
    /// It cannot serve TLS, or ask for passwords, as it shall.
    #[error("spec.{0}")]
    Web(Invalid),
    /// Something that the pods need is not there.
    #[error(transparent)]
    Requirements(#[from] requirements::Error),
    /// The StatefulSet cannot be made.
    #[error(transparent)]
    StatefulSet(statefulset::Error),
}

/// The objects of a Thanos Ruler.
///
/// # Errors
/// When the Thanos Ruler itself is wrong. A wrong rule is a rejection in the result.
pub fn render(observed: &Observed, settings: &Settings, cache: &mut RuleFileCache) -> Result<Rendered, Error> {
    let thanos_ruler = &*observed.thanos_ruler;
    let name = thanos_ruler.name_any();
    let version = version(thanos_ruler)?;
    if config_file::QUERY.path(&thanos_ruler.spec).is_none() && thanos_ruler.spec.query_endpoints.is_empty() {
        return Err(Error::NoQuery);
    }
    web::check::check(thanos_ruler.spec.web.as_deref()).map_err(Error::Web)?;
    let users = users(observed, version, settings).map_err(Error::Web)?;
    observed.requirements.check(&statefulset::selector(&name))?;
    let remote_write = remote_write(thanos_ruler, version, &observed.assets)?;
    let rules = (observed.rules.as_ref()).map_err(|invalid| Error::Selectors(invalid.clone()))?;
    let target = RuleTarget::thanos_ruler(&thanos_ruler.spec, version).with_settings(settings);
    let (rules, mut rejections, _) = cache.rule_files(&target, rules);
    rejections.sort();
    let prefix = names::rule_files(&name);
    let config_maps = cache.managed_config_maps(thanos_ruler, &prefix, names::RULES_LABEL, &rules, settings);
    let tls_assets = tls_assets(observed, &remote_write, settings);
    let set = statefulset::stateful_set(&statefulset::Input {
        thanos_ruler,
        version,
        settings,
        rule_config_maps: &config_map_names(&prefix, config_maps.len()),
        tls_assets: &tls_assets.iter().map(ResourceExt::name_any).collect::<Vec<String>>(),
        // The applier fills it in: it is the hash of this very object.
        input_hash: "",
    })
    .map_err(Error::StatefulSet)?;
    let mut secrets = own_secrets(thanos_ruler, &remote_write, users.as_ref(), settings);
    secrets.extend(tls_assets);
    let mut dropped: Vec<String> = set.dropped.iter().map(ToString::to_string).collect();
    dropped.extend(remote_write.dropped);
    dropped.extend((rules.dropped.iter()).map(|(object, dropped)| format!("PrometheusRule {object}: {dropped}")));
    Ok(Rendered {
        desired: Desired {
            secrets,
            config_maps,
            services: services(observed, settings),
            stateful_sets: vec![set.stateful_set],
            ..Desired::default()
        },
        notices: notices(&observed.thanos_ruler.spec, &rules, rejections.is_empty()),
        rejections,
        dropped,
        selected: vec![(ConfigKind::PrometheusRule, rules.objects)],
        again: None,
    })
}

/// The version of Thanos that an object asks for.
pub fn version(thanos_ruler: &ThanosRuler) -> Result<Version, Error> {
    let text = thanos_ruler.spec.version.as_deref().filter(|text| !text.is_empty());
    text.map_or(Ok(versions::THANOS), Version::parse)
        .map_err(Error::Version)
}

/// The Secrets with the certificates and keys of the remote-write targets.
fn tls_assets(observed: &Observed, remote_write: &RemoteWrite, settings: &Settings) -> Vec<Secret> {
    let thanos_ruler = &*observed.thanos_ruler;
    let name = names::tls_assets(&thanos_ruler.name_any());
    let contents = remote_write.tls_files.contents(&observed.assets);
    let files = contents.map(|(file, content)| (file.to_owned(), content.as_bytes().to_vec()));
    let metadata = metadata::managed(thanos_ruler, name, &Map::new(), settings);
    sharded_secret::secrets(&metadata, files.collect())
}

/// The remote-write configuration and the web configuration.
fn own_secrets(
    thanos_ruler: &ThanosRuler,
    remote_write: &RemoteWrite,
    users: Option<&Users<'_>>,
    settings: &Settings,
) -> Vec<Secret> {
    let name = thanos_ruler.name_any();
    let secret = |name: String, data: BTreeMap<String, ByteString>| Secret {
        metadata: metadata::managed(thanos_ruler, name, &Map::new(), settings),
        data: Some(data),
        ..Secret::default()
    };
    let remote_write = ByteString(remote_write.text.as_bytes().to_vec());
    let web_config = users::data(thanos_ruler.spec.web.as_deref(), users, names::WEB_CONFIG_DIRECTORY);
    vec![
        secret(
            names::config(&name),
            [(names::REMOTE_WRITE_FILE.to_owned(), remote_write)].into(),
        ),
        secret(names::web_config(&name), web_config),
    ]
}

/// Who may log in to the web server.
fn users<'a>(observed: &'a Observed, version: Version, settings: &Settings) -> Result<Option<Users<'a>>, Invalid> {
    let thanos_ruler = &*observed.thanos_ruler;
    let program = Program {
        name: "Thanos",
        version,
        since: web::THANOS_SINCE,
    };
    let namespace = thanos_ruler.namespace().unwrap_or_default();
    let own = ObjectKey::new(namespace, names::web_config(&thanos_ruler.name_any()));
    Users::of(
        thanos_ruler.spec.web.as_deref(),
        program,
        &own,
        &observed.assets,
        settings,
    )
}

fn services(observed: &Observed, settings: &Settings) -> Vec<Service> {
    let own = |thanos_ruler: &&ThanosRuler| thanos_ruler.spec.service_name.is_none();
    if !own(&&*observed.thanos_ruler) {
        return Vec::new();
    }
    let neighbours = observed.neighbours.iter();
    let sharing: Vec<&ThanosRuler> = neighbours.map(|neighbour| &**neighbour).filter(own).collect();
    vec![service::governing(&sharing, settings)]
}

/// Fields that have no effect where another one is set: whether both are, the field, and the other one.
fn ignored(spec: &ThanosRulerSpec) -> impl Iterator<Item = Notice> {
    let pairs = [
        (
            !spec.query_endpoints.is_empty() && spec.query_config.is_some(),
            "queryEndpoints",
            "queryConfig",
        ),
        (
            !spec.alertmanagers_url.is_empty() && spec.alertmanagers_config.is_some(),
            "alertmanagersUrl",
            "alertmanagersConfig",
        ),
        (
            spec.alert_relabel_configs.is_some() && spec.alert_relabel_config_file.is_some(),
            "alertRelabelConfigs",
            "alertRelabelConfigFile",
        ),
        (
            spec.object_storage_config.is_some() && spec.object_storage_config_file.is_some(),
            "objectStorageConfig",
            "objectStorageConfigFile",
        ),
        (
            spec.tracing_config.is_some() && spec.tracing_config_file.is_some(),
            "tracingConfig",
            "tracingConfigFile",
        ),
    ];
    let both = pairs.into_iter().filter(|(are_both_set, ..)| *are_both_set);
    both.map(|(_, field, winner)| Notice::ignored(field, winner))
}

fn notices(spec: &ThanosRulerSpec, rules: &RuleFiles, all_are_fine: bool) -> Vec<Notice> {
    let nothing = Notice::new("NoSelectedResources", "no PrometheusRule is selected");
    let is_idle = rules.objects == 0 && all_are_fine;
    is_idle.then_some(nothing).into_iter().chain(ignored(spec)).collect()
}

#[cfg(test)]
mod tests;
