//! The containers of the config-reloader: the sidecar, and the init container that writes the configuration before the
//! program starts. Pure. Their flags are those of the `config-reloader` crate.

use std::path::Path;

use crds::{ImagePullPolicy, LogFormat, LogLevel};
use k8s_openapi::api::core::v1::{Container, EnvVar, Probe, ResourceRequirements, VolumeMount};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::container::{hardened, tcp_port, variable, variable_of_field};
use super::probe::{self, ProbeTarget, Server};
use super::web::own_user::Login;
use crate::settings;

/// Variable that the reloader makes of the name of the pod.
const ORDINAL: &str = "STATEFULSET_ORDINAL_NUMBER";
/// The program in its image.
const PROGRAM: &str = "/bin/prometheus-config-reloader";
/// Port of the sidecar.
const PORT: i32 = 8080;
/// Port of the init container; another one, because clients of the API warn about a port that occurs twice.
const INIT_PORT: i32 = 8081;

/// What of the program's own name the containers carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Writes the files once and ends.
    Init,
    /// Watches, writes and triggers reloads.
    Sidecar,
}

/// How the program learns of a new configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reload {
    /// A POST to this URL.
    Url(String),
    /// A signal to the process. The URL says whether the process took the configuration.
    Signal {
        /// URL of the program's runtime information; absent: nobody asks.
        runtime_info: Option<String>,
    },
}

/// The shard of the pod, which the reloader puts in place of `$(SHARD)`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shard {
    /// Number of the shard; -1 for kinds that have none.
    pub number: Option<i32>,
    /// Zone of the shard, where shards go by zones.
    pub zone: Option<String>,
    /// Number of the shard within its zone.
    pub number_in_zone: Option<i32>,
}

/// What a reloader container does.
#[derive(Debug, Clone)]
pub struct Reloader<'a> {
    /// Image, resources and probes.
    pub settings: &'a settings::Reloader,
    /// When the image is pulled.
    pub pull_policy: Option<ImagePullPolicy>,
    /// Init container or sidecar.
    pub role: Role,
    /// Host of the loopback interface if the sidecar shall listen there alone.
    pub listen_local: Option<&'a str>,
    /// Web configuration of the reloader's own server.
    pub web_config_file: Option<&'a str>,
    /// What a server asks of its clients by that configuration.
    pub server: Server,
    /// How to reload; absent: not at all.
    pub reload: Option<Reload>,
    /// Who it is to what it reloads.
    pub login: Option<Login>,
    /// The compressed configuration.
    pub config_file: Option<&'a str>,
    /// Where the expanded configuration goes.
    pub expanded_file: Option<&'a str>,
    /// Directories whose change reloads; the one of `config_file` is added.
    pub watched: Vec<String>,
    /// Directories and patterns of files that are unpacked, besides the configuration.
    pub packed: Vec<&'a str>,
    /// Those of them in which no variables are expanded: what tenants write.
    pub verbatim: Vec<&'a str>,
    /// Directory that they are unpacked into.
    pub unpacked: &'a str,
    /// Level of the reloader's log.
    pub log_level: Option<LogLevel>,
    /// Format of the reloader's log.
    pub log_format: Option<LogFormat>,
    /// The shard.
    pub shard: Shard,
    /// Whether `$(NODE_NAME)` stands for the name of the node.
    pub node_name: bool,
    /// Mounts.
    pub mounts: Vec<VolumeMount>,
}

impl<'a> Reloader<'a> {
    /// A container that does nothing yet.
    pub fn new(settings: &'a settings::Reloader, role: Role) -> Self {
        Self {
            settings,
            pull_policy: None,
            role,
            listen_local: None,
            web_config_file: None,
            server: Server::Plain,
            reload: None,
            login: None,
            config_file: None,
            expanded_file: None,
            watched: Vec::new(),
            packed: Vec::new(),
            verbatim: Vec::new(),
            unpacked: "",
            log_level: None,
            log_format: None,
            shard: Shard::default(),
            node_name: false,
            mounts: Vec::new(),
        }
    }

