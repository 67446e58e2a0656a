//! `rule_files`: where the `ConfigMap`s with the rules are mounted. Pure.

use shared::yaml::Yaml;

/// The files of the rule `ConfigMap`s, or nothing where the object selects no rules at all.
pub(crate) fn rule_files(selects_rules: bool, config_maps: &[String]) -> Option<Yaml> {
    let file = |name: &String| format!("/etc/prometheus/rules/{name}/*.yaml");
    selects_rules.then(|| config_maps.iter().map(file).collect())
}
