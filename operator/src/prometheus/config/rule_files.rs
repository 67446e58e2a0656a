//! `rule_files`: where the `ConfigMap`s with the rules are mounted. Pure.

use shared::yaml::Yaml;

use crate::prometheus::instance::Instance;

/// The files of the rule `ConfigMap`s, or nothing where the instance selects no rules at all.
pub(crate) fn rule_files(instance: Instance<'_>, config_maps: &[String]) -> Option<Yaml> {
    instance.server()?.rule_selector.as_ref()?;
    let file = |name: &String| format!("/etc/prometheus/rules/{name}/*.yaml");
    Some(config_maps.iter().map(file).collect())
}
