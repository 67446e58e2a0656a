//! The Thanos sidecar of Prometheus. Pure.
//!
//! Its flags: <https://thanos.io/tip/components/sidecar.md/>.

use crds::ThanosSpec;
use formats::version::{Dropped, Version};
use k8s_openapi::api::core::v1::{Container, ContainerPort, Volume, VolumeMount};

use super::containers::url;
use super::input::{Error, Input};
use crate::pod::argument::{Argument, CommandLine, Value};
use crate::pod::container::{hardened, variable_of_secret};
use crate::pod::image::Image;
use crate::pod::storage::Storage;
use crate::pod::thanos::{GRPC_PORT, HTTP_PORT, grpc_server};
use crate::pod::{volume, web};
use crate::prometheus::compaction::{Mode, SHIPPER_FILE};
use crate::prometheus::names;
use crate::settings::versions;

/// Name of the container.
const NAME: &str = "thanos-sidecar";

const HTTP_CLIENT_SINCE: Version = Version::new(0, 24, 0);
const CONFIG_DIRECTORY: &str = "/etc/thanos/config";

/// What the sidecar is made from.
#[derive(Debug)]
pub(super) struct Sidecar<'a> {
    input: &'a Input<'a>,
    thanos: &'a ThanosSpec,
    storage: Option<&'a Storage>,
    pub(super) version: Version,
}

struct Facts<'a> {
    sidecar: &'a Sidecar<'a>,
    delayed: bool,
}

type Row<'a> = Argument<Facts<'a>>;

impl<'a> Sidecar<'a> {
    pub(super) fn of(
        thanos: &'a ThanosSpec,
        input: &'a Input<'a>,
        storage: Option<&'a Storage>,
    ) -> Result<Self, Error> {
        let version = thanos.version.as_deref().map_or(Ok(versions::THANOS), Version::parse);
        Ok(Self {
            input,
            thanos,
            storage,
            version: version.map_err(Error::ThanosVersion)?,
        })
    }

    /// The volume that only the sidecar mounts.
    pub(super) fn volume(&self) -> Option<Volume> {
        let secret = names::thanos_http_client(&self.input.instance);
        (self.version >= HTTP_CLIENT_SINCE).then(|| volume::secret(names::THANOS_HTTP_CLIENT_VOLUME, &secret))
    }

    pub(super) fn container(&self, compaction: Mode, dropped: &mut Vec<Dropped>) -> Result<Container, Error> {
        let facts = Facts {
            sidecar: self,
            delayed: compaction == Mode::Delayed,
        };
        let mut line = CommandLine::of(&server(), &facts, self.version, dropped);
        line.append(CommandLine::of(
            &grpc_server(),
            &self.thanos.grpc_server_tls_config.as_deref(),
            self.version,
            dropped,
        ));
        line.append(CommandLine::of(&data(), &facts, self.version, dropped));
        line.append(CommandLine::of(&client(), &facts, self.version, dropped));
        let arguments = line
            .with(&self.thanos.additional_args)
            .map_err(|source| Error::Arguments {
                field: "spec.thanos.additionalArgs",
                source,
            })?;
        let port = |name: &str, number| ContainerPort {
            name: Some(name.to_owned()),
            container_port: number,
            ..ContainerPort::default()
        };
        let environment = [
            self.object_storage_secret()
                .map(|key| variable_of_secret("OBJSTORE_CONFIG", key)),
            self.tracing_secret()
                .map(|key| variable_of_secret("TRACING_CONFIG", key)),
        ];
        let environment: Vec<_> = environment.into_iter().flatten().collect();
        let mounts = self.mounts();
        Ok(Container {
            args: Some(std::iter::once("sidecar".to_owned()).chain(arguments).collect()),
            env: (!environment.is_empty()).then_some(environment),
            ports: Some(vec![port("http", HTTP_PORT), port("grpc", GRPC_PORT)]),
            resources: self.thanos.resources.as_deref().cloned(),
            volume_mounts: (!mounts.is_empty()).then_some(mounts),
            ..hardened(NAME, &self.image()?, self.input.instance.common.pod.image_pull_policy)
        })
    }

    fn image(&self) -> Result<String, Error> {
        let default = format!("v{}", versions::THANOS);
        let image = Image {
            image: self.thanos.image.as_deref(),
            sha: self.thanos.sha.as_deref(),
            tag: self.thanos.tag.as_deref(),
            base: self
                .thanos
                .base_image
                .as_deref()
                .unwrap_or(&self.input.settings.thanos_base_image),
            version: self.thanos.version.as_deref().unwrap_or(&default),
        };
        image.reference().map_err(|source| Error::Image {
            container: NAME,
            source,
        })
    }

