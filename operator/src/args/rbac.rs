//! Arguments of `rbac`. Plain values.

use std::convert::Infallible;
use std::str::FromStr;

use super::Format;

/// `rbac`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Rbac {
    /// Name of the roles and bindings; what a feature needs is in roles with the name of the feature after it.
    #[arg(long, value_name = "NAME", default_value = "prometheus-operator")]
    pub name: String,
    /// Namespace of the operator.
    #[arg(short = 'n', long, value_name = "NAME", default_value = "monitoring")]
    pub namespace: String,
    /// Service account of the operator, with or without its namespace. Default: that of the name, in the namespace of the
    /// operator.
    #[arg(long, value_name = "[NAMESPACE:]NAME")]
    pub service_account: Option<AccountName>,
    /// Compare with a cluster instead of printing: ask it for each permission, as the service account that is named, else as
    /// whoever asks.
    #[arg(long)]
    pub check: bool,
    /// With --check: read the roles and bindings of the service account rather than ask for each permission.
    #[arg(long, requires = "check")]
    pub cluster: bool,
    /// How the answer is written: human is YAML with the reason for each rule as a comment, json has it as a field.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub output: Format,
}

/// A service account by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountName {
    /// Its namespace, where it is named.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}

impl FromStr for AccountName {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let (namespace, name) = match text.split_once(':') {
            Some((namespace, name)) => (Some(namespace.to_owned()), name),
            None => (None, text),
        };
        Ok(Self {
            namespace,
            name: name.to_owned(),
        })
    }
}
