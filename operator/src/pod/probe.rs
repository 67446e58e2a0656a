//! Probes, and the URLs and paths that they and the reloader use. Pure.

use k8s_openapi::api::core::v1::{ExecAction, HTTPGetAction, Probe};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// How a probe reaches the server in its container.
#[derive(Debug, Clone)]
pub enum Target<'a> {
    /// The kubelet asks over the network.
    Network {
        /// Port by name or number.
        port: IntOrString,
        /// Whether the server speaks TLS.
        tls: bool,
    },
    /// The server listens on the loopback interface alone, so a client in the container asks.
    Loopback {
        /// `http://localhost:9090`
        origin: &'a str,
    },
}

/// A probe of `path`, without thresholds.
pub fn get(target: &Target<'_>, path: &str) -> Probe {
    match target {
        Target::Network { port, tls } => Probe {
            http_get: Some(HTTPGetAction {
                path: Some(path.to_owned()),
                port: port.clone(),
                scheme: tls.then(|| "HTTPS".to_owned()),
                ..HTTPGetAction::default()
            }),
            ..Probe::default()
        },
        Target::Loopback { origin } => Probe {
            exec: Some(ExecAction {
                command: Some(vec![
                    "sh".to_owned(),
                    "-c".to_owned(),
                    fetch(&format!("{origin}{path}")),
                ]),
            }),
            ..Probe::default()
        },
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
