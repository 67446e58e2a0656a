//! All objects of an Alertmanager from what was observed. Pure: the same observation gives the same objects.
//!
//! The configuration is the user's, passed through where nothing else is asked for, and else generated ([`super::config`]);
//! in both cases Alertmanager would load it. The other keys of the user's Secret, which are templates, stand beside it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::{Alertmanager, AlertmanagerSpec};
use formats::version::{ParseError, Version};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{Secret, Service};
use kube::ResourceExt;

use super::config::fragments::PartCache;
use super::config::secret;
use super::observe::Observed;
use super::{arguments, cluster_tls, names, service, statefulset};
use crate::assets;
use crate::check::invalid::{Field, Invalid};
use crate::object::{ConfigKind, ObjectKey};
use crate::pod::changed_at;
use crate::pod::metadata::{self, Map};
use crate::pod::sharded_secret;
use crate::pod::web::users::{self, Program, Users};
use crate::reconcile::{Desired, Notice, Rendered};
use crate::settings::Settings;
use crate::{pod::requirements, pod::web, settings::versions};

/// Versions that can be run: from the first on, below the second.
const SUPPORTED: (Version, Version) = (Version::new(0, 15, 0), Version::new(1, 0, 0));

/// Why an Alertmanager cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its version is none.
    #[error("spec.version")]
    Version(#[source] ParseError),
    /// Its version is too old or too new.
    #[error("spec.version: Alertmanager {0} is not supported")]
    Unsupported(Version),
    /// The selector of `AlertmanagerConfig`s is wrong.
    #[error(transparent)]
    Selector(Arc<Invalid>),
    /// The configuration cannot be made.
    #[error(transparent)]
    Configuration(#[from] secret::Error),
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

/// The objects of an Alertmanager.
///
/// # Errors
/// When the Alertmanager itself is wrong.
pub fn render(observed: &Observed, settings: &Settings, cache: &mut PartCache) -> Result<Rendered, Error> {
    let alertmanager = &*observed.alertmanager;
    let name = alertmanager.name_any();
    let version = version(alertmanager)?;
    check_tls(&alertmanager.spec).map_err(Error::Web)?;
    let users = users(observed, version, settings).map_err(Error::Web)?;
    observed.requirements.check(&statefulset::selector(&name))?;
    let objects = (observed.objects.as_ref()).map_err(|invalid| Error::Selector(invalid.clone()))?;
    let configuration = secret::configuration(observed, objects, version, settings.caps, cache)?;
    let tls_metadata = metadata::managed(alertmanager, names::tls_assets(&name), &Map::new(), settings);
    let tls_files = configuration.tls_files.contents(&observed.assets);
    let tls_files = tls_files.map(|(file, content)| (file.to_owned(), content.as_bytes().to_vec()));
    let mut secrets = sharded_secret::secrets(&tls_metadata, tls_files.collect());
    let tls_assets: Vec<String> = secrets.iter().map(ResourceExt::name_any).collect();
    let set = statefulset::stateful_set(&statefulset::Input {
        alertmanager,
        version,
        settings,
        tls_assets: &tls_assets,
        // The applier fills it in: it is the hash of this very object.
        input_hash: "",
    })
    .map_err(Error::StatefulSet)?;
    secrets.extend(own_secrets(observed, configuration.data, users.as_ref(), settings));
    let mut dropped: Vec<String> = set.dropped.iter().map(ToString::to_string).collect();
    dropped.extend(configuration.dropped);
    let mut notices = arguments::notices(&alertmanager.spec, version);
    notices.extend(secret::default_notice(observed));
    let spec = &alertmanager.spec;
    if spec.alertmanager_configuration.is_some() && spec.config_secret.is_some() {
        notices.push(Notice::ignored("configSecret", "alertmanagerConfiguration"));
    }
    Ok(Rendered {
        desired: Desired {
            secrets,
            services: services(observed, settings),
            stateful_sets: vec![set.stateful_set],
            ..Desired::default()
        },
        dropped,
        rejections: configuration.rejections,
        notices,
        selected: vec![(ConfigKind::AlertmanagerConfig, configuration.accepted)],
        again: observed.assets.again(),
    })
}

/// Whether the web server and the members for each other can serve the TLS that they are configured with.
fn check_tls(spec: &AlertmanagerSpec) -> Result<(), Invalid> {
    web::check::check(spec.web.as_ref().map(|web| &web.config_file))?;
    if let Some(tls) = &spec.cluster_tls {
        web::check::check_tls(&tls.server).field("clusterTLS.server")?;
        assets::check_tls(&(&tls.client).into()).field("clusterTLS.client")?;
    }
    Ok(())
}

/// Who may log in to the web server.
fn users<'a>(observed: &'a Observed, version: Version, settings: &Settings) -> Result<Option<Users<'a>>, Invalid> {
    let alertmanager = &*observed.alertmanager;
    let program = Program {
        name: "Alertmanager",
        version,
        since: web::ALERTMANAGER_SINCE,
    };
    let fields = alertmanager.spec.web.as_ref().map(|web| &web.config_file);
    let namespace = alertmanager.namespace().unwrap_or_default();
    let own = ObjectKey::new(namespace, names::web_config(&alertmanager.name_any()));
    Users::of(fields, program, &own, &observed.assets, settings)
}

fn version(alertmanager: &Alertmanager) -> Result<Version, Error> {
    let text = alertmanager.spec.version.as_deref().filter(|text| !text.is_empty());
    let version = text
        .map_or(Ok(versions::ALERTMANAGER), Version::parse)
        .map_err(Error::Version)?;
    let (first, end) = SUPPORTED;
    if version < first || version >= end {
        Err(Error::Unsupported(version))
    } else {
        Ok(version)
    }
}

/// The generated configuration, web configuration and TLS settings of the cluster.
fn own_secrets(
    observed: &Observed,
    configuration: secret::Data,
    users: Option<&Users<'_>>,
    settings: &Settings,
) -> [Secret; 3] {
    let alertmanager = &*observed.alertmanager;
    let (name, spec) = (alertmanager.name_any(), &alertmanager.spec);
    let secret = |name: String, data: BTreeMap<String, ByteString>| Secret {
        metadata: metadata::managed(alertmanager, name, &Map::new(), settings),
        data: Some(data),
        ..Secret::default()
    };
    let file = |key: &str, content: String| [(key.to_owned(), ByteString(content.into_bytes()))].into();
    let web_config = spec.web.as_ref().map(|web| &web.config_file);
    let web_config = users::data(web_config, users, names::WEB_CONFIG_DIRECTORY);
    let cluster = cluster_tls::config(spec.cluster_tls.as_deref(), names::CLUSTER_TLS_DIRECTORY);
    let mut configuration = secret(names::generated_config(&name), configuration);
    changed_at::make_room(settings.changes_timed, &mut configuration.data);
    [
        configuration,
        secret(names::web_config(&name), web_config),
        secret(names::cluster_tls_config(&name), file(cluster_tls::FILE, cluster)),
    ]
}

fn services(observed: &Observed, settings: &Settings) -> Vec<Service> {
    let own = |alertmanager: &&Alertmanager| alertmanager.spec.service_name.is_none();
    if !own(&&*observed.alertmanager) {
        return Vec::new();
    }
    let sharing: Vec<&Alertmanager> = observed
        .neighbours
        .iter()
        .map(|neighbour| &**neighbour)
        .filter(own)
        .collect();
    vec![service::governing(&sharing, settings)]
}
