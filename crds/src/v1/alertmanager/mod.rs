//! The Alertmanager kind.

mod cluster;
mod configuration;
mod global;
mod receivers;
mod spec;
mod status;
mod web;

pub use self::cluster::ClusterTlsConfig;
pub use self::configuration::{
    AlertmanagerConfigFileSystemMode, AlertmanagerConfigMatcherStrategy, AlertmanagerConfigMatcherStrategyType,
    AlertmanagerConfiguration,
};
pub use self::global::{AlertmanagerGlobalConfig, GlobalHttpConfig, GlobalSmtpConfig, HostPort};
pub use self::receivers::{
    GlobalJiraConfig, GlobalMattermostConfig, GlobalRocketChatConfig, GlobalTelegramConfig, GlobalVictorOpsConfig,
    GlobalWeChatConfig, GlobalWebexConfig,
};
pub use self::spec::{Alertmanager, AlertmanagerSpec};
pub use self::status::AlertmanagerStatus;
pub use self::web::{AlertmanagerLimitsSpec, AlertmanagerWebSpec};