    fn mounts(&self) -> Vec<VolumeMount> {
        let users = self.thanos.volume_mounts.iter();
        let mut mounts = users
            .map(|mount| volume::mount(&mount.name, &mount.mount_path))
            .collect::<Vec<VolumeMount>>();
        if self.uploads() {
            mounts.extend(self.storage.map(|storage| storage.mount(names::STORAGE_DIRECTORY)));
        }
        if self.version >= HTTP_CLIENT_SINCE {
            mounts.push(volume::mount(names::THANOS_HTTP_CLIENT_VOLUME, CONFIG_DIRECTORY));
            mounts.extend(web::current_files(
                self.input.instance.web(),
                names::WEB_CONFIG_DIRECTORY,
            ));
        }
        mounts
    }

    fn uploads(&self) -> bool {
        self.thanos.object_storage_config.is_some() || self.thanos.object_storage_config_file.is_some()
    }

    fn object_storage_secret(&self) -> Option<&k8s_openapi::api::core::v1::SecretKeySelector> {
        let secret = self.thanos.object_storage_config.as_deref();
        secret.filter(|_| self.thanos.object_storage_config_file.is_none())
    }

    fn tracing_secret(&self) -> Option<&k8s_openapi::api::core::v1::SecretKeySelector> {
        let secret = self.thanos.tracing_config.as_deref();
        secret.filter(|_| self.thanos.tracing_config_file.is_none())
    }

    fn listens_locally(&self, one: Option<bool>) -> &'static str {
        if one == Some(true) || self.thanos.listen_local == Some(true) {
            "127.0.0.1"
        } else {
            ""
        }
    }
}

/// What the sidecar serves: the first arguments, in output order.
fn server<'a>() -> [Row<'a>; 3] {
    [
        Row::new("prometheus.url", |facts| Value::Text(url(facts.sidecar.input, "/"))),
        Row::new("grpc-address", |facts| {
            let host = facts.sidecar.listens_locally(facts.thanos().grpc_listen_local);
            Value::Text(format!("{host}:{GRPC_PORT}"))
        }),
        Row::new("http-address", |facts| {
            let host = facts.sidecar.listens_locally(facts.thanos().http_listen_local);
            Value::Text(format!("{host}:{HTTP_PORT}"))
        }),
    ]
}

/// Where the sidecar reads the data and where it puts it: the arguments after the TLS settings, in output order.
fn data<'a>() -> [Row<'a>; 5] {
    [
        Row::new("objstore.config-file", |facts| {
            Value::text(facts.thanos().object_storage_config_file.as_deref())
        }),
        Row::new("objstore.config", |facts| {
            Value::text(facts.sidecar.object_storage_secret().map(|_| "$(OBJSTORE_CONFIG)"))
        }),
        Row::new("tsdb.path", |facts| {
            Value::text(facts.sidecar.uploads().then_some(names::STORAGE_DIRECTORY))
        }),
        Row::new("shipper.meta-file-name", |facts| {
            Value::text(facts.delayed.then_some(SHIPPER_FILE))
        }),
        Row::new("shipper.ignore-unequal-block-size", |facts| Value::bare(facts.delayed)),
    ]
}

/// Logs, traces, and how the sidecar asks Prometheus: the arguments after those, in output order.
fn client<'a>() -> [Row<'a>; 9] {
    [
        Row::new("tracing.config-file", |facts| {
            Value::text(facts.thanos().tracing_config_file.as_deref())
        }),
        Row::new("tracing.config", |facts| {
            Value::text(facts.sidecar.tracing_secret().map(|_| "$(TRACING_CONFIG)"))
        }),
        Row::new("log.level", |facts| {
            Value::text(
                facts
                    .thanos()
                    .log_level
                    .or(facts.sidecar.input.instance.common.log_level),
            )
        }),
        Row::new("log.format", |facts| {
            Value::text(
                facts
                    .thanos()
                    .log_format
                    .or(facts.sidecar.input.instance.common.log_format),
            )
        }),
        Row::new("min-time", |facts| Value::text(facts.thanos().min_time.as_deref())),
        Row::new("prometheus.ready_timeout", |facts| {
            Value::text(facts.thanos().ready_timeout.as_deref())
        }),
        Row::new("prometheus.get_config_timeout", |facts| {
            Value::text(facts.thanos().get_config_timeout.as_deref())
        })
        .since(0, 29)
        .of("thanos.getConfigTimeout"),
        Row::new("prometheus.get_config_interval", |facts| {
            Value::text(facts.thanos().get_config_interval.as_deref())
        })
        .since(0, 29)
        .of("thanos.getConfigInterval"),
        Row::new("prometheus.http-client-file", |_| {
            Value::Text(format!("{CONFIG_DIRECTORY}/{}", names::THANOS_HTTP_CLIENT_FILE))
        })
        .since(HTTP_CLIENT_SINCE.major, HTTP_CLIENT_SINCE.minor),
    ]
}

impl<'a> Facts<'a> {
    fn thanos(&self) -> &'a ThanosSpec {
        self.sidecar.thanos
    }
}