    /// The container.
    pub fn container(&self) -> Container {
        let (name, port_name, port) = match self.role {
            Role::Init => ("init-config-reloader", "reloader-init", INIT_PORT),
            Role::Sidecar => ("config-reloader", "reloader-web", PORT),
        };
        let probe = (self.settings.probes && self.role == Role::Sidecar).then(|| self.probe());
        Container {
            command: Some(vec![PROGRAM.to_owned()]),
            args: Some(self.arguments(port)),
            env: Some(self.environment()),
            ports: self.listen_local.is_none().then(|| vec![tcp_port(port_name, port)]),
            resources: Some(resources(self.settings)),
            volume_mounts: Some(self.mounts.clone()).filter(|mounts| !mounts.is_empty()),
            liveness_probe: probe.clone(),
            readiness_probe: probe.clone(),
            startup_probe: probe,
            ..hardened(name, &self.settings.image, self.pull_policy)
        }
    }

    fn arguments(&self, port: i32) -> Vec<String> {
        let mut arguments = Vec::new();
        if self.role == Role::Init {
            arguments.push("--watch-interval=0".to_owned());
        }
        arguments.push(format!(
            "--listen-address={}:{port}",
            self.listen_local.unwrap_or_default()
        ));
        arguments.extend(self.web_config_file.map(|file| format!("--web-config-file={file}")));
        match &self.reload {
            None => {}
            Some(Reload::Url(url)) => arguments.push(format!("--reload-url={url}")),
            Some(Reload::Signal { runtime_info }) => {
                arguments.push("--reload-method=signal".to_owned());
                arguments.extend(runtime_info.as_ref().map(|url| format!("--runtimeinfo-url={url}")));
            }
        }
        if let Some(login) = &self.login {
            arguments.push(format!("--basic-auth-username={}", login.username));
            arguments.push(format!("--basic-auth-password-file={}", login.password_file));
        }
        arguments.extend(self.config_file.map(|file| format!("--config-file={file}")));
        arguments.extend(self.expanded_file.map(|file| format!("--config-envsubst-file={file}")));
        arguments.extend(
            self.watched
                .iter()
                .map(|directory| format!("--watched-dir={directory}")),
        );
        if let Some(directory) = self.config_file.map(directory_of)
            && !self.watched.contains(&directory)
        {
            arguments.push(format!("--watched-dir={directory}"));
        }
        if !self.packed.is_empty() {
            arguments.push(format!("--target-dir={}", self.unpacked));
            arguments.extend(self.packed.iter().map(|source| format!("--target-dir-source={source}")));
            let verbatim = self.verbatim.iter().filter(|source| self.packed.contains(source));
            arguments.extend(verbatim.map(|source| format!("--target-dir-verbatim={source}")));
        }
        if self.settings.restricts_expansion {
            let names = self.environment().into_iter().map(|variable| variable.name);
            let names: Vec<String> = names.chain([ORDINAL.to_owned()]).collect();
            arguments.push(format!("--expand={}", names.join(",")));
        }
        let level = self.log_level.filter(|level| *level != LogLevel::Info);
        arguments.extend(level.map(|level| format!("--log-level={level}")));
        let format = self.log_format.filter(|format| *format != LogFormat::Logfmt);
        arguments.extend(format.map(|format| format!("--log-format={format}")));
        arguments
    }

    fn environment(&self) -> Vec<EnvVar> {
        let mut environment = vec![variable_of_field("POD_NAME", "metadata.name")];
        if self.node_name {
            environment.push(variable_of_field("NODE_NAME", "spec.nodeName"));
        }
        environment.extend(self.shard.number.map(|number| variable("SHARD", number.to_string())));
        environment.extend(
            self.shard
                .zone
                .as_ref()
                .map(|zone| variable("TOPOLOGY_ZONE", zone.clone())),
        );
        environment.extend(
            self.shard
                .number_in_zone
                .map(|number| variable("INZONE_SHARD", number.to_string())),
        );
        environment
    }

