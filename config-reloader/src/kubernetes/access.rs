//! Where the API server is and who we are to it: by the service account that every pod has, or by a kubeconfig. Reads
//! the kubeconfig once; tokens and certificates are read at each call, so that renewed ones are used.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use process::yaml_file;
use serde::Deserialize;

use crate::target::{Address, AddressError, Client, Credentials, TlsSettings};

/// Where a pod finds its service account.
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
/// Access to an API server.
#[derive(Debug, Clone)]
pub struct Access(Client);

/// Why there is no access.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither a pod nor a kubeconfig.
    #[error("not running in a Kubernetes pod (KUBERNETES_SERVICE_HOST is not set): use --kubeconfig")]
    NotInCluster,
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] yaml_file::Error),
    /// A name that leads nowhere.
    #[error("{path}: {what} {name:?} is not defined")]
    Missing {
        /// Which file.
        path: PathBuf,
        /// Context, cluster or user.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The address of the API server.
    #[error("the URL of the API server cannot be used")]
    Address(#[source] AddressError),
    /// Embedded data.
    #[error("{path}: {what} is not base64")]
    Data {
        /// Which file.
        path: PathBuf,
        /// Which field.
        what: &'static str,
        /// Where and why.
        #[source]
        source: base64::DecodeError,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Kubeconfig {
    current_context: String,
    contexts: Vec<NamedContext>,
    clusters: Vec<NamedCluster>,
    #[serde(default)]
    users: Vec<NamedUser>,
}

#[derive(Deserialize)]
struct NamedContext {
    name: String,
    context: Context,
}

#[derive(Deserialize)]
struct Context {
    cluster: String,
    user: String,
}

#[derive(Deserialize)]
struct NamedCluster {
    name: String,
    cluster: Cluster,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Cluster {
    server: String,
    #[serde(default)]
    certificate_authority: PathBuf,
    certificate_authority_data: Option<String>,
    #[serde(default)]
    tls_server_name: String,
    #[serde(default)]
    insecure_skip_tls_verify: bool,
}

#[derive(Deserialize)]
struct NamedUser {
    name: String,
    user: User,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
struct User {
    token: Option<String>,
    #[serde(rename = "tokenFile")]
    token_file: Option<PathBuf>,
    client_certificate: PathBuf,
    client_certificate_data: Option<String>,
    client_key: PathBuf,
    client_key_data: Option<String>,
}

impl Access {
    /// Access by a client.
    pub fn new(client: Client) -> Self {
        Self(client)
    }

    /// Access as the pod's service account.
    pub fn of_pod() -> Result<Self, Error> {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let host = variable("KUBERNETES_SERVICE_HOST").ok_or(Error::NotInCluster)?;
        // An IPv6 address is in brackets in a URL.
        let host = if host.contains(':') { format!("[{host}]") } else { host };
        let port = variable("KUBERNETES_SERVICE_PORT").unwrap_or_else(|| "443".to_owned());
        let address = format!("https://{host}:{port}")
            .parse::<Address>()
            .map_err(Error::Address)?;
        let mut client = Client::new(address);
        client.tls.ca_file = Path::new(ACCOUNT).join("ca.crt");
        client.credentials = Credentials::Token {
            scheme: "Bearer".to_owned(),
            file: Path::new(ACCOUNT).join("token"),
        };
        Ok(Self(client))
    }

    /// Access by the current context of a kubeconfig: with a token or a client's certificate. Programs that give
    /// credentials are not called.
    pub fn of_kubeconfig(path: &Path) -> Result<Self, Error> {
        let config: Kubeconfig = yaml_file::read(path, "a kubeconfig")?;
        let missing = |what, name: &str| Error::Missing {
            path: path.to_owned(),
            what,
            name: name.to_owned(),
        };
        let current = config.current_context;
        let context = config.contexts.into_iter().find(|context| context.name == current);
        let Context { cluster, user } = context.ok_or_else(|| missing("context", &current))?.context;
        let of_cluster = config.clusters.into_iter().find(|named| named.name == cluster);
        let of_cluster = of_cluster.ok_or_else(|| missing("cluster", &cluster))?.cluster;
        let of_user = config.users.into_iter().find(|named| named.name == user);
        let of_user = of_user.ok_or_else(|| missing("user", &user))?.user;
        let mut client = Client::new(of_cluster.server.parse().map_err(Error::Address)?);
        client.tls = tls(&of_cluster, &of_user, path)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        match (of_user.token, of_user.token_file) {
            (_, Some(file)) => {
                client.credentials = Credentials::Token {
                    scheme: "Bearer".to_owned(),
                    file: folder.join(file),
                }
            }
            (Some(token), None) => client.credentials = Credentials::KnownToken(token.into()),
            (None, None) => {}
        }
        Ok(Self(client))
    }

    /// A client for a path of the API.
    pub(super) fn at(&self, path: &str) -> Client {
        self.0.at(self.0.address.below(path))
    }
}

fn tls(cluster: &Cluster, user: &User, path: &Path) -> Result<TlsSettings, Error> {
    let data = |what, encoded: &Option<String>| {
        let decoded = encoded.as_ref().map(|text| STANDARD.decode(text.trim()));
        decoded.transpose().map_err(|source| Error::Data {
            path: path.to_owned(),
            what,
            source,
        })
    };
    let mut settings = TlsSettings {
        ca_file: cluster.certificate_authority.clone(),
        cert_file: user.client_certificate.clone(),
        key_file: user.client_key.clone(),
        server_name: cluster.tls_server_name.clone(),
        insecure_skip_verify: Some(cluster.insecure_skip_tls_verify),
        ..TlsSettings::default()
    };
    settings.resolve(path.parent().unwrap_or(Path::new(".")));
    settings.ca = data("certificate-authority-data", &cluster.certificate_authority_data)?.map(Into::into);
    settings.cert = data("client-certificate-data", &user.client_certificate_data)?.map(Into::into);
    settings.key = data("client-key-data", &user.client_key_data)?.map(Into::into);
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kubeconfig_is_followed_to_its_current_context() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("kubeconfig");
        let text = "current-context: b\n\
            contexts:\n- {name: a, context: {cluster: x, user: x}}\n- {name: b, context: {cluster: c, user: u}}\n\
            clusters:\n- name: c\n  cluster: {server: 'https://10.0.0.1:6443/k8s', certificate-authority: ca.crt}\n\
            users:\n- name: u\n  user: {token: hidden, client-key-data: YQ==}\n";
        std::fs::write(&path, text).expect("ours");
        let access = Access::of_kubeconfig(&path).expect("a good file");
        let client = access.at("/api/v1/x");
        assert_eq!(client.address.to_string(), "https://10.0.0.1:6443/k8s/api/v1/x");
        assert_eq!(client.tls.ca_file, folder.path().join("ca.crt"));
        assert!(client.tls.key.is_some() && client.tls.insecure_skip_verify == Some(false));
        assert!(!format!("{client:?}").contains("hidden"));
        std::fs::write(&path, text.replace("current-context: b", "current-context: none")).expect("ours");
        let error = Access::of_kubeconfig(&path).expect_err("no such context").to_string();
        assert!(error.contains("context \"none\" is not defined"), "{error}");
    }
}
