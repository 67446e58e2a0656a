//! `PrometheusRule`s as rule files: fields that the version does not know are left out, the rest is checked and written.
//! Pure.

mod check;
mod config_map;
mod memory;
mod sanitise;
mod serialise;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::{MonitoringResource, PrometheusRule, PrometheusSpec};
use shared::label::Scheme;
use shared::version::{Dropped, Version};

use crate::object::ObjectKey;

pub use check::RuleError;
pub use config_map::{Places, config_map_names, config_maps, places};
pub use memory::Memory;

/// Most bytes of one rule file, and of all files in one `ConfigMap`: half of what the API server takes.
pub const MAX_SIZE: usize = 512 * 1024;

/// The program that evaluates the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Component {
    /// A Prometheus server.
    Prometheus,
    /// A Thanos Ruler.
    Thanos,
}

/// What rule files are written for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    component: Component,
    version: Version,
    /// Whether the rules must be bound to their namespace, and which ones need not.
    enforced: Option<Exclusions>,
}

/// Objects whose rules are not bound to their namespace: namespace and name; any name where there is none.
type Exclusions = Vec<(Box<str>, Option<Box<str>>)>;

impl Target {
    /// A `component` of `version` that enforces nothing.
    pub const fn new(component: Component, version: Version) -> Self {
        Self {
            component,
            version,
            enforced: None,
        }
    }

    /// The server of `spec`.
    pub fn prometheus(spec: &PrometheusSpec, version: Version) -> Self {
        let common = &spec.common;
        let is_enforced = common
            .enforced_namespace_label
            .as_deref()
            .is_some_and(|label| !label.is_empty());
        let excluded = (common.excluded_from_enforcement.iter())
            .filter(|excluded| excluded.resource == MonitoringResource::PrometheusRules)
            .map(|excluded| {
                (
                    excluded.namespace.clone(),
                    excluded.name.clone().filter(|name| !name.is_empty()),
                )
            });
        let excluded_rules = (spec.prometheus_rules_excluded_from_enforce.iter())
            .map(|excluded| (excluded.rule_namespace.clone(), Some(excluded.rule_name.clone())));
        Self {
            enforced: is_enforced.then(|| excluded.chain(excluded_rules).collect()),
            ..Self::new(Component::Prometheus, version)
        }
    }

    /// Which names of labels and metrics the component takes.
    fn scheme(&self) -> Scheme {
        let since = match self.component {
            Component::Prometheus => Version::new(3, 0, 0),
            Component::Thanos => Version::new(0, 38, 0),
        };
        if self.version >= since {
            Scheme::Utf8
        } else {
            Scheme::Legacy
        }
    }

    fn enforces(&self, object: &ObjectKey) -> bool {
        let excludes = |(namespace, name): &(Box<str>, Option<Box<str>>)| {
            *namespace == object.namespace && name.as_ref().is_none_or(|name| *name == object.name)
        };
        self.enforced
            .as_ref()
            .is_some_and(|excluded| !excluded.iter().any(excludes))
    }
}

/// The rule files of all objects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleFiles {
    /// Content by file name.
    pub files: BTreeMap<String, Arc<str>>,
    /// Fields that were left out because the version does not know them.
    pub dropped: Vec<(ObjectKey, Dropped)>,
    /// How many objects they come from.
    pub objects: usize,
}

/// An object whose rules are not loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A rule that the component would refuse, with the whole file.
    #[error(transparent)]
    Rule(RuleError),
    /// More than fits into a `ConfigMap`.
    #[error(
        "the length of rendered Prometheus Rule is {size} bytes which is above the maximum limit of {MAX_SIZE} bytes"
    )]
    TooLarge {
        /// Bytes of the file.
        size: usize,
    },
    /// Loading the rules as they are would let one tenant read and alert on the series of another.
    #[error(
        "enforcedNamespaceLabel is set, and rules cannot be bound to their namespace yet: exclude the object from enforcement to load its rules as they are"
    )]
    Enforcement,
}

impl RuleFiles {
    fn add(&mut self, object: &ObjectKey, name: String, content: &Arc<str>, dropped: &[Dropped]) {
        self.files.insert(name, Arc::clone(content));
        let dropped = dropped.iter().cloned().map(|dropped| (object.clone(), dropped));
        self.dropped.extend(dropped);
        self.objects += 1;
    }
}

/// The file of one object, and the fields that were left out.
pub fn rule_file(target: &Target, rule: &PrometheusRule) -> Result<(String, Vec<Dropped>), Error> {
    let has_rules = rule.spec.groups.iter().any(|group| !group.rules.is_empty());
    if has_rules && target.enforces(&ObjectKey::of(rule)) {
        return Err(Error::Enforcement);
    }
    let (groups, dropped) = sanitise::sanitised(target, &rule.spec.groups);
    let content = serialise::file(&groups);
    if content.len() > MAX_SIZE {
        return Err(Error::TooLarge { size: content.len() });
    }
    check::check(&groups, target.scheme()).map_err(Error::Rule)?;
    Ok((content, dropped))
}

/// `namespace-name-uid.yaml`: the identifier keeps the names of two objects apart, whose parts may hold hyphens.
fn file_name(rule: &PrometheusRule) -> String {
    let metadata = &rule.metadata;
    format!(
        "{}-{}-{}.yaml",
        metadata.namespace.as_deref().unwrap_or_default(),
        metadata.name.as_deref().unwrap_or_default(),
        metadata.uid.as_deref().unwrap_or_default()
    )
}
