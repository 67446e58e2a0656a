//! Where the configuration of an Alertmanager comes from, if not from a Secret, and how AlertmanagerConfigs are
//! confined. Types only.

use super::AlertmanagerGlobalConfig;
use crate::{JsonSchema, SecretOrConfigMap, absent::is_empty};
use serde::{Deserialize, Serialize};

words! {
    /// Which alerts the routes and inhibition rules of an AlertmanagerConfig apply to.
    pub enum AlertmanagerConfigMatcherStrategyType {
        /// Those whose label `namespace` is that of the AlertmanagerConfig.
        OnNamespace = "OnNamespace",
        /// The same, but all alerts for AlertmanagerConfigs in the namespace of the Alertmanager.
        OnNamespaceExceptForAlertmanagerNamespace = "OnNamespaceExceptForAlertmanagerNamespace",
        /// All.
        None = "None",
    }
}

words! {
    /// What becomes of AlertmanagerConfigs that refer to files of the Alertmanager container.
    pub enum AlertmanagerConfigFileSystemMode {
        /// They are refused.
        Deny = "Deny",
        /// They are taken as they are.
        Allow = "Allow",
    }
}

/// Which alerts the routes and inhibition rules of an AlertmanagerConfig apply to.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertmanagerConfigMatcherStrategy {
    /// OnNamespace (the default): those of its own namespace. OnNamespaceExceptForAlertmanagerNamespace: the same, but
    /// all of them for AlertmanagerConfigs in the namespace of the Alertmanager. None: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "OnNamespace"))]
    pub type_: Option<AlertmanagerConfigMatcherStrategyType>,
}

/// The configuration as an AlertmanagerConfig and global settings.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct AlertmanagerConfiguration {
    /// Global settings, which receivers inherit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global: Option<Box<AlertmanagerGlobalConfig>>,
    /// Name of the AlertmanagerConfig, in the same namespace, that holds the root route and the receivers. It is not
    /// confined to the alerts of its namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub name: Option<Box<str>>,
    /// Files with templates for notifications.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub templates: Box<[SecretOrConfigMap]>,
}