    fn probe(&self) -> Probe {
        let Some(host) = self.listen_local else {
            let target = ProbeTarget::Network {
                port: IntOrString::Int(PORT),
                server: self.web_config_file.map_or(Server::Plain, |_| self.server),
            };
            return probe::get(&target, "/healthz");
        };
        // Its program cannot ask itself.
        if self.settings.is_of_original() {
            let origin = format!("http://{host}:{PORT}");
            return probe::get(&ProbeTarget::Loopback { origin: &origin }, "/healthz");
        }
        // The image has nothing but the program.
        let address = format!("--listen-address={host}:{PORT}");
        let web_config = self.web_config_file.map(|file| format!("--web-config-file={file}"));
        let words = [PROGRAM, "healthcheck", &address]
            .into_iter()
            .chain(web_config.as_deref());
        probe::command(words)
    }
}

fn directory_of(file: &str) -> String {
    match Path::new(file).parent().and_then(Path::to_str) {
        None | Some("") => ".".to_owned(),
        Some(directory) => directory.to_owned(),
    }
}

fn resources(settings: &settings::Reloader) -> ResourceRequirements {
    let quantities = |cpu: &Option<String>, memory: &Option<String>| {
        let given = [("cpu", cpu), ("memory", memory)]
            .into_iter()
            .filter_map(|(name, quantity)| Some((name.to_owned(), Quantity(quantity.clone()?))))
            .collect::<std::collections::BTreeMap<String, Quantity>>();
        Some(given).filter(|given| !given.is_empty())
    };
    ResourceRequirements {
        limits: quantities(&settings.cpu_limit, &settings.memory_limit),
        requests: quantities(&settings.cpu_request, &settings.memory_request),
        claims: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(settings: &settings::Reloader) -> Vec<String> {
        let reloader = Reloader {
            packed: vec!["/jobs", "/rules"],
            verbatim: vec!["/rules"],
            unpacked: "/out",
            shard: Shard {
                number: Some(0),
                ..Shard::default()
            },
            ..Reloader::new(settings, Role::Sidecar)
        };
        reloader.container().args.expect("arguments")
    }

    #[test]
    fn variables_of_others_are_expanded_unless_that_is_restricted_and_in_rules_never() {
        let restricted = settings::Reloader {
            restricts_expansion: true,
            ..settings::Reloader::default()
        };
        for (settings, expected) in [
            (&settings::Reloader::default(), None),
            (&restricted, Some("--expand=POD_NAME,SHARD,STATEFULSET_ORDINAL_NUMBER")),
        ] {
            let arguments = arguments(settings);
            let expand = arguments.iter().find(|argument| argument.starts_with("--expand"));
            assert_eq!(expand.map(String::as_str), expected, "{arguments:?}");
            assert!(
                arguments.contains(&"--target-dir-verbatim=/rules".to_owned()),
                "{arguments:?}"
            );
        }
    }

    #[test]
    fn a_probe_needs_nothing_but_the_program() {
        let settings = settings::Reloader {
            probes: true,
            ..settings::Reloader::default()
        };
        let probe = |listen_local, server| {
            let reloader = Reloader {
                listen_local,
                server,
                web_config_file: Some("/web.yaml"),
                ..Reloader::new(&settings, Role::Sidecar)
            };
            reloader.container().readiness_probe.expect("a probe")
        };
        let command = probe(Some("localhost"), Server::Closed { tls: true })
            .exec
            .and_then(|exec| exec.command);
        let words = [
            PROGRAM,
            "healthcheck",
            "--listen-address=localhost:8080",
            "--web-config-file=/web.yaml",
        ];
        assert_eq!(command.expect("a command"), words);
        let original = settings::Reloader {
            image: "quay.io/prometheus-operator/prometheus-config-reloader:v0.93.0".to_owned(),
            ..settings.clone()
        };
        let reloader = Reloader {
            listen_local: Some("localhost"),
            ..Reloader::new(&original, Role::Sidecar)
        };
        let command = reloader
            .container()
            .readiness_probe
            .and_then(|probe| probe.exec?.command);
        assert_eq!(command.expect("a command")[0], "sh");
        assert!(probe(None, Server::Closed { tls: true }).tcp_socket.is_some());
        assert!(probe(None, Server::Tls).http_get.is_some());
    }
}
