//! Probes, and the URLs and paths that they and the reloader use. Pure.

use crds::WebConfigFileFields;
use k8s_openapi::api::core::v1::{ExecAction, HTTPGetAction, Probe, TCPSocketAction};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::web::users::are_given;

/// What a server asks of its clients, as far as probes are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// It speaks HTTP.
    Plain,
    /// It speaks HTTPS.
    Tls,
    /// It answers those who show a certificate or a password. A kubelet has neither.
    Closed {
        /// Whether it speaks HTTPS.
        tls: bool,
    },
}

impl Server {
    /// The server that serves by these settings.
    pub fn of(fields: &WebConfigFileFields) -> Self {
        let tls = fields.tls_config.is_some();
        match (asks_for_certificates(fields) || are_given(Some(fields)), tls) {
            (true, tls) => Self::Closed { tls },
            (false, true) => Self::Tls,
            (false, false) => Self::Plain,
        }
    }

    /// Whether it speaks HTTPS.
    pub const fn is_tls(self) -> bool {
        matches!(self, Self::Tls | Self::Closed { tls: true })
    }
}

/// Whether the server lets nobody in who has no certificate.
pub fn asks_for_certificates(fields: &WebConfigFileFields) -> bool {
    let tls = fields.tls_config.as_deref();
    matches!(
        tls.and_then(|tls| tls.client_auth_type.as_deref()),
        Some("RequireAnyClientCert" | "RequireClientCert" | "RequireAndVerifyClientCert")
    )
}

/// How a probe reaches the server in its container.
#[derive(Debug, Clone)]
pub enum ProbeTarget<'a> {
    /// The kubelet asks over the network.
    Network {
        /// Port by name or number.
        port: IntOrString,
        /// What the server asks of it.
        server: Server,
    },
    /// The server listens on the loopback interface alone, so a client in the container asks.
    Loopback {
        /// `http://localhost:9090`
        origin: &'a str,
    },
}

/// A probe of `path`, without thresholds.
pub fn get(target: &ProbeTarget<'_>, path: &str) -> Probe {
    match target {
        ProbeTarget::Network {
            port,
            server: Server::Closed { .. },
        } => Probe {
            tcp_socket: Some(TCPSocketAction {
                port: port.clone(),
                host: None,
            }),
            ..Probe::default()
        },
        ProbeTarget::Network { port, server } => Probe {
            http_get: Some(HTTPGetAction {
                path: Some(path.to_owned()),
                port: port.clone(),
                scheme: (*server == Server::Tls).then(|| "HTTPS".to_owned()),
                ..HTTPGetAction::default()
            }),
            ..Probe::default()
        },
        ProbeTarget::Loopback { origin } => command(["sh", "-c", &fetch(&format!("{origin}{path}"))]),
    }
}

/// A probe by a command in the container, without thresholds.
pub fn command<'a>(words: impl IntoIterator<Item = &'a str>) -> Probe {
    Probe {
        exec: Some(ExecAction {
            command: Some(words.into_iter().map(str::to_owned).collect()),
        }),
        ..Probe::default()
    }
}

/// A shell command that succeeds if `url` answers well, with whichever client the image has.
fn fetch(url: &str) -> String {
    format!(
        r#"if [ -x "$(command -v curl)" ]; then exec curl --fail {url}; elif [ -x "$(command -v wget)" ]; then exec wget -q -O /dev/null {url}; else exit 1; fi"#
    )
}

/// Scheme of a server with or without TLS.
pub fn scheme(tls: bool) -> &'static str {
    if tls { "https" } else { "http" }
}

/// `path` below `prefix`, with single slashes and without `.` and `..`, always beginning with a slash.
pub fn below(prefix: &str, path: &str) -> String {
    let mut segments = Vec::new();
    for segment in prefix.split('/').chain(path.split('/')) {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    format!("/{}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kubelet_without_a_certificate_looks_at_the_port() {
        for (auth, expected) in [
            (None, Server::Tls),
            (Some("VerifyClientCertIfGiven"), Server::Tls),
            (Some("RequireAnyClientCert"), Server::Closed { tls: true }),
            (Some("RequireAndVerifyClientCert"), Server::Closed { tls: true }),
        ] {
            let fields = serde_json::json!({ "tlsConfig": { "clientAuthType": auth } });
            let server = Server::of(&serde_json::from_value(fields).expect("settings of a server"));
            assert_eq!(server, expected);
            let port = IntOrString::String("web".to_owned());
            let probe = get(&ProbeTarget::Network { port, server }, "/-/ready");
            assert_eq!(
                (probe.http_get.is_some(), probe.tcp_socket.is_some()),
                (server == Server::Tls, server != Server::Tls)
            );
        }
    }

    #[test]
    fn a_kubelet_without_a_password_looks_at_the_port() {
        for (mut fields, tls) in [
            (serde_json::json!({}), false),
            (serde_json::json!({ "tlsConfig": {} }), true),
        ] {
            fields["basicAuthUsers"] = serde_json::json!([{ "username": "ann", "passwordHash": { "key": "ann" } }]);
            let server = Server::of(&serde_json::from_value(fields).expect("settings of a server"));
            assert_eq!((server, server.is_tls()), (Server::Closed { tls }, tls));
        }
    }

    #[test]
    fn a_path_below_a_prefix_is_clean() {
        for (prefix, path, expected) in [
            ("/", "/-/ready", "/-/ready"),
            ("", "/-/ready", "/-/ready"),
            ("/prometheus/", "/-/ready", "/prometheus/-/ready"),
            ("team//a/../b", "-/reload", "/team/b/-/reload"),
            ("/", "/", "/"),
        ] {
            assert_eq!(below(prefix, path), expected, "{prefix} {path}");
        }
    }
}
