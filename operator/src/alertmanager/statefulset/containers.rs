//! The containers of an Alertmanager pod: Alertmanager itself, and the config-reloader as sidecar and init container. Pure.

use crds::WebConfigFileFields;
use formats::version::Version;
use k8s_openapi::api::core::v1::{Container, ContainerPort, Probe, VolumeMount};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::input::{Error, Input};
use crate::alertmanager::names::{self, CLUSTER_PORT, PORT, PROGRAM, port_name, route_prefix};
use crate::pod::container::{hardened, resources, tcp_port, variable_of_field};
use crate::pod::image::Image;
use crate::pod::probe::{self, ProbeTarget, Server, below, scheme};
use crate::pod::reloader::{Reload, Reloader, Role, Shard};
use crate::pod::web::own_user::Login;
use crate::{pod::web, settings::versions};

pub(super) fn alertmanager(
    input: &Input<'_>,
    arguments: Vec<String>,
    mounts: Vec<VolumeMount>,
) -> Result<Container, Error> {
    let spec = &input.alertmanager.spec;
    let image = image(input).map_err(Error::Image)?;
    let mut environment = vec![variable_of_field("POD_IP", "status.podIP")];
    if input.version >= Version::new(0, 30, 0) {
        environment.push(variable_of_field("POD_NAME", "metadata.name"));
    }
    let udp = ContainerPort {
        protocol: Some("UDP".to_owned()),
        ..tcp_port("mesh-udp", CLUSTER_PORT)
    };
    let mut ports = vec![tcp_port("mesh-tcp", CLUSTER_PORT), udp];
    let listens = spec.listen_local != Some(true);
    if listens {
        ports.insert(0, tcp_port(port_name(spec), PORT));
    }
    Ok(Container {
        args: Some(arguments),
        env: Some(environment),
        ports: Some(ports),
        resources: Some(resources(spec.pod.resources.as_deref())),
        volume_mounts: Some(mounts),
        liveness_probe: listens.then(|| probed(input, "/-/healthy")),
        readiness_probe: listens.then(|| Probe {
            initial_delay_seconds: Some(3),
            period_seconds: Some(5),
            ..probed(input, "/-/ready")
        }),
        ..hardened(PROGRAM, &image, spec.pod.image_pull_policy)
    })
}

/// The tag is the version as the user wrote it, with or without a `v`.
fn image(input: &Input<'_>) -> Result<String, crate::pod::image::Error> {
    let spec = &input.alertmanager.spec;
    let default = format!("v{}", versions::ALERTMANAGER);
    let image = Image {
        image: spec.image.as_deref(),
        sha: spec.sha.as_deref(),
        tag: spec.tag.as_deref(),
        base: spec
            .base_image
            .as_deref()
            .unwrap_or(&input.settings.alertmanager_base_image),
        version: spec.version.as_deref().unwrap_or(&default),
    };
    image.reference()
}

fn probed(input: &Input<'_>, path: &str) -> Probe {
    let spec = &input.alertmanager.spec;
    let target = ProbeTarget::Network {
        port: IntOrString::String(port_name(spec).to_owned()),
        server: server(input),
    };
    Probe {
        timeout_seconds: Some(3),
        failure_threshold: Some(10),
        ..probe::get(&target, &below(route_prefix(spec), path))
    }
}

fn server(input: &Input<'_>) -> Server {
    web_fields(input).map_or(Server::Plain, Server::of)
}

fn web_fields<'a>(input: &Input<'a>) -> Option<&'a WebConfigFileFields> {
    let web = input.alertmanager.spec.web.as_deref();
    web.filter(|_| input.version >= web::ALERTMANAGER_SINCE)
        .map(|web| &web.config_file)
}

pub(super) fn reloader(input: &Input<'_>, watched: Vec<String>, mounts: Vec<VolumeMount>) -> Container {
    let spec = &input.alertmanager.spec;
    let web_config = web::path(web_fields(input), names::WEB_CONFIG_DIRECTORY);
    let path = below(route_prefix(spec), "/-/reload");
    let host = &input.settings.local_host;
    let reloader = Reloader {
        listen_local: (spec.listen_local == Some(true)).then_some(host.as_str()),
        web_config_file: (input.version >= web::ALERTMANAGER_SINCE).then_some(web_config.as_str()),
        server: server(input),
        reload: Some(Reload::Url(format!(
            "{}://{host}:{PORT}{path}",
            scheme(server(input).is_tls())
        ))),
        login: Login::of(web_fields(input), names::WEB_CONFIG_DIRECTORY),
        ..of_both(input, Role::Sidecar, watched, mounts)
    };
    reloader.container()
}

pub(super) fn init_reloader(input: &Input<'_>, watched: Vec<String>, mounts: Vec<VolumeMount>) -> Container {
    of_both(input, Role::Init, watched, mounts).container()
}

fn of_both<'a>(input: &Input<'a>, role: Role, watched: Vec<String>, mounts: Vec<VolumeMount>) -> Reloader<'a> {
    let spec = &input.alertmanager.spec;
    Reloader {
        pull_policy: spec.pod.image_pull_policy,
        config_file: Some(names::CONFIG_FILE),
        expanded_file: Some(names::CONFIG_OUT_FILE),
        watched,
        log_level: spec.log_level,
        log_format: spec.log_format,
        shard: Shard {
            number: Some(-1),
            ..Shard::default()
        },
        mounts,
        ..Reloader::new(&input.settings.reloader, role)
    }
}
