//! Mutual TLS between the Alertmanagers of a cluster: the file `cluster-tls-config.yaml` and the volumes that it needs. Pure.
//!
//! The format: <https://prometheus.io/docs/alertmanager/latest/https/#gossip-traffic>.

use crds::ClusterTlsConfig;
use formats::version::Version;
use formats::yaml::{self, Yaml, map};

use crate::pod::volume::{self, Mounted};
use crate::pod::web::{self, credentials::Credentials};

/// Key of the Secret, and name of the file.
pub const FILE: &str = "cluster-tls-config.yaml";

/// First version of Alertmanager that has such a file.
pub const SINCE: Version = Version::new(0, 24, 0);

const VOLUME: &str = "cluster-tls-config";

/// The content of the file; empty without TLS.
pub fn config(tls: Option<&ClusterTlsConfig>, directory: &str) -> String {
    let Some(tls) = tls else {
        return String::new();
    };
    let [server, client] = credentials(tls, directory);
    let server_files = [("key_file", server.key_file()), ("cert_file", server.cert_file())];
    let client_config = web::given([
        ("key_file", client.key_file().map(Yaml::from)),
        ("cert_file", client.cert_file().map(Yaml::from)),
        ("ca_file", client.ca_file().map(Yaml::from)),
        ("server_name", tls.client.server_name.clone().map(Yaml::from)),
        ("insecure_skip_verify", tls.client.insecure_skip_verify.map(Yaml::from)),
    ]);
    yaml::to_string(&map([
        (
            "tls_server_config",
            web::server(&tls.server, &server_files, server.ca_file()),
        ),
        ("tls_client_config", client_config),
    ]))
}

/// Path of the file.
pub fn path(directory: &str) -> String {
    format!("{directory}/{FILE}")
}

/// The volume of the file and those of the TLS files, with their mounts below `directory`.
pub fn mounted(tls: Option<&ClusterTlsConfig>, directory: &str, secret: &str) -> Mounted {
    let mut mounted = Mounted::default();
    mounted.push(volume::secret(VOLUME, secret), web::file(VOLUME, directory, FILE));
    for credentials in tls.map(|tls| credentials(tls, directory)).into_iter().flatten() {
        let files = credentials.mounted();
        mounted.volumes.extend(files.volumes);
        mounted.mounts.extend(files.mounts);
    }
    mounted
}

/// Those as a server, then those as a client.
fn credentials<'a>(tls: &'a ClusterTlsConfig, directory: &str) -> [Credentials<'a>; 2] {
    [
        Credentials::of_server(
            &tls.server,
            format!("{directory}/server_tls"),
            "cluster-tls-server-config-",
        ),
        Credentials::of_client(
            &tls.client,
            format!("{directory}/client_tls"),
            "cluster-tls-client-config-",
        ),
    ]
}
