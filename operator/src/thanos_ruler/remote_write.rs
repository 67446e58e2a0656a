//! The remote-write configuration of a Thanos Ruler: a file in the format of Prometheus, which Thanos reads with the code of
//! some version of Prometheus. Pure.
//!
//! So the checks and tables are those of Prometheus.

use crds::ThanosRuler;
use formats::version::{Dropped, Range, Version};
use formats::yaml;

use crate::assets::{Assets, TlsFiles};
use crate::check::http_client::Credentials;
use crate::check::invalid::{Invalid, SPEC, Within};
use crate::check::{name_scheme, relabel};
use crate::prometheus::config::{Certificates, Format, remote_write_file};
use crate::prometheus::validate::check_remote_writes;

/// Versions of Thanos from which on the format is that of another version of Prometheus, as far as fields of ours tell.
/// Thanos names the version of Prometheus that it is built with in its `go.mod`.
const FORMATS: [(Version, Version); 9] = [
    (Version::new(0, 24, 0), Version::new(2, 31, 0)),
    (Version::new(0, 28, 0), Version::new(2, 37, 0)),
    (Version::new(0, 30, 0), Version::new(2, 41, 0)),
    (Version::new(0, 31, 0), Version::new(2, 45, 0)),
    (Version::new(0, 32, 0), Version::new(2, 50, 0)),
    (Version::new(0, 36, 0), Version::new(2, 53, 0)),
    (Version::new(0, 37, 0), Version::new(2, 54, 0)),
    (Version::new(0, 38, 0), Version::new(3, 1, 0)),
    (Version::new(0, 40, 0), Version::new(3, 5, 0)),
];

/// Why there is no remote-write configuration.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Thanos Ruler cannot write to anybody.
    #[error("spec.remoteWrite: requires Thanos 0.24.0 or newer, but the version is {0}")]
    Unsupported(Version),
    /// A target is wrong, or refers to what is not there.
    #[error("{source} (Thanos {version} has the remote write of Prometheus {format})")]
    Specification {
        /// The version of the object.
        version: Version,
        /// The version of Prometheus.
        format: Version,
        /// Field and cause.
        #[source]
        source: Invalid,
    },
}

/// The configuration, and what it needs and lacks.
#[derive(Debug)]
pub struct RemoteWrite {
    /// The file.
    pub text: String,
    /// Certificates and keys of the targets.
    pub tls_files: TlsFiles,
    /// Fields that were left out because the version does not know them, each as a sentence.
    pub dropped: Vec<String>,
}

/// The remote-write configuration of `thanos_ruler` for Thanos `version`.
///
/// # Errors
/// When the version cannot write, or a target is wrong.
pub fn remote_write(thanos_ruler: &ThanosRuler, version: Version, assets: &Assets) -> Result<RemoteWrite, Error> {
    let endpoints = &thanos_ruler.spec.remote_write;
    let namespace = thanos_ruler.metadata.namespace.as_deref().unwrap_or_default();
    let prometheus = match format_of(version) {
        Some(prometheus) => prometheus,
        // Nothing is written in it then.
        None if endpoints.is_empty() => FORMATS[0].1,
        None => return Err(Error::Unsupported(version)),
    };
    let mut credentials = Credentials::new(namespace, assets);
    let relabeling = relabel::Rules::new(prometheus, name_scheme::of_version(prometheus));
    check_remote_writes(endpoints, prometheus, relabeling, &mut credentials)
        .within(SPEC)
        .map_err(|source| Error::Specification {
            version,
            format: prometheus,
            source,
        })?;
    let format = Format {
        version: prometheus,
        assets,
        certificates: Certificates::Inline,
    };
    let mut dropped = Vec::new();
    let file = remote_write_file(endpoints, namespace, &format, &mut dropped);
    let dropped = dropped.into_iter();
    Ok(RemoteWrite {
        text: yaml::to_string(&file),
        tls_files: credentials.into_tls_files(),
        dropped: dropped
            .map(|dropped| format!("{}: {}", dropped.part, in_versions_of_thanos(&dropped.field)))
            .collect(),
    })
}

/// The version of Prometheus whose format Thanos `version` reads; absent: it cannot write.
fn format_of(version: Version) -> Option<Version> {
    let known = FORMATS.iter().rev().find(|(since, _)| version >= *since);
    known.map(|(_, format)| *format)
}

/// A message about versions of Prometheus, about those of Thanos.
fn in_versions_of_thanos(dropped: &Dropped) -> Dropped {
    let since = |prometheus: Version| FORMATS.iter().find(|(_, format)| *format >= prometheus);
    Dropped {
        versions: Range {
            since: dropped.versions.since.and_then(since).map(|(thanos, _)| *thanos),
            until: None,
        },
        key: dropped.key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn written(version: Version, endpoint: &Value) -> Result<RemoteWrite, String> {
        let ruler = json!({"metadata": {"name": "main", "namespace": "team"}, "spec": {"remoteWrite": [endpoint]}});
        let ruler: ThanosRuler = serde_json::from_value(ruler).unwrap();
        let written = remote_write(&ruler, version, &Assets::default());
        written.map_err(|error| process::causes::Causes(&error).to_string())
    }

    #[test]
    fn what_a_version_does_not_know_is_left_out_and_told() {
        let endpoint = json!({"url": "http://a", "roundRobinDNS": true, "queueConfig": {"sampleAgeLimit": "1h"}});
        let old = written(Version::new(0, 31, 0), &endpoint).unwrap();
        assert_eq!(old.text, "remote_write:\n- url: http://a\n  queue_config: {}\n");
        assert_eq!(
            old.dropped,
            [
                "remoteWrite[0]: \"sample_age_limit\" is ignored: it requires a version from 0.32.0",
                "remoteWrite[0]: \"round_robin_dns\" is ignored: it requires a version from 0.38.0",
            ]
        );
        let new = written(Version::new(0, 38, 0), &endpoint).unwrap();
        assert_eq!(new.dropped, [""; 0]);
    }

    #[test]
    fn a_target_that_cannot_work_is_refused() {
        let error = written(Version::new(0, 23, 9), &json!({"url": "http://a"})).unwrap_err();
        assert!(
            error.contains("requires Thanos 0.24.0 or newer, but the version is 0.23.9"),
            "{error}"
        );
        let azure = json!({"url": "http://a", "azureAd": {"managedIdentity": {}}});
        let error = written(Version::new(0, 39, 0), &azure).unwrap_err();
        assert!(
            error.contains("remoteWrite[0].azureAd.managedIdentity.clientId"),
            "{error}"
        );
        assert!(written(Version::new(0, 40, 0), &azure).is_ok());
    }
}
