//! The web configuration file of a workload's server, `web-config.yaml`, and the volumes that it needs. Pure.
//!
//! The format is that of Prometheus' exporter-toolkit:
//! <https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md>.

pub mod check;
pub mod credentials;
pub mod own_user;
pub mod users;

use crds::{WebConfigFileFields, WebHttpConfig, WebTlsConfig};
use formats::version::Version;
use formats::yaml::{self, Yaml, map};
use k8s_openapi::api::core::v1::VolumeMount;

use self::credentials::Credentials;
use self::users::Users;
use crate::pod::volume::{self, Mounted};

/// Key of the Secret, and name of the file.
pub const FILE: &str = "web-config.yaml";

/// First version of Prometheus that has such a file.
pub const PROMETHEUS_SINCE: Version = Version::new(2, 24, 0);

/// First version of Alertmanager that has such a file.
pub const ALERTMANAGER_SINCE: Version = Version::new(0, 22, 0);

/// First version of Thanos that has such a file.
pub const THANOS_SINCE: Version = Version::new(0, 21, 0);

const VOLUME: &str = "web-config";
const TLS_VOLUMES: &str = "web-config-tls-";

/// The content of the file; empty if the user configures neither TLS nor HTTP, and nobody must log in.
pub fn config(fields: Option<&WebConfigFileFields>, users: Option<&Users<'_>>, directory: &str) -> String {
    let tls = fields.and_then(|fields| fields.tls_config.as_deref());
    let http = fields.and_then(|fields| fields.http_config.as_deref());
    let mut sections = Vec::new();
    if let Some(tls) = tls {
        let credentials = credentials(tls, directory);
        let files = [
            ("cert_file", credentials.cert_file()),
            ("key_file", credentials.key_file()),
        ];
        sections.push(("tls_server_config", server(tls, &files, credentials.ca_file())));
    }
    if let Some(http) = http {
        sections.push(("http_server_config", http_server(http)));
    }
    if let Some(users) = users {
        sections.push(("basic_auth_users", users.section()));
    }
    if sections.is_empty() {
        return String::new();
    }
    yaml::to_string(&map(sections))
}

/// The volume of the file and those of the TLS files, with their mounts below `directory`.
pub fn mounted(fields: Option<&WebConfigFileFields>, directory: &str, secret: &str) -> Mounted {
    let mut mounted = Mounted::default();
    let mount = current_files(fields, directory).unwrap_or_else(|| file(VOLUME, directory, FILE));
    mounted.push(volume::secret(VOLUME, secret), mount);
    if let Some(tls) = fields.and_then(|fields| fields.tls_config.as_deref()) {
        let files = credentials(tls, directory).mounted();
        mounted.volumes.extend(files.volumes);
        mounted.mounts.extend(files.mounts);
    }
    mounted
}

/// The mount of a single file of a volume. The kubelet never refreshes it.
pub(crate) fn file(volume: &str, directory: &str, file: &str) -> VolumeMount {
    VolumeMount {
        sub_path: Some(file.to_owned()),
        ..volume::read_only(volume, &format!("{directory}/{file}"))
    }
}

/// The mount of all files that are about users, where there are any. They change as long as the pod runs.
pub(crate) fn current_files(fields: Option<&WebConfigFileFields>, directory: &str) -> Option<VolumeMount> {
    let mount = || volume::read_only(VOLUME, &own_user::directory(fields, directory));
    users::are_given(fields).then(mount)
}

/// Path of the file.
pub fn path(fields: Option<&WebConfigFileFields>, directory: &str) -> String {
    format!("{}/{FILE}", own_user::directory(fields, directory))
}

fn credentials<'a>(tls: &'a WebTlsConfig, directory: &str) -> Credentials<'a> {
    Credentials::of_server(tls, directory.to_owned(), TLS_VOLUMES)
}

/// The TLS settings of a server, after the paths of its certificate and key.
pub(crate) fn server(tls: &WebTlsConfig, files: &[(&'static str, Option<String>)], ca_file: Option<String>) -> Yaml {
    let text = |text: &Option<Box<str>>| text.clone().map(Yaml::from);
    let list = |items: &[Box<str>]| (!items.is_empty()).then(|| items.iter().cloned().collect::<Yaml>());
    let mut pairs: Vec<(&'static str, Option<Yaml>)> = files
        .iter()
        .map(|(key, file)| (*key, file.clone().map(Yaml::from)))
        .collect();
    pairs.extend([
        ("client_auth_type", text(&tls.client_auth_type)),
        ("client_ca_file", ca_file.map(Yaml::from)),
        ("min_version", text(&tls.min_version)),
        ("max_version", text(&tls.max_version)),
        ("cipher_suites", list(&tls.cipher_suites)),
        (
            "prefer_server_cipher_suites",
            tls.prefer_server_cipher_suites.map(Yaml::from),
        ),
        ("curve_preferences", list(&tls.curve_preferences)),
    ]);
    given(pairs)
}

fn http_server(http: &WebHttpConfig) -> Yaml {
    let headers = http.headers.as_deref().map(|headers| {
        let text = |text: &Option<Box<str>>| text.clone().map(Yaml::from);
        let word = |word: Option<&'static str>| word.map(|word| Yaml::from(word.to_ascii_lowercase()));
        given([
            ("Content-Security-Policy", text(&headers.content_security_policy)),
            ("Strict-Transport-Security", text(&headers.strict_transport_security)),
            (
                "X-Content-Type-Options",
                word(headers.x_content_type_options.map(crds::XContentTypeOptions::as_str)),
            ),
            (
                "X-Frame-Options",
                word(headers.x_frame_options.map(crds::XFrameOptions::as_str)),
            ),
            ("X-XSS-Protection", text(&headers.x_xss_protection)),
        ])
    });
    given([("http2", http.http2.map(Yaml::from)), ("headers", headers)])
}

/// The pairs that have a value.
pub(crate) fn given(pairs: impl IntoIterator<Item = (&'static str, Option<Yaml>)>) -> Yaml {
    map(pairs.into_iter().filter_map(|(key, value)| Some((key, value?))))
}
