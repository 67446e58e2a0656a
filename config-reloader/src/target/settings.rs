//! The targets file: targets that need more than an address. Its words are those of Prometheus' own HTTP clients. Reads
//! that one file; the files that it names are read when they are used.
//!
//! ```yaml
//! targets:
//!   - url: https://prometheus.example.com/-/reload
//!     tls_config: {ca_file: ca.crt, cert_file: client.crt, key_file: client.key, server_name: prometheus}
//!     basic_auth: {username: reloader, password_file: password}
//!   - url: http://127.0.0.1:9093/-/reload
//!     authorization: {credentials_file: token}
//!     config_file: /etc/alertmanager/alertmanager.yml
//! ```

use std::path::{Path, PathBuf};

use process::yaml_file;
use serde::Deserialize;

use super::address;
use super::client::{Client, Credentials};
use super::tls::TlsSettings;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    targets: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    url: String,
    #[serde(default)]
    tls_config: TlsSettings,
    basic_auth: Option<BasicAuth>,
    authorization: Option<Authorization>,
    config_file: Option<PathBuf>,
}

/// A target, as the file describes it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Described {
    pub(super) client: Client,
    /// The file that it reads, for the verification.
    pub(super) config_file: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BasicAuth {
    username: String,
    password_file: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Authorization {
    #[serde(rename = "type", default = "bearer")]
    scheme: String,
    credentials_file: PathBuf,
}

fn bearer() -> String {
    "Bearer".to_owned()
}

/// Why a targets file is refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] yaml_file::Error),
    /// An address.
    #[error("target {number} of {path}: the url cannot be used")]
    Address {
        /// Which file.
        path: PathBuf,
        /// Which target, from 1.
        number: usize,
        /// What is wrong.
        #[source]
        source: address::Error,
    },
    /// Two ways of authentication.
    #[error("target {number} of {path} has both basic_auth and authorization")]
    TwoCredentials {
        /// Which file.
        path: PathBuf,
        /// Which target, from 1.
        number: usize,
    },
    /// Nothing to reload.
    #[error("{path} lists no targets")]
    None {
        /// Which file.
        path: PathBuf,
    },
}

/// The targets in the file at `path`. Relative paths in it count from its folder.
pub(super) fn read(path: &Path) -> Result<Vec<Described>, Error> {
    let file: File = yaml_file::read(path, "a list of targets")?;
    if file.targets.is_empty() {
        return Err(Error::None { path: path.to_owned() });
    }
    let numbered = file.targets.into_iter().zip(1..);
    numbered.map(|(entry, number)| described(entry, number, path)).collect()
}

fn described(entry: Entry, number: usize, path: &Path) -> Result<Described, Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let address = entry.url.parse().map_err(|source| Error::Address {
        path: path.to_owned(),
        number,
        source,
    })?;
    let credentials = match (entry.basic_auth, entry.authorization) {
        (None, None) => Credentials::OfAddress,
        (Some(basic), None) => Credentials::Basic {
            username: basic.username,
            password_file: folder.join(basic.password_file),
        },
        (None, Some(token)) => Credentials::Token {
            scheme: token.scheme,
            file: folder.join(token.credentials_file),
        },
        (Some(_), Some(_)) => {
            let path = path.to_owned();
            return Err(Error::TwoCredentials { path, number });
        }
    };
    let mut tls = entry.tls_config;
    tls.resolve(folder);
    let mut client = Client::new(address);
    (client.credentials, client.tls) = (credentials, tls);
    Ok(Described {
        client,
        config_file: entry.config_file.map(|file| folder.join(file)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<Described>, Error> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("targets.yaml");
        std::fs::write(&path, text).expect("ours");
        read(&path)
    }

    #[test]
    fn every_setting_is_read() {
        let targets = parsed(
            "targets:\n\
             - url: https://a.example.com/-/reload\n  tls_config: {ca_file: ca.crt, server_name: b, insecure_skip_verify: false}\n  \
             basic_auth: {username: ann, password_file: /secret/password}\n\
             - url: unix:///run/a.sock\n  authorization: {type: Token, credentials_file: token}\n  config_file: a.yml\n\
             - {url: 'http://127.0.0.1:9093/-/reload'}\n",
        )
        .expect("good settings");
        assert!(targets[0].client.tls.ca_file.is_absolute() && targets[0].client.tls.ca_file.ends_with("ca.crt"));
        assert_eq!(
            (
                targets[0].client.tls.server_name.as_str(),
                targets[0].client.tls.insecure_skip_verify
            ),
            ("b", Some(false))
        );
        assert_eq!(
            targets[0].client.credentials,
            Credentials::Basic {
                username: "ann".to_owned(),
                password_file: "/secret/password".into()
            }
        );
        assert!(
            targets[1]
                .config_file
                .as_ref()
                .is_some_and(|file| file.is_absolute() && file.ends_with("a.yml"))
        );
        assert!(
            matches!(&targets[1].client.credentials, Credentials::Token { scheme, file }
            if scheme == "Token" && file.is_absolute())
        );
        assert_eq!(
            (targets.len(), &targets[2].client.credentials),
            (3, &Credentials::OfAddress)
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, message) in [
            ("targets: []\n", "lists no targets"),
            ("targets:\n- {url: 'ftp://a'}\n", "target 1 of"),
            (
                "targets:\n- {url: 'http://a/', password: b}\n",
                "is not a list of targets",
            ),
            (
                "targets:\n- url: http://a/\n  basic_auth: {username: a, password_file: b}\n  authorization: {credentials_file: c}\n",
                "has both basic_auth and authorization",
            ),
        ] {
            let error = parsed(text).expect_err(text).to_string();
            assert!(error.contains(message) && error.contains("targets.yaml"), "{error}");
        }
    }
}
