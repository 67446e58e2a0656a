//! How rule files are spread over `ConfigMap`s, and which names the pod mounts. Pure; as the original spreads
//! them, so that a takeover restarts no pod.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::ObjectMeta;

use super::MAX_SIZE;

/// The pod always mounts this many, whether they exist or not, so that a few more rules restart nothing.
const MIN_NAMES: usize = 3;

/// The `ConfigMap`s with `files`, called `prefix-0` and on; the first exists even without files. Each carries `label`.
///
/// A file goes into the last one if it fits there, else into a new one (next-fit, by file name). Only contents count.
pub fn config_maps(prefix: &str, label: (&str, &str), files: &BTreeMap<String, String>) -> Vec<ConfigMap> {
    let mut parts = vec![BTreeMap::new()];
    let mut size = 0;
    for (name, content) in files {
        if size + content.len() > MAX_SIZE && size > 0 {
            parts.push(BTreeMap::new());
            size = 0;
        }
        size += content.len();
        if let Some(part) = parts.last_mut() {
            part.insert(name.clone(), content.clone());
        }
    }
    let config_map = |(index, data): (usize, BTreeMap<String, String>)| ConfigMap {
        metadata: ObjectMeta {
            name: Some(format!("{prefix}-{index}")),
            labels: Some(BTreeMap::from([(label.0.to_owned(), label.1.to_owned())])),
            ..ObjectMeta::default()
        },
        data: Some(data),
        ..ConfigMap::default()
    };
    parts.into_iter().enumerate().map(config_map).collect()
}

/// The names that a Prometheus pod mounts where `count` `ConfigMap`s exist, sorted as texts (`-10` before `-2`).
pub fn config_map_names(prefix: &str, count: usize) -> Vec<String> {
    let mut names: Vec<String> = (0..count.max(MIN_NAMES))
        .map(|index| format!("{prefix}-{index}"))
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(lengths: &[usize]) -> Vec<Vec<usize>> {
        let files = lengths
            .iter()
            .enumerate()
            .map(|(index, length)| (format!("{index}.yaml"), "x".repeat(*length)));
        (config_maps("prometheus-x-rulefiles", ("prometheus-name", "x"), &files.collect()).into_iter())
            .map(|part| part.data.unwrap_or_default().values().map(String::len).collect())
            .collect()
    }

    #[test]
    fn fills_the_last_one_only() {
        let half = MAX_SIZE / 2;
        assert_eq!(sizes(&[]), [Vec::<usize>::new()]);
        assert_eq!(sizes(&[half, half]), [[half, half]]);
        assert_eq!(
            sizes(&[half, half + 1, half - 1]),
            [vec![half], vec![half + 1, half - 1]]
        );
        assert_eq!(sizes(&[half, MAX_SIZE, half]), [[half], [MAX_SIZE], [half]]);
    }

    #[test]
    fn is_found_by_name_and_label() {
        let maps = config_maps("prometheus-x-rulefiles", ("prometheus-name", "x"), &BTreeMap::new());
        assert_eq!(maps[0].metadata.name.as_deref(), Some("prometheus-x-rulefiles-0"));
        assert_eq!(
            maps[0]
                .metadata
                .labels
                .as_ref()
                .and_then(|labels| labels.get("prometheus-name")),
            Some(&"x".to_owned())
        );
        assert_eq!(config_map_names("p", 1), ["p-0", "p-1", "p-2"]);
        assert_eq!(config_map_names("p", 11)[..3], ["p-0", "p-1", "p-10"]);
    }
}
