//! The flags that keep those who write configuration objects from what the original lets them do. Plain values.

/// What those who write configuration objects are kept from, beyond what the original keeps them from.
#[derive(Debug, Clone, clap::Args)]
pub struct Tenancy {
    /// Have the config-reloaders expand only the variables that the operator sets, such as `$(POD_NAME)`, and none in rules.
    /// Otherwise objects can read every variable of the config-reloader's environment. All pods restart once when this is
    /// turned on or off.
    #[arg(long)]
    pub restrict_variable_expansion: bool,
    /// Where enforcedNamespaceLabel binds rules to their namespace, refuse what could read series of another one all the same:
    /// the function query in templates of alerts, and `info()` without labels.
    #[arg(long)]
    pub strict_namespace_enforcement: bool,
    /// Refuse `ServiceMonitor`s and `ScrapeConfig`s that make Prometheus read files of its container, whatever the Prometheus
    /// allows.
    #[arg(long)]
    pub deny_file_access: bool,
}
