//! Checks of the service discovery in Kubernetes. Pure.

use std::collections::BTreeSet;

use crds::v1alpha1::{KubernetesRole, KubernetesSdConfig, KubernetesSelector};
use crds::{HttpClient, SafeTlsConfig};
use formats::version::Version;

use super::check_client;
use super::discovery::{Checked, DiscoveryError, check_daemon};
use crate::check::http_client::{Credentials, Error};
use crate::check::invalid::{Field, Invalid, Within};
use crate::prometheus::select::Checks;
use crate::selector;

/// A selector that the role of its service discovery has no use for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("selectors of the role {selector} cannot be used with the discovery role {role}")]
struct SelectorError {
    role: KubernetesRole,
    selector: KubernetesRole,
}

impl Checked for KubernetesSdConfig {
    fn check(&self, checks: &Checks<'_>, credentials: &mut Credentials<'_>) -> Result<(), Invalid> {
        let slices = self.role == KubernetesRole::EndpointSlice;
        checks.since(Version::new(2, 21, 0), slices).field("role")?;
        check_client(&self.into(), credentials)?;
        let own_namespace = self.namespaces.as_ref().and_then(|from| from.own_namespace);
        if self.api_server.is_some() && own_namespace == Some(true) {
            return Err(Error::Exclusive("apiServer", "namespaces.ownNamespace")).field("apiServer");
        }
        if let Some(api_server) = self.api_server.as_deref() {
            check_daemon(api_server).field("apiServer")?;
        } else if has_client(self) {
            return Err(DiscoveryError::NoApiServer).field("apiServer");
        }
        let mut roles = BTreeSet::new();
        for (index, selector) in self.selectors.iter().enumerate() {
            check_selector(self.role, selector).within(format!("selectors[{index}]"))?;
            if !roles.insert(selector.role) {
                return Err(DiscoveryError::RepeatedRole).field(format!("selectors[{index}].role"));
            }
        }
        Ok(())
    }
}

/// Whether the client is another one than that of the pod's own service account.
fn has_client(from: &KubernetesSdConfig) -> bool {
    let client = HttpClient::from(from);
    let auth = client.auth;
    auth.authorization.is_some()
        || auth.basic_auth.is_some()
        || auth.oauth2.is_some()
        || from
            .tls_config
            .as_deref()
            .is_some_and(|tls| *tls != SafeTlsConfig::default())
        || from.proxy_url.is_some()
        || from.proxy_from_environment == Some(true)
        || from.follow_redirects == Some(false)
        || from.enable_http2 == Some(false)
}

fn check_selector(role: KubernetesRole, from: &KubernetesSelector) -> Result<(), Invalid> {
    if !selected_by(role).contains(&from.role) {
        let selector = from.role;
        return Err(SelectorError { role, selector }).field("role");
    }
    if let Some(label) = from.label.as_deref() {
        selector::check_label_text(label).field("label")?;
    }
    if let Some(field) = from.field.as_deref() {
        selector::check_field_text(field).field("field")?;
    }
    Ok(())
}

/// The kinds of objects that a role reads.
const fn selected_by(role: KubernetesRole) -> &'static [KubernetesRole] {
    use KubernetesRole::{EndpointSlice, Endpoints, Ingress, Node, Pod, Service};
    match role {
        Pod => &[Pod],
        Service => &[Service],
        Endpoints => &[Pod, Service, Endpoints],
        EndpointSlice => &[Pod, Service, EndpointSlice],
        Node => &[Node],
        Ingress => &[Ingress],
    }
}
