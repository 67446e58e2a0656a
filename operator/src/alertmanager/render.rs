//! All objects of an Alertmanager from what was observed. Pure: the same observation gives the same objects.
//!
//! The configuration is the user's, passed through: only compressed, with the other keys of
//! its Secret, which are templates, beside it.

use std::collections::BTreeMap;

use crds::Alertmanager;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{Secret, Service};
use kube::ResourceExt;
use shared::gzip;
use shared::version::{ParseError, Version};

use super::observe::{Configuration, Observed};
use super::{cluster_tls, names, service, statefulset};
use crate::pod::metadata::{self, Map};
use crate::pod::sharded_secret;
use crate::reconcile::{Desired, Notice, Rendered};
use crate::settings::Settings;
use crate::{surroundings, versions, web};

/// Key of the configuration in the user's Secret.
const USER_KEY: &str = "alertmanager.yaml";
/// Key of the compressed configuration in the generated Secret.
const GENERATED_KEY: &str = "alertmanager.yaml.gz";
/// The configuration where the user has none: a receiver that tells nobody.
const DEFAULT: &str = "route:\n  receiver: 'null'\nreceivers:\n- name: 'null'";
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
    /// The root of the configuration is to be an `AlertmanagerConfig`.
    #[error("spec.alertmanagerConfiguration: AlertmanagerConfig objects are not supported yet; use spec.configSecret")]
    GlobalConfiguration,
    /// Something that the pods need is not there.
    #[error(transparent)]
    Surroundings(#[from] surroundings::Error),
    /// The StatefulSet cannot be made.
    #[error("statefulset")]
    StatefulSet(#[source] statefulset::Error),
}

/// The objects of an Alertmanager.
///
/// # Errors
/// When the Alertmanager itself is wrong.
pub fn render(observed: &Observed, settings: &Settings) -> Result<Rendered, Error> {
    let alertmanager = &*observed.alertmanager;
    let name = alertmanager.name_any();
    let version = version(alertmanager)?;
    if alertmanager.spec.alertmanager_configuration.is_some() {
        return Err(Error::GlobalConfiguration);
    }
    observed.surroundings.check(&statefulset::selector(&name))?;
    let tls_metadata = metadata::managed(alertmanager, names::tls_assets(&name), &Map::new(), settings);
    let mut secrets = sharded_secret::secrets(&tls_metadata, BTreeMap::new());
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
    secrets.extend(own_secrets(observed, settings));
    Ok(Rendered {
        desired: Desired {
            secrets,
            services: services(observed, settings),
            stateful_sets: vec![set.stateful_set],
            ..Desired::default()
        },
        dropped: set.dropped.iter().map(ToString::to_string).collect(),
        notices: notices(alertmanager),
        ..Rendered::default()
    })
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
fn own_secrets(observed: &Observed, settings: &Settings) -> [Secret; 3] {
    let alertmanager = &*observed.alertmanager;
    let (name, spec) = (alertmanager.name_any(), &alertmanager.spec);
    let secret = |name: String, data: BTreeMap<String, ByteString>| Secret {
        metadata: metadata::managed(alertmanager, name, &Map::new(), settings),
        data: Some(data),
        ..Secret::default()
    };
    let file = |key: &str, content: String| [(key.to_owned(), ByteString(content.into_bytes()))].into();
    let web_config = spec.web.as_ref().map(|web| &web.config_file);
    let web_config = web::config(web_config, names::WEB_CONFIG_DIRECTORY);
    let cluster = cluster_tls::config(spec.cluster_tls.as_deref(), names::CLUSTER_TLS_DIRECTORY);
    [
        secret(
            names::generated_config(&name),
            generated(observed.configuration.as_ref()),
        ),
        secret(names::web_config(&name), file(web::FILE, web_config)),
        secret(names::cluster_tls_config(&name), file(cluster_tls::FILE, cluster)),
    ]
}

/// The data of the generated Secret: the configuration compressed, every other key as it is.
pub fn generated(user: Option<&Configuration>) -> BTreeMap<String, ByteString> {
    let mut data: BTreeMap<String, ByteString> = user
        .iter()
        .flat_map(|user| &user.0)
        .map(|(key, value)| (key.clone(), ByteString(value.clone())))
        .collect();
    let configuration = data.remove(USER_KEY).map_or_else(|| DEFAULT.into(), |value| value.0);
    data.insert(GENERATED_KEY.to_owned(), ByteString(gzip::compress(&configuration)));
    data
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

fn notices(alertmanager: &Alertmanager) -> Vec<Notice> {
    let selects = alertmanager.spec.alertmanager_config_selector.is_some();
    selects
        .then(|| Notice {
            reason: "AlertmanagerConfigUnsupported",
            message:
                "spec.alertmanagerConfigSelector has no effect: AlertmanagerConfig objects are not supported yet, \
                      the configuration is that of the Secret alone"
                    .to_owned(),
        })
        .into_iter()
        .collect()
}
