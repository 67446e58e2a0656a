//! The volumes of a Prometheus pod, and where Prometheus and its reloader mount them. Pure.
//!
//! The lists are built in passes because mounts and volumes are not in the same order.

use k8s_openapi::api::core::v1::{
    EmptyDirVolumeSource, PodSpec, SecretProjection, Volume, VolumeMount, VolumeProjection,
};

use super::input::Input;
use crate::pod::storage::Storage;
use crate::pod::volume::{self, Mounted};
use crate::pod::web;
use crate::prometheus::incremental::{self, Layout};
use crate::prometheus::instance::Instance;
use crate::prometheus::names;

const CONFIG: &str = "config";
const CONFIG_OUT: &str = "config-out";
const TLS_ASSETS: &str = "tls-assets";
const LOG: &str = "log-file";
/// The files of jobs.
const JOB_FILES: &str = "scrape-configs";

/// The volumes and mounts of a pod, in output order.
#[derive(Debug, Clone, Default)]
pub(super) struct Volumes {
    /// The volumes, but for those of the sidecar, of the data and of the user.
    pub(super) pod: Vec<Volume>,
    /// Mounts of Prometheus.
    pub(super) prometheus: Vec<VolumeMount>,
    /// Mounts of the reloader, sidecar and init container.
    pub(super) reloader: Vec<VolumeMount>,
}

impl Volumes {
    pub(super) fn of(input: &Input<'_>, storage: Option<&Storage>) -> Self {
        let Input { instance, .. } = input;
        let fields = instance.common;
        let secrets = volume::user_secrets(&fields.secrets, "/etc/prometheus/secrets");
        let config_maps = volume::user_config_maps(&fields.config_maps, "/etc/prometheus/configmaps");
        let web = web_config(input);
        let logs = Logs::of(input);

        let mut pod = vec![
            volume::secret(CONFIG, &names::prefixed(instance)),
            volume::secrets(TLS_ASSETS, input.tls_assets),
            volume::memory(CONFIG_OUT),
        ];
        pod.extend(secrets.volumes);
        pod.extend(config_maps.volumes);
        if logs != Logs::Elsewhere {
            pod.push(volume::directory(LOG, EmptyDirVolumeSource::default()));
        }
        let rules = input.rule_config_maps.iter();
        pod.extend(rules.clone().map(|rules| volume::optional_config_map(rules, rules)));
        pod.extend(web.volumes);
        let spread = input.layout == Layout::Spread;
        pod.extend(spread.then(|| job_files(instance)));

        let rule_directory = |rules: &String| format!("{}/{rules}", names::RULES_DIRECTORY);
        let mut prometheus = vec![
            volume::read_only(CONFIG_OUT, names::CONFIG_OUT_DIRECTORY),
            volume::read_only(TLS_ASSETS, names::TLS_ASSETS_DIRECTORY),
        ];
        prometheus.extend(storage.map(|storage| storage.mount(names::STORAGE_DIRECTORY)));
        prometheus.extend(fields.pod.volume_mounts.iter().cloned());
        prometheus.extend(secrets.mounts);
        prometheus.extend(config_maps.mounts);
        if logs == Logs::OfScrapeFailures {
            prometheus.push(volume::mount(LOG, names::LOG_DIRECTORY));
        }
        prometheus.extend(
            rules
                .clone()
                .map(|rules| volume::read_only(rules, &rule_directory(rules))),
        );
        if logs == Logs::OfQueries {
            prometheus.push(volume::mount(LOG, names::LOG_DIRECTORY));
        }
        prometheus.extend(web.mounts.iter().cloned());

        let mut reloader = vec![
            volume::mount(CONFIG, names::CONFIG_DIRECTORY),
            volume::mount(CONFIG_OUT, names::CONFIG_OUT_DIRECTORY),
        ];
        if fields.web.is_some() || instance.is_daemon_set() {
            reloader.extend(web.mounts);
        }
        reloader.extend(rules.map(|rules| volume::mount(rules, &rule_directory(rules))));
        reloader.extend(spread.then(|| volume::read_only(JOB_FILES, names::JOB_FILES_DIRECTORY)));
        Self {
            pod,
            prometheus,
            reloader,
        }
    }
}

/// All Secrets that files of jobs can be in, those too that are not there yet: another list would restart the pods.
fn job_files(instance: &Instance<'_>) -> Volume {
    let secrets = (0..incremental::JOB_FILES).map(|number| VolumeProjection {
        secret: Some(SecretProjection {
            name: names::job_file_secret(instance, number),
            optional: Some(true),
            ..SecretProjection::default()
        }),
        ..VolumeProjection::default()
    });
    volume::projected(JOB_FILES, secrets.collect())
}

/// The layout that a pod is made for.
pub(in crate::prometheus) fn layout(pod: &PodSpec) -> Layout {
    let volumes = pod.volumes.iter().flatten();
    if volumes.clone().any(|volume| volume.name == JOB_FILES) {
        Layout::Spread
    } else {
        Layout::Whole
    }
}

fn web_config(input: &Input<'_>) -> Mounted {
    let Input { instance, version, .. } = input;
    if *version < web::PROMETHEUS_SINCE && !instance.is_daemon_set() {
        return Mounted::default();
    }
    web::mounted(
        instance.web(),
        names::WEB_CONFIG_DIRECTORY,
        &names::web_config(instance),
    )
}

/// Which log needs the volume for logs: one whose file the user gave no directory. Scrape failures go first; the volume
/// then serves both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Logs {
    OfScrapeFailures,
    OfQueries,
    Elsewhere,
}

impl Logs {
    fn of(input: &Input<'_>) -> Self {
        let bare = |file: &Option<Box<str>>| file.as_deref().is_some_and(is_bare);
        let server = input.instance.server();
        if bare(&input.instance.common.scrape_failure_log_file) {
            Self::OfScrapeFailures
        } else if server.is_some_and(|server| bare(&server.query_log_file)) {
            Self::OfQueries
        } else {
            Self::Elsewhere
        }
    }
}

/// Whether a path is a file name without a directory.
fn is_bare(path: &str) -> bool {
    !path.is_empty() && !path.contains('/')
}
