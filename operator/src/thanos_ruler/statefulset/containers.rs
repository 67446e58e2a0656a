//! The containers of a Thanos Ruler pod: Thanos Ruler itself, and the config-reloader beside it. Pure.

use k8s_openapi::api::core::v1::{Container, VolumeMount};

use super::input::{Error, Input};
use crate::pod::container::{hardened, resources, tcp_port, variable_of_field};
use crate::pod::image::Image;
use crate::pod::probe::{Server, below, scheme};
use crate::pod::reloader::{Reload, Reloader, Role, Shard};
use crate::pod::thanos::{GRPC_PORT, HTTP_PORT};
use crate::pod::web::own_user::Login;
use crate::thanos_ruler::{names, service};
use crate::{pod::web, settings::versions};

/// Name of the container and of the program.
pub(super) const NAME: &str = "thanos-ruler";

pub(super) fn thanos_ruler(
    input: &Input<'_>,
    arguments: Vec<String>,
    mounts: Vec<VolumeMount>,
) -> Result<Container, Error> {
    let spec = &input.thanos_ruler.spec;
    let image = image(input).map_err(Error::Image)?;
    let mut ports = vec![tcp_port("grpc", GRPC_PORT)];
    if spec.listen_local != Some(true) {
        ports.push(tcp_port(service::port_name(spec), HTTP_PORT));
    }
    Ok(Container {
        args: Some(arguments),
        env: Some(vec![variable_of_field("POD_NAME", "metadata.name")]),
        ports: Some(ports),
        resources: Some(resources(spec.pod.resources.as_deref())),
        volume_mounts: Some(mounts),
        ..hardened(NAME, &image, spec.pod.image_pull_policy)
    })
}

/// The tag is the version as the user wrote it, with or without a `v`.
fn image(input: &Input<'_>) -> Result<String, crate::pod::image::Error> {
    let spec = &input.thanos_ruler.spec;
    let default = format!("v{}", versions::THANOS);
    let image = Image {
        image: spec.image.as_deref(),
        base: &input.settings.thanos_base_image,
        version: spec.version.as_deref().unwrap_or(&default),
        ..Image::default()
    };
    image.reference()
}

pub(super) fn reloader(input: &Input<'_>, watched: Vec<String>, mounts: Vec<VolumeMount>) -> Container {
    let spec = &input.thanos_ruler.spec;
    let has_web_config = input.version >= web::THANOS_SINCE;
    let web = spec.web.as_deref().filter(|_| has_web_config);
    let server = web.map_or(Server::Plain, Server::of);
    let web_config = web::path(web, names::WEB_CONFIG_DIRECTORY);
    let host = &input.settings.local_host;
    let path = below(spec.route_prefix.as_deref().unwrap_or("/"), "/-/reload");
    let reloader = Reloader {
        listen_local: (spec.listen_local == Some(true)).then_some(host.as_str()),
        web_config_file: has_web_config.then_some(web_config.as_str()),
        server,
        reload: Some(Reload::Url(format!(
            "{}://{host}:{HTTP_PORT}{path}",
            scheme(server.is_tls())
        ))),
        login: Login::of(web, names::WEB_CONFIG_DIRECTORY),
        watched,
        log_level: spec.log_level,
        log_format: spec.log_format,
        shard: Shard {
            number: Some(-1),
            ..Shard::default()
        },
        mounts,
        ..Reloader::new(&input.settings.reloader, Role::Sidecar)
    };
    reloader.container()
}
