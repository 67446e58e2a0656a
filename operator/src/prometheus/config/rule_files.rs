//! `rule_files`: where the `ConfigMap`s with the rules are mounted. Pure.

use formats::yaml::Yaml;

use crate::prometheus::instance::Instance;
use crate::prometheus::names;

/// The files of the rule `ConfigMap`s, or nothing where the instance selects no rules at all.
/// `large`: some may be compressed, and unpacked elsewhere.
pub(crate) fn rule_files(instance: Instance<'_>, config_maps: &[String], large: bool) -> Option<Yaml> {
    instance.server()?.rule_selector.as_ref()?;
    let file = |name: &String| format!("{}/{name}/*.yaml", names::RULES_DIRECTORY);
    let large = large.then(|| names::LARGE_RULES.1.to_owned());
    Some(config_maps.iter().map(file).chain(large).collect())
}
