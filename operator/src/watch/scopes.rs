//! The namespaces of each role, from the flags. Pure. Behaviour: a list for one kind takes the place of the general lists
//! for that kind; the general lists exclude each other.

use super::{Scope, ScopeError};
use crate::args::{Names, Watch as Flags};
use crate::object::ConfigKind;

/// The namespaces of each role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes {
    /// Of monitors and rules.
    pub configuration: Scope,
    /// Of Prometheuses.
    pub prometheus: Scope,
    /// Of Alertmanagers.
    pub alertmanager: Scope,
    /// Of `AlertmanagerConfig`s.
    pub alertmanager_configs: Scope,
    /// Of Thanos Rulers.
    pub thanos_ruler: Scope,
    /// Of Secrets and ConfigMaps.
    pub assets: Scope,
}

impl Scopes {
    /// The scopes that the flags ask for.
    ///
    /// # Errors
    /// When namespaces are both allowed and denied for all kinds.
    pub fn of(flags: &Flags) -> Result<Self, ScopeError> {
        let configuration = Scope::new(&flags.namespaces, &flags.deny_namespaces)?;
        let scope = |own: &Names| {
            if own.is_empty() {
                configuration.clone()
            } else {
                Scope::Only(own.clone())
            }
        };
        let prometheus = scope(&flags.prometheus_instance_namespaces);
        let alertmanager = scope(&flags.alertmanager_instance_namespaces);
        let alertmanager_configs = scope(&flags.alertmanager_config_namespaces);
        let thanos_ruler = scope(&flags.thanos_ruler_instance_namespaces);
        let workloads = prometheus.union(&alertmanager).union(&thanos_ruler);
        let assets = if flags.watch_referenced_objects_in_all_namespaces {
            workloads.union(&configuration).union(&alertmanager_configs)
        } else {
            workloads
        };
        Ok(Self {
            configuration,
            prometheus,
            alertmanager,
            alertmanager_configs,
            thanos_ruler,
            assets,
        })
    }

    /// Namespaces of whatever webhooks review.
    #[must_use]
    pub fn reviewed(&self) -> Scope {
        self.configuration
            .union(&self.alertmanager_configs)
            .union(&self.workloads())
    }

    /// Namespaces of workloads.
    #[must_use]
    pub fn workloads(&self) -> Scope {
        self.prometheus.union(&self.alertmanager).union(&self.thanos_ruler)
    }

    /// Namespaces of the configuration objects of a kind.
    pub fn of_objects(&self, kind: ConfigKind) -> &Scope {
        match kind {
            ConfigKind::AlertmanagerConfig => &self.alertmanager_configs,
            ConfigKind::PodMonitor
            | ConfigKind::Probe
            | ConfigKind::PrometheusRule
            | ConfigKind::ScrapeConfig
            | ConfigKind::ServiceMonitor => &self.configuration,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Args;

    /// The six flags; a pair of them is given in each row.
    const FLAGS: [&str; 6] = [
        "--namespaces",
        "--deny-namespaces",
        "--prometheus-instance-namespaces",
        "--alertmanager-instance-namespaces",
        "--alertmanager-config-namespaces",
        "--thanos-ruler-instance-namespaces",
    ];

    fn scopes(flags: &[String]) -> Result<Scopes, ScopeError> {
        let arguments = ["operator".to_owned()].into_iter().chain(flags.iter().cloned());
        Scopes::of(&Args::try_from_arguments(arguments.map(Into::into)).unwrap().watch)
    }

    /// Monitors and rules, Prometheuses, Alertmanagers, `AlertmanagerConfig`s, Thanos Rulers.
    fn shown(scopes: &Scopes) -> String {
        let show = |scope: &Scope| match scope {
            Scope::All => "*".to_owned(),
            Scope::Only(names) => names.iter().cloned().collect::<Vec<_>>().join("+"),
            Scope::Except(names) => format!("!{}", names.iter().cloned().collect::<Vec<_>>().join("!")),
        };
        let all = [
            &scopes.configuration,
            &scopes.prometheus,
            &scopes.alertmanager,
            &scopes.alertmanager_configs,
            &scopes.thanos_ruler,
        ];
        all.map(show).join(" ")
    }

    /// Each pair as `=a,b` and `=b,c`: they meet in a namespace, and each has one of its own. The original does the same.
    #[test]
    fn each_pair_of_flags() {
        let expected = [
            (0, 1, "error"),
            (0, 2, "a+b b+c a+b a+b a+b"),
            (0, 3, "a+b a+b b+c a+b a+b"),
            (0, 4, "a+b a+b a+b b+c a+b"),
            (0, 5, "a+b a+b a+b a+b b+c"),
            (1, 2, "!a!b b+c !a!b !a!b !a!b"),
            (1, 3, "!a!b !a!b b+c !a!b !a!b"),
            (1, 4, "!a!b !a!b !a!b b+c !a!b"),
            (1, 5, "!a!b !a!b !a!b !a!b b+c"),
            (2, 3, "* a+b b+c * *"),
            (2, 4, "* a+b * b+c *"),
            (2, 5, "* a+b * * b+c"),
            (3, 4, "* * a+b b+c *"),
            (3, 5, "* * a+b * b+c"),
            (4, 5, "* * * a+b b+c"),
        ];
        for (one, two, wanted) in expected {
            let flags = [format!("{}=a,b", FLAGS[one]), format!("{}=b,c", FLAGS[two])];
            let got = scopes(&flags).map_or_else(|_| "error".to_owned(), |scopes| shown(&scopes));
            assert_eq!(got, wanted, "{flags:?}");
        }
    }

    #[test]
    fn secrets_are_looked_for_beside_the_workloads() {
        let flags = ["--deny-namespaces=a,c", "--prometheus-instance-namespaces=a"].map(str::to_owned);
        let own = scopes(&flags).unwrap();
        assert_eq!(own.assets, own.workloads());
        assert!(own.assets.contains("a") && own.assets.contains("b") && !own.assets.contains("c"));
        assert!(!own.configuration.contains("a"));
    }
}
