//! The containers of the pods of Prometheus: Prometheus itself, and the config-reloader as sidecar and init container. Pure.

use crds::ReloadStrategy;
use formats::version::Version;
use k8s_openapi::api::core::v1::{Container, EnvVar, Probe, VolumeMount};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::input::{Error, Input};
use crate::pod::container::{hardened, tcp_port, variable};
use crate::pod::image::{self, Image};
use crate::pod::metadata::version_label;
use crate::pod::probe::{self, ProbeTarget, Server, asks_for_certificates, below, scheme};
use crate::pod::reloader::{Reload, Reloader, Role, Shard};
use crate::pod::web;
use crate::pod::web::own_user::{Login, client_file};
use crate::prometheus::incremental::Layout;
use crate::prometheus::names::{self, PORT, route_prefix};
use crate::prometheus::zone::Zone;

/// Name of the container and of the program.
pub(super) const NAME: &str = "prometheus";

/// First version whose promtool can ask a server how it is.
const PROMTOOL_ASKS_SINCE: Version = Version::new(2, 44, 0);
/// Where it is in the image.
const PROMTOOL: &str = "/bin/promtool";

pub(super) fn prometheus(
    input: &Input<'_>,
    arguments: Vec<String>,
    mounts: Vec<VolumeMount>,
) -> Result<Container, Error> {
    let (fields, server) = (input.instance.common, input.instance.server());
    let image = Image {
        image: fields.image.as_deref(),
        sha: server.and_then(|server| server.sha.as_deref()),
        tag: server.and_then(|server| server.tag.as_deref()),
        base: server
            .and_then(|server| server.base_image.as_deref())
            .unwrap_or(&input.settings.prometheus_base_image),
        version: &format!("v{}", version_label(fields.version.as_deref(), input.version)),
    };
    let image = image.reference().map_err(|source| Error::Image {
        container: NAME,
        source,
    })?;
    let listens = fields.listen_local != Some(true);
    Ok(Container {
        args: Some(arguments),
        env: garbage_collection(input).map(|variable| vec![variable]),
        ports: listens.then(|| vec![tcp_port(port_name(input), PORT)]),
        resources: fields.pod.resources.as_deref().cloned(),
        volume_mounts: Some(mounts),
        startup_probe: Some(startup_probe(input, &image)),
        readiness_probe: Some(timed(probed(input, &image, Question::Ready), 5, 3)),
        liveness_probe: Some(timed(probed(input, &image, Question::Healthy), 5, 6)),
        ..hardened(NAME, &image, fields.pod.image_pull_policy)
    })
}

/// Prometheus has the setting in its configuration file since 2.53. Agents have it there alone.
fn garbage_collection(input: &Input<'_>) -> Option<EnvVar> {
    let percent = input.instance.server()?.common.runtime.as_ref()?.go_gc?;
    (input.version < Version::new(2, 53, 0)).then(|| variable("GOGC", percent.to_string()))
}

/// The default lets Prometheus replay its log for 15 minutes.
fn startup_probe(input: &Input<'_>, image: &str) -> Probe {
    let seconds = input.instance.common.maximum_startup_duration_seconds;
    let (period, failures) = match seconds.filter(|seconds| *seconds >= 60) {
        None => (15, 60),
        Some(seconds) => {
            let failures = rounded_up(seconds, 60);
            (rounded_up(seconds, failures), failures)
        }
    };
    let probe = started(input).unwrap_or_else(|| probed(input, image, Question::Ready));
    timed(probe, period, failures)
}

/// Whether Prometheus has replayed its log, where a kubelet without a password would see no more than that it listens, which it
/// does long before. After that, listening is enough.
fn started(input: &Input<'_>) -> Option<Probe> {
    let fields = input.instance.web()?;
    let file = client_file(Some(fields), names::WEB_CONFIG_DIRECTORY)?;
    let can_ask = input.version >= PROMTOOL_ASKS_SINCE && !asks_for_certificates(fields);
    let origin = format!("{}://localhost:{PORT}", scheme(serves_tls(input)));
    can_ask.then(|| {
        promtool(
            input,
            Question::Ready,
            &origin,
            &[&format!("--http.config.file={file}")],
        )
    })
}

/// A probe that needs no shell.
fn promtool(input: &Input<'_>, question: Question, origin: &str, flags: &[&str]) -> Probe {
    let path = below(route_prefix(input.instance.common), "");
    let url = format!("--url={origin}{}", path.trim_end_matches('/'));
    let words = [PROMTOOL, "check", question.word(), &url];
    probe::command(words.into_iter().chain(flags.iter().copied()))
}

/// The first part of the URL of Prometheus in its own container.
fn local_origin(input: &Input<'_>) -> String {
    let login = Login::of(input.instance.web(), names::WEB_CONFIG_DIRECTORY);
    let login = login.map(|login| format!("{}:$(cat {})@", login.username, login.password_file));
    format!("http://{}localhost:{PORT}", login.unwrap_or_default())
}

fn rounded_up(number: i32, divisor: i32) -> i32 {
    number / divisor + i32::from(number % divisor != 0)
}

