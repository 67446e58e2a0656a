//! Names of the objects that belong to an Alertmanager, of its ports, and of the files in its containers; and what the
//! fields of the custom resource are by default that several of them follow from. Pure.

use crds::{Alertmanager, AlertmanagerSpec};
use kube::ResourceExt;

/// The program: name of its container, and value of the label of its pods.
pub const PROGRAM: &str = "alertmanager";
/// The Service that the Alertmanagers of a namespace share.
pub const GOVERNING_SERVICE: &str = "alertmanager-operated";
/// Port that Alertmanager serves on.
pub const PORT: i32 = 9093;
/// Port, TCP and UDP, on which the Alertmanagers of a cluster talk.
pub const CLUSTER_PORT: i32 = 9094;
/// Name of the port that Alertmanager serves on, where the user gives none.
pub const DEFAULT_PORT_NAME: &str = "web";
/// Directory of the compressed configuration.
pub const CONFIG_DIRECTORY: &str = "/etc/alertmanager/config";
/// The compressed configuration.
pub const CONFIG_FILE: &str = "/etc/alertmanager/config/alertmanager.yaml.gz";
/// Directory of the configuration that Alertmanager reads.
pub const CONFIG_OUT_DIRECTORY: &str = "/etc/alertmanager/config_out";
/// The configuration that Alertmanager reads.
pub const CONFIG_OUT_FILE: &str = "/etc/alertmanager/config_out/alertmanager.env.yaml";
/// Directory of TLS files that the configuration refers to.
pub const TLS_ASSETS_DIRECTORY: &str = "/etc/alertmanager/certs";
/// Directory of notification templates that the custom resource names.
pub const TEMPLATES_DIRECTORY: &str = "/etc/alertmanager/templates";
/// Directory of the web configuration.
pub const WEB_CONFIG_DIRECTORY: &str = "/etc/alertmanager/web_config";
/// Directory of the TLS configuration of the cluster.
pub const CLUSTER_TLS_DIRECTORY: &str = "/etc/alertmanager/cluster_tls_config";
/// Directory of the data.
pub const STORAGE_DIRECTORY: &str = "/alertmanager";

/// Name of the StatefulSet, and of the Secret that the user configures Alertmanager with unless he names another.
pub fn prefixed(name: &str) -> String {
    format!("alertmanager-{name}")
}

/// Name of the Secret with the generated configuration.
pub fn generated_config(name: &str) -> String {
    format!("alertmanager-{name}-generated")
}

/// Name of the Secret with the user's configuration.
pub fn user_config(alertmanager: &Alertmanager) -> String {
    let named = alertmanager
        .spec
        .config_secret
        .as_deref()
        .filter(|name| !name.is_empty());
    named.map_or_else(|| prefixed(&alertmanager.name_any()), str::to_owned)
}

/// Name of the Secrets with TLS assets, without their number.
pub fn tls_assets(name: &str) -> String {
    format!("alertmanager-{name}-tls-assets")
}

/// Name of the Secret with the web configuration.
pub fn web_config(name: &str) -> String {
    format!("alertmanager-{name}-web-config")
}

/// Name of the Secret with the TLS configuration of the cluster.
pub fn cluster_tls_config(name: &str) -> String {
    format!("alertmanager-{name}-cluster-tls-config")
}

/// Name of the volume with the data.
pub fn storage_volume(name: &str) -> String {
    format!("alertmanager-{name}-db")
}

/// Name of the port that Alertmanager serves on.
pub fn port_name(spec: &AlertmanagerSpec) -> &str {
    spec.port_name.as_deref().unwrap_or(DEFAULT_PORT_NAME)
}

/// Path below which Alertmanager serves.
pub fn route_prefix(spec: &AlertmanagerSpec) -> &str {
    spec.route_prefix.as_deref().unwrap_or("/")
}

/// Replicas: one where the user gives none, none where the number is negative.
pub fn replicas(spec: &AlertmanagerSpec) -> i32 {
    spec.replicas.map_or(1, |replicas| replicas.max(0))
}
