//! Certificates, keys and authorities that a server reads from mounted Secrets and ConfigMaps. Pure.
//!
//! Whole Secrets are mounted, not single keys of them, so that a renewed certificate reaches the server without a restart.

use crds::{SafeTlsConfig, SecretOrConfigMap, WebTlsConfig};

use crate::pod::volume::Mounted;
use crate::pod::{name, volume};

/// A key of a Secret or ConfigMap, mounted as a file.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Source<'a> {
    secret: bool,
    name: &'a str,
    key: &'a str,
}

/// The three files of a TLS configuration, and where they are mounted.
#[derive(Debug, Clone)]
pub struct Credentials<'a> {
    directory: String,
    volume_prefix: &'static str,
    key: Option<Source<'a>>,
    cert: Option<Source<'a>>,
    ca: Option<Source<'a>>,
    files: [Option<&'a str>; 3],
}

impl<'a> Credentials<'a> {
    /// Those of a server. `directory` is the one below which they are mounted, `volume_prefix` begins the volume names.
    pub fn of_server(config: &'a WebTlsConfig, directory: String, volume_prefix: &'static str) -> Self {
        Self {
            directory,
            volume_prefix,
            key: config
                .key_secret
                .as_deref()
                .and_then(|key| Source::of_secret(&key.name, &key.key)),
            cert: Source::of(&config.cert),
            ca: Source::of(&config.client_ca),
            files: [
                config.key_file.as_deref(),
                config.cert_file.as_deref(),
                config.client_ca_file.as_deref(),
            ],
        }
    }

    /// Those of a client.
    pub fn of_client(config: &'a SafeTlsConfig, directory: String, volume_prefix: &'static str) -> Self {
        Self {
            directory,
            volume_prefix,
            key: config
                .key_secret
                .as_deref()
                .and_then(|key| Source::of_secret(&key.name, &key.key)),
            cert: Source::of(&config.cert),
            ca: Source::of(&config.ca),
            files: [None; 3],
        }
    }

    /// Path of the private key.
    pub fn key_file(&self) -> Option<String> {
        self.file(self.files[0], self.key, "key")
    }

    /// Path of the certificate.
    pub fn cert_file(&self) -> Option<String> {
        self.file(self.files[1], self.cert, "cert")
    }

    /// Path of the authorities.
    pub fn ca_file(&self) -> Option<String> {
        self.file(self.files[2], self.ca, "ca")
    }

    /// The volumes and mounts: key, certificate, authorities.
    pub fn mounted(&self) -> Mounted {
        let mut mounted = Mounted::default();
        for (source, use_, suffix) in [
            (self.key, "key", "key"),
            (self.cert, "cert", "cert"),
            (self.ca, "client-ca", "ca"),
        ] {
            let Some(source) = source else { continue };
            let prefix = format!("{}{}-{use_}-", self.volume_prefix, source.kind());
            let volume = name::unique_label(&prefix, source.name);
            mounted.push(
                if source.secret {
                    volume::secret(&volume, source.name)
                } else {
                    volume::config_map(&volume, source.name)
                },
                volume::read_only(&volume, &self.mount_path(source, suffix)),
            );
        }
        mounted
    }

    fn file(&self, given: Option<&str>, source: Option<Source<'_>>, suffix: &str) -> Option<String> {
        given
            .map(str::to_owned)
            .or_else(|| source.map(|source| format!("{}/{}", self.mount_path(source, suffix), source.key)))
    }

    fn mount_path(&self, source: Source<'_>, suffix: &str) -> String {
        format!("{}/{}/{}-{suffix}", self.directory, source.kind(), source.name)
    }
}

impl<'a> Source<'a> {
    fn of(source: &'a SecretOrConfigMap) -> Option<Self> {
        match (&source.secret, &source.config_map) {
            (Some(secret), _) => Self::of_secret(&secret.name, &secret.key),
            (None, Some(config_map)) => Some(Self {
                secret: false,
                name: &config_map.name,
                key: &config_map.key,
            }),
            (None, None) => None,
        }
    }

    /// An empty name is that of no Secret: clients written in Go send one where the user gave nothing.
    fn of_secret(name: &'a str, key: &'a str) -> Option<Self> {
        (!name.is_empty()).then_some(Self {
            secret: true,
            name,
            key,
        })
    }

    fn kind(self) -> &'static str {
        if self.secret { "secret" } else { "configmap" }
    }
}