/// The path that is probed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    Ready,
    Healthy,
}

impl Question {
    const fn path(self) -> &'static str {
        match self {
            Self::Ready => "/-/ready",
            Self::Healthy => "/-/healthy",
        }
    }

    /// The command of `promtool check` that asks it.
    const fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Healthy => "healthy",
        }
    }
}

fn probed(input: &Input<'_>, image: &str, question: Question) -> Probe {
    let fields = input.instance.common;
    let is_local = fields.listen_local == Some(true);
    if is_local && image::has_no_shell(image) && input.version >= PROMTOOL_ASKS_SINCE {
        let file = client_file(input.instance.web(), names::WEB_CONFIG_DIRECTORY);
        let flag = file.map(|file| format!("--http.config.file={file}"));
        let flags: Vec<&str> = flag.as_deref().into_iter().collect();
        return promtool(input, question, &format!("http://localhost:{PORT}"), &flags);
    }
    let origin = local_origin(input);
    let target = if is_local {
        ProbeTarget::Loopback { origin: &origin }
    } else {
        ProbeTarget::Network {
            port: IntOrString::String(port_name(input).to_owned()),
            server: server(input),
        }
    };
    probe::get(&target, &below(route_prefix(fields), question.path()))
}

fn timed(probe: Probe, period: i32, failures: i32) -> Probe {
    Probe {
        timeout_seconds: Some(3),
        period_seconds: Some(period),
        failure_threshold: Some(failures),
        ..probe
    }
}

fn port_name<'a>(input: &Input<'a>) -> &'a str {
    names::port_name(input.instance.common)
}

fn serves_tls(input: &Input<'_>) -> bool {
    server(input).is_tls()
}

fn server(input: &Input<'_>) -> Server {
    input.instance.web().map_or(Server::Plain, Server::of)
}

/// URL of Prometheus for its neighbours in the pod.
pub(super) fn url(input: &Input<'_>, path: &str) -> String {
    let path = below(route_prefix(input.instance.common), path);
    let scheme = scheme(serves_tls(input));
    format!("{scheme}://{}:{PORT}{path}", input.settings.local_host)
}

pub(super) fn reloader(input: &Input<'_>, zone: Option<Zone<'_>>, mounts: Vec<VolumeMount>) -> Container {
    let fields = input.instance.common;
    let by_signal = fields.reload_strategy == Some(ReloadStrategy::ProcessSignal);
    let web_config = web::path(input.instance.web(), names::WEB_CONFIG_DIRECTORY);
    let reload = if by_signal {
        Reload::Signal {
            runtime_info: Some(url(input, "/api/v1/status/runtimeinfo")),
        }
    } else {
        Reload::Url(url(input, "/-/reload"))
    };
    let reloader = Reloader {
        listen_local: (fields.listen_local == Some(true) && !by_signal).then_some(input.settings.local_host.as_str()),
        web_config_file: reloader_serves_web_config(input).then_some(web_config.as_str()),
        server: server(input),
        reload: Some(reload),
        login: Login::of(input.instance.web(), names::WEB_CONFIG_DIRECTORY),
        ..of_both(input, Role::Sidecar, zone, mounts)
    };
    reloader.container()
}

/// Whether the reloader serves by the web configuration of Prometheus.
pub(super) fn reloader_serves_web_config(input: &Input<'_>) -> bool {
    let Input { instance, version, .. } = input;
    instance.is_daemon_set() || (instance.common.web.is_some() && *version >= web::PROMETHEUS_SINCE)
}

pub(super) fn init_reloader(input: &Input<'_>, zone: Option<Zone<'_>>, mounts: Vec<VolumeMount>) -> Container {
    of_both(input, Role::Init, zone, mounts).container()
}

fn of_both<'a>(input: &Input<'a>, role: Role, zone: Option<Zone<'_>>, mounts: Vec<VolumeMount>) -> Reloader<'a> {
    let fields = input.instance.common;
    let rules = input.rule_config_maps.iter();
    let job_files = (input.layout == Layout::Spread).then_some(names::JOB_FILES_DIRECTORY);
    let has_large_rules = input.settings.large_rules_compressed && input.instance.server().is_some();
    let large_rules = has_large_rules.then_some(names::LARGE_RULES.0);
    Reloader {
        pull_policy: fields.pod.image_pull_policy,
        config_file: Some(names::CONFIG_FILE),
        expanded_file: Some(names::CONFIG_OUT_FILE),
        watched: rules
            .map(|rules| format!("{}/{rules}", names::RULES_DIRECTORY))
            .chain(job_files.map(str::to_owned))
            .collect(),
        packed: job_files.into_iter().chain(large_rules).collect(),
        verbatim: large_rules.into_iter().collect(),
        unpacked: names::UNPACKED_DIRECTORY,
        log_level: fields.log_level,
        log_format: fields.log_format,
        shard: Shard {
            number: Some(input.shard),
            zone: zone.map(|zone| zone.name.to_owned()),
            number_in_zone: zone.map(|zone| zone.shard),
        },
        node_name: input.instance.is_daemon_set(),
        mounts,
        ..Reloader::new(&input.settings.reloader, role)
    }
}
