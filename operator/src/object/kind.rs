//! The kinds of configuration objects, which workloads select. A value here, so that a kind that is forgotten or misspelt
//! does not compile.

use std::fmt;

use crds::v1alpha1::{AlertmanagerConfig, ScrapeConfig};
use crds::{PodMonitor, Probe, PrometheusRule, ServiceMonitor};
use kube::Resource;

/// A kind of configuration object. Sorted by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfigKind {
    /// Receivers and routes of an Alertmanager.
    AlertmanagerConfig,
    /// Pods to scrape.
    PodMonitor,
    /// Targets to probe.
    Probe,
    /// Rules to evaluate.
    PrometheusRule,
    /// Any discovery that Prometheus has.
    ScrapeConfig,
    /// Services to scrape.
    ServiceMonitor,
}

impl ConfigKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::AlertmanagerConfig,
        Self::PodMonitor,
        Self::Probe,
        Self::PrometheusRule,
        Self::ScrapeConfig,
        Self::ServiceMonitor,
    ];

    /// Its name, as in the field `kind` of an object.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AlertmanagerConfig => "AlertmanagerConfig",
            Self::PodMonitor => "PodMonitor",
            Self::Probe => "Probe",
            Self::PrometheusRule => "PrometheusRule",
            Self::ScrapeConfig => "ScrapeConfig",
            Self::ServiceMonitor => "ServiceMonitor",
        }
    }

    /// Its name in URLs and permissions.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::AlertmanagerConfig => "alertmanagerconfigs",
            Self::PodMonitor => "podmonitors",
            Self::Probe => "probes",
            Self::PrometheusRule => "prometheusrules",
            Self::ScrapeConfig => "scrapeconfigs",
            Self::ServiceMonitor => "servicemonitors",
        }
    }

    /// Group and version in which it is read.
    pub const fn api_version(self) -> &'static str {
        match self {
            Self::AlertmanagerConfig | Self::ScrapeConfig => "monitoring.coreos.com/v1alpha1",
            Self::PodMonitor | Self::Probe | Self::PrometheusRule | Self::ServiceMonitor => "monitoring.coreos.com/v1",
        }
    }
}

impl fmt::Display for ConfigKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// The type of the objects of a kind.
pub trait ConfigObject: Resource<DynamicType = ()> {
    /// The kind.
    const KIND: ConfigKind;
}

macro_rules! config_objects {
    ($($kind:ident),+) => {
        $(impl ConfigObject for $kind {
            const KIND: ConfigKind = ConfigKind::$kind;
        })+

        #[cfg(test)]
        /// What the type of each kind says of it.
        fn described() -> Vec<(ConfigKind, [String; 3])> {
            vec![$((
                $kind::KIND,
                [$kind::kind(&()).into_owned(), $kind::plural(&()).into_owned(), $kind::api_version(&()).into_owned()],
            )),+]
        }
    };
}

config_objects!(
    AlertmanagerConfig,
    PodMonitor,
    Probe,
    PrometheusRule,
    ScrapeConfig,
    ServiceMonitor
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_says_what_its_type_says() {
        let said = described();
        assert_eq!(said.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), ConfigKind::ALL);
        for (kind, words) in said {
            assert_eq!(
                [kind.as_str(), kind.plural(), kind.api_version()],
                words.each_ref().map(String::as_str)
            );
        }
    }

    #[test]
    fn kinds_sort_by_name() {
        assert!(ConfigKind::ALL.is_sorted_by_key(|kind| kind.as_str()));
        assert!(ConfigKind::ALL.is_sorted());
    }
}
